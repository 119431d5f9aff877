"""The command palette: every action of the screen and of the program, from their bindings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from rich.markup import escape
from textual import work
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.widgets import OptionList

from screens.place import Place

_OWN = ("hw1_tui.", "screens.")


_gather = CommandPalette._gather_commands.__wrapped__  # type: ignore[attr-defined]
"""The plain coroutine that Textual makes a worker of."""


class Palette(CommandPalette):
    """Textual's palette, which ends the program when it is closed, or a page turned, before anything is listed."""

    def _is_gone(self) -> bool:
        """Return whether its widgets are not there: it was closed before it was drawn, or is just being closed.

        Textual takes the widgets away before it ends what still works for them, and looks for them all the same.
        """
        return not self.query(CommandList)

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def _gather_commands(self, search_value: str) -> None:
        if not self._is_gone():
            await _gather(self, search_value)

    def _watch__list_visible(self) -> None:
        if not self._is_gone():
            super()._watch__list_visible()

    async def _watch__show_busy(self) -> None:
        if not self._is_gone():
            await super()._watch__show_busy()

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close, with everything that would still look for the list in a while."""
        self._stop_no_matches_countdown()
        self._stop_busy_countdown()
        return super().dismiss(result)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let nobody move in a list that is not there yet."""
        if action == "command_list" and not any(
            listed.option_count and listed.size for listed in self.query(OptionList)
        ):
            return False
        return super().check_action(action, parameters)


class ActionProvider(Provider):
    """Offers every binding of the program that makes sense where one is."""

    async def discover(self) -> Hits:
        """Offer everything."""
        for node, binding in self._bindings():
            yield DiscoveryHit(binding.description, partial(self._do, node, binding), help=_help(self, binding))

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for node, binding in self._bindings():
            if (score := matcher.match(f"{binding.description} {binding.tooltip}")) > 0:
                title = matcher.highlight(binding.description)
                yield Hit(score, title, partial(self._do, node, binding), help=_help(self, binding))

    def _bindings(self) -> Iterator[tuple[DOMNode, Binding]]:
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            ours = type(active.node).__module__.startswith(_OWN) or isinstance(active.node, Place)
            if ours and active.enabled and binding.description and binding.action not in seen:
                seen.add(binding.action)
                yield active.node, binding

    async def _do(self, node: DOMNode, binding: Binding) -> None:
        await self.app.run_action(binding.action, node)


def _help(provider: Provider, binding: Binding) -> str:
    # Textual reads markup in it, and a key such as / in brackets would be a closing tag without a tag.
    return escape(f"{binding.tooltip} ({provider.app.get_key_display(binding)})".strip())
