"""What a step shows in numbers and pictures: beside each other where all of it is whole so, else below each other."""

from __future__ import annotations

from textual.containers import Container
from textual.widget import Widget

from screens.widgets.derivation.function_pictures import NARROWEST, FunctionPictures
from screens.widgets.flow_row import GAP, FlowRow


class Columns(Container):
    """Our numbers, and the report's where it has some."""

    @property
    def whole_width(self) -> int:
        """The cells that the wider of both takes."""
        return max(map(_width, self.children), default=0)

    def fit(self) -> None:
        """Stand the second group beside the first where neither has to be cut for it."""
        if self.size.width and len(self.children) > 1:
            first, second = map(_width, self.children)
            is_beside = first + GAP + second <= self.size.width
            self.set_class(is_beside, "-beside")
            self.children[0].styles.width = first + GAP if is_beside else "1fr"

    def on_resize(self) -> None:
        """Choose for the new width."""
        self.fit()


class Illustrated(Container):
    """Numbers and pictures of what they mean: below them where checks stand beside, else right of them or nowhere."""

    def fit(self) -> None:
        """Show the pictures where no number is cut for them."""
        columns, pictures = self.query_one(Columns), self.query_one(FunctionPictures)
        is_below = self.screen.has_class("-wide")
        has_room = columns.whole_width + GAP + NARROWEST + 1 <= self.size.width and not self.screen.has_class("-narrow")
        self.set_class(not is_below, "-beside")
        pictures.display = pictures.has_any and (self.screen.has_class("-tall") if is_below else has_room)
        columns.fit()

    def on_resize(self) -> None:
        """Choose for the new width."""
        self.fit()


def _width(group: Widget) -> int:
    return max(map(_width_of_row, group.children), default=0)


def _width_of_row(widget: Widget) -> int:
    if isinstance(widget, FlowRow):
        return widget.whole_width
    return widget.get_content_width(widget.screen.size, widget.screen.size) + widget.gutter.width
