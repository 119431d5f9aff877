"""The real program in a pseudo-terminal: from start to finish, and what is left of the terminal after it."""

import os
import signal
import subprocess
import sys

import pytest

from hw1_tui.cli import main
from hw1_tui.runs import Store
from tests.support.terminal import Terminal

NOISY_ENGINE = """
import os, sys, warnings
from engines.numpy_engine import engine
start = engine.NumpyEngine.start
def noisy(self, config, data, rng):
    os.write(1, b"SPLASH on one\\n"); os.write(2, b"SPLASH on two\\n")
    print("SPLASH printed"); warnings.warn("SPLASH warned")
    return start(self, config, data, rng)
engine.NumpyEngine.start = noisy
from hw1_tui.cli import main
sys.exit(main(sys.argv[1:]))
"""

ENDLESS_EPOCH = """
import sys, time
from engines.numpy_engine import trainer
trainer.SECONDS_BETWEEN_YIELDS = 0
epoch = trainer.NumpyTrainer.epoch
def endless(self):
    parts = epoch(self)
    progress = next(parts)
    while True:
        yield progress
        time.sleep(0.01)
trainer.NumpyTrainer.epoch = endless
from hw1_tui.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def terminal():
    opened = []

    def open_terminal(*command, **environment):
        opened.append(Terminal(*command, **environment))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


RUN = ("train", "--model", "perceptron", "--data", "digits")


def test_from_start_to_finish_and_the_terminal_is_as_it_was(terminal):
    program = terminal(sys.executable, "-m", "hw1_tui", *RUN, "--epochs", "3")
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("✓ finished")
    program.press("q")
    assert program.end() == 0
    program.assert_restored()


def test_what_libraries_write_never_lands_on_the_screen_and_is_in_the_messages(terminal):
    program = terminal(sys.executable, "-c", NOISY_ENGINE, *RUN, "--epochs", "2")
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("✓ finished")
    assert "SPLASH" not in program.text
    program.press("\x1b[24~")  # f12
    for how in ("on one", "on two", "printed", "warned"):
        program.wait_for(f"SPLASH {how}")
    program.press("q")
    program.press("\x11")
    assert program.end() == 0
    program.assert_restored()


def test_quitting_in_a_long_epoch_is_prompt_and_the_run_goes_on_to_the_same_bits(terminal, store):
    options = ("--model", "mlp", "--data", "digits", "--hidden-sizes", "16", "--epochs", "1", "--threads", "1")
    program = terminal(sys.executable, "-c", ENDLESS_EPOCH, "train", *options)
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("examples/s")
    program.press("\x11")
    program.wait_for("Stop and save")
    program.press("s")
    assert program.end() == 0
    program.assert_restored()
    stopped = store.get("last")
    assert (stopped.status, stopped.results["epochs_done"]) == ("stopped", 0)
    assert 0 < store.find(stopped.run).checkpoint_store.checkpoints()[-1].examples < 1257
    assert main(["runs", "resume", stopped.run, "--quiet"]) == 0
    assert main(["--batch", "train", *options, "--quiet"]) == 0
    resumed, whole = (store.metrics(run)[-1] for run in (stopped.run, "last"))
    assert {**resumed.values, "seconds": None} == {**whole.values, "seconds": None}


def test_killing_leaves_at_once_though_the_engine_does_not_answer(terminal):
    deaf = NOISY_ENGINE.replace("return start(self, config, data, rng)", "import time; time.sleep(600)")
    program = terminal(sys.executable, "-c", deaf, *RUN)
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("opening")
    program.press("\x11")
    program.wait_for("Stop and save")
    program.press("\x0b")
    assert program.end() == 0
    program.assert_restored()


def training(terminal):
    """Start the interface and in it a run that takes long; wait until it trains."""
    program = terminal(sys.executable, "-m", "hw1_tui", *RUN, "--epochs", "100000")
    program.wait_for("updates an epoch")
    program.press("\r")
    program.wait_for("of 100000 ")
    return program


@pytest.mark.parametrize(
    "numbers",
    [[signal.SIGTERM], [signal.SIGINT], [signal.SIGHUP, signal.SIGTERM], [signal.SIGINT, signal.SIGTERM]],
)
def test_a_signal_stops_what_trains_keeps_it_and_says_how_to_go_on(terminal, numbers):
    """Also one that is sent twice at once, as by `timeout`, or by a terminal's kernel and its shell."""
    program = training(terminal)
    for number in numbers:
        program.process.send_signal(number)
    assert program.end() in {128 + number for number in numbers}  # of two at once the kernel may tell either first
    program.assert_restored()
    stopped = Store().get("last")
    assert stopped.status == "stopped"
    assert stopped.results["test_accuracy"] is not None
    assert program.text.rstrip().endswith(f"hw1-tui runs resume {stopped.run} goes on with what was stopped.")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_with_the_terminal_restored(terminal, number):
    program = terminal(sys.executable, "-m", "hw1_tui")
    program.wait_for("Multi-layer perceptron")
    program.process.send_signal(number)
    assert program.end() == 128 + number
    program.assert_restored()


@pytest.mark.parametrize("by", ["ctrl+z", signal.SIGSTOP])
def test_what_was_suspended_comes_back_whole_and_leaves_the_terminal_as_it_was(terminal, by):
    """Others may have written to the terminal meanwhile."""
    program = training(terminal)
    if by == "ctrl+z":
        program.press("\x1a")
    else:
        program.process.send_signal(by)
    while os.waitid(os.P_PID, program.process.pid, os.WSTOPPED | os.WNOWAIT | os.WNOHANG) is None:
        program.read(0.05)  # it takes a key only where what it draws is taken
    while program.read(0.2):
        pass
    program.raw = b""
    program.process.send_signal(signal.SIGCONT)
    program.wait_for("Steer", 20)
    program.process.send_signal(signal.SIGTERM)
    assert program.end() == 128 + signal.SIGTERM
    program.assert_restored()


def test_a_terminal_that_goes_away_silently_ends_it(terminal):
    program = terminal(sys.executable, "-m", "hw1_tui")
    program.wait_for("Multi-layer perceptron")
    os.close(program.master)
    os.close(program.slave)
    program.master, program.slave = (os.open(os.devnull, os.O_RDWR) for _ in range(2))
    assert program.process.wait(timeout=60) != 0


def test_the_first_frame_waits_for_nothing_slow_that_it_does_not_show():
    slow = {
        "numpy",
        "torch",
        "matplotlib",
        "sklearn",
        "scipy",
        "plotext",
        "PIL",
        "hw1_tui.batch.train",
        "hw1_tui.data",
        "hw1_tui.runs",
        "hw1_tui.training.session",
        "hw1_tui.training.executor",
        "hw1_tui.metric",
        "importlib.metadata",
        "tomllib",
        "argparse",
        "screens.state.live_run",
    }
    shown = "import hw1_tui.app, screens.state.draft, screens.model; screens.state.draft.model_titles(['numpy'])"
    # What measures the coverage imports some of it before the program begins.
    seen = f"import sys; before = set(sys.modules); {shown}; print(sorted({slow} & set(sys.modules) - before))"
    found = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
