"""That a trainer's state is all that its future depends on."""

from __future__ import annotations

import pytest

from engines.testing.drawn import same
from engines.testing.engine_test import EngineTest


class StateContract(EngineTest):
    """What a state must hold to."""

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
