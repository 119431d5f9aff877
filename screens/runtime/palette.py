"""The command palette: every action of the screen and of the program, from their bindings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from rich.markup import escape
from textual import getters, on, work
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.fuzzy import Matcher
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.worker import Worker

from hw1_tui.guides import guides
from screens.main_screen import MainScreen, Part
from screens.state.entry import Entry
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.button import action_name

_OWN = ("hw1_tui.", "screens.")
_OURS = ("Keys", "Quit")
"""What Textual offers as well, and the program has its own way for."""
_ELSEWHERE, _MENTIONED = 0.9, 0.5
_LOOKS, _SECONDS_BETWEEN_LOOKS = 100, 0.02


_gather = CommandPalette._gather_commands.__wrapped__  # type: ignore[attr-defined]
"""The plain coroutine that Textual makes a worker of."""


class Palette(CommandPalette):
    """Textual's palette, which ends the program when it is closed, or a page turned, before anything is listed.

    It also does what was found for the first letters where ``enter`` comes before what is found for all of them.
    """

    app = getters.app(WorkspaceApp)
    CSS_PATH = "palette.tcss"
    _listed, _submitted = "", ""

    def _is_gone(self) -> bool:
        """Return whether its widgets are not there: it was closed before it was drawn, or is just being closed.

        Textual takes the widgets away before it ends what still works for them, and looks for them all the same.
        """
        return not self.query(CommandList)

    def on_mount(self) -> None:
        """Know when it is closed."""
        self._is_closed = asyncio.Event()

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def _gather_commands(self, search_value: str) -> None:
        if not self._is_gone():
            await _gather(self, search_value)
        self._listed, submitted = search_value, self._submitted
        if submitted == search_value != "" and not self._is_gone():
            self._submitted = ""
            self._select_or_command()

    @on(Input.Submitted)
    def _wait_for_the_list(self, event: Input.Submitted) -> None:
        """Let ``enter`` wait for what is found for all that was typed, and keys after it for what that leads to."""
        self.app.hold_keys_for(self._is_closed.wait())
        if (text := event.value.strip()) != self._listed:
            event.prevent_default().stop()
            self._submitted = text

    def _watch__list_visible(self) -> None:
        if not self._is_gone():
            super()._watch__list_visible()

    async def _watch__show_busy(self) -> None:
        if not self._is_gone():
            await super()._watch__show_busy()

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close once, with everything that would still look for the list in a while."""
        self._stop_no_matches_countdown()
        self._stop_busy_countdown()
        self._is_closed.set()
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let nobody move in a list that is not there yet."""
        if action == "command_list" and not any(
            listed.option_count and listed.size for listed in self.query(OptionList)
        ):
            return False
        return super().check_action(action, parameters)


@dataclass(frozen=True)
class _Elsewhere:
    """What can be done on a main screen that is not shown, or in a part of one.

    Attributes:
        entry: the main screen.
        part: the part of it; ``None`` for the screen itself.
        binding: the action; ``None`` for showing the part.
    """

    entry: Entry
    part: Part | None
    binding: Binding | None

    @property
    def words(self) -> str:
        """What it is called."""
        place = self.entry.title
        if self.binding is None:
            return f"{place}: {self.part.title}" if self.part else place
        return f"{place}{f', {self.part.title}' if self.part else ''}: {self.binding.description}"


class ActionProvider(Provider):
    """Offers every binding that makes sense where one is, and to who searches those of other screens."""

    def __init__(self, screen: Screen[Any], match_style: Style | None = None) -> None:
        super().__init__(screen, match_style)
        self._chosen = {binding.action: self._chosen_for(binding) for _, binding in self._bindings()}

    @property
    def app(self) -> WorkspaceApp:
        """The app, as screens see it."""
        return cast("WorkspaceApp", super().app)

    async def discover(self) -> Hits:
        """Offer everything: first what does something here, last what only moves about."""
        bindings = list(self._bindings())
        for node, binding in bindings:
            if binding.tooltip:
                yield DiscoveryHit(
                    binding.description, partial(self._do_here, node, binding), help=_help(self, binding)
                )
        for topic, title in guides().items():
            yield DiscoveryHit(f"Guide: {title}", partial(self._read_guide, topic), help=f"hw1-tui guide {topic}")
        for command in self._of_textual():
            yield DiscoveryHit(command.title, command.callback, help=command.help)
        for node, binding in bindings:
            if not binding.tooltip:
                yield DiscoveryHit(
                    binding.description, partial(self._do_here, node, binding), help=_help(self, binding)
                )

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for node, binding in self._bindings():
            names = [binding.description, *self._names_elsewhere(node, binding)]
            score, name = max((_score(matcher, name, binding), name) for name in names)
            if score:
                yield Hit(
                    score, matcher.highlight(name), partial(self._do_here, node, binding), help=_help(self, binding)
                )
        for command in self._of_textual():
            if score := matcher.match(command.title):
                yield Hit(score, matcher.highlight(command.title), command.callback, help=command.help)
        for found in self._elsewhere():
            told = found.binding
            score = _score(matcher, found.words, told) if told else matcher.match(found.words)
            if score:
                # What can be done here comes before what is called the same elsewhere.
                shown, about = matcher.highlight(found.words), _help(self, told) if told else "Show it."
                yield Hit(score * _ELSEWHERE, shown, partial(self._set_out, found), help=about)

        for topic, title in guides().items():
            if score := matcher.match(f"Guide: {title}"):
                shown = matcher.highlight(f"Guide: {title}")
                yield Hit(score, shown, partial(self._read_guide, topic), help=f"hw1-tui guide {topic}")

    def _read_guide(self, topic: str) -> None:
        from screens.dialogs.guide_dialog import (
            GuideDialog,  # reads Markdown, which takes a tenth of the start to import
        )

        self.app.push_screen(GuideDialog(topic))

    def _bindings(self) -> Iterator[tuple[DOMNode, Binding]]:
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            ours = type(active.node).__module__.startswith(_OWN) or isinstance(active.node, MainScreen)
            if ours and active.enabled and binding.description and binding.action not in seen:
                seen.add(binding.action)
                yield active.node, binding

    def _names_elsewhere(self, node: DOMNode, binding: Binding) -> Iterator[str]:
        """Yield the names under which other screens find an action of this one."""
        entry = next((entry for entry in self.app.MAIN_SCREENS if entry.name == self.app.current_mode), None)
        if entry and isinstance(node, MainScreen):
            yield _Elsewhere(entry, None, binding).words
        elif entry:
            parts = cast("type[MainScreen]", entry.screen).PARTS
            yield from (_Elsewhere(entry, part, binding).words for part in parts if isinstance(node, part.widget))

    def _of_textual(self) -> Iterator[SystemCommand]:
        """Return what Textual offers by itself, such as themes."""
        return (command for command in self.app.get_system_commands(self.screen) if command.title not in _OURS)

    def _elsewhere(self) -> Iterator[_Elsewhere]:
        """Return what the other main screens offer, whether they were visited or not, and what all their parts do."""
        here = {binding.id for _, binding in self._bindings()}
        for entry in self.app.MAIN_SCREENS:
            screen = cast("type[MainScreen]", entry.screen)
            if entry.name != self.app.current_mode:
                for binding in _bindings_of(screen, MainScreen):
                    yield _Elsewhere(entry, None, binding)
            for part in screen.PARTS:
                yield _Elsewhere(entry, part, None)
                for binding in _bindings_of(part.widget, Widget):
                    if entry.name != self.app.current_mode or binding.id not in here:
                        yield _Elsewhere(entry, part, binding)

    def _set_out(self, found: _Elsewhere) -> None:
        """Go there in a task of its own: what is waited for there may have to be begun by the app, which waits else."""
        go = partial(self._go, found)  # no coroutine: one that another choice overtakes would be left unawaited
        going: Worker[None] = self.app.run_worker(go, group="palette", exclusive=True)
        self.app.hold_keys_for(going.wait())

    async def _go(self, found: _Elsewhere) -> None:
        """Go to a main screen, or a part of it, and do there what was asked for, or say that it cannot be done now."""
        if found.entry.name != self.app.current_mode:
            self.app.action_go(found.entry.name)
        screen = await self._arrive(found.entry)
        node: Widget | None = await _enter(screen, found.part) if screen and found.part else screen
        if node is not None and found.binding is None:
            return
        name = found.binding.action.partition("(")[0] if found.binding else ""
        if node is None or found.binding is None or not await _may(node, name, waits=found.part is not None):
            why = screen.why_not(name) if screen else ""
            self.app.notify(why or f"{found.words} cannot be done now.", severity="warning")
        else:
            await self._do(node, found.binding)

    async def _arrive(self, entry: Entry) -> MainScreen | None:
        """Return the screen of a main screen when it is shown and has set itself up."""
        for _ in range(_LOOKS):
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            screen = self.app.screen
            is_there = isinstance(screen, entry.screen) and screen.is_current and screen.query("NavigationBar")
            if is_there and isinstance(screen, MainScreen) and screen.is_known:
                return screen
        return None

    async def _do_here(self, node: DOMNode, binding: Binding) -> None:
        """Do what was found here, unless it would be done to something else than when the palette was opened."""
        if self._chosen_for(binding) == self._chosen.get(binding.action):
            await self._do(node, binding)
        else:
            told = f"{binding.description} is not done: what was chosen for it is gone, or another is chosen by now."
            self.app.notify(told, severity="warning")

    def _chosen_for(self, binding: Binding) -> object:
        screen = self.screen
        return screen.chosen_for(action_name(binding.action)) if isinstance(screen, MainScreen) else None

    async def _do(self, node: DOMNode, binding: Binding) -> None:
        await self.app.run_action(binding.action, node)


def _bindings_of(widget: type[Widget], last: type[Widget]) -> Iterator[Binding]:
    """Yield the bindings of a class and of those that it is derived from, up to one of them."""
    for part in widget.__mro__[: widget.__mro__.index(last) + 1]:
        if part.__module__.startswith(_OWN):
            bindings = Binding.make_bindings(part.__dict__.get("BINDINGS", ()))
            by_id = {binding.id: binding for binding in bindings if binding.tooltip}  # one of the keys that it has
            yield from by_id.values()  # those without a tooltip move about in a form


async def _enter(screen: MainScreen, part: Part) -> Widget | None:
    """Show a part of a screen as soon as it has its room; return it, or ``None`` where there is none."""
    for _ in range(_LOOKS):
        if (widget := await screen.open_part(part)) is not None:
            return widget
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    return None


async def _may(node: Widget, action: str, *, waits: bool) -> bool:
    """Return whether a widget lets an action be done; a part of a screen may have to compute first what it shows."""
    for _ in range(_LOOKS if waits else 1):
        if node.check_action(action, ()):
            return True
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    return False


def _score(matcher: Matcher, title: str, binding: Binding) -> float:
    """Return how well an action matches: what is called so comes before what only mentions it."""
    return max(matcher.match(title), _MENTIONED * matcher.match(f"{title} {binding.tooltip}"))


def _help(provider: Provider, binding: Binding) -> str:
    # Textual reads markup in it, and a key such as / in brackets would be a closing tag without a tag.
    return escape(f"{binding.tooltip} ({provider.app.get_key_display(binding)})".strip())
