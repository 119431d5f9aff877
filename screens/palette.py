"""The command palette: every action of the screen and of the program, from their bindings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rich.markup import escape
from textual.binding import Binding
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.widgets import OptionList

from screens.place import Place

_OWN = ("hw1_tui.", "screens.")


class Palette(CommandPalette):
    """Textual's palette, which ends the program when a page is turned before anything is listed."""

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
