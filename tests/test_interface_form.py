"""The form of a run: what is typed is kept, said, explained where it is wrong, and copied as a command."""

from textual.widgets import Checkbox, Input, OptionList, Static

from screens.dialogs.text_dialog import TextDialog
from screens.hyperparameter import HyperparameterScreen
from screens.widgets.field import Field
from screens.widgets.run_card import RunCard
from screens.widgets.run_list import RunList
from tests.support.scripted_engine import app_of, until
from tests.support.told import notes, told


def control_of(app, name):
    return app.screen.query_one(f"#field-{name} .control")


async def test_what_was_typed_is_kept_across_screens_also_where_it_is_wrong(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        control_of(app, "learning-rate").focus()
        await pilot.press(*"x1")
        await pilot.press("f2")
        assert app.current_mode == "model"
        await pilot.press("f3")
        assert control_of(app, "learning-rate").value == "0.001x1"
        field = app.screen.query_one("#field-learning-rate", Field)
        assert field.has_class("-wrong")
        await pilot.press("ctrl+s")
        assert not app.workspace.queue.runs
        assert app.focused is field.query_one(Input)
        await pilot.press("backspace", "backspace")
        assert not field.has_class("-wrong")


async def test_what_was_probably_meant_is_told_under_the_field_as_on_the_command_line(script):
    """A decimal comma was said to be no number, and no more."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        control_of(app, "learning-rate").value = "0,01"
        field = app.screen.query_one("#field-learning-rate", Field)
        await until(pilot, lambda: field.query(".problem") and "(did you mean 0.01?)" in problem(field))
        control_of(app, "learning-rate").value = "0.01"
        control_of(app, "val-share").value = "0,2"
        field = app.screen.query_one("#field-val-share", Field)
        await until(pilot, lambda: field.query(".problem") and "(did you mean 0.2?)" in problem(field))


def problem(field):
    return str(field.query_one(".problem", Static).content)


async def test_a_choice_that_is_set_as_its_field_goes_is_passed_over(script):
    """As where a dialog is closed before all of its fields stand."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        choice = control_of(app, "schedule")
        await choice.query_one("#label").remove()
        choice.value = "cosine"
        await pilot.pause()
        assert app.screen.query_one("#field-schedule", Field).text == "constant"


async def test_arrows_walk_through_a_form_that_is_longer_than_the_terminal_and_what_is_wrong_is_in_sight(
    script, styled
):
    """Only the two fields that a step is between are styled anew: it was the whole form, with every step."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query(Field))
        fields = list(app.screen.query(Field))
        await pilot.press("down")  # from Start, where the screen begins
        for field in fields:
            assert field.query(".control:focus")
            await pilot.press("z", "down")
        await pilot.press("up")
        styled.clear()
        await pilot.press("up")
        touched = {field for field in fields for node in styled if field in node.ancestors_with_self}
        assert len(touched) == 2
        await pilot.press("down", "down")
        share = next(field for field in fields if field.about.name == "test_share")
        await pilot.press(*["up"] * (len(fields) - fields.index(share)), "backspace", "y")
        form = app.screen.query_one("#form")
        await until(pilot, lambda: form.content_region.contains_region(share.query_one(".problem").region))
        assert "'autoy' is not a number" in str(share.query_one(".problem", Static).content)


async def test_many_mistakes_do_not_hide_the_form(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        app.workspace.draft.texts.update(epochs="many", learning_rate="-3", batch_size="0", l2="x")
        await pilot.press("enter", "ctrl+s")
        await until(pilot, lambda: told(app))
        assert notes(app) == [
            "epochs: 'many' is not a whole number; allowed: a whole number at least 0 and at most 1,000,000\nand 3 more"
        ]


async def test_a_run_with_several_seeds_is_a_run_for_each_and_the_first_is_watched(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        app.workspace.draft.seeds = "none"
        await pilot.press("enter", "ctrl+s")
        await until(pilot, lambda: told(app))
        assert notes(app) == ["seeds: 'none' is not a whole number; allowed: a whole number at least 1 and at most 100"]
        control = control_of(app, "seeds")
        control.value = "3"
        await until(pilot, lambda: app.workspace.draft.seeds == "3")
        assert "3 seeds: a run each" in str(app.screen.query_one("#facts", Static).content)
        form = app.screen
        assert isinstance(form, HyperparameterScreen)
        assert form.command().line.endswith("--seeds 3")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.current_mode == "training" and app.workspace.queue.runs[0].started)
        runs = app.workspace.queue.runs
        assert [run.config.hyperparameters["seed"] for run in runs] == [42, 43, 44]
        card = app.screen.query_one(RunCard)
        await until(pilot, lambda: "run 1: mlp" in str(card.content))
        script.free = True
        await until(pilot, lambda: all(run.ended for run in runs))
        assert {run.state for run in runs} == {"finished"}
        table = app.screen.query_one(RunList)
        await until(
            pilot, lambda: [str(table.get_cell(str(n), "seed")).strip() for n in (1, 2, 3)] == ["42", "43", "44"]
        )


async def test_seeds_that_would_all_be_the_same_are_told_at_their_field(script):
    """It was told in a notice alone: the form spoke of one value to put right, and no field was it."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        app.workspace.draft.texts.update(weights_seed="1", order_seed="2")
        app.workspace.draft.seeds = "3"
        await pilot.press("enter", "ctrl+s")
        await until(pilot, lambda: told(app))
        assert "would all be the same" in problem(app.screen.query_one("#field-seeds"))
        assert app.focused is control_of(app, "seeds")
        assert not app.workspace.queue.runs


async def test_what_was_typed_for_one_model_is_there_again_after_looking_at_another(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        app.workspace.draft.type("hidden_sizes", "3x7")
        await pilot.press("k", "enter")
        await pilot.pause()
        assert app.workspace.draft.model == "logistic_regression"
        assert not app.screen.query("#field-hidden-sizes")
        await pilot.press("f2", "j", "enter")
        await pilot.pause()
        assert control_of(app, "hidden-sizes").value == "3x7"


async def test_the_form_says_parameters_and_updates_as_one_types(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "parameters" in str(app.screen.query_one("#facts", Static).content))
        n_features = 8 * 8 * 3
        assert f"{(n_features + 1) * 100 + 101 * 6:,} parameters" in str(app.screen.query_one("#facts", Static).content)
        control_of(app, "batch-size").value = "7"
        await pilot.pause()
        assert "172 updates an epoch" in str(app.screen.query_one("#facts", Static).content)


async def test_the_command_of_the_form_is_copied_whole(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        control_of(app, "learning-rate").value = "0.01"
        app.screen.query_one("#field-evaluate-train Checkbox", Checkbox).value = False
        await pilot.pause()
        await pilot.press("ctrl+y")
        assert isinstance(app.screen, TextDialog)
        command = "hw1-tui --batch train --model mlp --engine numpy --data builtin --learning-rate 0.01"
        assert app.clipboard == f"{command} --evaluate-train false"
        await pilot.press("escape")
        await pilot.press("f2", "ctrl+y")
        assert app.clipboard == f"{command} --evaluate-train false"


async def test_a_run_of_the_report_is_trained_as_the_report_did(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query_one("#presets", OptionList).option_count)
        await pilot.press("p", "down", "down", "down", "enter")
        await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert app.workspace.draft.model == "logistic_regression"
        assert app.workspace.draft.text("l2") == "0.01"
        assert not app.workspace.draft.mistakes()
