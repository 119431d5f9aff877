"""Measurements that stand beside each other: `python -m tests.bench [GROUP ...] [--json FILE]`.

A group is a module of this package with ``MEASUREMENTS``, functions that each yield ``Row``s. Only ratios taken in one
run mean anything: the sides of a comparison take turns, A B A B, and the ratio is the median over the pairs.
"""
