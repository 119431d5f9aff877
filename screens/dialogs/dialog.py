"""A dialog over a screen: typed result, ``escape`` dismisses with nothing."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual import getters, on
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from hw1_tui.markup import cell_width
from screens.state.workspace import Workspace
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.button import Button

Result = TypeVar("Result")

_AROUND_TITLE = 4
"""Cells of the border beside a title."""


class Dialog(ModalScreen["Result | None"], Generic[Result]):
    """A box in the middle of the screen; put everything into one container with the class ``box``."""

    app = getters.app(WorkspaceApp)
    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_dialog", "Back", id="dialog.back", tooltip="Close it.")
    ]

    @property
    def workspace(self) -> Workspace:
        """What all screens share."""
        return self.app.workspace

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close, but once: a button and a key at the same instant must not close what lies below as well."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    @on(Button.Refused)
    async def _answer_click(self, message: Button.Refused) -> None:
        """Do what the key does: it says why there is nothing to do."""
        await self.run_action(message.action)

    def on_resize(self) -> None:
        """Say a title whole where the box is too narrow for it."""
        self.call_after_refresh(self._tell_title)

    def _tell_title(self) -> None:
        for box in self.query(".box"):
            content = box._border_title  # noqa: SLF001 - what is public of it is markup
            title = content.plain if content else ""
            box.tooltip = Text(title) if cell_width(title) > box.size.width - _AROUND_TITLE else None

    def action_dismiss_dialog(self) -> None:
        """Close without a result."""
        self.dismiss(None)
