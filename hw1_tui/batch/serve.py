"""``hw1-tui serve``: the interface in a browser, for a projector or for who has no terminal."""

from __future__ import annotations

import argparse
import errno
import os
import secrets
import shlex
import socket
import sys
from collections.abc import Sequence

from hw1_tui.batch.option import add_home_option, add_option, home_of, raise_mistakes, read_whole
from hw1_tui.batch.page import print_text
from hw1_tui.cluster.address import HIGHEST_PORT, is_loopback
from hw1_tui.exit_code import DONE
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs.home import HOME_VARIABLE
from hw1_tui.signals import SIGNALS

HOST, PORT = "127.0.0.1", 8000
_TOKEN_BYTES = 16
INSTALL = "python -m pip install 'hw1-tui[web]'"

_HERE = """\
Whoever opens it runs the program as you: it reads and writes your files, and
starts what Settings name. That is everybody who has an account on this machine;
from elsewhere nobody reaches it. Each tab is a program of its own."""
_BY_ADDRESS = """\
Whoever has this address with its token runs the program as you: it reads and
writes your files, and starts what Settings name. Each tab is a program of its own."""
_ANYBODY = """\
Warning: whoever reaches {host}:{port} runs the program as you, from any machine,
without a password: it reads and writes your files, and starts what Settings name.
What is typed and shown goes over the network as it is. With --token the address
alone does not suffice."""
_IN_THE_OPEN = """\
Warning: what is typed and shown goes over the network as it is, the token too."""
_TUNNEL = """\
On another machine, over ssh:
  ssh -N -L {port}:127.0.0.1:{port} {machine}
and then http://127.0.0.1:{port}{query} in the browser there. Ctrl+C ends it here."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where it is served; the other words are those of the interface."""
    parser.usage = f"{parser.prog} [--host HOST] [--port PORT] [--token] [COMMAND] [OPTIONS]"
    parser.description = (
        "serve the interface to browsers of this machine\n\n"
        "COMMAND and OPTIONS are those of the screen that is to open in the browser, such\n"
        "as `train --data digits` or `report --questions FILE`."
    )
    add_option(parser, "--host", f"address to listen at (default: {HOST}, this machine alone)", "HOST")
    add_option(parser, "--port", f"port to listen at (default: {PORT})", "PORT")
    parser.add_argument("--token", action="store_true", help="let only those in who have the address that is printed")
    add_home_option(parser)


def serve(args: argparse.Namespace, opened: Sequence[str]) -> int:
    """Serve until Ctrl+C; return the exit code.

    Args:
        args: where.
        opened: the words that open the interface, which were checked.

    Raises:
        MistakeError: it cannot be served there, or what serves is not installed.
    """
    mistakes: list[Mistake] = []
    port = read_whole("--port", args.port, PORT, mistakes, minimum=1, maximum=HIGHEST_PORT)
    host = HOST if args.host is None else args.host
    if not host:
        mistakes.append(Mistake("--host", "is empty", f"an address of this machine, {HOST} by default"))
    raise_mistakes(mistakes)
    if home := home_of(args):
        os.environ[HOME_VARIABLE] = str(home.absolute())  # for the programs that are started
    try:
        from hw1_tui.batch.web_server import WebServer
    except ImportError as error:
        raise MistakeError(Mistake("serve", f"{error.name} is not installed; install it with: {INSTALL}")) from error
    check_free(host, port)
    token = secrets.token_urlsafe(_TOKEN_BYTES) if args.token else ""
    query = f"/?token={token}" if token else ""
    print_text(f"Serving http://{f'[{host}]' if ':' in host else host}:{port}{query}")
    tunnel = _TUNNEL.format(port=port, machine=socket.gethostname(), query=query)
    print(*_warnings(host, port, has_token=args.token), tunnel, sep="\n\n", file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    # -P: a file of the folder that is served from must not stand for a module of Python's.
    WebServer(shlex.join([sys.executable, "-P", "-m", "hw1_tui", *opened]), host, port, token).serve()
    return SIGNALS.exit_code if SIGNALS.number else DONE


def _warnings(host: str, port: int, *, has_token: bool) -> list[str]:
    """Return who can run the program from now on, a paragraph each."""
    if is_loopback(host):
        return [_BY_ADDRESS if has_token else _HERE]
    return [_BY_ADDRESS, _IN_THE_OPEN] if has_token else [_ANYBODY.format(host=host, port=port)]


def check_free(host: str, port: int) -> None:
    """See that one can listen there.

    Raises:
        MistakeError: another program does, or nobody can.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        with socket.create_server(found[0][4][:2], family=found[0][0], reuse_port=False):
            return
    except UnicodeError:  # no name that any machine can have
        raise MistakeError(Mistake("--host", f"one cannot listen at {host}", "an address of this machine")) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise MistakeError(Mistake("--port", f"{port} is taken by another program", "one that is free")) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise MistakeError(Mistake("--port", f"{port} is kept for the system", "1024 and above")) from None
        raise MistakeError(Mistake("--host", f"one cannot listen at {host}", "an address of this machine")) from None
