"""How figures for print look: the same wherever they are drawn, every curve told from every other."""

from __future__ import annotations

import colorsys
import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from hw1_tui.export.axis_limit import axis_top, spans_widely
from hw1_tui.markup import visible
from hw1_tui.numeral import counted
from hw1_tui.runs.x_axis import X_LABELS, XAxis

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend
    from matplotlib.lines import Line2D

# Okabe and Ito's colours, which the colour-blind can tell apart, the light ones last.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
MARKERS = "os^Dv<>ph*PX"
_MARKS = 8
"""About so many on a curve: its shape stays to be seen."""
_GOLDEN = 0.618034
"""Share of the circle of hues between two colours beyond the first: none comes back, neighbours are far apart."""

_LIGHTNESSES = (0.35, 0.5, 0.62)
_MOST_LUMINOUS = 0.3
"""Of a colour that stands out on white at 3 to 1."""

_NAMED = 3
BAND_STYLE: dict[str, Any] = {"alpha": 0.2, "linewidth": 0}
"""How the band of several seeds is filled, in its figure and in its legend."""

_OURS: dict[Any, Any] = {"svg.hashsalt": "hw1-tui", "pdf.fonttype": 42}

_lock = threading.RLock()  # matplotlib's settings are the process's, and figures are drawn in several threads


@contextmanager
def own_style() -> Iterator[None]:
    """Draw and save figures in here: by matplotlib's own settings, whatever the user's say of other figures."""
    with _lock:
        _load()
        import matplotlib as mpl

        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_OURS)
            yield


def _load() -> None:
    """Import matplotlib; its import reads files and variables of the user's, and fails at wrong ones."""
    if "matplotlib" in sys.modules:
        return
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # what it says of them would stand in the interface
    theirs = {name: os.environ.get(name) for name in ("MPLBACKEND", "MATPLOTLIBRC")}
    exists = os.path.exists
    os.environ |= {"MPLBACKEND": "agg", "MATPLOTLIBRC": os.devnull}
    os.path.exists = lambda path: path != "matplotlibrc" and exists(path)  # one of the working folder comes first
    try:
        import matplotlib  # noqa: F401
    finally:
        os.path.exists = exists
        for name, value in theirs.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def colour(number: int) -> str:
    """Return the colour of a curve by its number; no two are the same."""
    if number < len(_COLOURS):
        return _COLOURS[number]
    hue, lightness = number * _GOLDEN % 1.0, _LIGHTNESSES[number % len(_LIGHTNESSES)]
    rgb = colorsys.hls_to_rgb(hue, lightness, 0.7)
    while _luminance(rgb) > _MOST_LUMINOUS:
        lightness -= 0.02
        rgb = colorsys.hls_to_rgb(hue, lightness, 0.7)
    red, green, blue = (round(255 * part) for part in rgb)
    return f"#{red:02X}{green:02X}{blue:02X}"


def _luminance(rgb: tuple[float, float, float]) -> float:
    """Return the relative luminance of a colour, as WCAG 2.1 defines it."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def draw_curve(axes: Axes, x: Sequence[float], y: Sequence[float], number: int, **style: Any) -> Line2D:
    """Draw a curve, solid throughout, since dashes hide epochs of a restless one; marks tell it without colours.

    Args:
        axes: where.
        x: where its epochs stand, (n,).
        y: values, (n,).
        number: which colour and marks it has.
        style: more settings of the line.
    """
    marks: dict[str, Any] = {"marker": MARKERS[number % len(MARKERS)], "markevery": _marked(x, number)}
    if number // len(MARKERS) % 2:
        marks["markerfacecolor"] = "white"
    given = {"color": colour(number), "linewidth": 1.3, "markersize": 4, **marks, **style}
    (line,) = axes.plot(x, y, "-", **given)
    return line


def _marked(x: Sequence[float], number: int) -> list[int]:
    """Return which points have marks: all of a few, else some about equally far apart, elsewhere on each curve."""
    if len(x) < 2 * _MARKS:
        return list(range(len(x)))
    places = (np.arange(_MARKS) + number * _GOLDEN % 1.0) / _MARKS
    return sorted({int(place) for place in np.searchsorted(x, x[0] + places * (x[-1] - x[0]))})


def draw_band(axes: Axes, x: Sequence[float], low: Sequence[float], high: Sequence[float], of_curve: Any) -> None:
    """Draw the band between the lowest and the highest of several seeds in the colour of their curve.

    Args:
        axes: where.
        x: where its epochs stand, (n,).
        low: lower ends, (n,).
        high: upper ends, (n,).
        of_curve: its colour.
    """
    axes.fill_between(x, low, high, color=of_curve, **BAND_STYLE)


def add_legend(where: Axes | Figure, artists: Sequence[Artist], names: Sequence[str], **style: Any) -> Legend:
    """Add a legend with names that are not ours: one may begin with _ (hidden) or have a $ in it (mathematics).

    Args:
        where: axes, or a figure for a legend of all its axes.
        artists: what was drawn.
        names: what each is called.
        style: where the legend stands, and other settings of it.
    """
    legend = where.legend(list(artists), ["x"] * len(artists), fontsize="small", frameon=False, **style)
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(visible(name, keep_lines=True))
    return legend


def label_x(axes: Axes, x_axis: XAxis = "epoch") -> None:
    """Say what the x axis of curves counts, in round numbers, which are whole ones but for a time."""
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel(X_LABELS[x_axis])
    locator = MaxNLocator("auto", steps=[1, 2, 5, 10], integer=x_axis != "time", min_n_ticks=1)
    axes.xaxis.set_major_locator(locator)


def limit_axis(axes: Axes, curves: Sequence[Line2D], x_axis: XAxis = "epoch") -> None:
    """Leave epochs that would flatten all others off the y axis, marked at its end and told in words; see ``axis_top``.

    Where what lasts would flatten another curve, such as a run that diverged beside one that learned, it is a log axis.

    Args:
        axes: linear ones, with everything drawn.
        curves: what is drawn.
        x_axis: what it is drawn over.
    """
    heights = [np.asarray(curve.get_ydata(), np.float64) for curve in curves]
    top = axis_top(heights)
    if spans_widely(heights, top):
        axes.set_yscale("log")
        return
    if top is None:
        return
    low = min(float(np.nanmin(height)) for height in heights)
    margin = 0.05 * (top - low) or 0.05 * abs(top) or 0.5
    axes.set_ylim(low - margin, top + margin)
    beyond: dict[float, float] = {}
    for curve in curves:
        x, y = np.asarray(curve.get_xdata(), np.float64), np.asarray(curve.get_ydata(), np.float64)
        off = {float(x[position]): float(y[position]) for position in np.flatnonzero(y > top)}
        beyond |= {at: max(value, beyond.get(at, top)) for at, value in off.items()}
        if off:  # an empty line would take room for a point in the figure's corner
            at_the_end = axes.get_xaxis_transform()
            axes.plot(list(off), [1.0] * len(off), "^", color=curve.get_color(), transform=at_the_end,
                      clip_on=False, markersize=5, label="_off")  # fmt: skip
    axes.text(0.98, 0.96, _told(beyond, x_axis), transform=axes.transAxes, ha="right", va="top", fontsize="x-small")


def _told(beyond: dict[float, float], x_axis: XAxis) -> str:
    """Return in words what is off the scale, given the largest value at each such place."""
    if len(beyond) > _NAMED:
        return f"▲ {counted(len(beyond), 'epoch')} off the scale, up to {max(beyond.values()):.4g}"
    told = ", ".join(f"{value:.4g} at {_place(at, x_axis)}" for at, value in sorted(beyond.items()))
    return f"▲ off the scale: {told}"


def _place(at: float, x_axis: XAxis) -> str:
    return f"epoch {at:g}" if x_axis == "epoch" else f"{round(at, 2):,.10g} {X_LABELS[x_axis]}"
