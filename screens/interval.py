"""How often the interface looks again at what changes by itself, in seconds.

They are one table, read when a timer starts, so that tests can look sooner: see ``tests/conftest.py``.
"""

RUN = 0.5
"""How far a run is, where it is watched."""

CURVES = 2.0
"""Curves and tables of a run that trains: they cost seven times what the card costs, and the training pays for it."""

CHART = 0.22
"""Between two drawings of the same chart."""

DESCENT = 0.25
"""The losses of a descent, which thousands of steps a second change."""

REPORT = 0.5
"""What a report has come to in this program."""

REPORT_ELSEWHERE = 2.0
"""What other programs have added to the history of a report."""

HISTORY = 1.0
"""What other programs have begun, changed or deleted."""

DATA = 0.1
"""Data that are being read."""

PREVIEW = 0.15
"""How long the cursor rests on a run before its curves are read: moving through the list reads none."""

TYPED = 0.4
"""How long nothing is typed before a setting is kept."""

FRAME = 0.5
"""Between two epochs of a run that is replayed."""
