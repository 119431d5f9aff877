"""How far up an axis has to go for curves to be seen: the one rule for charts in the terminal and figures for print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_COLLAPSE = 20.0
_APART = 10.0
_SOON = 2
_BRIEF = 2
"""Epochs, the untrained one among them, that make no curve yet."""
_FLAT = 50
"""How often what lies at the foot of an axis goes into it."""

_Curve = Sequence[float | None] | npt.NDArray[np.float64]


def axis_top(curves: Iterable[_Curve]) -> float | None:
    """Return the highest value that an axis should show, where some epochs would flatten all the others.

    An untrained network's loss of 334, or a first epoch of 688, says nothing about the 1.4 that comes after it, yet
    on a linear axis nothing else could be seen. Such epochs go off the scale, and the caller marks them there. What a
    curve ends with is on it, and so is what lasts: only epochs that collapse within two more are left out, and only
    where one curve at least keeps two epochs that can be joined. A run that ended after its first epoch, before its
    loss collapsed, is no curve: beside longer ones it is off the scale as their first epochs are.
    Meant for quantities that fall as a model learns, such as losses; an accuracy has ends of its own.

    Args:
        curves: the values of each curve in the order of its epochs, (n,); ``None`` and what is not finite is a gap.

    Returns:
        The top; ``None`` where everything fits.
    """
    values = [_finite(curve) for curve in curves]
    values = [curve for curve in values if len(curve)]
    if not values:
        return None
    tops = [(_curve_top(curve), len(curve) <= _BRIEF) for curve in values]
    usual = max((top for top, is_brief in tops if not is_brief), default=np.inf)
    top = max(top for top, is_brief in tops if not is_brief or not top >= _COLLAPSE * usual > 0)
    keeps_a_line = any(bool(((curve[:-1] <= top) & (curve[1:] <= top)).any()) for curve in values)
    return top if keeps_a_line and top < max(float(curve.max()) for curve in values) else None


def spans_widely(curves: Iterable[_Curve], top: float | None = None) -> bool:
    """Return whether a linear axis would flatten most of what is drawn, or one curve as a whole; none falls to 0.

    Args:
        curves: see ``axis_top``.
        top: the end of the axis; what is above it does not count.
    """
    seen = [curve[curve <= (np.inf if top is None else top)] for curve in map(_finite, curves)]
    seen = [curve for curve in seen if len(curve)]
    if not seen or min(curve.min() for curve in seen) <= 0:
        return False
    foot = min(np.median(np.concatenate(seen)), *(curve.max() for curve in seen))
    return bool(max(curve.max() for curve in seen) > _FLAT * foot)


def _finite(curve: _Curve) -> npt.NDArray[np.float64]:
    array = np.asarray(curve, dtype=np.float64)
    return array[np.isfinite(array)]


def _curve_top(y: npt.NDArray[np.float64]) -> float:
    """Return the highest value that one curve needs: below the widest gap under epochs that collapse at once."""
    after = np.full(len(y), np.inf)
    for ahead in range(1, _SOON + 1):
        after[:-ahead] = np.minimum(after[:-ahead], y[ahead:])
    collapses = np.isfinite(after) & (y > 0) & (y / _COLLAPSE >= after)
    order = np.argsort(-y, kind="stable")
    falling = y[order]
    upper, lower = falling[:-1], falling[1:]
    is_gap = np.logical_and.accumulate(collapses[order])[:-1] & (lower > 0) & (upper / _APART >= lower)
    gaps = np.flatnonzero(is_gap)
    return float(lower[gaps[-1]] if len(gaps) else falling[0])
