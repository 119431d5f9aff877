"""What every engine must hold to, as tests.

The author of a plug-in runs them on an engine of their own:

    import pytest

    pytest.register_assert_rewrite("engines.testing")  # so that a failing test shows the values it compared

    from engines.testing import EngineContract
    from my_package import MyEngine

    class TestMyEngine(EngineContract):
        engine = MyEngine()

This is the one module that imports pytest: whoever runs it has that, and the program never imports it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from engines.capability import (
    HoldsInterpreter,
    Measuring,
    OnDevice,
    Stackable,
    Threaded,
    device_of,
    is_thread_independent,
    measure,
    refusals_of,
)
from engines.contract import SPLITS, Array, Dataset, Engine, EngineError, Evaluation, Progress, Split, Trainer
from engines.inspection import Inspectable, Settable
from engines.standardization import Standardization

N_FEATURES, CLASSES = 12, ("beach", "cave", "dune")


def dataset(n: int = 90, regression: bool = False, as_bytes: bool = True, empty_val: bool = False) -> Dataset:
    """Draw examples that can be learned: each class has its own bright features.

    Args:
        n: examples to train on.
        regression: whether the targets are numbers.
        as_bytes: whether features are stored as uint8, as pictures are, or as floats.
        empty_val: whether the validation split is left empty.
    """
    rng = np.random.default_rng(11)

    def split(n: int) -> Split:
        y = rng.integers(0, len(CLASSES), n)
        x = rng.integers(0, 120, (n, N_FEATURES))
        x[np.arange(n)[:, None], 4 * y[:, None] + np.arange(4)] += 130
        return Split(x.astype(np.uint8) if as_bytes else x / 256, np.sin(y + 0.5) if regression else y)

    train, val, test = split(n), split(0 if empty_val else 40), split(30)
    return Dataset("drawn", train, val, test, () if regression else CLASSES, 1 / 256 if as_bytes else 1.0)


def same(state: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    """Return whether two sets of arrays are equal to the last bit."""
    return state.keys() == other.keys() and all(np.array_equal(state[name], other[name]) for name in state)


@dataclass(frozen=True)
class Config:
    """What the suite starts an engine with; see ``engines.contract.Config``."""

    model: str
    hyperparameters: Mapping[str, Any]


class EngineContract:
    """The suite: derive a class whose name begins with ``Test`` and set ``engine``. Every test runs for every model.

    Attributes:
        engine: what is tested.
    """

    engine: Engine

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test that asks for a model with all of them."""
        if "model" in metafunc.fixturenames:
            metafunc.parametrize("model", sorted(self.engine.models()))

    def config(self, model: str, **changes: Any) -> Config:
        """Return a configuration with the model's defaults and some other values."""
        return Config(model, {**self.engine.models()[model].defaults, **changes})

    def is_regression(self, model: str) -> bool:
        """Return whether what the model tells is a number."""
        return self.engine.models()[model].task == "regression"

    def start(self, model: str, seed: int = 3, data: Dataset | None = None, **changes: Any) -> Trainer:
        """Return a fresh trainer, on ``dataset()`` where no other data is given."""
        data = data or dataset(regression=self.is_regression(model))
        return self.engine.start(self.config(model, **changes), data, np.random.default_rng(seed))

    def stopped_within(self, model: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Trainer, Trainer, Progress]:
        """Return a trainer that stands inside its second epoch, by a clock that leaps at every look at it."""
        clock = itertools.count(0.0, 1.0)
        for name in ("perf_counter", "monotonic", "time"):
            monkeypatch.setattr(time, name, lambda: next(clock))
        data = dataset(900, self.is_regression(model))
        trainer, twin = self.start(model, data=data), self.start(model, seed=4, data=data)
        list(trainer.epoch())
        progress = next(trainer.epoch())
        if progress.examples == len(data.train):
            pytest.skip("this engine trains such an epoch in one piece")
        return trainer, twin, progress

    def test_it_says_whether_it_can_be_used(self) -> None:
        assert isinstance(self.engine.name, str)
        assert self.engine.name
        assert isinstance(self.engine.unavailable(), str)

    def test_its_models_have_a_title_and_adjust_what_they_have(self, model: str) -> None:
        spec = self.engine.models()[model]
        assert spec.title
        assert spec.adjustable <= spec.defaults.keys()
        assert not refusals_of(self.engine, self.config(model))

    def test_same_seed_same_run(self, model: str) -> None:
        one, two, other = self.start(model), self.start(model), self.start(model, seed=4)
        progress = [[list(trainer.epoch())[-1] for _ in range(2)] for trainer in (one, two, other)]
        assert progress[0] == progress[1]
        assert same(one.parameters(), two.parameters())
        assert not same(one.parameters(), other.parameters())

    def test_epoch_ends_with_all_examples_and_a_loss(self, model: str) -> None:
        trainer = self.start(model)
        for _ in range(2):
            progress = list(trainer.epoch())
            assert [p.examples for p in progress] == sorted({p.examples for p in progress})
            assert progress[-1].examples == 90
            assert np.isfinite(progress[-1].loss)

    def test_training_learns(self, model: str) -> None:
        trainer = self.start(model)
        before = trainer.evaluate("train")
        for _ in range(30):
            list(trainer.epoch())
        after = trainer.evaluate("train")
        # A perceptron starts with no loss at all, but does not know the classes yet.
        learned = before.accuracy is not None and after.accuracy is not None and after.accuracy > before.accuracy
        assert after.loss < before.loss or (before.loss == 0 and learned)

    def test_thousands_of_epochs_over_at_once_can_be_trained(self, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """What adapts to the time between two yields has its bounds, also where that time is none."""
        for name in ("perf_counter", "monotonic", "time"):
            monkeypatch.setattr(time, name, lambda: 0.0)
        trainer = self.start(model, data=dataset(4, self.is_regression(model)))
        for _ in range(1100):
            assert [progress.examples for progress in trainer.epoch()][-1] == 4

    def test_a_batch_larger_than_the_split_is_all_of_it(self, model: str) -> None:
        if "batch_size" not in self.engine.models()[model].defaults:
            pytest.skip("it has no batches")
        whole, larger = self.start(model, batch_size=90), self.start(model, batch_size=1_000_000)
        assert list(whole.epoch()) == list(larger.epoch())
        assert same(whole.parameters(), larger.parameters())

    def test_a_state_between_epochs_continues_bit_for_bit(self, model: str) -> None:
        trainer, twin = self.start(model), self.start(model, seed=4)
        list(trainer.epoch())
        twin.load(trainer.state())
        assert list(trainer.epoch())[-1] == list(twin.epoch())[-1]
        assert same(trainer.state(), twin.state())

    def test_a_state_inside_an_epoch_continues_bit_for_bit(self, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
        trainer, twin, progress = self.stopped_within(model, monkeypatch)
        twin.load(trainer.state())
        rest, rest_of_twin = list(trainer.epoch()), list(twin.epoch())
        assert rest[0].examples > progress.examples
        assert rest[-1] == rest_of_twin[-1]
        assert same(trainer.state(), twin.state())
        assert list(trainer.epoch())[-1] == list(twin.epoch())[-1]

    def test_a_state_at_the_last_yield_stands_between_two_epochs(self, model: str) -> None:
        trainer, twin = self.start(model), self.start(model, seed=4)
        for progress in trainer.epoch():
            if progress.examples == 90:
                twin.load(trainer.state())
        assert list(trainer.epoch())[-1] == list(twin.epoch())[-1]

    def test_a_state_is_a_copy_of_plain_arrays(self, model: str) -> None:
        trainer = self.start(model)
        list(trainer.epoch())
        state = trainer.state()
        kept = {name: array.copy() for name, array in state.items()}
        list(trainer.epoch())
        assert same(state, kept)
        assert all(array.dtype != object for array in state.values())
        trainer.load(state)
        list(trainer.epoch())
        assert same(state, kept)

    def test_a_loaded_state_takes_over_what_was_adjusted(self, model: str) -> None:
        if "learning_rate" not in self.engine.models()[model].adjustable:
            pytest.skip("it has no learning rate to adjust")
        trainer, twin = self.start(model), self.start(model)
        trainer.adjust(learning_rate=0.0123)
        twin.load(trainer.state())
        list(trainer.epoch())
        list(twin.epoch())
        assert same(trainer.parameters(), twin.parameters())

    def test_adjusting_takes_effect_and_only_that(self, model: str) -> None:
        spec = self.engine.models()[model]
        for name in sorted(spec.adjustable - {"batch_size"}):
            value: Any = spec.defaults[name]
            usual, again, adjusted = self.start(model), self.start(model), self.start(model)
            again.adjust(**{name: value})
            adjusted.adjust(**{name: value * 0.5 if value else 0.25})
            for trainer in (usual, again, adjusted):
                list(trainer.epoch())
            assert same(usual.parameters(), again.parameters()), name
            assert not same(usual.parameters(), adjusted.parameters()), name

    def test_looking_changes_nothing(self, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
        trainer, _twin, _progress = self.stopped_within(model, monkeypatch)
        spec, test = self.engine.models()[model], dataset(regression=self.is_regression(model)).test
        before = trainer.state()
        trainer.evaluate("train")
        trainer.evaluate("val")
        trainer.predict(test.x)
        measure(trainer, spec, test.x, test.y)
        trainer.parameters()
        if isinstance(trainer, Inspectable):
            trainer.inspect(test.x, test.y)
            trainer.score_gradients(test.x, np.zeros(len(test), np.int64))
        assert same(before, trainer.state())

    def test_predictions_are_probabilities_or_targets(self, model: str) -> None:
        trainer, data = self.start(model), dataset()
        list(trainer.epoch())
        got = trainer.predict(data.test.x)
        if self.is_regression(model):
            assert got.shape == (30,)
        else:
            assert got.shape == (30, len(CLASSES))
            assert (got >= 0).all()
            np.testing.assert_allclose(got.sum(axis=1), 1, rtol=1e-5)

    def test_evaluation_agrees_with_predictions(self, model: str) -> None:
        trainer, data = self.start(model), dataset(regression=self.is_regression(model))
        list(trainer.epoch())
        evaluation, got = trainer.evaluate("test"), trainer.predict(data.test.x)
        assert isinstance(evaluation, Evaluation)
        if self.is_regression(model):
            assert evaluation.accuracy is None
            assert evaluation.loss == pytest.approx(((got - data.test.y) ** 2).mean() / 2, rel=1e-5)
        else:
            assert evaluation.accuracy == pytest.approx((got.argmax(axis=1) == data.test.y).mean())

    def test_examples_one_by_one_agree_with_the_evaluation_of_their_split(self, model: str) -> None:
        spec = self.engine.models()[model]
        data = dataset(1100, self.is_regression(model))
        trainer = self.start(model, data=data)
        list(trainer.epoch())
        evaluation, got = trainer.evaluate("train"), measure(trainer, spec, data.train.x, data.train.y)
        assert got.losses.shape == got.predicted.shape == (1100,)
        if isinstance(trainer, Measuring) or np.isfinite(got.losses).all():
            assert got.losses.mean(dtype=np.float64) == pytest.approx(evaluation.loss, rel=1e-5)
        if evaluation.accuracy is not None:
            assert (got.predicted == data.train.y).mean() == evaluation.accuracy
        if got.probabilities is not None:
            np.testing.assert_allclose(got.probabilities, trainer.predict(data.train.x), rtol=1e-5, atol=1e-7)

    def test_parameters_are_named_layer_by_layer(self, model: str) -> None:
        parameters = self.start(model).parameters()
        assert parameters["W1"].shape[1] == N_FEATURES
        for number in range(1, len([name for name in parameters if name.startswith("W")]) + 1):
            assert parameters[f"b{number}"].shape == parameters[f"W{number}"].shape[:1]

    def test_bytes_and_floats_are_the_same_examples(self, model: str) -> None:
        losses = []
        for as_bytes in (True, False):
            trainer = self.start(model, data=dataset(regression=self.is_regression(model), as_bytes=as_bytes))
            list(trainer.epoch())
            losses.append(trainer.evaluate("test").loss)
        assert losses[0] == pytest.approx(losses[1], rel=1e-4)

    def test_standardised_features_are_those_that_are_learned(self, model: str) -> None:
        plain = dataset(regression=self.is_regression(model), as_bytes=False)
        found = Standardization(plain.train.x.mean(axis=0), 1 / plain.train.x.std(axis=0))
        done = {split: replace(plain[split], x=found.apply(plain[split].x, np.float64)) for split in SPLITS}
        losses = []
        for data in (replace(plain, standardization=found), replace(plain, **done)):  # type: ignore[arg-type]
            trainer = self.start(model, data=data)
            list(trainer.epoch())
            losses.append(trainer.evaluate("test").loss)
        assert losses[0] == pytest.approx(losses[1], rel=1e-5)

    def test_an_empty_validation_split_is_no_obstacle(self, model: str) -> None:
        trainer = self.start(model, data=dataset(regression=self.is_regression(model), empty_val=True))
        assert list(trainer.epoch())[-1].examples == 90
        assert trainer.evaluate("test").loss >= 0

    def test_an_unknown_model_is_refused_in_a_sentence(self) -> None:
        config = Config("no_such_model", {})
        with pytest.raises(EngineError, match="no_such_model"):
            self.engine.start(config, dataset(), np.random.default_rng(0))

    def test_targets_of_the_other_kind_are_refused_in_a_sentence(self, model: str) -> None:
        task = self.engine.models()[model].task
        with pytest.raises(EngineError):
            self.start(model, data=dataset(regression=task == "classification"))

    def test_what_it_may_do_beyond_the_contract_has_the_right_form(self, model: str) -> None:
        assert not isinstance(self.engine, HoldsInterpreter) or isinstance(self.engine.holds_interpreter, bool)
        trainer = self.start(model)
        assert device_of(trainer) == "cpu" or isinstance(trainer, OnDevice)
        if isinstance(trainer, Threaded):
            assert trainer.use_threads(1) in (None, 1)
            assert list(trainer.epoch())[-1].examples == 90

    def test_a_run_that_is_said_not_to_depend_on_threads_does_not(self, model: str) -> None:
        one, two = self.start(model), self.start(model)
        if not is_thread_independent(self.engine, self.config(model)) or not isinstance(one, Threaded):
            pytest.skip("this engine does not say so")
        assert isinstance(two, Threaded)
        one.use_threads(1)
        two.use_threads(2)
        assert list(one.epoch())[-1] == list(two.epoch())[-1]
        assert same(one.state(), two.state())

    def test_trainers_that_are_stacked_end_where_each_ends_alone(self, model: str) -> None:
        if not isinstance(self.engine, Stackable):
            pytest.skip("this engine does not stack its trainers")
        alone, together = ([self.start(model) for _ in range(2)] for _ in range(2))
        ends = list(self.engine.stack(together).epoch())[-1]
        for trainer, member, end in zip(alone, together, ends, strict=True):
            assert list(trainer.epoch())[-1].examples == end.examples == 90
            for name, array in trainer.parameters().items():
                np.testing.assert_allclose(member.parameters()[name], array, rtol=1e-4, atol=1e-6)

    def inspected(self, model: str) -> tuple[Inspectable, Dataset]:
        """Return a trainer that shows what is inside, trained a little in float64, and its data."""
        spec = self.engine.models()[model]
        exact: dict[str, Any] = {"dtype": "float64"} if "dtype" in spec.defaults else {}
        data = dataset(regression=self.is_regression(model), as_bytes=False)
        trainer = self.start(model, data=data, **exact)
        if not isinstance(trainer, Inspectable):
            pytest.skip("this engine does not show what is inside")
        list(trainer.epoch())
        return trainer, data

    def test_what_is_inside_agrees_with_what_is_measured(self, model: str) -> None:
        trainer, data = self.inspected(model)
        x, y = data.test.x, data.test.y
        got, told = trainer.inspect(x, y), measure(trainer, self.engine.models()[model], x, y)
        np.testing.assert_allclose(got.losses, told.losses, rtol=1e-6, atol=1e-9)
        predicted = got.scores[:, 0] if data.is_regression else got.scores.argmax(axis=1)
        np.testing.assert_allclose(predicted, told.predicted)
        assert [len(z) for z in got.z] == [30] * len(got.z)
        assert [h.shape for h in got.h] == [z.shape for z in got.z[:-1]]
        shapes = [{name: a.shape for name, a in each.items()} for each in (got.gradients, trainer.parameters())]
        assert shapes[0] == shapes[1]

    def test_gradients_are_central_differences_of_the_loss(self, model: str) -> None:
        trainer, data = self.inspected(model)
        if not isinstance(trainer, Settable):
            pytest.skip("this engine's parameters cannot be set")
        before = {name: array.copy() for name, array in trainer.parameters().items()}
        for name, gradient in trainer.inspect(data.test.x, data.test.y).gradients.items():
            place = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
            losses = []
            for step in (1e-6, -1e-6):
                moved = before[name].copy()
                moved[place] += step
                trainer.set_parameters({name: moved})
                losses.append(trainer.inspect(data.test.x, data.test.y).losses.mean())
            trainer.set_parameters({name: before[name]})
            assert (losses[0] - losses[1]) / 2e-6 == pytest.approx(gradient[place], rel=1e-4, abs=1e-7), name

    def test_gradients_of_scores_are_their_central_differences(self, model: str) -> None:
        trainer, data = self.inspected(model)
        x, y = data.test.x, np.zeros(30, np.int64) if data.is_regression else data.test.y
        gradients = trainer.score_gradients(x, y)
        assert gradients.shape == x.shape
        for feature in (0, N_FEATURES - 1):
            step = np.zeros(N_FEATURES)
            step[feature] = 1e-6
            above, below = (trainer.inspect(x + sign * step, data.test.y).scores for sign in (1, -1))
            difference = (above - below)[np.arange(30), y] / 2e-6
            np.testing.assert_allclose(gradients[:, feature], difference, rtol=1e-4, atol=1e-7)

    def test_parameters_that_are_set_are_those_of_another_and_nothing_else_is(self, model: str) -> None:
        trainer, twin = self.start(model), self.start(model, seed=4)
        if not isinstance(trainer, Settable):
            pytest.skip("this engine's parameters cannot be set")
        list(twin.epoch())
        wanted = {name: array.copy() for name, array in twin.parameters().items()}
        trainer.set_parameters(wanted)
        for name, array in trainer.parameters().items():
            np.testing.assert_allclose(array, wanted[name], rtol=1e-6)
        assert trainer.evaluate("test").loss == pytest.approx(twin.evaluate("test").loss, rel=1e-5)
        assert np.array_equal(trainer.state()["generator"], self.start(model).state()["generator"])
        for mistaken in ({"W9": wanted["W1"]}, {"W1": wanted["W1"][:, :-1]}):
            with pytest.raises(EngineError):
                trainer.set_parameters(mistaken)
        assert trainer.evaluate("test").loss == pytest.approx(twin.evaluate("test").loss, rel=1e-5)
