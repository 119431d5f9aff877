"""A private authority and the certificates it gives: who has one may join the cluster, and nobody else.

Every connection of a cluster shows a certificate on both sides. Dask runs what it is sent, so whoever holds a
certificate of the authority runs programs as every other holder; that is what the keys are kept for.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hw1_tui.cluster.library import load_library
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings.preference_file import config_folder

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

ROLES = ("scheduler", "worker", "client")
DAYS = 365
CA, CA_KEY = "ca.pem", "ca-key.pem"

SKEW = datetime.timedelta(hours=1)
"""Clocks of a lab differ by so much at most: a certificate is valid from so long before it was made."""


@dataclass(frozen=True)
class TlsFiles:
    """What one side of a connection shows and asks for.

    Attributes:
        ca: certificate of the authority.
        cert: certificate of this side.
        key: its private key.
    """

    ca: Path
    cert: Path
    key: Path


def default_keys() -> Path:
    """Return the folder of the keys unless another is named: ``cluster`` beside the settings."""
    return config_folder() / "cluster"


def tls_files(folder: Path, role: str) -> TlsFiles:
    """Return the files of a role in a folder that ``write_keys`` has written, or a part of them that was copied."""
    return TlsFiles(folder / CA, folder / f"{role}.pem", folder / f"{role}-key.pem")


def key_names() -> list[str]:
    """Return the names of all files of a folder of keys."""
    return [CA, CA_KEY, *(name for role in ROLES for name in (f"{role}.pem", f"{role}-key.pem"))]


def own_names() -> list[str]:
    """Return the names by which this machine is known to itself and, perhaps, to others."""
    return list(dict.fromkeys(["localhost", "127.0.0.1", "::1", socket.gethostname()]))


def keys_mistake(folder: Path, place: str, *, overwrite: bool) -> Mistake | None:
    """Return why keys cannot be written into a folder; ``None`` where they can.

    Args:
        folder: the folder; it is made, or has to be empty but for keys.
        place: what named it.
        overwrite: whether keys that are there may be lost.
    """
    try:
        found = sorted(os.listdir(folder))  # noqa: PTH208 - names are enough
    except FileNotFoundError:
        return None
    except OSError as error:
        return Mistake(place, f"{folder} cannot be looked into: {error.strerror}", "a folder")
    if others := [name for name in found if name not in key_names()]:
        return Mistake(place, f"{folder} holds other files, such as {others[0]}", "a folder for the keys alone")
    if found and not overwrite:
        lost = "with other keys all who have these are shut out"
        return Mistake(place, f"{folder} holds keys already", f"another folder, or --force: {lost}")
    return None


def write_keys(folder: Path, hosts: Sequence[str], days: int = DAYS) -> datetime.datetime:
    """Make an authority and a certificate a role, and put them in a folder that only its owner may look into.

    The keys are there whole or not at all; those that were there are replaced.

    Args:
        folder: see ``keys_mistake``.
        hosts: names and addresses of the machines, for the certificates.
        days: how long they are valid.

    Returns:
        The moment until which they are valid.

    Raises:
        MistakeError: what makes them is not installed.
        OSError: the disk does not take them.
    """
    load_library("cryptography")
    folder = folder.resolve()  # what a link leads to is replaced, and not the link
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))  # for its owner alone
    try:
        for name, content in _make_keys(hosts, until).items():
            _write_private(made / name, content)
        _put(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return until


def _put(made: Path, folder: Path) -> None:
    """Put a folder in the place of another, which stays where that cannot be done.

    Raises:
        OSError: it cannot, as in place of one that a disk is mounted at.
    """
    old = made.with_name(f"{made.name}-old")
    if folder.exists():
        folder.rename(old)
    try:
        made.rename(folder)
    except BaseException:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _make_keys(hosts: Sequence[str], until: datetime.datetime) -> dict[str, bytes]:
    """Return the content of every file, by its name."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
        return key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    authority = ec.generate_private_key(ec.SECP256R1())
    certificate = _sign("authority", authority, authority, [], until)
    pem = serialization.Encoding.PEM
    files = {CA: certificate.public_bytes(pem), CA_KEY: of_key(authority)}
    for role in ROLES:
        key = ec.generate_private_key(ec.SECP256R1())
        files[f"{role}.pem"] = _sign(role, key, authority, hosts, until).public_bytes(pem)
        files[f"{role}-key.pem"] = of_key(key)
    return files


def _sign(
    role: str,
    key: ec.EllipticCurvePrivateKey,
    authority: ec.EllipticCurvePrivateKey,
    hosts: Sequence[str],
    until: datetime.datetime,
) -> x509.Certificate:
    """Return the certificate of a role; the authority's own certifies nothing but others."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    is_authority = key is authority
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(role))
        .issuer_name(_named("authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime.now(datetime.UTC) - SKEW)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
        .add_extension(_usage(is_authority), critical=True)
    )
    if not is_authority:
        names = x509.SubjectAlternativeName([_as_name(host) for host in hosts])
        builder = builder.add_extension(names, critical=False).add_extension(_purposes(role), critical=False)
    return builder.sign(authority, hashes.SHA256())


def _named(role: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"hw1-tui cluster {role}")])


def _as_name(host: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(is_authority: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=is_authority, crl_sign=is_authority, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip


def _purposes(role: str) -> x509.ExtendedKeyUsage:
    """Return what a role's certificate may be shown for: a client's for none that is connected to."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    both = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
    return x509.ExtendedKeyUsage(both[:1] if role == "client" else both)


def check_tls_files(files: TlsFiles) -> None:
    """See that the files belong together and are valid today, before anything connects with them.

    Raises:
        MistakeError: one is missing or no such file, the key is another's or open to others, or the certificate is of
            another authority or not of this time.
    """
    for path in (files.ca, files.cert, files.key):
        try:
            path.read_bytes()
        except OSError as error:
            makes = "" if path.exists() else "the files that hw1-tui cluster keys makes, or --keys FOLDER"
            raise MistakeError(Mistake(str(path), f"cannot be read: {error.strerror}", makes)) from None
    mode = stat.S_IMODE(files.key.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        problem = f"is a private key that others may read (its mode is {mode:o})"
        raise MistakeError(Mistake(str(files.key), problem, f"chmod 600 {files.key}"))
    _check_belonging(files)


def _check_belonging(files: TlsFiles) -> None:
    load_library("cryptography")
    import ssl  # not for every command that may train on a cluster

    from cryptography.exceptions import InvalidSignature

    authority, certificate = _read_certificate(files.ca), _read_certificate(files.cert)
    for path, read in ((files.ca, authority), (files.cert, certificate)):
        now = datetime.datetime.now(datetime.UTC)
        if now > read.not_valid_after_utc:
            problem = f"is valid no more: it was until {read.not_valid_after_utc:%Y-%m-%d}"
            raise MistakeError(Mistake(str(path), problem, "hw1-tui cluster keys --force makes new ones for all"))
        if now < read.not_valid_before_utc:  # by the clock of whoever made it, new ones would be so too
            since = f"it is from {read.not_valid_before_utc:%Y-%m-%d %H:%M} UTC, and here it is {now:%Y-%m-%d %H:%M}"
            raise MistakeError(
                Mistake(str(path), f"is not valid yet: {since}", "clocks that are right, here and there")
            )
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        problem = f"is of another authority than {files.ca}"
        raise MistakeError(Mistake(str(files.cert), problem, "files of one hw1-tui cluster keys")) from None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(files.cert, files.key)
    except (ssl.SSLError, OSError):
        problem = f"is not the private key of {files.cert.name}"
        raise MistakeError(Mistake(str(files.key), problem, "files of one hw1-tui cluster keys")) from None


def _read_certificate(path: Path) -> x509.Certificate:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        raise MistakeError(Mistake(str(path), "is no certificate", "a file in PEM, of hw1-tui cluster keys")) from None


def security(files: TlsFiles | None) -> Any:
    """Return the files as Dask takes them; ``None`` where there is to be no TLS.

    Raises:
        MistakeError: Dask is not installed.
    """
    import ssl

    if files is None:
        return None
    shown = {
        f"tls_{role}_{part}": str(path) for role in ROLES for part, path in (("cert", files.cert), ("key", files.key))
    }
    return load_library().Security(
        require_encryption=True, tls_ca_file=str(files.ca), tls_min_version=ssl.TLSVersion.TLSv1_3, **shown
    )
