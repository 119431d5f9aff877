"""Comparing what a screen shows with pictures that were found right; ``pytest --snapshot-update`` takes new ones."""

import difflib
import html
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from syrupy.exceptions import SnapshotDoesNotExist
from textual.app import App
from textual.pilot import Pilot

from tests.support.settling import settle

SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)
ALL = (SMALL, MIDDLE, LARGE)

Size = tuple[int, int]
Arrive = Callable[[Pilot[Any]], Awaitable[object]]
State = tuple[str, Iterable[Size], Arrive]
"""What a state is called, the sizes to look at it at, and what brings the app into it at the first of them."""

# A busy machine can hold up what changes the picture for longer than a screen has to rest to be taken as settled. A
# picture that is not the kept one is therefore looked at again so many times, a tenth of a second each, before it is
# told as another.
_MOST_LOOKS = 100


class Look:
    """Starts an app once, brings it into a state and compares its picture at each size of the terminal.

    The pictures are those of a start at that size: so this also holds that nothing is left over from another size.
    ``also`` is told each size at which the screen stands, for what else must hold there.
    """

    def __init__(self, snapshot: SnapshotAssertion) -> None:
        self._kept = snapshot.use_extension(SVGImageExtension)

    async def __call__(
        self, app: App[Any], sizes: Iterable[Size], arrive: Arrive, also: Callable[[Size], None] = lambda _size: None
    ) -> None:
        """Compare one state of an app."""
        await self.along(app, [("", sizes, arrive)], also)

    async def along(
        self, app: App[Any], states: Sequence[State], also: Callable[[Size], None] = lambda _size: None
    ) -> None:
        """Compare the states that an app is brought into one after the other, up to the first that looks different.

        This holds also that nothing is left over from the states before.
        """
        first = next(iter(states[0][1]))
        async with app.run_test(size=first, tooltips=True, notifications=True) as pilot:
            for state, sizes, arrive in states:
                for number, size in enumerate(sizes):
                    if app.size != size:
                        await pilot.resize_terminal(*size)
                        if not number:
                            await settle(pilot)  # or a key would go to what stood there before
                    if not number:
                        await arrive(pilot)
                    name = _name(state, size)
                    before = _recall(self._kept, name)
                    picture = await _picture(pilot, before)
                    assert picture == self._kept(name=name), name + _difference(before, picture)
                    also(size)


def look(snapshot: SnapshotAssertion) -> Look:
    """Return what compares the pictures of an app with those that were kept."""
    return Look(snapshot)


def _name(state: str, size: Size) -> str:
    """Return what a picture is kept as; the file's name is as if the state were a parameter of the test."""
    width, height = size
    return f"{state}][{width}x{height}" if state else f"{width}x{height}"


def _recall(kept: SnapshotAssertion, name: str) -> str | None:
    """Return the picture that was kept under a name; None where there is none or new ones are taken."""
    if kept.update_snapshots:
        return None
    try:
        picture = kept.extension.read_snapshot(
            test_location=kept.test_location, index=name, session_id=str(id(kept.session))
        )
    except SnapshotDoesNotExist:
        return None
    return str(picture)


async def _picture(pilot: Pilot[Any], kept: str | None) -> str:
    """Return the picture at which the app rests: the kept one as soon as it is that, or what stands in its place."""
    for _ in range(_MOST_LOOKS):
        await settle(pilot)
        picture = str(SVGImageExtension().serialize(pilot.app.export_screenshot(simplify=True)))
        if kept in (None, picture):
            break
    return picture


def _difference(kept: str | None, picture: str) -> str:
    """Return the rows of the terminal that differ, in words: a picture of 100 kB tells nobody anything."""
    if kept is None:
        return "there is no such picture yet; pytest --snapshot-update takes it"
    lines = difflib.unified_diff(_rows(kept), _rows(picture), "kept", "shown", n=0, lineterm="")
    return "\n" + ("\n".join(lines) or "the same text; colours or styles differ")


def _rows(svg: str) -> list[str]:
    """Return the text of a picture, row by row."""
    rows: defaultdict[float, list[tuple[float, str]]] = defaultdict(list)
    for x, y, text in re.findall(r'<text class="[^"]*" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        rows[float(y)].append((float(x), html.unescape(text).replace("\xa0", " ")))
    return ["".join(text for _, text in sorted(rows[y])).rstrip() for y in sorted(rows)]
