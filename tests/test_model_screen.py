"""The first screen: what it says, its data at a glance, and the runs of the report to choose from."""

from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len
from textual.widgets import Input, OptionList, Static

from hw1_tui import data
from hw1_tui.app import Hw1App
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report import presets
from hw1_tui.runs import RunRecord
from hw1_tui.settings import Given, RunConfig
from screens.data import DataScreen
from screens.dialogs.help_dialog import HelpDialog
from screens.runs import RunsScreen
from screens.widgets.choice_list import ChoiceList
from screens.widgets.key_bar import KeyBar
from screens.widgets.number import measure
from screens.widgets.picture import Picture
from screens.widgets.preset_choice import PresetChoice
from screens.widgets.preset_facts import PresetFacts
from tests.support.history import run_record
from tests.support.scripted_engine import app_of, tiny_dataset, until

SMALL = (80, 24)


def listed(app):
    """The runs that stand in the list, by name."""
    return [option.id for option in app.screen.query_one("#presets", OptionList).options]


def highlighted(app):
    return app.screen.query_one("#presets", OptionList).highlighted_option.id


ALL = [preset.name for preset in presets()]


async def test_every_letter_narrows_the_list(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("slash", *"drop")
        of_dropout = [name for name in ALL if "dropout" in name or name == "2.2a-every"]
        await until(pilot, lambda: listed(app) == of_dropout)
        await pilot.press("o", "space", *".25")
        await until(pilot, lambda: listed(app) == ["2.2b-dropout-0.25"])
        assert app.screen.query_one("#preset-choice").border_subtitle == f"1 of {len(ALL)}"
        await pilot.press(*["backspace"] * 4)
        await until(pilot, lambda: listed(app) == of_dropout)


async def test_words_are_looked_for_in_question_title_model_and_engine(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("slash", *"TORCH 2.1 .001")
        await until(pilot, lambda: listed(app) == ["2.1-lr-0.001"])


async def test_enter_takes_the_highlighted_run(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("slash", *"dropout 2.2b", "down", "down", "up", "enter")
        await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert app.workspace.draft.text("dropout") == "0.25"
        await pilot.press("1")
        await until(pilot, lambda: app.current_mode == "model")
        assert listed(app) == ALL
        assert highlighted(app) == "2.2b-dropout-0.25"


async def test_a_run_whose_settings_follow_from_the_data_takes_those_of_the_chosen_data(script):
    """A step along the sum over 1,200 examples is 1.2 along their mean, not the 12.63 of the course's 12,630."""
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.workspace.library.get("builtin"))
        await pilot.press("slash", *"1.2b-sum", "enter")
        await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert [app.workspace.draft.text(name) for name in ("batch_size", "learning_rate")] == ["1200", "1.2"]


async def test_escape_gives_the_whole_list_back_where_one_was_and_only_then_leaves(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("9", "1", "slash", *"dropout", "down", "escape")
        await until(pilot, lambda: listed(app) == ALL)
        assert app.current_mode == "model"
        presets = app.focused
        assert isinstance(presets, ChoiceList)
        assert presets.id == "presets"
        assert highlighted(app) == "2.2b-dropout-0.01"
        assert presets.highlighted is not None
        row = presets.highlighted - presets.scroll_offset.y
        assert 0 <= row < presets.size.height
        await pilot.press("escape")
        await until(pilot, lambda: app.current_mode == "data")


async def test_what_is_not_there_is_said_and_cannot_be_taken(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("slash", *"transformer")
        await until(pilot, lambda: listed(app) == [None])
        assert "No run has all these words." in str(app.screen.query_one("#presets", OptionList).options[0].prompt)
        await pilot.press("up", "down", "enter")
        await pilot.pause()
        assert app.current_mode == "model"
        await pilot.press(*["backspace"] * len("transformer"))
        await until(pilot, lambda: listed(app) == ALL)


async def test_who_types_before_the_list_was_read_has_what_was_typed(script, monkeypatch):
    """On a slow line the first frame comes after the keys: the whole list came over the filter, enter took of it."""
    held = []
    monkeypatch.setattr(PresetChoice, "call_after_refresh", lambda _choice, call: held.append(call))
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("slash", *"2.2b-dropout-0.25")
        for call in held:
            call()
        assert listed(app) == ["2.2b-dropout-0.25"]
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert app.workspace.draft.text("dropout") == "0.25"


async def test_the_list_can_be_gone_to_before_it_was_read(script, monkeypatch):
    monkeypatch.setattr(PresetChoice, "call_after_refresh", lambda _choice, _call: None)
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("p", "down", "enter")
        await until(pilot, lambda: app.current_mode == "hyperparameters")


async def test_a_click_in_the_footer_filters_and_a_click_on_a_run_takes_it(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query_one(KeyBar).labels)
        keys = app.screen.query_one(KeyBar)
        at = next(n for n, key in enumerate(keys.labels) if key.binding.description == "Filter")
        await pilot.click(keys, offset=(keys.columns()[at].start, 0))
        await until(pilot, lambda: app.focused is app.screen.query_one("#preset-filter"))
        # A slash is a letter like others here, and the footer offers no key for it.
        await until(pilot, lambda: "Filter" not in [key.binding.description for key in keys.labels])
        await pilot.press(*"momentum")
        await until(pilot, lambda: len(listed(app)) == 3)
        await pilot.click("#presets", offset=(2, 1))
        await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert app.workspace.draft.text("momentum") == "0.9"


async def test_the_filter_is_in_the_help_with_its_keys(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        assert "model.filter" in {active.binding.id for active in app.screen.active_bindings.values()}
        await pilot.press("slash", "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        names = {active.binding.id for active in app.screen_stack[-2].active_bindings.values()}
        assert {"presets.leave-filter", "presets.up", "presets.down"} <= names


@pytest.mark.parametrize("leave", ["a click on Continue", "tab", "another place"])
async def test_a_path_is_meant_however_its_line_is_left(script, leave):
    """Without enter, the built-in data was trained on."""
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("o", *"own.npz")
        if leave == "tab":
            await pilot.press("tab")
            choices = app.screen.query_one("#data", OptionList)
            await until(pilot, lambda: (option := choices.highlighted_option) and option.id == "own.npz")
        elif leave == "another place":
            await pilot.press("f3")
        else:
            await pilot.click("#continue")
            await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert app.workspace.draft.data == "own.npz"


async def test_a_path_that_stands_there_from_before_is_not_taken_again_in_passing(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("o", *"own.npz", "enter")
        await until(pilot, lambda: app.screen.query_one("#data").has_focus)
        await pilot.press("up", "tab", "tab")
        await pilot.pause()
        assert app.workspace.draft.data == "digits"
        await pilot.press("o", "ctrl+u", "tab")
        assert app.workspace.draft.data == "digits"


async def test_enter_leaves_a_path_for_the_list_once_it_is_read_and_stays_where_it_is_wrong(script, blobs):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        path, text = app.screen.query_one("#path", Input), app.screen.query_one("#data-text", Static)
        await pilot.press("o", *"nowhere.npz", "enter")
        await until(pilot, lambda: "nowhere.npz" in str(text.content) and "Reading" not in str(text.content))
        await pilot.pause()
        assert path.has_focus
        path.value = str(blobs)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query_one("#data").has_focus)


async def test_what_is_wrong_with_a_path_is_whole_at_80_columns(script, monkeypatch):
    """It ended after two lines, before the path that was meant."""

    def refuse(source, *_options):
        raise MistakeError(
            Mistake(source, "cannot be read: " + "no such file " * 9, nearest="here/the/file/that/is.npz")
        )

    monkeypatch.setattr(data, "load", refuse)
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        text = app.screen.query_one("#data-text", Static)
        await until(pilot, lambda: "did you mean" in str(text.content))
        await until(pilot, lambda: "that/is.npz?)" in "".join(line.text for line in shown(text)))


async def test_what_is_said_of_a_table_is_whole_where_no_pictures_want_the_room(tmp_path, monkeypatch):
    """It ended after two lines, in the middle of a sentence, above empty rows."""
    monkeypatch.chdir(tmp_path)
    rows = [f"{i * 3 % 13},{i * 7 % 11},{'ab'[i % 2]}" for i in range(40)]
    (tmp_path / "t.csv").write_text("\n".join(["x,y,verdict", *rows]))
    app = Hw1App("model")
    app.workspace.draft.data = "t.csv"
    async with app.run_test(size=SMALL) as pilot:
        text = app.screen.query_one("#data-text", Static)
        await until(pilot, lambda: "column verdict" in str(text.content))
        await until(pilot, lambda: "test (15%)." in " ".join("".join(line.text for line in shown(text)).split()))


def shown(widget):
    return [widget.render_line(y) for y in range(widget.size.height)]


async def test_a_path_that_was_typed_is_gone_once_other_data_is_chosen(script):
    """It stood there beside the data chosen on another screen."""
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        path = app.screen.query_one("#path", Input)
        path.focus()
        await pilot.press(*"mine.npz", "enter")
        await until(pilot, lambda: app.workspace.draft.data == "mine.npz" and path.value == "mine.npz")
        await app.switch_mode("data")
        await until(pilot, lambda: app.screen.query("Thumbnail"))
        assert isinstance(app.screen, DataScreen)
        app.screen.open("digits")
        await pilot.press("u")
        await until(pilot, lambda: app.current_mode == "model" and path.value == "")
        assert app.workspace.draft.data == "digits"


async def test_names_of_classes_are_whole_on_the_card_where_there_is_room(script, monkeypatch):
    names = tuple(f"a class with a long name, {number}" for number in range(3))
    dataset = replace(tiny_dataset("own"), classes=names, train=split_of(3))
    monkeypatch.setattr(data, "load", lambda *_source, **_options: dataset)
    app = app_of(script)
    async with app.run_test(size=(200, 60)) as pilot:
        await until(pilot, lambda: len(app.screen.query(Picture)) >= 3)
        for picture, name in zip(list(app.screen.query(Picture))[-3:], names, strict=True):
            assert name in picture.render_line(picture.size.height - 1).text
            assert name in str(picture.tooltip)


async def test_the_card_says_how_own_data_is_split(script, monkeypatch):
    said = "Split off alike from each class, by a fixed draw: of 90 examples 14 for the test (15.6%)."
    dataset = replace(tiny_dataset("own"), remark="", found=("Examples: X with y.", said))
    monkeypatch.setattr(data, "load", lambda *_source, **_options: dataset)
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: str(app.screen.query_one("#data-text", Static).content) == said)


async def test_the_card_says_how_many_classes_it_leaves_out(script, monkeypatch):
    dataset = replace(tiny_dataset("own"), classes=tuple(map(str, range(26))), train=split_of(26))
    monkeypatch.setattr(data, "load", lambda *_source, **_options: dataset)
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "10 of 26 classes" in str(app.screen.query_one("#data-text", Static).content))


async def test_the_first_screen_says_what_the_program_is_and_where_enter_leads(script):
    app = app_of(script)
    async with app.run_test(size=SMALL):
        for name, words in {"#program": "Train a classifier", "#enter": "hyperparameters, enter again trains"}.items():
            text = app.screen.query_one(name, Static)
            assert words in str(text.content)
            assert cell_len(str(text.content)) <= text.size.width  # whole, also in the smallest terminal


async def test_nothing_moves_when_the_data_has_been_read(script):
    """The pictures pushed down what stood below them."""
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        places = {widget: widget.region for widget in app.screen.query("#card, #pictures, #balance, #preset-choice")}
        await until(pilot, lambda: app.screen.query(Picture))
        assert {widget: widget.region for widget in places} == places


async def test_a_run_of_the_report_stands_beside_what_the_last_run_with_its_settings_came_to(script, monkeypatch):
    app = app_of(script)
    perceptron = presets()[0]
    config = RunConfig.from_dict({"data": "digits", **perceptron.values}).as_dict()
    older = run_record("older", results={"val_accuracy": 0.25}, **config)
    results = {"epochs_done": 100, "val_accuracy": 0.75, "test_accuracy": 0.5}
    newer = run_record("newer", created="2026-11-24T10:00:00+00:00", results=results, **{**config, "seed": 7})
    other = run_record("other", created="2026-11-25T10:00:00+00:00", **{**config, "epochs": 99})
    monkeypatch.setattr(app.workspace.store, "runs", lambda: [other, newer, older])
    async with app.run_test(size=(120, 40)) as pilot:
        facts = app.screen.query_one(PresetFacts)
        assert "p chooses" in str(facts.content)
        await until(pilot, lambda: app.screen.query_one("#presets", ChoiceList).option_count)
        await pilot.press("p", "down")
        await until(pilot, lambda: "Last run" in str(facts.content))
        lines = {line[:15].strip(): line[15:].split() for line in str(facts.content).splitlines()}
        for metric, title in (("val_accuracy", "val acc"), ("test_accuracy", "test acc")):
            assert lines[title] == [measure(perceptron.printed[metric]), measure(results[metric])]


async def test_who_comes_back_sees_what_a_run_of_the_report_came_to_meanwhile(script, monkeypatch):
    """It said that no run had these settings when one had just been trained, and told of one that was deleted."""
    app = app_of(script)
    config = RunConfig.from_dict({"data": "digits", **presets()[0].values}).as_dict()
    kept: list[RunRecord] = []
    monkeypatch.setattr(app.workspace.store, "runs", lambda: list(kept))
    async with app.run_test(size=(120, 40)) as pilot:
        facts = app.screen.query_one(PresetFacts)
        await until(pilot, lambda: app.screen.query_one("#presets", ChoiceList).option_count)
        await pilot.press("p", "down")
        await until(pilot, lambda: "None of your runs" in str(facts.content))
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        kept.append(run_record("one", **config))
        await pilot.press("1")
        await until(pilot, lambda: "Last run" in str(facts.content))
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        kept.clear()
        await pilot.press("1")
        await until(pilot, lambda: "None of your runs" in str(facts.content))


async def test_a_line_that_a_list_cuts_is_whole_in_its_tooltip(script):
    path = "a/very/long/path/to/the/pictures/of/last/summer.npz"
    app = app_of(script, "model", [Given("data", path, "--data")])
    async with app.run_test(size=SMALL) as pilot:
        choices = app.screen.query_one("#data", ChoiceList)
        await until(pilot, lambda: path in str(choices.tooltip))
        choices.choose("digits")
        assert choices.tooltip is None


async def test_a_page_in_a_list_that_has_no_room_any_more_ends_nothing(script):
    """As where the terminal shrinks while the palette, from which it is asked for, lies over it."""
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        models = app.screen.query_one("#models", ChoiceList)
        models.styles.height = 0
        await pilot.pause()
        models.set_options(list(models.options))  # its lines are to be laid out anew
        models.highlighted = len(models.options) - 1
        models.action_page_up()
        models.action_page_down()
        await pilot.pause()
        assert models.highlighted == len(models.options) - 1


def split_of(n_classes):
    """Thirty pictures of each class."""
    whole = tiny_dataset().train
    return replace(whole, y=np.arange(len(whole)) % n_classes)


@pytest.mark.parametrize("size", [(120, 40), (100, 34), (160, 50)])
async def test_a_long_title_goes_on_below_itself_at_every_width(script, size):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        choices = app.screen.query_one("#presets", OptionList)
        await until(pilot, lambda: listed(app) == ALL)
        await pilot.resize_terminal(*size)
        await until(pilot, lambda: max(map(len, lines(choices))) <= choices.scrollable_content_region.width)
        assert all(line[:6].isspace() or line[0].isdigit() for line in lines(choices))
        assert any(line.startswith("      ") for line in lines(choices))


def lines(choices):
    return [line for option in choices.options for line in str(option.prompt).split("\n")]
