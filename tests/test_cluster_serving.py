"""A scheduler and workers as the commands start them: who joins, what listens, and how they end."""

import os
import signal
import socket
import ssl
import stat
from pathlib import Path

import pytest

from hw1_tui.cluster.address import Address
from hw1_tui.cluster.handshake import check_scheduler
from hw1_tui.cluster.keys import security, tls_files, write_keys
from hw1_tui.cluster.task import TASKS, Tasks
from hw1_tui.exit_code import USAGE, of_signal
from hw1_tui.mistake import MistakeError
from tests.support.program import Program, free_port

distributed = pytest.importorskip("distributed", reason="distributed is not installed")
psutil = pytest.importorskip("psutil", reason="psutil is not installed")
pytest.importorskip("cryptography", reason="cryptography is not installed")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys") / "cluster"
    write_keys(folder, ["localhost"])
    return folder


@pytest.fixture(scope="module")
def scheduler(keys):
    """A scheduler with TLS: its address, the process, and its first line."""
    port = free_port()
    with Program("cluster", "scheduler", "--port", port, "--keys", keys) as program:
        yield Address("127.0.0.1", port), program.process, program.first_line()


def test_a_scheduler_says_how_it_is_used_and_listens_at_its_port_alone(scheduler, keys):
    """No page, no second port: what is trained is seen by who has keys."""
    address, process, line = scheduler
    assert line == f"Scheduler at {address}: use it with --on {address} --keys {keys}\n"
    listening = [each.laddr for each in psutil.Process(process.pid).net_connections() if each.status == "LISTEN"]
    assert [(each.ip, each.port) for each in listening] == [("127.0.0.1", address.port)]


@pytest.mark.parametrize("role", ["worker", "client"])
def test_who_has_keys_is_answered(scheduler, keys, role):
    check_scheduler("--on", scheduler[0], tls_files(keys, role))


def test_who_has_none_or_others_is_told_why(scheduler, tmp_path):
    """Dask itself would try again until the end of its patience, and says nothing."""
    address = scheduler[0]
    write_keys(tmp_path / "others", ["localhost"])
    with pytest.raises(MistakeError, match=r"the certificate of tls://.* is refused: it is not of the authority"):
        check_scheduler("--on", address, tls_files(tmp_path / "others", "client"))
    plain = Address(address.host, address.port, is_plain=True)
    with pytest.raises(MistakeError, match="says nothing without TLS; allowed: tls://"):
        check_scheduler("--on", plain, None, seconds=0.5)


def test_who_shows_no_certificate_is_not_heard(scheduler, keys):
    """TLS 1.3 says so at the first byte after the handshake."""
    context = ssl.create_default_context(cafile=str(tls_files(keys, "client").ca))
    context.check_hostname = False
    address = scheduler[0]
    with (
        socket.create_connection((address.host, address.port), 5) as connection,
        context.wrap_socket(connection) as secured,
        pytest.raises(ssl.SSLError, match="certificate required"),
    ):
        secured.recv(1)


def test_a_worker_that_is_told_to_end_lets_its_run_be_kept_first(scheduler, keys, tmp_path):
    """As `timeout`, systemd and SLURM tell it; a second of its name was refused before, in one sentence."""
    address = scheduler[0]
    begun, ended = str(tmp_path / "begun"), str(tmp_path / "ended")

    def train():
        """What stands for a run; it crosses as it is, with what it imports there."""
        import threading
        from pathlib import Path

        from hw1_tui.cluster.task import TASKS

        told = threading.Event()
        with TASKS.joined(told.set):
            Path(begun).touch()
            if told.wait(60):
                Path(ended).touch()

    words = ("cluster", "worker", address, "--keys", keys, "--name", "one", "--threads", "3")
    with (
        Program(*words) as worker,
        distributed.Client(str(address), security=security(tls_files(keys, "client"))) as client,
    ):
        assert worker.first_line(of_stderr=True) == f"Worker one has joined {address}.\n"
        with Program(*words) as second:
            refused = f"hw1-tui: --name: {address} has a worker called one already; allowed: another name\n"
            assert second.end() == (USAGE, "", refused)
        assert list(client.run(os.getenv, "OMP_NUM_THREADS").values()) == ["3"]
        future = client.submit(train)
        while not Path(begun).exists():
            assert future.status == "pending"
        assert worker.end(signal.SIGTERM) == (of_signal(signal.SIGTERM), "", "")
        assert Path(ended).exists()


def work(port, tell, programs):
    """Let this process be a worker until no scheduler has been there for long enough; close the programs then."""
    from hw1_tui.cluster import serving

    try:
        options = serving.WorkerOptions("127.0.0.1", "one")
        assert not serving.serve_worker(Address("127.0.0.1", port, is_plain=True), None, options, tell)
    finally:
        TASKS.welcome()
        for program in programs:
            program.close()


def test_a_worker_comes_back_to_its_scheduler_and_ends_where_that_stays_away(monkeypatch):
    """Its scheduler is killed, started again, and killed for good; what trains is let go each time."""
    from hw1_tui.cluster import serving

    port, said, schedulers = free_port(), [], []

    def start():
        schedulers.append(Program("cluster", "scheduler", "--plain", "--port", port, "--quiet"))

    def tell(sentence):
        said.append(sentence.partition(" ")[2].split(";")[0])
        if sentence.endswith(f"joined tcp://127.0.0.1:{port}."):
            schedulers[-1].process.kill()
        elif len(schedulers) == 1:
            start()
        else:
            monkeypatch.setattr(serving, "SECONDS_WITHOUT_SCHEDULER", 0.3)

    start()
    assert schedulers[0].first_line()
    work(port, tell, schedulers)
    joined = f"one has joined tcp://127.0.0.1:{port}."
    assert said == [joined, "is gone", joined, "is gone"]


def test_a_worker_comes_back_to_a_scheduler_that_still_knows_it(monkeypatch):
    """As one that slept does, until it has seen who is gone: here another worker has the name meanwhile."""
    from hw1_tui.cluster import serving

    port, said, running = free_port(), [], []

    def start(*words):
        running.append(Program("cluster", *words))
        assert running[-1].first_line(of_stderr="worker" in words)

    def tell(sentence):
        said.append(sentence.replace(f"tcp://127.0.0.1:{port}", "it").partition(";")[0])
        if len(said) == 2:
            start("scheduler", "--plain", "--port", port)
            start("worker", f"tcp://127.0.0.1:{port}", "--name", "one")
        elif "still" in sentence:
            running[-1].process.kill()
        elif "joined" in sentence:
            running[len(running) // 2].process.kill()  # the scheduler
        else:
            monkeypatch.setattr(serving, "SECONDS_WITHOUT_SCHEDULER", 0.3)

    start("scheduler", "--plain", "--port", port)
    work(port, tell, running)
    gone = ["Worker one has joined it.", "it is gone"]
    assert said == [*gone, "it has a worker called one still", *gone]


def test_a_scheduler_that_stood_still_takes_no_worker_for_silent():
    """As on a machine that slept: what its workers told meanwhile is read afterwards, and all were given up before."""
    from hw1_tui.cluster import serving

    now = [100.0]
    stillness = serving.Stillness(lambda: now[0])
    assert not stillness.is_over(30)
    for _ in range(30):
        now[0] += 1
        stillness.look()
    assert stillness.is_over(30)
    now[0] += 40
    assert not stillness.is_over(30)


def test_workers_of_a_user_have_one_folder_which_nobody_else_may_write_to(tmp_path, monkeypatch):
    """Dask sweeps there what killed workers left; and Python imports from it, so that of somebody else is not taken."""
    from hw1_tui.cluster import serving

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own = serving.own_folder()
    assert (own, stat.S_IMODE(own.stat().st_mode)) == (serving.own_folder(), 0o700)
    own.chmod(0o777)
    other = serving.own_folder()
    assert (other.parent, other.name.startswith(f"{own.name}-")) == (tmp_path, True)
    own.rmdir()
    own.symlink_to(other)
    assert serving.own_folder() not in (own, other)


def test_a_run_that_joins_when_the_end_has_begun_is_told_at_once():
    tasks, told = Tasks(), []
    with tasks.joined(lambda: told.append("first")):
        tasks.dismiss()
        with tasks.joined(lambda: told.append("late")):
            assert told == ["first", "late"]
        assert not tasks.are_over
    assert tasks.are_over
