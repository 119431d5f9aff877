"""What serves the interface to browsers: textual-serve's server, and who may talk to it."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import signal
import weakref
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import server_logger
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager
from textual_serve.server import Server

from hw1_tui.signals import SIGNALS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_OWN_NAMES = ("127.0.0.1", "::1", "localhost")
_POLICY = "default-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:"
"""The page, which holds nothing of strangers, loads nothing from elsewhere."""
_SOCKET = "/ws"
_SECONDS_BETWEEN_BEATS = 15.0
_MOST_CELLS = 1000
_SIZE = {"width": 80, "height": 24}
_SIDES = frozenset(map(str, range(1, _MOST_CELLS + 1)))
"""What width and height of a tab's terminal may be; a program that is to fill millions of lines ends when it has."""


class _Program(AppService):
    """The program of a tab. Whatever ends it closes the tab, whose page says so: it stood still without a word."""

    def __init__(self, command: str, tab: web.WebSocketResponse, downloads: DownloadManager) -> None:
        async def close() -> None:
            await tab.close()

        super().__init__(
            command, write_bytes=tab.send_bytes, write_str=tab.send_str, close=close, download_manager=downloads
        )

    async def run(self) -> None:
        """Pass on what it draws until it has ended."""
        await super().run()
        await self.remote_close()
        if self._process:  # it draws no more, and may still keep what it trained
            await self._process.wait()


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
        """Say on stderr what went wrong here; what was asked for, or was no request, is nobody's concern."""

        def is_ours(record: logging.LogRecord) -> bool:
            return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))

        server_logger.addFilter(is_ours)

    async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002
        """Say nothing: the command has; and note which signal ends it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # on Windows
                loop.add_signal_handler(number, self._end, number)

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002
        """Tell every tab, which ends its program: one that is not told is waited for as long as it may be silent."""
        await asyncio.gather(*(tab.close(code=WSCloseCode.GOING_AWAY) for tab in self._tabs))

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
        return app

    def _check(self, request: web.Request) -> None:
        """Refuse who is not at a page of ours.

        Raises:
            web.HTTPForbidden: the request comes from another page, under a name that is not ours, or without the token.
            web.HTTPBadRequest: it asks for a terminal of no size, or one that is larger than any window, or for one
                without a WebSocket, as who looks through ports does.
        """
        name, origin = _split(f"//{request.host}").hostname, request.headers.get("Origin")
        if (self._names and name not in self._names) or (origin and _split(origin).netloc != request.host):
            raise web.HTTPForbidden(text="This page belongs to another machine.")
        given = request.query.get("token") or request.cookies.get(self._cookie, "")
        if self._token and not self._is_token(given):
            raise web.HTTPForbidden(text="Open the address that hw1-tui serve printed: it ends in the token.")
        if not {request.query[side] for side in _SIZE if side in request.query} <= _SIDES:
            raise web.HTTPBadRequest(text=f"Width and height of a terminal are 1 to {_MOST_CELLS} cells.")
        if request.path == _SOCKET and not web.WebSocketResponse().can_prepare(request):
            raise web.HTTPBadRequest(text="Only a WebSocket of the page is answered here.")

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a program for a tab until one of them ends; the other ends with it."""
        tab = web.WebSocketResponse(heartbeat=_SECONDS_BETWEEN_BEATS)
        await tab.prepare(request)
        self._tabs.add(tab)
        program = _Program(self.command, tab, self.download_manager)
        try:
            await program.start(*(int(request.query.get(side, cells)) for side, cells in _SIZE.items()))
            with contextlib.suppress(ConnectionResetError):  # the tab is gone before it was answered
                await _hand_on(tab, program)
        finally:
            await program.stop()
        return tab

    async def handle_index(self, request: web.Request) -> Any:
        """Serve the page; through a tunnel it has another port than here, by which its socket must be asked for."""
        self.public_url = f"{request.scheme}://{request.host}"
        return await super().handle_index(request)


def _split(address: str) -> SplitResult:
    """Return the parts of an address, all empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


async def _hand_on(tab: web.WebSocketResponse, program: AppService) -> None:
    """Hand on what a tab tells, but what no page of ours does, such as a size that is none."""
    async for message in tab:
        match _read(message):
            case ["stdin", str(text)]:
                await program.send_bytes(text.encode("utf-8", "replace"))  # half a character may be pasted
            case ["resize", {"width": width, "height": height}] if {str(width), str(height)} <= _SIDES:
                await program.set_terminal_size(int(width), int(height))
            case ["ping", answer]:
                await tab.send_json(["pong", answer])
            case ["blur"]:
                await program.blur()
            case ["focus"]:
                await program.focus()


def _read(message: WSMessage) -> Any:
    """Return what a message says; ``None`` where it is no JSON."""
    try:
        return message.json() if message.type is WSMsgType.TEXT else None
    except (ValueError, RecursionError):
        return None
