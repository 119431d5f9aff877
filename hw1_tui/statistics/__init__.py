"""Chance or effect: intervals, paired tests, comparisons of settings over seeds, trends and settling.

The one place that says whether a difference is more than chance. What it calls clear is clear with ``LEVEL``, which
``python -m tests.calibration`` holds against runs of which the truth is known.
"""
