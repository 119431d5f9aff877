"""The number of threads: chosen by throughput, kept where the user says it, shared between runs."""

import contextlib
import importlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from engines import registry, threads
from engines.contract import Dataset, EngineError, Progress, Split
from hw1_tui.settings import RunConfig
from hw1_tui.training import thread_tuner
from hw1_tui.training.thread_tuner import ThreadTuner


class PacedTrainer:
    """A trainer on a clock of its own: its speed is a table from the number of threads to examples a second."""

    def __init__(self, clock, speed, n=10_000):
        self.clock, self.speed, self.n = clock, speed, n
        self.threads = 0
        self.position = 0
        self.seconds = 0.0
        self.loaded = 0

    def use_threads(self, count):
        self.threads = count

    def epoch(self):
        while self.position < self.n:
            self.clock.now += 0.05
            self.position = min(self.n, self.position + int(self.speed[self.threads] * 0.05))
            yield Progress(self.position, 1.0)
        self.position = 0

    def state(self):
        return {"position": np.array(self.position)}

    def load(self, state):
        self.loaded += 1
        self.position = int(state["position"])


class Clock:
    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(thread_tuner, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Let no run that another test left behind share the cores."""
    monkeypatch.setattr(threads, "_allocations", [])


@pytest.fixture
def four_cores(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 4)


@contextlib.contextmanager
def tuned(trainer, wanted=0):
    """Give the trainer its threads and a tuner for them."""
    with threads.allocate(trainer, wanted) as allocation:
        yield ThreadTuner(allocation)


def train(trainer, tuner, seconds):
    """Train for so long by the trainer's clock; return what the tuner said."""
    said, end = [], trainer.clock.now + seconds
    while trainer.clock.now < end:
        for progress in trainer.epoch():
            trainer.seconds += 0.05
            said.append(tuner.watch(progress.examples, trainer.seconds))
            if trainer.clock.now >= end:
                break
        else:
            trainer.seconds = 0.0
    return [text for text in said if text]


@pytest.mark.parametrize(
    ("speed", "best"),
    [
        ({1: 1000, 2: 1600, 4: 2500}, 4),
        ({1: 1000, 2: 1600, 4: 1650}, 2),
        ({1: 1000, 2: 50, 4: 40}, 1),
        ({1: 1000, 2: 1020, 4: 1030}, 1),
    ],
)
def test_calibration_finds_the_number_that_is_worth_it_and_leaves_the_trainer_where_it_was(
    clock, four_cores, speed, best
):
    trainer = PacedTrainer(clock, speed)
    trainer.position = 123
    with tuned(trainer) as tuner:
        tuner.calibrate()
        assert (tuner.allocation.count, trainer.threads) == (best, best)
    assert trainer.position == 123
    assert clock.now < 2


@pytest.mark.parametrize(("speed", "best"), [({1: 1000, 2: 1600, 4: 2500}, 4), ({1: 1000, 2: 50, 4: 40}, 1)])
def test_epochs_of_a_single_part_are_timed_over_several(clock, four_cores, speed, best):
    """They gave nothing to time after their first part, and then every core was taken."""

    class Short(PacedTrainer):
        def epoch(self):
            clock.now += 5 / self.speed[self.threads]
            yield Progress(5, 1.0)

    with tuned(Short(clock, speed)) as tuner:
        tuner.calibrate()
        assert tuner.allocation.count == best
    assert clock.now < 2


@pytest.mark.parametrize(("examples", "count", "seconds"), [(400, 1, 0.1), (4000, 4, 2.0)])
def test_a_run_that_is_over_before_others_are_timed_has_one_thread(clock, four_cores, examples, count, seconds):
    trainer = PacedTrainer(clock, {1: 1000, 2: 1600, 4: 2500})
    with tuned(trainer) as tuner:
        tuner.calibrate(examples)
        assert tuner.allocation.count == count
    assert trainer.position == 0
    assert clock.now < seconds


def test_steps_that_take_long_are_not_taken_more_often_than_needed(clock, four_cores):
    class Slow(PacedTrainer):
        def epoch(self):
            for progress in super().epoch():
                clock.now += 60.0
                yield progress

    with tuned(Slow(clock, {1: 1000, 2: 1000, 4: 1000})) as tuner:
        tuner.calibrate()
    assert clock.now < 4 * 61


def test_an_engine_whose_epochs_have_no_parts_is_not_waited_for(clock, four_cores):
    class Empty(PacedTrainer):
        def epoch(self):
            return iter(())

    with tuned(Empty(clock, {})) as tuner, pytest.raises(EngineError, match="before its first example"):
        tuner.calibrate()


def test_more_threads_are_tried_again_within_minutes_however_often_they_were_not_worth_it(clock, four_cores):
    trainer = PacedTrainer(clock, {1: 1000, 2: 1600, 4: 2500})
    with tuned(trainer) as tuner:
        tuner.calibrate()
        train(trainer, tuner, 5)
        trainer.speed = {1: 900, 2: 80, 4: 70}
        train(trainer, tuner, 22_000)
        assert tuner.allocation.count == 1
        trainer.speed = {1: 900, 2: 1600, 4: 2500}  # with one thread nothing has changed
        train(trainer, tuner, 700)
        assert tuner.allocation.count == 4


def test_a_number_that_the_user_says_is_never_changed(clock, four_cores):
    trainer = PacedTrainer(clock, {3: 1000})
    with tuned(trainer, wanted=3) as tuner:
        tuner.calibrate()
        assert not trainer.loaded
        train(trainer, tuner, 5)
        trainer.speed = {3: 10}
        assert train(trainer, tuner, 60) == []
        assert trainer.threads == 3


def test_a_run_that_goes_on_keeps_the_number_that_it_had(clock, four_cores):
    trainer = PacedTrainer(clock, {1: 1000, 2: 1600, 4: 2500})
    with tuned(trainer) as tuner:
        tuner.take(2)
        assert train(trainer, tuner, 60) == []
        assert trainer.threads == 2
        assert not trainer.loaded


def test_a_collapse_is_answered_with_one_thread_and_a_quiet_machine_with_more_again(clock, four_cores):
    trainer = PacedTrainer(clock, {1: 1000, 2: 1600, 4: 2500})
    with tuned(trainer) as tuner:
        tuner.calibrate()
        train(trainer, tuner, 5)
        trainer.speed = {1: 900, 2: 80, 4: 70}
        (remark,) = train(trainer, tuner, 5)
        assert tuner.allocation.count == trainer.threads == 1
        assert remark == "Training had become slow: it goes on with 1 thread."  # and not for good
        trainer.speed = {1: 1000, 2: 1600, 4: 2500}
        train(trainer, tuner, 60)
        assert tuner.allocation.count == trainer.threads == 4


def test_a_run_that_started_on_a_busy_machine_gets_more_when_it_is_quiet(clock, four_cores):
    trainer = PacedTrainer(clock, {1: 600, 2: 50, 4: 40})
    with tuned(trainer) as tuner:
        tuner.calibrate()
        train(trainer, tuner, 5)
        assert tuner.allocation.count == 1
        trainer.speed = {1: 1000, 2: 1600, 4: 2500}
        train(trainer, tuner, 5)
        assert tuner.allocation.count == trainer.threads == 4


def test_a_machine_that_is_slow_with_any_number_keeps_its_number(clock, four_cores):
    trainer = PacedTrainer(clock, {1: 1000, 2: 1600, 4: 2500})
    with tuned(trainer) as tuner:
        tuner.calibrate()
        train(trainer, tuner, 5)
        trainer.speed = {1: 100, 2: 160, 4: 250}
        assert train(trainer, tuner, 30) == []
        assert tuner.allocation.count == 4


def test_pauses_and_evaluation_are_no_collapse(clock, four_cores):
    trainer = PacedTrainer(clock, {1: 1000, 2: 1600, 4: 2500})
    with tuned(trainer) as tuner:
        tuner.calibrate()
        for _ in range(20):
            assert train(trainer, tuner, 1) == []
            clock.now += 100
        assert tuner.allocation.count == 4


def test_two_runs_share_the_cores_and_the_one_that_stays_gets_them_back(clock, four_cores):
    speed = {1: 1000, 2: 1900, 4: 3500}
    first, second = PacedTrainer(clock, speed), PacedTrainer(clock, speed)
    with tuned(first) as tuner:
        tuner.calibrate()
        assert tuner.allocation.count == 4
        with tuned(second) as other:
            other.calibrate()
            assert other.allocation.count == 2
            assert any("Another run" in text for text in train(first, tuner, 2))
            assert tuner.allocation.count == 2
        train(first, tuner, 60)
        assert tuner.allocation.count == 4


def blas_threads():
    return {info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}


def numpy_trainer(batch_size=1):
    rng = np.random.default_rng(0)
    train, val, test = (Split(rng.normal(size=(n, 5)), rng.integers(0, 2, n)) for n in (50, 10, 10))
    config = RunConfig.from_dict({"model": "mlp", "hidden_sizes": (4,), "batch_size": batch_size})
    return registry.get("numpy").start(config, Dataset("noise", train, val, test, ("a", "b")), rng)


@pytest.fixture
def blas():
    if not blas_threads():
        pytest.skip("numpy's BLAS here has no number of threads that can be set")
    with threadpool_limits(None):
        yield


def test_blas_gets_the_number_of_a_numpy_run_and_all_cores_back(blas):
    with threads.allocate(numpy_trainer(batch_size=8), wanted=2):
        assert blas_threads() == {2}
        with threads.allocate(numpy_trainer(batch_size=8), wanted=1):
            assert blas_threads() == {1}
        assert blas_threads() == {2}
    assert blas_threads() == {threads.cores()}


def test_runs_in_threads_of_their_own_have_their_say_too(blas):
    seen = []

    def run():
        with threads.allocate(numpy_trainer(batch_size=8), wanted=1):
            seen.append(blas_threads())

    with threads.allocate(numpy_trainer(batch_size=8), wanted=2):
        other = threading.Thread(target=run)
        other.start()
        other.join()
        assert blas_threads() == {2}
    assert seen == [{1}]


def test_a_library_that_is_loaded_later_heeds_it_too():
    """What is loaded is looked for once, and again when there are other modules: SciPy brings a BLAS of its own."""
    seen = """
from threadpoolctl import threadpool_info
from engines import threads
def blas():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
with threads.one_blas_thread():
    print(*blas())
import scipy.linalg
with threads.one_blas_thread():
    print(*blas())
"""
    of_numpy, with_scipy = subprocess.run(
        [sys.executable, "-c", "import numpy" + seen], capture_output=True, text=True, check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"},
    ).stdout.splitlines()  # fmt: skip
    if len(with_scipy) == len(of_numpy):
        pytest.skip("SciPy has no BLAS of its own here")
    assert set(with_scipy.split()) == {"1"}


def test_a_small_product_is_done_by_one_thread_and_no_run_loses_its_own_for_that(blas):
    with threads.one_blas_thread():
        assert blas_threads() == {1}
    assert blas_threads() == {threads.cores()}
    with threads.allocate(numpy_trainer(batch_size=8), wanted=2):
        with threads.one_blas_thread():
            assert blas_threads() == {2}
        assert blas_threads() == {2}


def test_blas_gets_one_thread_in_each_of_those_that_share_a_block(blas):
    with threads.allocate(numpy_trainer(), wanted=3) as allocation:
        assert blas_threads() == {1}
        allocation.trainer.adjust(batch_size=8)
        allocation.use(3)
        assert blas_threads() == {3}


def test_calibrating_changes_nothing_in_a_run(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 2)
    plain, calibrated = numpy_trainer(), numpy_trainer()
    with tuned(calibrated) as tuner:
        tuner.calibrate()
        tuner.take(1)
        assert list(calibrated.epoch())[-1] == list(plain.epoch())[-1]
    for name, array in plain.parameters().items():
        np.testing.assert_array_equal(array, calibrated.parameters()[name])


def test_the_environment_lowers_the_number_of_cores(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert threads.cores() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "many")
    alone = threads.cores()
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert threads.cores() == alone >= 1


@pytest.mark.parametrize("wanted", [0, 2])
def test_a_run_that_has_not_begun_lets_no_other_set_a_number_that_is_none(wanted):
    """Where two began at once, torch was told to use 0 threads, and a run failed."""
    assert threads.ThreadAllocation(numpy_trainer(), wanted).count == (wanted or 1)


def test_the_blas_that_is_told_is_the_one_of_numpy_in_whichever_order_the_libraries_are_found(monkeypatch):
    """What a run's last digits rest on: with SciPy's loaded too, chance chose which of both a run was told to have."""
    alone = [sys.executable, "-c", "import numpy; from engines.threads import blas_version; print(blas_version())"]
    of_numpy = subprocess.run(alone, capture_output=True, text=True, check=True).stdout.strip()
    importlib.import_module("scipy.linalg")
    found = threadpool_info()
    for order in (found, found[::-1]):
        monkeypatch.setattr(threads, "_libraries", lambda _n_modules, order=order: SimpleNamespace(info=lambda: order))
        assert threads.blas_version() == of_numpy


def test_a_blas_that_numpy_shares_with_the_system_is_told_and_one_of_another_package_never(monkeypatch):
    """Where a distribution builds numpy on its own BLAS that is told; where numpy's cannot be seen, nothing is."""
    packages = Path(np.__file__).resolve().parents[1]
    found: list[dict[str, str]] = []
    monkeypatch.setattr(threads, "_libraries", lambda _n_modules: SimpleNamespace(info=lambda: found))
    library = {"user_api": "blas", "internal_api": "openblas", "architecture": "Haswell"}
    found.append(library | {"version": "0.3.30", "filepath": str(packages / "scipy.libs" / "libopenblas.so")})
    assert threads.blas_version() == ""
    found.append(library | {"version": "0.3.21", "filepath": "/usr/lib/libopenblas.so"})
    assert threads.blas_version() == "openblas 0.3.21 for Haswell"
    found.append(library | {"version": "0.3.31", "filepath": str(packages / "numpy.libs" / "libopenblas.so")})
    assert threads.blas_version() == "openblas 0.3.31 for Haswell"
