"""One run, as a generator of events: the same for the interface, the command line, sweeps and the report.

The session owns time. It has epochs trained by its stepper, measures the model after each, applies what its control
asks for between two steps, and says everything as data; it knows no thread, no terminal and no file. A consumer that
stops asking pauses the run.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from engines import threads
from engines.contract import (
    Array,
    Dataset,
    Engine,
    EngineError,
    Evaluation,
    Progress,
    SplitName,
    Trainer,
    engine_errors,
)
from engines.interruption import is_closing, is_interruption
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import RunConfig, without_effect
from hw1_tui.training.average import WeightAverage
from hw1_tui.training.control import Control
from hw1_tui.training.epoch_end import is_train_measured, out_of_patience
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
from hw1_tui.training.numbers import checked_evaluation, is_sound, quietly, weight_norm
from hw1_tui.training.probe import Probe
from hw1_tui.training.reason import describe_divergence, describe_failure
from hw1_tui.training.schedule import describe_new_end, learning_rate
from hw1_tui.training.session_state import pack_state, read_session_state, trainer_part
from hw1_tui.training.standardizing import as_configured, standardization_state
from hw1_tui.training.starting import start
from hw1_tui.training.stepper import STEPPER, Stepper
from hw1_tui.training.thread_tuner import ThreadTuner

T = TypeVar("T")
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
            control: the control; a run without can only be paused and abandoned by not asking.
            run_id: identifier for the events.
            resume: what ``state`` of an earlier session of this run gave, to go on from there.
        """
        self.config = config
        self.run_id = run_id
        self._engine = engine
        self._data = as_configured(data, config, resume)
        self._control = control or Control()
        self._stepper = STEPPER.get() or Stepper()
        self._resume = resume
        self._trainer: Trainer
        self._average: WeightAverage
        self._tuner: ThreadTuner
        self._probe: Probe
        self._is_prepared = self._has_begun = False
        self._failure: BaseException | None = None
        self._resumed_epoch: int | None = None
        self._threads_before = 0
        self._idle: Mapping[str, str] = {}
        self._jump = ""
        self._epoch = 0
        self._examples = 0
        self._epoch_seconds = self._seconds = 0.0
        self._best_loss = math.inf
        self._best_epoch: int | None = None

    def prepare(self) -> None:
        """Start the engine, and take over the state that the run goes on from; ``run`` does it where nobody did.

        An engine that raises what it should not does so as the end of a failed run; see ``run``.

        Raises:
            MistakeError: the engine refuses the run or the state. Nothing has begun then, and there is no run.
        """
        self._is_prepared = True
        try:
            self._trainer = quietly(lambda: start(self.config, self._engine, self._data))
            self._average = WeightAverage(self._trainer)
            self._average.check(self.config)
        except EngineError as error:
            raise MistakeError(Mistake(error.name, str(error))) from error
        except MistakeError:
            raise
        except BaseException as error:
            if is_interruption(error):
                raise
            if self._resume is not None:  # what the run came to stays as it is
                raise self._refusal(error) from error
            self._failure = error
        else:
            if self._resume is not None:
                self._take_over(self._resume)
                self._resume = None

    def run(self) -> Iterator[Event]:
        """Yield ``RunStarted``, the events of the training, and exactly one ``RunEnded`` at the end.

        Raises:
            MistakeError: before the first event; see ``prepare``.
        """
        if not self._is_prepared:
            self.prepare()
        has_trained = False
        try:
            if self._failure:
                raise self._failure
            with threads.allocate(self._trainer, self.config.hyperparameters["threads"]) as allocation:
                self._tuner = ThreadTuner(allocation)
                self._stepper.join(self._engine, self._trainer)
                yield from self._start()
                status, reason = yield from self._train()
                has_trained = True
                test = _NOT_MEASURED if status == "diverged" else self._evaluate("test")
                yield self._ended(status, reason, test)
        except BaseException as error:  # an engine, also someone else's, may raise anything: it becomes data
            if is_interruption(error) or is_closing(error, __file__):
                raise
            if self._resumed_epoch is not None and not self._has_begun:
                raise self._refusal(error) from error
            place = f"in epoch {self._epoch + 1}" if self._has_begun else "at the start"
            place = "on the test split" if has_trained else place
            reason, details = describe_failure(self.config, error, place), traceback.format_exc()
            if not self._has_begun:
                yield self._started()
            yield self._ended("failed", reason, details=details)

    def state(self) -> dict[str, Array]:
        """Return everything that the rest of the run depends on, as arrays.

        May be called between any two events after ``RunStarted``.

        Raises:
            EngineError: the trainer does not give its part, or gives what is no array of numbers.
        """
        own = {
            "config": self.config.as_dict(),
            "epoch": self._epoch,
            "examples": self._examples,
            "epoch_seconds": self._epoch_seconds,
            "seconds": self._seconds,
            "best_loss": self._best_loss if math.isfinite(self._best_loss) else None,
            "best_epoch": self._best_epoch,
            "threads": self._tuner.allocation.count,
            "averaged": self._average.count,
            "is_average": self._average.is_shown,
        }
        own_arrays = {**self._average.state(), **standardization_state(self._data)}
        with engine_errors(self.config.engine):
            return {**pack_state(own, self._trainer.state()), **own_arrays}

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
        return self._tuner.allocation.count

    @property
    def place(self) -> tuple[int, int]:
        """Epochs that are done, and examples of the next one."""
        return self._epoch, self._examples

    @property
    def best_epoch(self) -> int | None:
        """The epoch with the lowest validation loss so far; ``None`` before there is one."""
        return self._best_epoch

    def _start(self) -> Iterator[Event]:
        if self._resumed_epoch is None:
            examples = self.config.epochs * len(self._data.train)
            quietly(lambda: self._tuner.calibrate(examples))
        elif not self._tuner.allocation.wanted:
            self._tuner.take(self._threads_before)  # the number of threads decides the last bits
        parameters = sum(weights.size for weights in self._trainer.parameters().values())
        yield self._started(parameters, self._tuner.described)
        yield from self._remark_idle()
        if self._jump:
            yield Remarked(self._jump)
        self._probe = Probe(self._trainer, self._data, self.config)
        if self._resumed_epoch is None:
            yield from self._end_epoch(None)

    def _started(self, parameters: int = 0, trained_on: str = "") -> RunStarted:
        """Return the first event; of a model that could not even be started, without what only that can tell."""
        self._has_begun = True
        data = self._data
        return RunStarted(
            self.run_id,
            self.config,
            (len(data.train), len(data.val), len(data.test)),
            data.n_features,
            data.classes,
            parameters,
            -(-len(data.train) // int(self.config.hyperparameters.get("batch_size", 1))),
            self._resumed_epoch,
            data.remark,
            data.fingerprint,
            trained_on,
            data.found,
        )

    def _take_over(self, state: Mapping[str, Array]) -> None:
        """Put the trainer and this session where an earlier one was.

        Raises:
            MistakeError: it is no state of such a run.
        """
        try:
            own = read_session_state(state)
            self._trainer.load(trainer_part(state))
            self._average.load(state, own.get("averaged", 0), own.get("is_average", False))
            self._epoch, self._examples = own["epoch"], own["examples"]
            self._seconds, self._epoch_seconds = own["seconds"], own["epoch_seconds"]
            self._best_epoch, self._threads_before = own["best_epoch"], own["threads"]
            self._jump = describe_new_end(own["config"], self.config.hyperparameters, self._epoch)
            self._best_loss = math.inf if own["best_loss"] is None else own["best_loss"]
            names = self.config.spec.adjustable & set(self.config.hyperparameters)
            if changes := {name: self.config.hyperparameters[name] for name in names - {"learning_rate"}}:
                self._trainer.adjust(**changes)
            if self._epoch < self.config.epochs:  # of a run that has only its end to say, the rate stays as it was
                self._set_learning_rate()
        except BaseException as error:
            if is_interruption(error):
                raise
            raise self._refusal(error, "with its checkpoint") from error
        self._resumed_epoch = self._epoch

    def _refusal(self, error: BaseException, place: str = "at the start") -> MistakeError:
        """Return what says why a run that is kept cannot be gone on with; nothing has begun, and it stays as it is."""
        reason = describe_failure(self.config, error, place)
        return MistakeError(Mistake(self.run_id, f"cannot be gone on with: {reason}"))

    def _remark_idle(self) -> Iterator[Event]:
        """Say which values change nothing, once each."""
        idle = without_effect(self.config, len(self._data.train), len(self._data.val))
        yield from (Remarked(text) for name, text in idle.items() if self._idle.get(name) != text)
        self._idle = idle

    def _train(self) -> Generator[Event, None, tuple[Status, str]]:
        """Train until the planned epochs are done or something ends the run; return status and reason."""
        while True:
            yield from self._steer()
            if self._epoch >= self.config.epochs:
                return "finished", ""
            # Here and not after the epoch, so that a run that was killed in between ends as it would have ended.
            if reason := out_of_patience(self.config.hyperparameters, self._epoch, self._best_epoch):
                return "finished", reason
            yield from self._wait()
            if self._control.stopping:
                return "stopped", ""
            last = yield from self._train_epoch()
            if last is None:
                self._average.show()
                tested = "; the test metrics are of the model there" * bool(len(self._data.test))
                return "stopped", f"Stopped inside epoch {self._epoch + 1}{tested}."
            if not math.isfinite(last.loss):
                return "diverged", describe_divergence(self.config, self._epoch + 1)
            self._epoch, self._examples = self._epoch + 1, 0
            self._control.epoch_ended()
            if not is_sound((yield from self._end_epoch(last.loss))):
                return "diverged", describe_divergence(self.config, self._epoch)

    def _train_epoch(self) -> Generator[Event, None, Progress | None]:
        """Train one epoch; return its last progress, or ``None`` when it was stopped inside."""
        self._set_learning_rate()
        self._average.hide()
        if not self._examples:
            self._timed(lambda: self._probe.begin(self._epoch + 1, self.config))
        steps = self._stepper.epoch()
        while True:
            before = self._seconds
            progress = self._timed(lambda: quietly(lambda: next(steps, None)))
            self._epoch_seconds += self._seconds - before
            if progress is None:
                raise EngineError("The engine ended an epoch before its last example.")
            self._examples = progress.examples
            yield Progressed(
                self._epoch + 1,
                progress.examples,
                len(self._data.train),
                progress.loss,
                self._epoch_seconds,
                self._seconds,
            )
            # Also after the last part: many a run has epochs of a single one.
            if remark := self._tuner.watch(progress.examples, self._epoch_seconds):
                yield Remarked(remark)
            if progress.examples >= len(self._data.train) or not math.isfinite(progress.loss):
                return progress
            yield from self._steer()
            yield from self._wait()
            if self._control.stopping:
                return None

    def _end_epoch(self, train_loss: float | None) -> Generator[Event, None, EpochMetrics]:
        """Say what an epoch came to; return it."""
        rate = learning_rate(self.config.hyperparameters, max(1, self._epoch))
        # Before the average takes the place of the weights that are trained: what is told of a step is of their steps.
        inside = self._timed(lambda: self._probe.end(self._epoch, self.config, rate))
        self._average.epoch_ended(self._epoch, self.config)
        measured = self._measure(train_loss, rate)
        if isinstance(inside, str):
            yield Remarked(inside, is_failure=True)
        yield EpochEnded(measured, None if isinstance(inside, str) else inside)
        return measured

    def _wait(self) -> Iterator[Event]:
        """Wait while the control says so; changes asked for meanwhile are applied."""
        if not self._control.must_wait():
            return
        yield Paused(self._epoch)
        with self._stepper.away(self._control):
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
                    self._tuner.use(self.threads)  # a batch may want its threads elsewhere than single examples
                self._average.check(self.config)
                self._set_learning_rate()
                self._stepper.changed()
            except EngineError as error:
                self.config = before
                yield Remarked(f"{name} stays at {old}: {error}")
            else:
                yield Steered(self._epoch + 1, self._examples, name, old, new)
                yield from self._remark_idle()

    def _set_learning_rate(self) -> None:
        rate = learning_rate(self.config.hyperparameters, self._epoch + 1)
        if rate is not None and "learning_rate" in self.config.spec.adjustable:
            self._trainer.adjust(learning_rate=rate)

    def _measure(self, train_loss: float | None, rate: float | None) -> EpochMetrics:
        """Measure the model after an epoch; ``train_loss`` is the epoch's own, ``None`` before the first."""
        wanted = train_loss is None or is_train_measured(self.config.hyperparameters, self._epoch)
        train = self._evaluate("train") if wanted else _NOT_MEASURED
        val = self._evaluate("val")
        if self._epoch and val.loss < self._best_loss:
            self._best_loss, self._best_epoch = val.loss, self._epoch
        seconds, self._epoch_seconds = self._epoch_seconds, 0.0
        values = {
            "train_loss": train.loss if train_loss is None else train_loss,
            "train_eval_loss": train.loss if wanted else None,
            "train_accuracy": train.accuracy,
            "val_loss": val.loss if len(self._data.val) else None,
            "val_accuracy": val.accuracy,
            "weight_norm": weight_norm(self._trainer.parameters()),
            "learning_rate": rate,
            "seconds": seconds,
        }
        return EpochMetrics(self._epoch, values)

    def _evaluate(self, split: SplitName) -> Evaluation:
        if not len(self._data[split]):
            return _NOT_MEASURED
        measured = self._timed(lambda: quietly(lambda: self._stepper.evaluate(split)))
        return checked_evaluation(self.config.engine, measured)

    def _timed(self, call: Callable[[], T]) -> T:
        start = self._stepper.clock()
        result = call()
        self._seconds += self._stepper.clock() - start
        return result

    def _ended(self, status: Status, reason: str = "", test: Evaluation = _NOT_MEASURED, details: str = "") -> RunEnded:
        return RunEnded(
            run=self.run_id,
            status=status,
            epochs=self._epoch,
            test_metrics={"test_loss": test.loss if math.isfinite(test.loss) else None, "test_accuracy": test.accuracy},
            best_epoch=self._best_epoch,
            seconds=self._seconds,
            reason=reason,
            details=details,
        )
