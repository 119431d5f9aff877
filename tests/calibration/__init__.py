"""How often the rules call chance an effect, and how often they find an effect that is there.

``python -m tests.calibration`` trains runs of which the truth is known, applies the program's own rules to them and
prints the shares of clear verdicts: of pairs that differ in nothing but the seed at most 5 in 100 may be clear.
"""
