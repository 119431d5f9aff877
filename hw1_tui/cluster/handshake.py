"""Why a scheduler cannot be joined, found out before Dask is asked: it would try again and again without a word."""

from __future__ import annotations

import socket
import ssl

from hw1_tui.cluster.address import Address
from hw1_tui.cluster.keys import TlsFiles, check_tls_files
from hw1_tui.mistake import Mistake, MistakeError

SECONDS = 5.0
"""So long a scheduler may take to answer."""


def check_scheduler(place: str, address: Address, files: TlsFiles | None, seconds: float = SECONDS) -> None:
    """See that a scheduler answers who comes with these files.

    A scheduler of Dask's speaks first, which is waited for: TLS 1.3 refuses a certificate only after the handshake.

    Args:
        place: what named the address.
        address: where it is.
        files: what TLS needs; ``None`` where the address is plain.
        seconds: how long to wait for it.

    Raises:
        MistakeError: there is none, it does not answer, or it and the files do not go together.
    """
    if files:
        check_tls_files(files)
    try:
        with socket.create_connection((address.host, address.port), seconds) as connection:
            if files is None:
                answer = connection.recv(1)
            else:
                with _context(files).wrap_socket(connection) as secured:
                    answer = secured.recv(1)
    except OSError as error:
        raise MistakeError(_explain(place, address, files, error)) from None
    if not answer:
        raise MistakeError(_hung_up(place, address))


def _context(files: TlsFiles) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(files.ca))
    context.load_cert_chain(files.cert, files.key)
    context.check_hostname = False  # as Dask does: whoever the authority knows may be anywhere
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _hung_up(place: str, address: Address) -> Mistake:
    return Mistake(place, f"{address} hung up at once: it is no scheduler, or one that ends")


def _explain(place: str, address: Address, files: TlsFiles | None, error: OSError) -> Mistake:
    """Return what went wrong, for one who has started a scheduler somewhere."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = (
            "it is valid no more"
            if "expired" in error.verify_message
            else f"it is not of the authority {files and files.ca}"
        )
        return Mistake(place, f"the certificate of {address} is refused: {why}", "keys of one hw1-tui cluster keys")
    if isinstance(error, (ssl.SSLEOFError, ConnectionResetError)):
        return _hung_up(place, address)
    if isinstance(error, ssl.SSLError):
        if "ALERT" in (error.reason or ""):
            said = (error.reason or "").partition("ALERT_")[2].replace("_", " ").lower()
            problem = f"{address} refuses the certificate {files and files.cert}: {said}"
            return Mistake(place, problem, "keys of one hw1-tui cluster keys")
        plain = Address(address.host, address.port, is_plain=True)
        return Mistake(place, f"{address} speaks no TLS", f"{plain} where its scheduler was started with --plain")
    if isinstance(error, socket.gaierror):
        return Mistake(place, f"there is no machine {address.host}")
    if isinstance(error, ConnectionRefusedError):
        return Mistake(place, f"nothing listens at {address}", "where hw1-tui cluster scheduler runs")
    if isinstance(error, TimeoutError) and files is None:
        secured = Address(address.host, address.port)
        return Mistake(place, f"{address} says nothing without TLS", f"{secured} where its scheduler has keys")
    if isinstance(error, TimeoutError):
        return Mistake(place, f"{address} does not answer", "an address that no firewall shuts off")
    return Mistake(place, f"{address} cannot be reached: {error.strerror or error}")
