"""What the legend of a chart says: its curves, and what is not as usual."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from functools import partial

from rich.text import Text

from hw1_tui.markup import cell_width, shorten_apart
from screens.widgets.chart.limit_field import AUTOMATIC, Limits, limits_in_words
from screens.widgets.chart.palette import ChartPalette
from screens.widgets.chart.plot import Plot
from screens.widgets.chart.renderer import best_marker
from screens.widgets.chart.scale import format_position, format_value
from screens.widgets.chart.series import Mark, Series
from screens.widgets.chart.viewport import Viewport

_BETWEEN = "  "
_LONGEST_NAME, _WIDER = 26, 4
"""Cells of a curve's name where not all fit whole; the chart in words and the legend's tooltip say it whole."""


def legend(plot: Plot, palette: ChartPalette, title: str, width: int, *, names_all: bool) -> Text:
    """Return what the line below a chart says; in short words where it would not fit.

    Args:
        plot: what is drawn.
        palette: its colours.
        title: what stands before the curves; empty for nothing.
        width: cells of the line.
        names_all: whether the curves are named here, and not at their ends.
    """
    if plot.crosshair is None:
        return _fitting_legend(plot, palette, title, width, names_all=names_all)
    curves = curves_in_words(plot, palette, title, names_all=True)
    said = states_in_words(plot.log_y, plot.smoothing, plot.viewport, plot.top, plot.y_limits)
    return _line(curves, said, marks_in_words(plot.marks, plot.crosshair, plot.ascii))


def _fitting_legend(plot: Plot, palette: ChartPalette, title: str, width: int, *, names_all: bool) -> Text:
    """Return the legend without a crosshair: what gives way is said in fewer words, one after the other."""
    curves_words = partial(curves_in_words, plot, palette, title, names_all=names_all)
    states_words = partial(states_in_words, plot.log_y, plot.smoothing, plot.viewport, plot.top, plot.y_limits)
    bests_words = partial(bests_in_words, plot.series, plot.x_label, plot.ascii)
    curves, bests, said = curves_words(whole=True), bests_words(), states_words()
    if _cells(curves, bests, said) > width:
        curves = curves_words()
    bare = bests_words(in_short=True, value=False)
    beside = _cells(said, bare) if plot.marks else 0
    left = width - _cells(curves_words(in_short=True, values=False))
    marks = _marks_that_fit(plot, left - _cells(said, bests), left - beside)
    width -= max(0, _cells(marks) - len(_BETWEEN))  # values make room for names of marks
    end = 0 if marks else len(_BETWEEN)  # the spaces behind what stands last need no room
    if _cells(curves, bests, said) > width:
        bests = bests_words(in_short=True)
    if _cells(curves, bests, said) > width:
        curves = curves_words(in_short=True)
    if _cells(curves) + beside > width:  # rather every name than one value more and a name cut off
        curves = curves_words(in_short=True, values=False)
    if _cells(curves, bests, said) - end > width:  # a number that is cut is another number; the curve has its sign
        bests = bare
    leaves_out = plot.top is not None or not plot.viewport.live or plot.y_limits != AUTOMATIC
    is_crowded = leaves_out and _cells(curves, said) > width
    if leaves_out and _cells(curves, bests, said) > width:
        said = states_words(in_short=True)
    if names_all and _cells(curves) - len(_BETWEEN) > width:
        curves = curves_words(in_short=True, values=False, room=width - _cells(said, bests))
    if _cells(curves, bests, said) - end > width:
        bests = Text()  # rather than a dot in its place
    # What a picture leaves out is said before the names of its curves where they take all the room.
    return _line(*([said, curves, bests] if is_crowded else [curves, bests, said]), marks)


def _cells(*parts: Text) -> int:
    return sum(part.cell_len for part in parts)


def _line(*parts: Text) -> Text:
    line = Text.assemble(*parts, no_wrap=True, overflow="ellipsis")
    line.rstrip()  # else what stands whole would be cut for the spaces behind it
    return line


def names_in_rows(plot: Plot, palette: ChartPalette, width: int, most: int | None = None) -> Text:
    """Return a sample and the name of each curve, in as many lines as they need; whole names where one line does.

    Args:
        plot: what is drawn.
        palette: its colours.
        width: cells of a line.
        most: lines that there is room for: at the end of the last stands how many more there are. ``None`` for all.
    """

    def sampled(names: Sequence[str]) -> list[Text]:
        return [Text.assemble(_sample(plot, palette, place), f" {name}") for place, name in enumerate(names)]

    names = [series.name for series in plot.series]
    whole = sampled(names)
    fits = _row(whole).cell_len <= width
    return in_rows(whole if fits else sampled(_in_short(tuple(names))), width, most)


@functools.lru_cache(64)
def _in_short(names: tuple[str, ...]) -> list[str]:
    """Return names that are cut as far as they can be told apart: rather fewer of them than two curves of one name."""
    longest = max(map(cell_width, names), default=0)
    for width in range(_LONGEST_NAME, longest, _WIDER):
        cut = shorten_apart(names, width)
        if len(set(cut)) == len(set(names)):
            return cut
    return list(names)


def in_rows(names: Sequence[Text], width: int, most: int | None = None) -> Text:
    """Return names with their samples in lines, none of them broken.

    Args:
        names: each behind its sample.
        width: cells of a line.
        most: lines that there is room for: at the end of the last stands how many more there are. ``None`` for all.
    """
    rows: list[list[Text]] = [[]]
    for name in names:
        if rows[-1] and _row([*rows[-1], name]).cell_len > width:
            rows.append([])
        rows[-1].append(name)
    if most is not None and len(rows) > most:
        left = sum(map(len, rows[most:]))
        rows = rows[:most]
        while len(rows[-1]) > 1 and _row([*rows[-1], Text(f"+{left}")]).cell_len > width:
            rows[-1].pop()
            left += 1
        rows[-1].append(Text(f"+{left}"))
    return Text("\n").join(map(_row, rows))


def _row(names: Sequence[Text]) -> Text:
    return Text(_BETWEEN).join(names)


def _sample(plot: Plot, palette: ChartPalette, place: int) -> Text:
    red, green, blue = palette.series(plot.number(place))
    return Text(plot.sample(place), style=f"rgb({red},{green},{blue})")


def curves_in_words(
    plot: Plot,
    palette: ChartPalette,
    title: str,
    *,
    names_all: bool,
    whole: bool = False,
    in_short: bool = False,
    values: bool = True,
    room: int | None = None,
) -> Text:
    """Return a sample, the name and a value of each series, the last or the one under the crosshair; and of each floor.

    Args:
        plot: what is drawn.
        palette: its colours.
        title: what stands before them; empty for nothing.
        names_all: whether the curves are named here, and not at their ends.
        whole: with names of any length.
        in_short: with the names of their ends.
        values: whether each has its value behind its name.
        room: cells for the names: after as many as fit stands how many more there are. ``None`` for all names.
    """
    legend, at = Text(), plot.crosshair
    if title:
        legend.append(f"{title}  ", style="dim")
    if at is not None:
        legend.append(f"{plot.x_label} {plot.tell_x(at)}  ", style="bold")
    names = [(in_short and series.short) or series.name for series in plot.series]
    names = names if whole else _in_short(tuple(names))
    for place, series in enumerate(plot.series if names_all else ()):
        value = series.last if at is None else series.at(at)
        best = f" {best_marker(plot.ascii)} best" if at is not None and at == series.best_at else ""
        told = f" {format_value(value)}" * values
        words = Text.assemble(_sample(plot, palette, place), f" {names[place]}{told}{best}{_BETWEEN}")
        more = f"+{len(plot.series) - place}{_BETWEEN}"
        if room is not None and legend.cell_len + words.cell_len + len(more) - len(_BETWEEN) > room:
            legend.append(more)
            break
        legend.append(words)
    for floor in plot.floors:
        legend.append(f"{'--' if plot.ascii else '╌╌'} {floor.label} {format_value(floor.y)}  ")
    return legend


def states_in_words(
    log_y: bool,
    smoothing: float,
    viewport: Viewport,
    top: float | None,
    y_limits: Limits = AUTOMATIC,
    *,
    in_short: bool = False,
) -> Text:
    """Return what is not as usual, and the key that undoes it.

    Args:
        log_y: whether the y axis is logarithmic.
        smoothing: how much the curves are smoothed; 0 for not at all.
        viewport: the part of the x axis that is shown.
        top: the end of the y axis where something is above it; ``None`` where nothing is.
        y_limits: the ends of the y axis that were typed.
        in_short: with as few words as will do.
    """
    words = ["log"] * log_y + [f"smooth {smoothing:g}"] * bool(smoothing)
    if y_limits != AUTOMATIC:
        words.append(f"y {limits_in_words(y_limits)}{'' if not viewport.live else ', 0: live'}")
    if not viewport.live:
        words.append("zoomed, 0: live")
    if top is not None:
        words.append(f"above {format_value(top)} off{'' if in_short else ' the scale'}, 0: all")
    return Text("".join(f"[{word}]  " for word in words), style="dim")


def bests_in_words(
    series: Sequence[Series],
    x_label: str,
    ascii: bool,  # noqa: A002
    *,
    in_short: bool = False,
    value: bool = True,
) -> Text:
    """Return where the best point is, with its value where one curve alone has one.

    Args:
        series: as in the chart.
        x_label: what the x axis counts.
        ascii: with plain characters only.
        in_short: with as few words as will do.
        value: whether its value is wanted.
    """
    found = [(one.best_at, one.at(one.best_at)) for one in series if one.best_at is not None]
    marked = [(at, best) for at, best in found if best is not None]
    if not marked:
        return Text()
    [at, best], *others = marked
    where = format_position(at)
    place = where if in_short else f"best epoch {where}" if x_label == "epoch" else f"best at {where} {x_label}"
    if others:
        words = "best" if in_short else "best of each curve"
    else:
        words = f"{place}: {format_value(best)}" if value else place
    return Text(f"{best_marker(ascii)} {words}  ")


def _marks_that_fit(plot: Plot, room: int, most_room: int) -> Text:
    """Return the marks with their whole labels, or with short ones where those do not fit.

    Args:
        plot: what is drawn.
        room: cells that whole labels may take.
        most_room: cells that short labels may take: for them the best points are said in fewer words.
    """
    marks = marks_in_words(plot.marks, None, plot.ascii)
    return marks if marks.cell_len - len(_BETWEEN) <= room else marks_in_words(plot.marks, None, plot.ascii, most_room)


def marks_in_words(
    marks: Sequence[Mark],
    at: float | None,
    ascii: bool,  # noqa: A002
    room: int | None = None,
) -> Text:
    """Return the labels of all marks, or of those that the crosshair is at.

    Args:
        marks: as in the chart.
        at: the place of the crosshair; ``None`` where it is not up.
        ascii: with plain characters only.
        room: cells for them: after as many short labels as fit stands how many more there are. ``None`` for all labels.
    """
    text, sign = Text(), ":" if ascii else "┊"
    shown = [mark for mark in marks if at is None or abs(mark.x - at) <= 0.5]
    for place, mark in enumerate(shown):
        words = f"{sign} {mark.label if room is None else mark.short or mark.label}{_BETWEEN}"
        rest = len(shown) - place
        more = f"{sign} +{rest}{_BETWEEN}"
        if room is not None and text.cell_len + cell_width(words) + len(more) * (rest > 1) - len(_BETWEEN) > room:
            text.append(more * (text.cell_len + len(more) - len(_BETWEEN) <= room), style="italic")
            break
        text.append(words, style="italic")
    return text
