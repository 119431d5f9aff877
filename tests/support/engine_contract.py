"""What every engine must hold to, as tests. A plug-in's author runs them on theirs:

from tests.support.engine_contract import EngineContract

class TestMyEngine(EngineContract):
    engine = MyEngine()
"""

import itertools
import time
from types import SimpleNamespace

import numpy as np
import pytest

from engines.contract import Dataset, EngineError, Evaluation, Split
from hw1_tui.settings.table import SESSION_DEFAULTS, TABLE

N_FEATURES, CLASSES = 12, ("beach", "cave", "dune")


def dataset(n=90, regression=False, as_bytes=True, empty_val=False):
    """Draw examples that can be learned: each class has its own bright features."""
    rng = np.random.default_rng(11)

    def split(n):
        y = rng.integers(0, len(CLASSES), n)
        x = rng.integers(0, 120, (n, N_FEATURES))
        x[np.arange(n)[:, None], 4 * y[:, None] + np.arange(4)] += 130
        x = x.astype(np.uint8) if as_bytes else x / 256
        return Split(x, np.sin(y + 0.5) if regression else y)

    train, val, test = split(n), split(0 if empty_val else 40), split(30)
    return Dataset("drawn", train, val, test, () if regression else CLASSES, 1 / 256 if as_bytes else 1.0)


def same(state, other):
    return state.keys() == other.keys() and all(np.array_equal(state[name], other[name]) for name in state)


class EngineContract:
    """The suite: set ``engine``. Every test runs for every model."""

    engine = None

    def pytest_generate_tests(self, metafunc):
        if "model" in metafunc.fixturenames:
            metafunc.parametrize("model", sorted(self.engine.models()))

    def start(self, model, seed=3, data=None, **changes):
        spec = self.engine.models()[model]
        data = data or dataset(regression=spec.task == "regression")
        config = SimpleNamespace(model=model, hyperparameters={**SESSION_DEFAULTS, **spec.defaults, **changes})
        return self.engine.start(config, data, np.random.default_rng(seed))

    def stopped_within(self, model, monkeypatch):
        """Return a trainer that stands inside its second epoch, by a clock that leaps at every look at it."""
        clock = itertools.count(0.0, 1.0)
        for name in ("perf_counter", "monotonic", "time"):
            monkeypatch.setattr(time, name, lambda: next(clock))
        data = dataset(900, regression=self.engine.models()[model].task == "regression")
        trainer, twin = self.start(model, data=data), self.start(model, seed=4, data=data)
        list(trainer.epoch())
        progress = next(trainer.epoch())
        if progress.examples == len(data.train):
            pytest.skip("this engine trains such an epoch in one piece")
        return trainer, twin, progress

    def test_it_says_whether_it_can_be_used(self):
        assert isinstance(self.engine.name, str)
        assert self.engine.name
        assert isinstance(self.engine.unavailable(), str)

    def test_its_hyperparameters_stand_in_the_table_with_allowed_defaults(self, model):
        spec = self.engine.models()[model]
        for name, default in spec.defaults.items():
            assert TABLE[name].check(default) == default
        assert spec.title
        assert spec.adjustable <= spec.defaults.keys()

    def test_same_seed_same_run(self, model):
        one, two, other = self.start(model), self.start(model), self.start(model, seed=4)
        progress = [[list(trainer.epoch())[-1] for _ in range(2)] for trainer in (one, two, other)]
        assert progress[0] == progress[1]
        assert same(one.parameters(), two.parameters())
        assert not same(one.parameters(), other.parameters())

    def test_epoch_ends_with_all_examples_and_a_loss(self, model):
        trainer = self.start(model)
        for _ in range(2):
            progress = list(trainer.epoch())
            assert [p.examples for p in progress] == sorted({p.examples for p in progress})
            assert progress[-1].examples == 90
            assert np.isfinite(progress[-1].loss)

    def test_training_learns(self, model):
        trainer = self.start(model)
        before = trainer.evaluate("train")
        for _ in range(30):
            list(trainer.epoch())
        after = trainer.evaluate("train")
        # A perceptron starts with no loss at all, but does not know the classes yet.
        assert after.loss < before.loss or (before.loss == 0 and after.accuracy > before.accuracy)

    def test_thousands_of_epochs_that_are_over_at_once_can_be_trained(self, model, monkeypatch):
        """What adapts to the time between two yields has its bounds, also where that time is none."""
        for name in ("perf_counter", "monotonic", "time"):
            monkeypatch.setattr(time, name, lambda: 0.0)
        trainer = self.start(model, data=dataset(4, regression=self.engine.models()[model].task == "regression"))
        for _ in range(1100):
            assert [progress.examples for progress in trainer.epoch()][-1] == 4

    def test_a_batch_larger_than_the_split_is_all_of_it(self, model):
        if "batch_size" not in self.engine.models()[model].defaults:
            pytest.skip("it has no batches")
        whole, larger = self.start(model, batch_size=90), self.start(model, batch_size=1_000_000)
        assert list(whole.epoch()) == list(larger.epoch())
        assert same(whole.parameters(), larger.parameters())

    def test_a_state_between_epochs_continues_bit_for_bit(self, model):
        trainer, twin = self.start(model), self.start(model, seed=4)
        list(trainer.epoch())
        twin.load(trainer.state())
        assert list(trainer.epoch())[-1] == list(twin.epoch())[-1]
        assert same(trainer.state(), twin.state())

    def test_a_state_inside_an_epoch_continues_bit_for_bit(self, model, monkeypatch):
        trainer, twin, progress = self.stopped_within(model, monkeypatch)
        twin.load(trainer.state())
        rest, rest_of_twin = list(trainer.epoch()), list(twin.epoch())
        assert rest[0].examples > progress.examples
        assert rest[-1] == rest_of_twin[-1]
        assert same(trainer.state(), twin.state())
        assert list(trainer.epoch())[-1] == list(twin.epoch())[-1]

    def test_a_state_at_the_last_yield_stands_between_two_epochs(self, model):
        trainer, twin = self.start(model), self.start(model, seed=4)
        for progress in trainer.epoch():
            if progress.examples == 90:
                twin.load(trainer.state())
        assert list(trainer.epoch())[-1] == list(twin.epoch())[-1]

    def test_a_state_is_a_copy_of_plain_arrays(self, model):
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

    def test_a_loaded_state_takes_over_what_was_adjusted(self, model):
        if "learning_rate" not in self.engine.models()[model].adjustable:
            pytest.skip("it has no learning rate to adjust")
        trainer, twin = self.start(model), self.start(model)
        trainer.adjust(learning_rate=0.0123)
        twin.load(trainer.state())
        list(trainer.epoch())
        list(twin.epoch())
        assert same(trainer.parameters(), twin.parameters())

    def test_adjusting_takes_effect_and_only_that(self, model):
        spec = self.engine.models()[model]
        for name in sorted(spec.adjustable - {"batch_size"}):
            value = spec.defaults[name]
            usual, again, adjusted = self.start(model), self.start(model), self.start(model)
            again.adjust(**{name: value})
            adjusted.adjust(**{name: value * 0.5 if value else 0.25})
            for trainer in (usual, again, adjusted):
                list(trainer.epoch())
            assert same(usual.parameters(), again.parameters()), name
            assert not same(usual.parameters(), adjusted.parameters()), name

    def test_looking_changes_nothing(self, model, monkeypatch):
        trainer, _twin, _progress = self.stopped_within(model, monkeypatch)
        before = trainer.state()
        trainer.evaluate("train")
        trainer.evaluate("val")
        trainer.predict(dataset().test.x)
        trainer.parameters()
        assert same(before, trainer.state())

    def test_predictions_are_probabilities_or_targets(self, model):
        trainer, data = self.start(model), dataset()
        list(trainer.epoch())
        got = trainer.predict(data.test.x)
        if self.engine.models()[model].task == "regression":
            assert got.shape == (30,)
        else:
            assert got.shape == (30, len(CLASSES))
            assert (got >= 0).all()
            np.testing.assert_allclose(got.sum(axis=1), 1, rtol=1e-5)

    def test_evaluation_agrees_with_predictions(self, model):
        trainer, task = self.start(model), self.engine.models()[model].task
        data = dataset(regression=task == "regression")
        list(trainer.epoch())
        evaluation, got = trainer.evaluate("test"), trainer.predict(data.test.x)
        assert isinstance(evaluation, Evaluation)
        if task == "regression":
            assert evaluation.accuracy is None
            assert evaluation.loss == pytest.approx(((got - data.test.y) ** 2).mean() / 2, rel=1e-5)
        else:
            assert evaluation.accuracy == pytest.approx((got.argmax(axis=1) == data.test.y).mean())

    def test_parameters_are_named_layer_by_layer(self, model):
        parameters = self.start(model).parameters()
        assert parameters["W1"].shape[1] == N_FEATURES
        for number in range(1, len([name for name in parameters if name.startswith("W")]) + 1):
            assert parameters[f"b{number}"].shape == parameters[f"W{number}"].shape[:1]

    def test_bytes_and_floats_are_the_same_examples(self, model):
        regression = self.engine.models()[model].task == "regression"
        losses = []
        for as_bytes in (True, False):
            trainer = self.start(model, data=dataset(regression=regression, as_bytes=as_bytes))
            list(trainer.epoch())
            losses.append(trainer.evaluate("test").loss)
        assert losses[0] == pytest.approx(losses[1], rel=1e-4)

    def test_an_empty_validation_split_is_no_obstacle(self, model):
        regression = self.engine.models()[model].task == "regression"
        trainer = self.start(model, data=dataset(regression=regression, empty_val=True))
        assert list(trainer.epoch())[-1].examples == 90
        assert trainer.evaluate("test").loss >= 0

    def test_an_unknown_model_is_refused_in_a_sentence(self):
        config = SimpleNamespace(model="no_such_model", hyperparameters={})
        with pytest.raises(EngineError, match="no_such_model"):
            self.engine.start(config, dataset(), np.random.default_rng(0))

    def test_targets_of_the_other_kind_are_refused_in_a_sentence(self, model):
        task = self.engine.models()[model].task
        with pytest.raises(EngineError):
            self.start(model, data=dataset(regression=task == "classification"))
