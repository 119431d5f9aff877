"""One run, as a generator of events: the same for the interface, the command line, sweeps and the report.

The session owns time. It asks the trainer for epochs, measures the model after each, applies what its control asks
for between two steps, and says everything as data; it knows no thread, no terminal and no file. A consumer that stops
asking pauses the run.
"""

from __future__ import annotations

import json
import math
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from engines import threads
from engines.contract import Array, Dataset, Engine, EngineError, Evaluation, Progress, SplitName, Trainer
from hw1_tui.settings import RunConfig, format_number
from hw1_tui.training.control import Control
from hw1_tui.training.event import (
    EpochEnded,
    Event,
    Paused,
    Progressed,
    Remarked,
    Resumed,
    RunEnded,
    RunStarted,
    Status,
    Steered,
)
from hw1_tui.training.schedule import schedule_factor

T = TypeVar("T")
_SESSION_KEY = "session"
LAST_EPOCHS = 10
"""Always measured where any are: over them one sees how far a figure moves from epoch to epoch."""
_NOT_MEASURED = Evaluation(math.nan, None)


class Session:
    """A run from its first event to its last.

    Attributes:
        config: what is trained, as steered so far.
        run_id: identifier of the run; empty where it is not kept.
    """

    def __init__(
        self,
        config: RunConfig,
        engine: Engine,
        data: Dataset,
        control: Control | None = None,
        *,
        run_id: str = "",
        resume: Mapping[str, Array] | None = None,
    ) -> None:
        """Prepare a run; nothing is trained or allocated before ``run`` is iterated.

        Args:
            config: what to train; when resuming, with the values that hold from here on.
            engine: what trains it.
            data: what to train on.
            control: the levers; a run without can only be paused and abandoned by not asking.
            run_id: identifier for the events.
            resume: what ``state`` of an earlier session of this run gave, to go on from there.
        """
        self.config = config
        self.run_id = run_id
        self._engine = engine
        self._data = data
        self._control = control or Control()
        self._resume = resume
        self._trainer: Trainer
        self._seat: threads.Seat
        self._epoch = 0
        self._examples = 0
        self._epoch_seconds = 0.0
        self._seconds = 0.0
        self._best_loss = math.inf
        self._best_epoch: int | None = None

    def run(self) -> Iterator[Event]:
        """Yield ``RunStarted``, the events of the training, and exactly one ``RunEnded`` at the end."""
        try:
            rng = np.random.default_rng(self.config.hyperparameters["seed"])
            self._trainer = self._timed(lambda: self._engine.start(self.config, self._data, rng))
            with threads.seat(self._trainer, self.config.hyperparameters["threads"]) as self._seat:
                yield from self._start()
                status, reason = yield from self._train()
                test = _NOT_MEASURED if status == "diverged" else self._evaluate("test")
                yield self._ended(status, reason, test)
        except Exception as error:  # an engine, also someone else's, may raise anything: it becomes data
            yield self._ended("failed", self._describe(error), details=traceback.format_exc())

    def state(self) -> dict[str, Array]:
        """Return everything that the rest of the run depends on, as arrays.

        May be called between any two events after ``RunStarted``.
        """
        own = {
            "config": self.config.record(),
            "epoch": self._epoch,
            "examples": self._examples,
            "epoch_seconds": self._epoch_seconds,
            "seconds": self._seconds,
            "best_loss": self._best_loss if math.isfinite(self._best_loss) else None,
            "best_epoch": self._best_epoch,
            "threads": self._seat.count,
        }
        packed = np.frombuffer(json.dumps(own).encode(), dtype=np.uint8)
        return {_SESSION_KEY: packed, **{f"trainer.{name}": a for name, a in self._trainer.state().items()}}

    @property
    def trainer(self) -> Trainer:
        """The model being trained; only there after ``RunStarted``, and only between two events."""
        return self._trainer

    @property
    def data(self) -> Dataset:
        """What it is trained on."""
        return self._data

    @property
    def threads(self) -> int:
        """How many processor threads its products get now."""
        return self._seat.count

    @property
    def best_epoch(self) -> int | None:
        """The epoch with the lowest validation loss so far; ``None`` before there is one."""
        return self._best_epoch

    def _start(self) -> Iterator[Event]:
        if self._resume is None:
            resumed = None
            self._timed(lambda: _quietly(self._seat.calibrate))
        else:
            resumed = self._take_over(self._resume)
            self._resume = None
        data = self._data
        batch_size = int(self.config.hyperparameters.get("batch_size", 1))
        yield RunStarted(
            self.run_id,
            self.config,
            (len(data.train), len(data.val), len(data.test)),
            data.n_features,
            data.classes,
            sum(weights.size for weights in self._trainer.parameters().values()),
            -(-len(data.train) // batch_size),
            resumed,
            data.remark,
            data.fingerprint,
            self._seat.described,
        )
        if resumed is None:
            yield self._measure(None)

    def _take_over(self, state: Mapping[str, Array]) -> int:
        """Put the trainer and this session where an earlier one was; return the epochs done."""
        own = read_session_state(state)
        self._trainer.load({name[8:]: array for name, array in state.items() if name.startswith("trainer.")})
        self._epoch, self._examples = own["epoch"], own["examples"]
        self._seconds, self._epoch_seconds = own["seconds"], own["epoch_seconds"]
        self._best_epoch = own["best_epoch"]
        self._best_loss = math.inf if own["best_loss"] is None else own["best_loss"]
        names = self.config.spec.adjustable & set(self.config.hyperparameters)
        if changes := {name: self.config.hyperparameters[name] for name in names - {"learning_rate"}}:
            self._trainer.adjust(**changes)
        self._set_learning_rate()
        if self._seat.wanted:
            self._seat.use(self._seat.wanted)
        else:
            self._seat.take(own["threads"])  # the number of threads decides the last bits
        return self._epoch

    def _train(self) -> Generator[Event, None, tuple[Status, str]]:
        """Train until the planned epochs are done or something ends the run; return status and reason."""
        while True:
            yield from self._steer()
            if self._epoch >= self.config.epochs:
                return "finished", ""
            # Here and not after the epoch, so that a run that was killed in between ends as it would have ended.
            if reason := self._out_of_patience():
                return "finished", reason
            yield from self._wait()
            if self._control.stopping:
                return "stopped", ""
            last = yield from self._train_epoch()
            if last is None:
                return "stopped", f"Stopped inside epoch {self._epoch + 1}."
            if not math.isfinite(last.loss):
                return "diverged", self._describe_divergence(self._epoch + 1)
            self._finish_epoch()
            measured = self._measure(last.loss)
            yield measured
            if not all(map(math.isfinite, (measured.val_loss or 0.0, measured.weight_norm))):
                return "diverged", self._describe_divergence(self._epoch)

    def _train_epoch(self) -> Generator[Event, None, Progress | None]:
        """Train one epoch; return its last progress, or ``None`` when it was stopped inside."""
        self._set_learning_rate()
        steps = self._trainer.epoch()
        while True:
            before = self._seconds
            progress = self._timed(lambda: _advance(steps))
            self._epoch_seconds += self._seconds - before
            if progress is None:
                raise EngineError("The engine ended an epoch before its last example.")
            self._examples = progress.examples
            yield Progressed(
                self._epoch + 1, progress.examples, len(self._data.train), progress.loss, self._epoch_seconds
            )
            # Also after the last part: many a run has epochs of a single one.
            if remark := self._seat.watch(progress.examples, self._epoch_seconds):
                yield Remarked(remark)
            if progress.examples >= len(self._data.train) or not math.isfinite(progress.loss):
                return progress
            yield from self._steer()
            yield from self._wait()
            if self._control.stopping:
                return None

    def _finish_epoch(self) -> None:
        self._epoch += 1
        self._examples = 0
        self._control.epoch_ended()

    def _wait(self) -> Iterator[Event]:
        """Wait while the control says so; changes asked for meanwhile are applied."""
        if not self._control.must_wait():
            return
        yield Paused(self._epoch)
        while self._control.must_wait():
            self._control.wait()
            yield from self._steer()
        yield Resumed(self._epoch)

    def _steer(self) -> Iterator[Event]:
        """Apply the changes asked for."""
        for name, new in self._control.take_changes().items():
            old = self.config.hyperparameters.get(name)
            if old == new:
                continue
            before = self.config
            self.config = replace(before, hyperparameters={**before.hyperparameters, name: new})
            try:
                if name in before.spec.adjustable and name != "learning_rate":
                    self._trainer.adjust(**{name: new})
                    self._seat.use(self._seat.count)  # a batch may want its threads elsewhere than single examples
                self._set_learning_rate()
            except EngineError as error:
                self.config = before
                yield Remarked(f"{name} stays at {old}: {error}")
            else:
                yield Steered(self._epoch + 1, self._examples, name, old, new)

    def _set_learning_rate(self) -> None:
        if "learning_rate" in self.config.spec.adjustable:
            self._trainer.adjust(learning_rate=self._learning_rate(self._epoch + 1))

    def _learning_rate(self, epoch: int) -> float:
        hyperparameters = self.config.hyperparameters
        return float(hyperparameters["learning_rate"] * schedule_factor(hyperparameters, epoch))

    def _measure(self, train_loss: float | None) -> EpochEnded:
        """Measure the model after an epoch; ``train_loss`` is the epoch's own, ``None`` before the first."""
        wanted = train_loss is None or self._is_train_measured()
        train = self._evaluate("train") if wanted else _NOT_MEASURED
        val = self._evaluate("val")
        if self._epoch and val.loss < self._best_loss:
            self._best_loss, self._best_epoch = val.loss, self._epoch
        seconds, self._epoch_seconds = self._epoch_seconds, 0.0
        return EpochEnded(
            epoch=self._epoch,
            train_loss=train.loss if train_loss is None else train_loss,
            train_eval_loss=train.loss if wanted else None,
            train_accuracy=train.accuracy,
            val_loss=val.loss if len(self._data.val) else None,
            val_accuracy=val.accuracy,
            weight_norm=_norm(self._trainer.parameters()),
            learning_rate=self._learning_rate(max(1, self._epoch))
            if "learning_rate" in self.config.hyperparameters
            else None,
            seconds=seconds,
        )

    def _is_train_measured(self) -> bool:
        """Return whether the training split is measured after this epoch too."""
        hyperparameters = self.config.hyperparameters
        is_due = self._epoch % hyperparameters["evaluate_train_every"] == 0
        is_near_the_end = self._epoch > self.config.epochs - LAST_EPOCHS
        return bool(hyperparameters["evaluate_train"] and (is_due or is_near_the_end))

    def _evaluate(self, split: SplitName) -> Evaluation:
        if not len(self._data[split]):
            return _NOT_MEASURED
        return self._timed(lambda: _quietly(lambda: self._trainer.evaluate(split)))

    def _timed(self, call: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = call()
        self._seconds += time.perf_counter() - start
        return result

    def _out_of_patience(self) -> str:
        patience = self.config.hyperparameters["patience"]
        if not patience or self._best_epoch is None or self._epoch - self._best_epoch < patience:
            return ""
        return f"Stopped early: no lower validation loss in the {patience} epochs since epoch {self._best_epoch}."

    def _describe_divergence(self, epoch: int) -> str:
        text = f"The loss or the weights left the range of numbers in epoch {epoch}"
        rate = self.config.hyperparameters.get("learning_rate")
        return f"{text}: the learning rate {format_number(rate)} is probably too large." if rate else f"{text}."

    def _describe(self, error: Exception) -> str:
        if isinstance(error, EngineError):
            return str(error)
        place = f"in epoch {self._epoch + 1}" if hasattr(self, "_trainer") else "at the start"
        what = str(error).strip().partition("\n")[0] or type(error).__name__
        return f"The {self.config.engine} engine failed {place}: {what}"

    def _ended(self, status: Status, reason: str = "", test: Evaluation = _NOT_MEASURED, details: str = "") -> RunEnded:
        return RunEnded(
            run=self.run_id,
            status=status,
            epochs=self._epoch,
            test_loss=test.loss if math.isfinite(test.loss) else None,
            test_accuracy=test.accuracy,
            best_epoch=self._best_epoch,
            seconds=self._seconds,
            reason=reason,
            details=details,
        )


def read_session_state(state: Mapping[str, Array]) -> dict[str, Any]:
    """Return the session's own part of a state: ``config``, ``epoch``, ``seconds`` and what else it keeps.

    Raises:
        KeyError: the state is not a session's.
    """
    own: dict[str, Any] = json.loads(state[_SESSION_KEY].tobytes())
    return own


def _norm(parameters: Mapping[str, Array]) -> float:
    """Return the Frobenius norm of all weights and biases together."""
    return math.sqrt(sum(float(np.square(weights, dtype=np.float64).sum()) for weights in parameters.values()))


def _quietly(call: Callable[[], T]) -> T:
    """Call without numpy's warnings: weights that overflow are the session's to report, once."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return call()


def _advance(steps: Iterator[Progress]) -> Progress | None:
    return _quietly(lambda: next(steps, None))
