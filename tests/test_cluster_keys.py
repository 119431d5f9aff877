"""Keys of a cluster: who has them joins, nobody else can read them, and what is wrong with them is one sentence."""

import errno
import shutil
import socket
import stat
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from hw1_tui.cli import main
from hw1_tui.cluster.address import Address, is_named_loopback, read_address
from hw1_tui.cluster.handshake import check_scheduler
from hw1_tui.cluster.keys import (
    CA,
    CA_KEY,
    ROLES,
    check_tls_files,
    default_keys,
    key_names,
    tls_files,
    write_keys,
)
from hw1_tui.exit_code import DONE, USAGE
from hw1_tui.mistake import MistakeError

x509 = pytest.importorskip("cryptography.x509", reason="cryptography is not installed")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A folder of keys; nobody writes into it."""
    folder = tmp_path_factory.mktemp("keys") / "cluster"
    write_keys(folder, ["localhost", "lab7.example.org", "10.0.0.7"])
    return folder


@pytest.fixture
def copied(keys, tmp_path):
    """A copy of the keys, to be spoiled."""
    return shutil.copytree(keys, tmp_path / "copied")


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_only_their_owner_may_read_them(keys):
    assert mode_of(keys) == 0o700
    assert sorted(path.name for path in keys.iterdir()) == sorted(key_names())
    assert {mode_of(path) for path in keys.iterdir()} == {0o600}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_what_belongs_together_for_the_machines_that_were_named(keys, role):
    files = tls_files(keys, role)
    check_tls_files(files)
    certificate = x509.load_pem_x509_certificate(files.cert.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "lab7.example.org"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.7"]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_clients_certificate_is_none_to_be_connected_to(keys):
    purposes = x509.load_pem_x509_certificate(tls_files(keys, "client").cert.read_bytes()).extensions
    usage = purposes.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [purpose._name for purpose in usage] == ["clientAuth"]  # noqa: SLF001 - the library has no public name of it


def foreign(folder):
    write_keys(folder.with_name("foreign"), ["localhost"])
    shutil.copy(folder.with_name("foreign") / CA, folder / CA)


def of_another_role(folder):
    shutil.copy(folder / "client-key.pem", folder / "worker-key.pem")


def expired(folder):
    write_keys(folder, ["localhost"], days=0)


def early(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hw1_tui.cluster.keys.SKEW", -timedelta(hours=5))  # as where a clock is so much ahead
        write_keys(folder, ["localhost"])


SPOILED = {
    "missing": (lambda folder: (folder / "worker.pem").unlink(), "cannot be read: No such file"),
    "open": (lambda folder: (folder / "worker-key.pem").chmod(0o640), "others may read (its mode is 640)"),
    "foreign": (foreign, "is of another authority than"),
    "mixed": (of_another_role, "is not the private key of worker.pem"),
    "expired": (expired, "is valid no more: it was until"),
    "early": (early, "; allowed: clocks that are right, here and there"),
    "no certificate": (lambda folder: (folder / "ca.pem").write_text("ca"), "is no certificate"),
}


def test_keys_are_replaced_where_a_link_leads_to(copied, tmp_path):
    """Else all that were there would be lost, as a link cannot be removed as a folder is."""
    link = tmp_path / "link"
    link.symlink_to(copied)
    before = (copied / CA_KEY).read_bytes()
    assert main(["cluster", "keys", "--to", str(link), "--force"]) == DONE
    assert (copied / CA_KEY).read_bytes() != before
    check_tls_files(tls_files(link, "client"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copied", "link"]


def test_keys_that_cannot_be_replaced_stay(copied, capsys, monkeypatch):
    """As in a folder that a disk is mounted at, which takes no other name and no other's place."""
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    rename = Path.rename

    def refuse(path, target):
        if Path(target) == copied and not path.name.endswith("-old"):
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    assert main(["cluster", "keys", "--to", str(copied), "--force"]) == USAGE
    assert "cannot be written: Device or resource busy" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == before
    assert [path.name for path in copied.parent.iterdir()] == ["copied"]


@pytest.mark.parametrize("how", SPOILED)
def test_what_is_wrong_with_keys_is_one_sentence_with_its_file(copied, how):
    spoil, said = SPOILED[how]
    spoil(copied)
    with pytest.raises(MistakeError) as raised:
        check_tls_files(tls_files(copied, "worker"))
    (mistake,) = raised.value.mistakes
    assert said in str(mistake)
    assert str(copied) in mistake.place


def test_keys_are_made_once_and_replaced_only_by_force(capsys):
    """The second time nothing is changed; by force every key is another's."""
    assert main(["cluster", "keys", "--hosts", "lab1,10.0.0.1", "--days", "30"]) == DONE
    said = capsys.readouterr()
    for role in ROLES:
        assert f"ca.pem {role}.pem {role}-key.pem" in said.out
    assert "scp -p" in said.err
    before = (default_keys() / CA_KEY).read_bytes()
    assert main(["cluster", "keys"]) == USAGE
    assert "holds keys already" in capsys.readouterr().err
    assert (default_keys() / CA_KEY).read_bytes() == before
    assert main(["cluster", "keys", "--force"]) == DONE
    assert (default_keys() / CA_KEY).read_bytes() != before
    check_tls_files(tls_files(default_keys(), "client"))


def test_a_folder_of_others_and_one_that_cannot_be_written_get_no_keys(tmp_path, capsys):
    (tmp_path / "letter.txt").write_text("")
    assert main(["cluster", "keys", "--force", "--to", str(tmp_path)]) == USAGE
    assert "holds other files, such as letter.txt" in capsys.readouterr().err
    assert main(["cluster", "keys", "--to", str(tmp_path / "letter.txt" / "keys")]) == USAGE
    assert "--to: " in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "cluster: needs a verb"),
        (["keys", "--days", "0"], "--days: 0 is out of range"),
        (["keys", "--hosts", "a,,b"], "--hosts: '' names no machine"),
        (["keys", "--hosts", "a\x1b[31m"], r"--hosts: 'a\x1b[31m' names no machine"),
        (["keys", "--hosts", "a" * 300], "aaa' names no machine"),
        (["scheduler", "--host", ".."], "--host: '..' is no address"),
        (["scheduler", "--host", "a" * 300], "aaa' is no address"),
        (["worker", "tls://..:8786"], "'tls://..:8786' is no address of a scheduler"),
        (["worker", "tls://lab\u202e7"], r"'tls://lab\u202e7' is no address of a scheduler"),
        (["worker", "--memory", "4096"], "did you mean 4096M?"),
        (["scheduler", "--host", "10.0.0.7", "--plain"], "or --insecure beside --host"),
        (["scheduler", "--port", "99999"], "--port: 99999 is out of range"),
        (["scheduler"], "the files that hw1-tui cluster keys makes"),
        (["worker", "lab7:8786"], "did you mean tls://lab7:8786?"),
        (["worker", "http://lab7:8786"], "is no address of a scheduler"),
        (["worker", "tcp://10.0.0.7:8786"], "is plain: whoever reaches it can read what is sent"),
        (["worker", "--memory", "much"], "--memory: 'much' is not a size"),
        (["worker", "--memory", "100M"], "--memory: 100M is less than a worker takes"),
    ],
)
def test_mistakes_of_the_command_line_are_told_before_anything_starts(words, said, capsys):
    assert main(["cluster", *words]) == USAGE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [["scheduler", "--plain"], ["worker", "tcp://127.0.0.1:1"]])
def test_what_installs_dask_is_told_where_it_is_missing(words, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["cluster", *words]) == USAGE
    assert "distributed is not installed; install it with: python -m pip install 'hw1-tui[cluster]'" in (
        capsys.readouterr().err
    )


def test_a_plain_address_goes_on_this_machine_and_elsewhere_by_consent():
    assert read_address("--on", "tcp://127.0.0.1:1234") == Address("127.0.0.1", 1234, is_plain=True)
    assert str(read_address("--on", "tcp://[::1]:1234")) == "tcp://[::1]:1234"
    assert read_address("--on", "tcp://lab7", insecure=True).is_plain
    assert str(read_address("--on", "tls://lab7")) == "tls://lab7:8786"


def test_a_name_that_leads_back_here_is_told_from_an_address_that_was_meant(monkeypatch):
    """As distributions write a machine's own name into /etc/hosts."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.1.1", 0))])
    assert is_named_loopback("lab7")
    assert not is_named_loopback("127.0.0.1")
    assert not is_named_loopback("localhost")


@pytest.fixture
def speaker():
    """Return what listens and says some bytes to who connects; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak(said):
            def answer():
                connection, _ = listening.accept()
                with connection:
                    connection.sendall(said)
                    connection.recv(1 << 16)

            threading.Thread(target=answer, daemon=True).start()
            return listening.getsockname()[1]

        yield speak


def test_one_that_speaks_no_tls_is_named_so(keys, speaker):
    with pytest.raises(MistakeError, match="speaks no TLS; allowed: tcp://"):
        check_scheduler("--on", Address("127.0.0.1", speaker(b"\1" * 64)), tls_files(keys, "client"))


def test_one_that_says_nothing_is_not_waited_for_for_ever(keys):
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(MistakeError, match="does not answer"):
        check_scheduler("--on", Address(*listening.getsockname()), tls_files(keys, "client"), seconds=0.2)


def test_nobody_there_and_no_such_machine(keys):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(MistakeError, match="nothing listens at"):
        check_scheduler("--on", Address("127.0.0.1", port), tls_files(keys, "client"))
    with pytest.raises(MistakeError, match="there is no machine"):
        check_scheduler("--on", Address("no-such-machine.invalid"), tls_files(keys, "client"))
