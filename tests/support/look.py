"""Comparing what a screen shows with pictures that were found right; ``pytest --snapshot-update`` takes new ones."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from textual.app import App
from textual.pilot import Pilot

from tests.support.settling import settle

SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)
ALL = (SMALL, MIDDLE, LARGE)

Size = tuple[int, int]
Look = Callable[[App[Any], Iterable[Size], Callable[[Pilot[Any]], Awaitable[None]]], Awaitable[None]]


def look(snapshot: SnapshotAssertion) -> Look:
    """Return what starts an app once, brings it into a state and compares its picture at each size of the terminal.

    The pictures are those of a start at that size: so this also holds that nothing is left over from another size.
    """
    kept = snapshot.use_extension(SVGImageExtension)

    async def compare(app: App[Any], sizes: Iterable[Size], arrive: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
        first, *others = sizes
        async with app.run_test(size=first, tooltips=True, notifications=True) as pilot:
            await arrive(pilot)
            await settle(pilot)
            pictures = {first: app.export_screenshot(simplify=True)}
            for size in others:
                await pilot.resize_terminal(*size)
                await settle(pilot)
                pictures[size] = app.export_screenshot(simplify=True)
        for (width, height), picture in pictures.items():
            assert picture == kept(name=f"{width}x{height}")

    return compare
