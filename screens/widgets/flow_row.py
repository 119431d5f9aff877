"""Matrices or formulas beside each other where they fit, below each other where they do not."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import HorizontalGroup

from screens.widgets.matrix_view import MatrixView

GAP = 2
"""Cells between neighbours."""


class FlowRow(HorizontalGroup):
    """A row of matrices or formulas."""

    DEFAULT_CSS: ClassVar[str] = """
    FlowRow { width: 100%; height: auto; margin: 0 0 1 0; }
    FlowRow.-stacked { layout: vertical; }
    """

    @property
    def whole_width(self) -> int:
        """The cells that everything takes beside each other."""
        needed = sum(child.get_content_width(self.size, self.size) + child.gutter.width for child in self.children)
        return needed + GAP * (len(self.children) - 1)

    def on_resize(self) -> None:
        """Choose for the new width."""
        self.fit()

    def fit(self) -> None:
        """Stack what is wider than the row; let the rows of matrices beside each other stand level."""
        if self.size.width:
            views = self.query(MatrixView)
            is_stacked = self.whole_width > self.size.width
            self.set_class(is_stacked, "-stacked")
            named = any(view.has_names for view in views)
            for view in views:
                view.lower(named and not is_stacked)
