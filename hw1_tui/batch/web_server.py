"""What serves the interface to browsers: textual-serve's server, and who may talk to it."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import signal
import weakref
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from hw1_tui.signals import SIGNALS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_OWN_NAMES = ("127.0.0.1", "::1", "localhost")
_POLICY = "default-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:"
"""The page, which holds nothing of strangers, loads nothing from elsewhere."""
_SOCKET = "/ws"
_MOST_CELLS = 1000
_SIDES = frozenset(map(str, range(1, _MOST_CELLS + 1)))
"""What width and height of a tab's terminal may be; a program that is to fill millions of lines ends when it has."""


class WebServer(Server):
    """Serves the interface; each tab of a browser has a process of its own.

    Any page that a person visits can make their browser talk to this machine, and what listens here runs programs. So
    only a page of ours is listened to, and only under a name of ours: another may be made to lead here by its owner.

    Args:
        command: what opens the interface, for a shell.
        host: the address to listen at.
        port: the port to listen at.
        token: what the first address must end in; its page has a cookie from then on. Empty for none.
    """

    def __init__(self, command: str, host: str, port: int, token: str = "") -> None:
        super().__init__(command, host=host, port=port, title="hw1-tui", templates_path=Path(__file__).parent)
        self._token, self._cookie = token, f"hw1-tui-{port}"  # browsers part cookies by host and not by port
        self._names = {host, *_OWN_NAMES} if host in _OWN_NAMES else None
        self._tabs = weakref.WeakSet[web.WebSocketResponse]()

    def initialize_logging(self) -> None:
        """Leave logging as it is: what went wrong is said on stderr, what was asked for is nobody's concern."""

    async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002
        """Say nothing: the command has; and note which signal ends it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # on Windows
                loop.add_signal_handler(number, self._end, number)

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002
        """Tell every tab, which ends its program: one that is not told is waited for as long as it may be silent."""
        await asyncio.gather(*(tab.close(code=WSCloseCode.GOING_AWAY) for tab in self._tabs))

    async def _note_tab(self, _request: web.Request, response: web.StreamResponse) -> None:
        if isinstance(response, web.WebSocketResponse):
            self._tabs.add(response)

    def _end(self, number: int) -> None:
        SIGNALS.note(number)
        self.request_exit()

    async def _make_app(self) -> web.Application:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._check(request)
            if self._token and self._is_token(request.query.get("token", "")):
                # The token is out of the address before the page is seen, copied or kept in a history.
                response: web.StreamResponse = web.HTTPSeeOther(request.path)
                response.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict")
                return response
            response = await handler(request)
            if not response.prepared:
                response.headers["Content-Security-Policy"] = _POLICY
            return response

        app = await super()._make_app()
        app.middlewares.append(guard)
        app.on_response_prepare.append(self._note_tab)
        return app

    def _check(self, request: web.Request) -> None:
        """Refuse who is not at a page of ours.

        Raises:
            web.HTTPForbidden: the request comes from another page, under a name that is not ours, or without the token.
            web.HTTPBadRequest: it asks for a terminal of no size, or one that is larger than any window, or for one
                without a WebSocket, as who looks through ports does.
        """
        name = urlsplit(f"//{request.host}").hostname
        origin = request.headers.get("Origin")
        if (self._names and name not in self._names) or (origin and urlsplit(origin).netloc != request.host):
            raise web.HTTPForbidden(text="This page belongs to another machine.")
        given = request.query.get("token") or request.cookies.get(self._cookie, "")
        if self._token and not self._is_token(given):
            raise web.HTTPForbidden(text="Open the address that hw1-tui serve printed: it ends in the token.")
        if not {request.query[side] for side in ("width", "height") if side in request.query} <= _SIDES:
            raise web.HTTPBadRequest(text=f"Width and height of a terminal are 1 to {_MOST_CELLS} cells.")
        if request.path == _SOCKET and not web.WebSocketResponse().can_prepare(request):
            raise web.HTTPBadRequest(text="Only a WebSocket of the page is answered here.")

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())

    async def _process_messages(self, websocket: web.WebSocketResponse, app_service: AppService) -> None:
        """Hand on what a tab tells, but no size that is none, as at its beginning."""
        resize = app_service.set_terminal_size

        async def resize_to_one(width: int, height: int) -> None:
            if {str(width), str(height)} <= _SIDES:
                await resize(width, height)

        setattr(app_service, "set_terminal_size", resize_to_one)  # noqa: B010 - mypy takes no assignment to a method
        await super()._process_messages(websocket, app_service)

    async def handle_index(self, request: web.Request) -> Any:
        """Serve the page; through a tunnel it has another port than here, by which its socket must be asked for."""
        self.public_url = f"{request.scheme}://{request.host}"
        return await super().handle_index(request)
