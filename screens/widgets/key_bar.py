"""The footer: the keys that matter where one is."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen

from screens.widgets.label_row import LabelRow

_KEY = "bold $footer-key-foreground"
_DESCRIPTION = "$footer-description-foreground"
_HOVERED = "$footer-key-foreground on $block-hover-background"


class ShownKey(NamedTuple):
    """A key in the footer.

    Attributes:
        binding: what it is bound to.
        is_enabled: whether it does something now.
        text: the key, as people write it.
        does: what it does, in a word or two.
        hint: what is told of it under the pointer.
    """

    binding: Binding
    is_enabled: bool
    text: str
    does: str
    hint: str


class KeyBar(LabelRow[ShownKey]):
    """The bindings of the screen that are to be shown, with those of what has the focus; a click presses the key.

    Textual's footer has a widget a key and makes all of them anew whenever one may have changed, which a run that
    trains does several times a second: the row then stands empty for moments, the screen is laid out twice more, and
    what was removed is kept for ever.
    """

    DEFAULT_CSS: ClassVar[str] = """
    KeyBar { dock: bottom; height: 1; width: 100%; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def on_mount(self) -> None:
        """Listen to what keys do."""
        self.screen.bindings_updated_signal.subscribe(self, self._show)

    def _show(self, screen: Screen[Any]) -> None:
        """Show other keys where there are any; not while another window has the focus, and nothing here.

        A screen that is opened meanwhile shows its own: it would stand there without any until one comes back.
        """
        is_away = bool(self.labels) and not self.app.app_focus
        if is_away or screen is not self.screen:
            return
        keys: dict[str, ShownKey] = {}
        renamed = getattr(screen, "renamed_keys", {})
        for _, binding, is_enabled, hint in screen.active_bindings.values():
            if binding.show and binding.action not in keys:
                does = renamed.get(binding.action, binding.description)
                keys[binding.action] = ShownKey(binding, is_enabled, self.app.get_key_display(binding), does, hint)
        if (labels := list(keys.values())) != self.labels:
            self.labels = labels
            self.draw()

    def draw_label(self, label: ShownKey, *, is_hovered: bool) -> Content:
        """Return the key, and what it does."""
        key, description = (_HOVERED, _HOVERED) if is_hovered else (_KEY, _DESCRIPTION)
        dim = "" if label.is_enabled else " dim"
        return Content.assemble((label.text, key + dim), (f" {label.does}", description + dim))

    def draw_gap(self, before: ShownKey | None, label: ShownKey) -> Content:  # noqa: ARG002
        """Return the space between two keys."""
        return Content(" " if before else "")

    def tell(self, label: ShownKey) -> str:
        """Return what the key does, in a sentence."""
        return label.hint

    async def take(self, label: ShownKey) -> None:
        """Press the key, as the hand would; one that is greyed out says why it does nothing."""
        self.app.simulate_key(label.binding.key)
