"""What is wrong is told in the interface by fields, which it has, and not by options, which it has not."""

import pytest

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import Given
from hw1_tui.training.lockstep import pair
from screens.state.draft import Draft, in_short
from screens.state.field_words import in_field_words
from screens.state.sweep_draft import SweepDraft


def test_options_of_fields_become_fields_and_commands_stay_whole():
    mistake = Mistake("data", "no classes", "--model mlp or mlp_bn; --task classification; --val-share .2")
    assert (
        in_short(MistakeError(mistake))
        == "data: no classes; allowed: model mlp or mlp_bn; task classification; val share .2"
    )
    assert in_field_words("a larger --max-bytes") == "a larger --max-bytes"
    command = "Write one: hw1-tui report --data FILE"
    assert in_field_words(command) == command


@pytest.mark.parametrize("texts", [["1e-4..1e-1:log"], ["1e-4..1e-1:log:9999", "0..0.9:linear:9999"]])
def test_a_sweep_that_is_no_grid_says_the_method_and_not_the_option(texts):
    draft = SweepDraft(Draft([Given("model", "mlp", "model")]))
    for name, text in zip(("learning_rate", "momentum"), texts, strict=False):
        draft.type(name, text)
    with pytest.raises(MistakeError) as caught:
        draft.definer()()
    assert "random as method" in str(caught.value)
    assert "--" not in str(caught.value)


def test_engines_that_cannot_be_compared_are_told_without_the_option():
    with pytest.raises(MistakeError) as caught:
        pair([], ("numpy", "numpy"))
    assert "--" not in str(caught.value)
