"""Input one at a time: a key, a click or a paste is handed on once everything that the one before led to is done.

Keys arrive in bursts: over a slow line, pasted, or from somebody who types ahead. Textual acts on a key by the state of
that moment, though what was typed before may still lie in the queues of widgets: ``ctrl+s`` trained what the form held
three keys ago, and letters for a dialog that was just opening were commands of the screen below it.

What a key leads to climbs from the widget that has it through its ancestors to the app, as messages in the queue of
each; an action that it means is done by the app, and may send messages down again. So a callback is sent after it on
the same way, waits at every step until nothing lies in that queue, and goes that way anew until it had to wait nowhere
and the focus stays. Whoever reads a form needs to know nothing of this.

The second press of a double click is meant for what the first was: where that led to another screen or dialog, it is
left out. It began a training where "Continue" had been, and a second one where "Start" had.

What a key leads to may also be done by a thread: a list that is read, a file that is written. Whoever begins it says
so (``hold_for``), and the next key waits for that as well, as it was meant for what stands there then.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual.app import App, ScreenStackError
from textual.dom import DOMNode, NoScreen
from textual.errors import NoWidget
from textual.events import Event, InputEvent, Key, MouseDown, MouseUp, Paste
from textual.message_pump import MessagePump
from textual.screen import Screen

_LEFT = 1
_MOST_LOOKS = 20
"""At one queue: one that is filled all the time must not hold up the keys."""
_MOST_ROUNDS = 5
SECONDS_BETWEEN_CHECKS = 0.25
_MOST_CHECKS = 8
"""A handler that does not come to its end holds up the keys so many checks long, and no longer."""


@dataclass
class _Way:
    """The way of the callback that follows an event, once from a widget up to the app.

    Attributes:
        turn: the event's number.
        start: the widget that it begins at.
        round: how often the way was gone before.
        is_clear: whether nothing was waited for on it; never on the first, which the event itself goes.
    """

    turn: int
    start: MessagePump
    round: int = 0
    is_clear: bool = False


class InputOrder:
    """The input that waits for its turn. Every method belongs to the interface's thread.

    Args:
        app: whose input it is.
        hand_on: lets Textual act on an event.

    Attributes:
        has_begun: whether anything was done by a person yet.
    """

    def __init__(self, app: App[int], hand_on: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[Event] = deque()
        self.has_begun = False
        self._busy = False
        self._turn = 0
        self._at: MessagePump = app
        self._checks = 0
        self._check: asyncio.TimerHandle | None = None
        self._held_for: set[asyncio.Future[Any]] = set()
        self._is_held = False
        self._pressed: tuple[MouseDown, list[Screen[Any]]] | None = None
        self._is_left_out = False

    @staticmethod
    def is_input(event: Event) -> bool:
        """Return whether an event comes from a person and was not handed on yet."""
        return isinstance(event, (InputEvent, Paste)) and not event.is_forwarded

    async def take(self, event: Event) -> None:
        """Hand an event on, now or when its turn comes."""
        self._waiting.append(event)
        if not self._busy:
            await self._next()

    def hold_for(self, work: Awaitable[Any]) -> None:
        """Let what was not handed on yet wait for something that runs beside, unless that takes too long."""
        task = asyncio.ensure_future(work)
        self._held_for.add(task)
        task.add_done_callback(self._release)

    def _release(self, task: asyncio.Future[Any]) -> None:
        if not task.cancelled():
            task.exception()  # which who began it tells
        self._held_for.discard(task)
        if self._is_held and not self._held_for:
            self._is_held = False
            way = _Way(self._turn, self._target())  # for what it has sent
            self._climb(way, way.start)

    async def _next(self) -> None:
        self._busy = False
        while self._waiting and not self._busy and self._app.is_running:  # an app that ends has no screen any more
            if self._held_for:
                self._busy = True
                self._follow(self._target())
                return
            event = self._waiting.popleft()
            if self._is_meant_for_another(event):
                continue
            before = self._target(event)
            if isinstance(event, (Key, Paste, MouseDown, MouseUp)):  # the others lead to nothing that one waits for
                self.has_begun = self._busy = True
            await self._hand_on(event)
            if self._busy:
                self._follow(before)

    def _is_meant_for_another(self, event: Event) -> bool:
        """Return whether an event is of a later press of a double click that began at a screen which is gone now.

        Or of another button than the left one: terminals paste with these, and Textual would press what lies below.
        """
        if isinstance(event, MouseDown):
            first, began_at = self._pressed or (None, [])
            seen = self._app.screen_stack[-1:]
            is_again = (
                first is not None
                and began_at != seen
                and (event.x, event.y) == (first.x, first.y)
                and event.time - first.time <= self._app.CLICK_CHAIN_TIME_THRESHOLD
            )
            self._pressed = event, began_at if is_again else seen
            self._is_left_out = is_again or event.button > _LEFT
        return self._is_left_out and isinstance(event, (MouseDown, MouseUp))

    def _target(self, event: Event | None = None) -> MessagePump:
        """Return where what an event leads to begins; without one, where the next key would go."""
        try:
            if isinstance(event, (MouseDown, MouseUp)):
                return self._app.get_widget_at(event.x, event.y)[0]
            return self._app.focused or self._app.screen
        except (NoWidget, NoScreen, ScreenStackError):
            return self._app

    def _follow(self, start: MessagePump) -> None:
        """Send a callback after an event; what has not come to its end after a while is not waited for."""
        self._turn += 1
        self._checks = 0
        self._climb(_Way(self._turn, start), start)
        self._check = asyncio.get_running_loop().call_later(SECONDS_BETWEEN_CHECKS, self._look, self._turn)

    def _climb(self, way: _Way, at: MessagePump, looks: int = 0) -> None:
        """Wait at a queue until it is empty, then at that of the parent; a queue that is closed is passed by."""

        def arrived() -> Awaitable[None] | None:
            if way.turn != self._turn:
                return None
            if at.message_queue_size and looks < _MOST_LOOKS:
                way.is_clear = way.is_clear and at is self._app  # which always has something to do while a run trains
                self._climb(way, at, looks + 1)
            elif at is not self._app:
                self._climb(way, _above(at, self._app))
            elif (way.is_clear and self._target() is way.start) or way.round == _MOST_ROUNDS:
                self._is_held = bool(self._held_for)
                return None if self._is_held else self._end()
            else:
                anew = _Way(way.turn, self._target(), way.round + 1, is_clear=True)
                self._climb(anew, anew.start)
            return None

        self._at = at
        if not at.call_later(arrived) and at is not self._app:
            self._climb(way, self._app)

    def _end(self) -> Awaitable[None]:
        self._turn += 1
        if self._check:
            self._check.cancel()
        return self._next()

    def _look(self, turn: int) -> None:
        """Go on without a queue that was closed on the way, or whose owner does not come to an end."""
        if turn != self._turn:
            return
        self._checks += 1
        if not self._at.is_running or self._checks >= _MOST_CHECKS:
            self._turn += 1
            self._is_held = False
            self._held_for.clear()
            self._app.call_later(self._end)
        else:
            self._check = asyncio.get_running_loop().call_later(SECONDS_BETWEEN_CHECKS, self._look, turn)


def _above(node: MessagePump, app: App[int]) -> MessagePump:
    """Return the next queue on the way of a message that bubbles."""
    return node.parent if isinstance(node, DOMNode) and node.parent is not None else app
