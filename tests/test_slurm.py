"""Scripts for SLURM, run by a real queue of one node that the test brings up; without it only what is written."""

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess

import pytest

from hw1_tui.cli import main
from hw1_tui.cluster.keys import default_keys, security, tls_files, write_keys
from hw1_tui.cluster.slurm import read_time
from hw1_tui.exit_code import DONE, USAGE, of_signal
from hw1_tui.runs import Store
from tests.support.program import Program, free_port, slow_down
from tests.support.slurm import ask, eventually, missing, queue

pytestmark = pytest.mark.timeout(300)  # for the queue, which is waited for more than once
in_queue = pytest.mark.skipif(bool(missing()), reason=missing() or "there is a queue")


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    with queue(tmp_path_factory.mktemp("slurm")) as configuration:
        yield configuration


@pytest.fixture
def folder(tmp_path, monkeypatch, blobs):
    """The folder where scripts are written and jobs begin, whose runs leave the processor to other tests."""
    monkeypatch.chdir(tmp_path)
    slow_down(monkeypatch)
    return tmp_path


def write(*words):
    assert main(["cluster", "slurm", *words]) == DONE


def options_of(path):
    return dict(re.findall(r"^#SBATCH --([\w-]+)=(.*)$", path.read_text(), re.MULTILINE))


def is_over():
    return not ask("squeue", "-h")


def cancel(job):
    ask("scancel", job)


def let_time_run_out(job):
    """Shorten the time of jobs to less than SLURM gives word before its end, which it then does at once."""
    ask("scontrol", "update", f"JobId={job}", "TimeLimit=1")


def end_running(folder, end, before):
    """Submit two runs, end them when both are further than before, and return how far each is kept."""
    store = Store()

    def are_further():
        running = [run for run in store.runs() if run.is_live]
        return sum(run.results["epochs_done"] > before.get(run.run, 0) for run in running) == 2

    job = ask("sbatch", "--parsable", "hw1-tui-train.sh")
    eventually(are_further)
    end(job)
    eventually(is_over)
    runs = store.runs()
    assert sorted((run.config["seed"], run.status) for run in runs) == [(42, "stopped"), (43, "stopped")]
    logs = [path.read_text() for path in folder.glob(f"hw1-tui-train-{job}-*.log")]
    assert ["The same command goes on with what was stopped." in log for log in logs] == [True, True]
    return {run.run: run.results["epochs_done"] for run in runs}


@in_queue
def test_workers_that_come_later_train_what_waits_and_leave_it_kept_when_they_are_cancelled(folder, slurm):
    """Two runs wait for the queue, train beside each other in it, and are kept when it takes their workers away."""
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    write_keys(default_keys(), ["localhost"])
    port, store = free_port(), Store()
    address = f"tls://127.0.0.1:{port}"
    write("--workers", "2", "--cores", "2", "--memory", "1G", "--scheduler", address)
    words = ("--data", folder / "blobs.npz", "--epochs", "100000", "--seeds", "2", "--on", address, "--quiet")
    with Program("cluster", "scheduler", "--port", port) as scheduler, contextlib.ExitStack() as stack:
        assert scheduler.first_line().startswith(f"Scheduler at {address}")
        security_of_client = security(tls_files(default_keys(), "client"))
        client = stack.enter_context(distributed.Client(address, security=security_of_client, set_as_default=False))
        training = stack.enter_context(Program("--batch", "train", *words))
        job = ask("sbatch", "--parsable", "hw1-tui-workers.sh")
        client.wait_for_workers(2, timeout=60)
        names = {worker["name"] for worker in client.scheduler_info()["workers"].values()}
        assert names == {f"slurm-{job}-1", f"slurm-{job}-2"}
        assert set(client.run(os.getenv, "OMP_NUM_THREADS").values()) == {"2"}
        eventually(lambda: sum(run.is_live for run in store.runs()) == 2)
        ask("scancel", job)
        eventually(is_over)
        eventually(lambda: not client.scheduler_info()["workers"])
        assert [run.status for run in store.runs()] == ["stopped", "stopped"]
        assert training.end(signal.SIGTERM)[0] == of_signal(signal.SIGTERM)


@in_queue
def test_an_array_of_runs_that_is_ended_is_kept_and_goes_on_when_it_is_submitted_again(folder, slurm):
    """A seed each: first until scancel; then the same runs go on from where they were, until their time is over.

    SLURM looks at times every half minute. What is tested before in its queue comes out of the first.
    """
    write("--memory", "1G", "--time", "10", "--", "train", "--data", "blobs.npz", "--epochs", "100000", "--seeds", "2")
    first = end_running(folder, cancel, {})
    second = end_running(folder, let_time_run_out, first)
    assert set(first) == set(second)
    assert all(second[run] > first[run] for run in first)


def test_times_are_read_as_slurm_reads_them():
    """A colon stands between minutes and seconds, two between hours and them, and a dash after days."""
    read = {text: read_time(text) for text in ("90", "30:00", "2:00:00", "1-2", "1-02:30", "1-02:30:15")}
    assert list(read.values()) == [5400, 1800, 7200, 93600, 95400, 95415]


def test_data_that_is_not_here_is_said_and_left_to_the_nodes(folder, capsys):
    write("--", "train", "--data", "/scratch/nothing.npz")
    assert "/scratch/nothing.npz is not here; it has to be where the jobs run." in capsys.readouterr().out


def test_a_script_asks_for_what_was_asked_for_and_for_word_before_the_end(folder, capsys):
    write_keys(default_keys(), ["localhost"])
    write("--workers", "8", "--time", "2:00:00", "--cores", "4", "--memory", "8G", "--partition", "gpu,cpu",
          "--scheduler", "tls://login1:9000", "--to", "a script.sh")  # fmt: skip
    assert options_of(folder / "a script.sh") == {
        "job-name": "hw1-tui-worker", "array": "1-8", "ntasks": "1", "cpus-per-task": "4", "mem": "8192M",
        "time": "2:00:00", "partition": "gpu,cpu", "signal": "B:TERM@60", "output": "%x-%A-%a.log",
        "open-mode": "append",
    }  # fmt: skip
    said = capsys.readouterr().out
    assert "hw1-tui cluster scheduler --host login1 --port 9000\n" in said
    assert "sbatch 'a script.sh'\n" in said
    assert f"--keys {shlex.quote(str(default_keys()))}" in (folder / "a script.sh").read_text()


def test_jobs_have_a_seed_each_from_the_commands_own_on_and_so_many_run_at_once(folder):
    write("--workers", "3", "--home", "histories", "--", "train", "--data", "digits", "--seed", "7", "--seeds=5")
    text = (folder / "hw1-tui-train.sh").read_text()
    assert options_of(folder / "hw1-tui-train.sh")["array"] == "0-4%3"
    assert text.endswith('--batch train --data digits --seed "$((7 + SLURM_ARRAY_TASK_ID))" --seeds 1\n')
    assert f"export HW1_TUI_HOME={shlex.quote(str(folder / 'histories'))}\n" in text


def test_jobs_of_a_report_write_it_over_what_another_has_written(folder):
    """All come to the same; a job that ends last, or one that is submitted again, is not refused for it."""
    write("--workers", "3", "--", "report", "1.1", "--out", "report", "--force", "--data", "digits")
    write("--workers", "3", "--force", "--", "report", "1.1", "--out", "report", "--data", "digits")
    assert (folder / "hw1-tui-report.sh").read_text().endswith("report 1.1 --out report --data digits --force\n")


def test_jobs_of_a_sweep_share_its_work(folder):
    write("--workers", "3", "--", "sweep", "--data", "digits", "--grid", "l2=0,.1")
    assert options_of(folder / "hw1-tui-sweep.sh")["array"] == "1-3"
    assert (folder / "hw1-tui-sweep.sh").read_text().endswith("--batch sweep --data digits --grid l2=0,.1\n")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_no_word_of_a_command_is_obeyed_by_the_shell(folder):
    write("--", "train", "--data", "digits", "--home", '$(touch obeyed); a\'b "c"')
    script = folder / "hw1-tui-train.sh"
    script.write_text(script.read_text().replace("exec ", "printf '%s\\n' "))
    said = subprocess.run(["bash", script], capture_output=True, text=True, check=True).stdout
    assert '$(touch obeyed); a\'b "c"' in said.splitlines()
    assert not (folder / "obeyed").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--workers: is missing"),
        (["--workers", "2"], "the files that hw1-tui cluster keys makes"),
        (["--workers", "2", "--time", "2h", "--", "sweep"], "--time: '2h' is no time of SLURM's"),
        (["--workers", "2", "--time", "2:60", "--", "sweep"], "--time: '2:60' is no time of SLURM's"),
        (["--time", "1-24", "--", "train"], "--time: '1-24' is no time of SLURM's"),
        (["--time", "0", "--", "train"], "--time: 0 is 0 s for SLURM"),
        (
            ["--time", "2:00", "--", "train"],
            "--time: 2:00 is 120 s for SLURM, which tells a job a minute or two before",
        ),
        (["--memory", "4096", "--", "train"], "--memory: 4096 is less than a worker takes"),
        (["--memory", "8GB", "--", "train"], "--memory: '8GB' is not a size"),
        (["--workers", "2", "--partition", "a b", "--", "sweep"], "--partition: 'a b' is no name"),
        (["--", "runs"], "'runs' does not run as an array; allowed: train, sweep, report"),
        (["--workers", "2", "--", "sweep", "show", "rates"], "'sweep show' does not run as an array; allowed: sweep"),
        (["--workers", "2", "--", "sweep", "resume", "rates"], "sweep export NAME --to FILE.toml, then -- sweep --con"),
        (["--", "train", "--epohcs", "3"], "--epohcs: there is no such option (did you mean --epochs?)"),
        (["--", "train", "--epochs", "none"], "--epochs: 'none' is not a whole number"),
        (["--workers", "2", "--", "sweep", "--data", "digits"], "--grid"),
        (["--workers", "2", "--", "report", "--questions", "nothing.toml"], "nothing.toml"),
        (["--", "train", "--seeds", "0"], "--seeds: '0' is out of range"),
        (["--", "train", "--seeds", "2", "--seed", str(2**63 - 1)], "--seed: 9223372036854775808 is too large"),
        (["--", "train", "--seeds", "2", "--weights-seed", "1", "--order-seed", "1"], "would all be the same"),
        (["--", "train", "--on", "local:x"], "--on: 'local:x' does not say how many"),
        (["--", "train", "--format", "xml"], "--format: there is no choice 'xml'"),
        (["--", "train", "--checkpoint-every", "x"], "--checkpoint-every: 'x' is not a whole number"),
        (["--", "train", "--compare", "numpy,torch"], "--compare: does not go with jobs of a queue"),
        (["--workers", "2", "--", "sweep", "--data", "digits", "--grid", "l2=0,.1", "--dry-run"], "--dry-run: does"),
        (["--workers", "2", "--scheduler", "tcp://lab7"], "--scheduler: tcp://lab7:8786 is plain"),
    ],
)
def test_what_is_wrong_with_the_jobs_is_told_before_they_are_queued(words, said, folder, capsys):
    assert main(["cluster", "slurm", *words]) == USAGE
    assert said in capsys.readouterr().err
    assert not list(folder.glob("*.sh"))
