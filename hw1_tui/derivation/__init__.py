"""The quadratic network: linear in a feature map, so that squared loss has a closed-form solution.

Every function names the step of question 3 it belongs to. Notation: x in R^D, K hidden units,
P = (D+1)(D+2)/2 features, Theta = (W, b, v, v0).
"""

MAX_INPUTS = 50
"""Largest D: P = 1326, beyond which nothing is left to read in a matrix."""

SHOWN_INPUTS = 20
"""Largest D of the example on the screen: more would take longer than a keystroke."""

MAX_UNITS = 200
"""Largest K."""

MAX_SEED = 2**32 - 1
