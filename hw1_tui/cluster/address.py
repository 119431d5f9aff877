"""Where a scheduler is: ``tls://HOST:PORT``, or ``tcp://`` where nobody else listens."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass

from hw1_tui.mistake import Mistake, MistakeError

PORT = 8786
"""Where a scheduler listens unless it is told otherwise, as Dask's does."""

HIGHEST_PORT = 65535
NAMED_LOOPBACK = "{} is this machine alone, by its /etc/hosts: no other reaches it. Give the address that others use."
_ADDRESS = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+)(?::(?P<port>[0-9]{1,5}))?/?"
)
_NAME = re.compile(r"\w[\w-]*(?:\.[\w-]+)*\.?", re.ASCII)
_LONGEST_NAME = 253
_ALLOWED = f"tls://HOST:PORT, such as tls://127.0.0.1:{PORT}"


@dataclass(frozen=True)
class Address:
    """Where a scheduler is.

    Attributes:
        host: name or address of the machine, an IPv6 address without brackets.
        port: the port.
        is_plain: whether it is talked to without TLS.
    """

    host: str
    port: int = PORT
    is_plain: bool = False

    def __str__(self) -> str:
        return f"{'tcp' if self.is_plain else 'tls'}://{bracketed(self.host)}:{self.port}"


def read_address(place: str, text: str, *, insecure: bool = False) -> Address:
    """Return the address that a text is.

    Args:
        place: what it was given to.
        text: what was given.
        insecure: whether the user takes it upon them to go without TLS beyond this machine.

    Raises:
        MistakeError: it is none, or a plain one of another machine.
    """
    match = _ADDRESS.fullmatch(text)
    if match and not is_host(match["host"].strip("[]")):
        match = None
    scheme = match["scheme"] if match else None
    if not match or scheme not in ("tls", "tcp") or not 0 < int(match["port"] or PORT) <= HIGHEST_PORT:
        meant = match and scheme is None and f"tls://{match['host']}:{match['port'] or PORT}"
        raise MistakeError(Mistake(place, f"{text!r} is no address of a scheduler", _ALLOWED, meant or ""))
    address = Address(match["host"].strip("[]"), int(match["port"] or PORT), scheme == "tcp")
    if mistake := plain_mistake(place, address, insecure=insecure):
        raise MistakeError(mistake)
    return address


def plain_mistake(place: str, address: Address, *, insecure: bool) -> Mistake | None:
    """Return the mistake of going without TLS beyond this machine; ``None`` where it is none."""
    if not address.is_plain or insecure or is_loopback(address.host):
        return None
    problem = f"{address} is plain: whoever reaches it can read what is sent, and run programs as you"
    return Mistake(
        place, problem, f"tls://, which hw1-tui cluster keys makes the keys for; or --insecure beside {place}"
    )


def bracketed(host: str) -> str:
    """Return a host as it stands before a port."""
    return f"[{host}]" if ":" in host else host


def is_host(text: str) -> bool:
    """Return whether a text can be the name or the address of a machine, be there one or not."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return _is_name(text)
    return True


def _is_name(text: str) -> bool:
    try:
        name = text.encode("idna").decode()
    except UnicodeError:  # a label that is empty or too long, characters that no name has
        return False
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def is_named_loopback(host: str) -> bool:
    """Return whether a name of this machine leads nowhere but to itself, as distributions write it into /etc/hosts."""
    if is_loopback(host):
        return False  # which was asked for
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return all(is_loopback(str(each[4][0])) for each in found)


def is_loopback(host: str) -> bool:
    """Return whether an address is one that no other machine reaches."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_towards(address: Address) -> str:
    """Return the address of this machine by which it reaches the scheduler, which then reaches it there."""
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(found[0], socket.SOCK_DGRAM) as probe:
        probe.connect(found[4])  # sends nothing
        return str(probe.getsockname()[0])
