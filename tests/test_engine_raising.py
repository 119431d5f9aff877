"""What an engine raises to end a program ends its run, in words; what a signal asks for is the user's."""

import itertools
import json
import os

import pytest

from engines import registry
from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.signals import SIGNALS
from hw1_tui.training.control import Control
from hw1_tui.training.event import Remarked, RunEnded
from hw1_tui.training.executor import JobEnded, ThreadExecutor
from hw1_tui.training.job import Job
from hw1_tui.training.recording import open_job
from tests.support.program import Program

TRAIN = ["--batch", "train", "--data", "digits", "--model", "logistic_regression", "--epochs", "1"]

_AROUND = """
from engines.numpy_engine import NumpyEngine

class Around:
    def __init__(self, trainer): self._trainer = trainer
    def __getattr__(self, name): return getattr(self._trainer, name)
"""
"""A trainer around another; what follows are methods of its own."""

_ENGINE = """
class Engine(NumpyEngine):
    name = "strange"
    def start(self, *about): return Around(super().start(*about))
"""

_RAISING = """
from engines.numpy_engine import NumpyEngine

class Panic(BaseException): ...

class Mute(Exception):
    def __str__(self): return self.text

class Around:
    def __init__(self, trainer): self._trainer = trainer
    def __getattr__(self, name):
        if name == "{where}":
            raise {raised}
        return getattr(self._trainer, name)

class Engine(NumpyEngine):
    name = "strange"
    def start(self, *about):
        if "{where}" == "start":
            raise {raised}
        return Around(super().start(*about))
"""

_INTERRUPTED = (
    "import os, signal\n"
    + _AROUND
    + """    def epoch(self):
        try:
            for _ in range(2):  # the first asks to stop, the second interrupts
                os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            {made}
        yield
"""
    + _ENGINE
)


_MEASURING = (
    "from engines.contract import Evaluation\n"
    + _AROUND
    + """    def evaluate(self, split): return {measured}
"""
    + _ENGINE
)

_PRINTING = """
import threading
from engines.numpy_engine import NumpyEngine

def speak(what):
    print("\\x1b[2Jspoken", what)

def speaking(name):
    def speak_first(self, *about, **named):
        speak(name)
        return getattr(self._trainer, name)(*about, **named)
    return speak_first

class Around:
    def __init__(self, trainer): self._trainer = trainer
    def epoch(self):
        for progress in self._trainer.epoch():
            speak("in a step")
            yield progress

class Engine(NumpyEngine):
    name = "strange"
    def start(self, *about):
        thread = threading.Thread(target=speak, args=("in a thread",))
        thread.start()
        thread.join()
        trainer = super().start(*about)
        names = {name for name in dir(trainer) if not name.startswith("_")} - {"epoch"}
        return type("Speaking", (Around,), {name: speaking(name) for name in names})(trainer)
    def models(self):
        speak("of models")
        return super().models()

speak("when imported")
"""


def write_plug_in(folder, content):
    """Write a plug-in as an installed package, for another process."""
    (folder / "stranger.py").write_text(content)
    facts = folder / "stranger-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[{registry.GROUP}]\nstrange = stranger:Engine\n")


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


@pytest.mark.parametrize(
    "raised", ["SystemExit(3)", "Mute()", "KeyboardInterrupt('mine')", "GeneratorExit", "Panic('no driver')"]
)
@pytest.mark.parametrize("where", ["start", "epoch", "evaluate", "parameters"])
def test_whatever_an_engine_raises_in_a_thread_is_told_as_the_end_of_its_run(plug_in, raised, where, tmp_path, digits):
    """Guarantee: every job has an end that is told; a thread that died without a word was waited for for ever."""
    plug_in(_RAISING.format(raised=raised, where=where))
    config = RunConfig.from_dict({"engine": "strange", "model": "logistic_regression", "data": "digits", "epochs": 1})
    store = Store(tmp_path)
    executor = ThreadExecutor(lambda job, control: open_job(job, store, control, digits))
    executor.submit(Job(config), Control())
    told = list(itertools.takewhile(lambda event: not isinstance(event, JobEnded), (e for _, e in executor.events())))
    executor.close()
    assert isinstance(told[-1], RunEnded)
    assert told[-1].status == "failed"
    assert raised.partition("(")[0] in told[-1].reason
    assert [record.status for record in store.runs()] == ["failed"]


def test_an_engine_that_fails_on_the_test_split_is_said_to_have_failed_there(plug_in, tmp_path, digits):
    """It was said to have failed in epoch 2 of a run of one epoch."""
    body = """    def evaluate(self, split):
        if split == "test":
            raise ValueError("cannot broadcast")
        return self._trainer.evaluate(split)
"""
    plug_in(_AROUND + body + _ENGINE)
    config = RunConfig.from_dict({"engine": "strange", "model": "logistic_regression", "data": "digits", "epochs": 1})
    *_, ended = open_job(Job(config), Store(tmp_path), Control(), digits)
    assert isinstance(ended, RunEnded)
    assert (ended.status, ended.epochs) == ("failed", 1)
    assert ended.reason == "The strange engine failed on the test split: cannot broadcast"


@pytest.mark.parametrize("where", ["start", "parameters", "use_threads"])
def test_a_run_whose_engine_cannot_start_any_more_stays_as_it_is_when_it_is_to_be_gone_on_with(
    plug_in, where, tmp_path, monkeypatch, capsys
):
    """It ended with a traceback, and the finished run stood there as interrupted, without its accuracy."""
    monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path))
    plug_in(_RAISING.format(raised="", where=""))
    assert main([*TRAIN, "--engine", "strange", "--checkpoint-every", "1"]) == 0
    (before,) = Store(tmp_path).runs()
    plug_in(_RAISING.format(raised="TypeError('an unexpected keyword')", where=where))
    for words in (["resume", before.run, "--epochs", "2"], ["branch", before.run, "--epoch", "0", "--epochs", "2"]):
        capsys.readouterr()
        assert main(["runs", *words]) == 2
        assert "cannot be gone on with: The strange engine failed" in capsys.readouterr().err
    assert Store(tmp_path).get(before.run) == before


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("raise RuntimeError('no driver')", "RuntimeError: no driver"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise OSError(5, 'gone')", "OSError: [Errno 5] gone"),
        ("return None", "AttributeError: 'NoneType' object has no attribute 'items'"),
        ("return {'weights': object()}", "TypeError: 'weights' of its state is no array of numbers"),
    ],
)
def test_a_run_whose_engine_does_not_tell_its_state_is_trained_and_kept_without_checkpoints(
    plug_in, done, said, tmp_path, digits
):
    """It ended the program with a traceback, and the run was left as if it had been killed."""
    plug_in(f"{_AROUND}    def state(self): {done}\n{_ENGINE}")
    config = RunConfig.from_dict({"engine": "strange", "model": "logistic_regression", "data": "digits", "epochs": 2})
    store = Store(tmp_path)
    told = list(open_job(Job(config), store, Control(), digits))
    remarks = [event.text for event in told if isinstance(event, Remarked) and event.is_failure]
    (record,) = store.runs()
    folder = store.find(record.run).path
    reason = f"This run's checkpoints are not being kept: the strange engine failed: {said}"
    assert remarks == [f"{reason} ({folder}). Its metrics are. It goes on."]
    assert (record.status, len(store.metrics(record.run))) == ("finished", 3)


def test_what_opens_a_job_and_ends_its_thread_is_told(digits):
    """Guarantee: as above, where there is no run yet that could fail."""

    def leave(job, control):
        raise SystemExit("enough")

    executor = ThreadExecutor(leave)
    executor.submit(Job(RunConfig.from_dict({"data": "digits"})), Control())
    (_, ended) = next(iter(executor.events()))
    executor.close()
    assert isinstance(ended, JobEnded)
    assert "SystemExit: enough" in str(ended.error)


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        ("None", "measured no numbers: None"),
        ("Evaluation('bad', 0.5)", "measured no numbers: Evaluation(loss='bad'"),
        ("Evaluation(0.5, [1])", "measured no numbers: "),
        ("Evaluation(0.5, 2.0)", "measured an accuracy of 2, which is no share"),
        ("Evaluation(0.5, -1)", "measured an accuracy of -1, which is no share"),
    ],
)
def test_what_an_engine_measures_is_looked_at_before_it_is_kept(plug_in, measured, said, capsys, store):
    """Guarantee: no number is kept that means nothing; a loss that was a text ended the program."""
    plug_in(_MEASURING.format(measured=measured))
    assert main([*TRAIN, "--engine", "strange"]) == 1
    assert said in capsys.readouterr().err
    assert [record.status for record in store.runs()] == ["failed"]


def test_what_is_said_of_a_failure_can_be_read(plug_in, capsys):
    """Guarantee: an error that quotes an array of a million numbers is told in a few lines."""
    plug_in(_RAISING.format(raised="ValueError('7, ' * 10**6)", where="epoch"))
    assert main([*TRAIN, "--engine", "strange"]) == 1
    assert 500 < len(capsys.readouterr().err) < 2000


def test_what_an_engine_prints_is_no_part_of_the_data(tmp_path, monkeypatch):
    """Guarantee: stdout is what the command was asked for, whatever of an engine prints, and text of others commands no
    terminal. What was printed where a model is started, asked or checked stood between JSON lines."""
    write_plug_in(tmp_path, _PRINTING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    asked = ["predict", "last", "digits", "--split", "val", "--format", "jsonl"]
    train = [*TRAIN, "--engine", "strange", "--threads", "1"]
    for words, spoken in (
        ([*train, "--format", "csv"], ["when imported", "of models", "in a thread", "in a step", "evaluate", "state"]),
        (asked, ["in a thread", "load", "measure"]),
        (["check", *train[2:], "--format", "jsonl"], ["in a thread", "inspect"]),
    ):
        with Program(*words) as program:
            _, out, err = program.end()
        assert not [what for what in spoken if f"\\x1b[2Jspoken {what}\n" not in err], err
        assert "spoken" not in out
        assert "\x1b" not in err
        assert len(out.splitlines()) > 2
        assert "jsonl" not in words or all(json.loads(line) for line in out.splitlines())


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(
    "made", ["raise", "raise ValueError", "raise KeyboardInterrupt", "raise KeyboardInterrupt from None"]
)
def test_ctrl_c_in_an_engine_is_the_users_whatever_the_engine_makes_of_it(plug_in, made, capsys, monkeypatch):
    """Guarantee: what a signal asked for is no failure of the engine."""
    monkeypatch.setattr(SIGNALS, "number", 0)  # and back: an interface in the same process would leave
    plug_in(_INTERRUPTED.format(made=made))
    assert main([*TRAIN, "--engine", "strange"]) == 130
    assert "failed" not in capsys.readouterr().err
