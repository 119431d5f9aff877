"""That an engine says what it is and can do, and refuses the rest in sentences."""

from __future__ import annotations

import numpy as np
import pytest

from engines.capability import (
    HoldsInterpreter,
    OnDevice,
    Stackable,
    Threaded,
    device_of,
    is_thread_independent,
    refusals_of,
)
from engines.contract import EngineError
from engines.testing.drawn import Config, dataset, same
from engines.testing.engine_test import EngineTest


class CapabilityContract(EngineTest):
    """What an engine says of itself must hold."""

    def test_it_says_whether_it_can_be_used(self) -> None:
        assert isinstance(self.engine.name, str)
        assert self.engine.name
        assert isinstance(self.engine.unavailable(), str)

    def test_its_models_have_a_title_and_adjust_what_they_have(self, model: str) -> None:
        spec = self.engine.models()[model]
        assert spec.title
        assert spec.adjustable <= spec.defaults.keys()
        assert not refusals_of(self.engine, self.config(model))

    def test_nothing_is_printed_on_stdout(self, model: str, capfd: pytest.CaptureFixture[str]) -> None:
        """There stands what the program was asked for, which another program reads."""
        assert self.engine.models()
        trainer = self.start(model)
        list(trainer.epoch())
        trainer.evaluate("val")
        trainer.predict(dataset(regression=self.is_regression(model)).test.x)
        trainer.load(trainer.state())
        assert capfd.readouterr().out == ""

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
        if not isinstance(self.engine, Stackable) or self.engine.stack_key(self.config(model)) is None:
            pytest.skip("this engine does not stack such trainers")
        alone, together = ([self.start(model) for _ in range(2)] for _ in range(2))
        ends = list(self.engine.stack(together).epoch())[-1]
        for trainer, member, end in zip(alone, together, ends, strict=True):
            assert list(trainer.epoch())[-1].examples == end.examples == 90
            assert trainer.evaluate("val").loss == pytest.approx(member.evaluate("val").loss, rel=1e-4)
            for name, array in trainer.parameters().items():
                np.testing.assert_allclose(member.parameters()[name], array, rtol=1e-4, atol=1e-6)
