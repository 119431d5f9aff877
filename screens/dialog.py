"""A dialog over a screen: typed result, ``escape`` dismisses with nothing."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from screens.desk import Desk

Result = TypeVar("Result")


class Dialog(ModalScreen["Result | None"], Generic[Result]):
    """A box in the middle of the screen; put everything into one container with the class ``box``."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss_dialog", "Back", id="dialog.back")]

    @property
    def desk(self) -> Desk:
        """What all screens share."""
        return cast("Desk", self.app.desk)  # type: ignore[attr-defined]

    def action_dismiss_dialog(self) -> None:
        """Close without a result."""
        self.dismiss(None)
