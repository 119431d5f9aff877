"""Functions of the inputs as pictures over the first two of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalGroup
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.derivation.network import Theta
from screens.widgets.inside.signed_picture import signed_picture
from screens.widgets.picture import Picture

Function = Callable[[Array], Array]
"""Takes inputs of shape (N, D) and returns N values."""

NARROWEST = 24
"""Cells of a picture at least."""
MOST = 4
"""Pictures beside each other."""
_WIDEST = 40
_REACH, _PIXELS = 3.0, 48
_PLACES = "x₁ →, x₂ ↑ from −3 to 3:"


class FunctionPictures(VerticalGroup):
    """A row of pictures, as many as have room; the other inputs are those of the example."""

    def __init__(self) -> None:
        super().__init__(classes="pictures")
        self._functions: Sequence[tuple[str, Function]] = ()
        self._x = np.zeros(0)

    @property
    def has_any(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self._functions)

    def compose(self) -> ComposeResult:
        """Draw room for the pictures."""
        with HorizontalGroup():
            for _ in range(MOST):
                yield Picture()
        colours = "lighter > 0 > darker" if self.app.no_color else "orange > 0 > blue"
        yield Static(f"{_PLACES} {colours}", markup=False, classes="remark")

    def on_mount(self) -> None:
        """Draw anew for another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._draw())

    def on_resize(self) -> None:
        """Draw as many as have room."""
        self._draw()

    def show(self, functions: Sequence[tuple[str, Function]], x: Array) -> None:
        """Show other functions.

        Args:
            functions: what is written below each, and the function.
            x: the inputs that are not drawn over, shape (D,).
        """
        self._functions, self._x = functions[:MOST], x
        self._draw()

    def _draw(self) -> None:
        if not self.size.width:
            return
        n = min(max(1, self.size.width // (NARROWEST + 1)), len(self._functions))
        for position, picture in enumerate(self.query(Picture)):
            picture.display = position < n
            if picture.display:
                width = min(_WIDEST, self.size.width // n - 1)
                picture.styles.width, picture.styles.height = width, width // 2 + 2  # two lines are below it
                title, function = self._functions[position]
                values = self._values(function)
                scaled = values / max(float(np.abs(values).max()), 1e-300)
                drawn = signed_picture(scaled, self.background_colors[1], plain=self.app.no_color)
                picture.show(drawn, f"{title}\n{values.min():.3g} to {values.max():.3g}")

    def _values(self, function: Function) -> Array:
        """Return a function over the first two inputs, (pixels, pixels); of one input all rows are the same."""
        places = np.linspace(-_REACH, _REACH, _PIXELS)
        x = np.tile(self._x, (_PIXELS * _PIXELS, 1))
        x[:, 0] = np.tile(places, _PIXELS)
        if x.shape[1] > 1:
            x[:, 1] = np.repeat(places[::-1], _PIXELS)
        return np.asarray(function(x)).reshape(_PIXELS, _PIXELS)


def shares(theta: Theta) -> Sequence[tuple[str, Function]]:
    """Return what the first two hidden units add to the output, and how it is written."""
    return [(f"v{'₁₂'[unit]} h{'₁₂'[unit]}", partial(_share, theta, unit)) for unit in range(min(2, theta.units))]


def _share(theta: Theta, unit: int, x: Array) -> Array:
    return np.asarray(theta.v[unit] * theta.hidden(x)[:, unit])
