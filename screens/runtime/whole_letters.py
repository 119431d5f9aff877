"""A wide letter over an edge of what lies below it is drawn all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

_Span = tuple[int, int]

_render_partial_update = Compositor.render_partial_update


def _render_chops(
    self: Compositor, crop: Region, is_rendered_line: Callable[[int], bool]
) -> Sequence[Mapping[int, Strip]]:
    """Return of each line what is seen of it, by where it begins: a widget is cut only where another lies over it."""
    width, height = self.size
    pieces: list[dict[int, Strip]] = [{} for _ in range(height)]
    gaps = [[(0, width)] if is_rendered_line(y) else [] for y in range(height)]
    for region, clip, strips in self._get_renders(crop):  # from front to back
        area = region.intersection(clip)
        for y, strip in zip(area.line_range, strips, strict=False):
            ends = area.x, min(area.right, area.x + strip.cell_length)
            gaps[y] = [gap for one in gaps[y] for gap in _fill(one, ends, strip, pieces[y])]
    return [dict(sorted(line.items())) for line in pieces]


def _fill(gap: _Span, ends: _Span, strip: Strip, pieces: dict[int, Strip]) -> list[_Span]:
    """Put what a gap shows of a strip among the pieces of its line; return what is left of the gap."""
    start, end = max(gap[0], ends[0]), min(gap[1], ends[1])
    if start >= end:
        return [gap]
    pieces[start] = strip.crop(start - ends[0], end - ends[0])
    return [left for left in ((gap[0], start), (end, gap[1])) if left[0] < left[1]]


def _render_changed(self: Compositor) -> ChopsUpdate | None:
    update = _render_partial_update(self)
    if update is not None:
        update.chop_ends = [
            [x + (strip.cell_length if strip else 0) for x, strip in line.items()] for line in update.chops
        ]
    return update


def keep_whole() -> None:
    """Let every screen draw letters whole.

    Textual (8.2.8) cuts a line wherever a widget begins or ends in it, also one that is covered there, and of a letter
    of two cells that stands over such a cut nothing is left: a notice or a tooltip with names in Chinese, or with
    emoji, lost some of them, others over every screen.
    """
    Compositor._render_chops = _render_chops  # type: ignore[method-assign] # noqa: SLF001 - it is what draws
    Compositor.render_partial_update = _render_changed  # type: ignore[method-assign]
