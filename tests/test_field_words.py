"""What is wrong is told in the interface by fields, which it has, and not by options, which it has not."""

import pytest
from textual.widgets import Static

from hw1_tui.app import Hw1App
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import Given
from hw1_tui.training.lockstep import pair
from screens.state.draft import Draft, in_short
from screens.state.field_words import in_field_words
from screens.state.sweep_draft import SweepDraft
from tests.support.scripted_engine import until


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


@pytest.mark.parametrize(("screen", "key", "told"), [
    ("sweep", "ctrl+s", "#plan"), ("hyperparameters", "ctrl+n", "#rate-state"),
    ("hyperparameters", "ctrl+g", "#preflight-state"),
])  # fmt: skip
async def test_data_that_is_not_for_the_model_is_told_in_words_of_fields_before_a_training(store, screen, key, told):
    app = Hw1App(screen)
    app.workspace.draft.model, app.workspace.draft.data = "mlp", "quadratic"
    app.workspace.draft.type("init", "he")
    app.workspace.sweep_draft.type("l2", "0,.1")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.workspace.library.get(*app.workspace.draft.wanted))
        await pilot.press(key)
        await until(
            pilot, lambda: "allowed: model quadratic_network" in str(app.screen.query_one(told, Static).content)
        )
