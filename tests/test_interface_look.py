"""What one must be able to see: keys that are keys, actions of other screens, whole names, matrices that are level."""

import numpy as np
import pytest
from rich.style import Style
from textual.command import CommandList
from textual.css import stylesheet
from textual.css.parse import parse
from textual.widgets import Input, Static

from hw1_tui.app import SCREENS, Hw1App
from hw1_tui.metric import EpochMetrics
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.runs import Store
from screens.data import DataScreen
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.dialogs.continuation_dialog import Continuation, ContinuationDialog, _ranges
from screens.dialogs.target_dialog import TargetDialog
from screens.dialogs.text_dialog import TextDialog
from screens.main_screen import MainScreen
from screens.runtime.palette import ActionProvider, Palette
from screens.widgets.chart import Chart
from screens.widgets.class_table import ClassTable
from screens.widgets.example_view import ExampleView
from screens.widgets.inside.weight_view import WeightView
from screens.widgets.key_bar import KeyBar
from screens.widgets.matrix_text import written
from screens.widgets.matrix_view import MatrixView
from screens.widgets.navigation_bar import NavigationNames
from screens.widgets.report.question_list import QuestionList
from screens.widgets.run_table import RunTable
from tests.support.derivation_screen import opened
from tests.support.drawn import strips
from tests.support.history import train, write_run
from tests.support.inside import go_to
from tests.support.runs_screen import shown
from tests.support.scripted_engine import app_of, until
from tests.support.settling import settle
from tests.support.told import told

SMALL, MIDDLE = (80, 24), (120, 40)
LONG = "the run with the smaller rate and twice as many epochs"


def bar(app):
    return [label.text.rstrip() for label in app.screen.query_one(NavigationNames).labels]


async def test_figures_are_shown_as_keys_only_where_they_lead_somewhere(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: bar(app)[0] == " 1 Model")
        app.screen.query_one("#path", Input).focus()
        await until(pilot, lambda: bar(app)[0].strip() == "Model")
        assert not any(character.isdigit() for character in "".join(bar(app)))
        await pilot.press("5")
        assert app.current_mode == "model"
        app.screen.query_one("#models").focus()
        await until(pilot, lambda: bar(app)[0] == " 1 Model")


async def test_figures_are_no_keys_behind_a_dialog(script):
    app = app_of(script, "training")
    async with app.run_test(size=SMALL) as pilot:
        screen = app.screen
        await until(pilot, lambda: bar(app)[0] == " 1 Model")
        await app.push_screen(TargetDialog("Export", "", "", lambda _path: None, lambda _path: (), print))
        await until(pilot, lambda: screen.query_one(NavigationNames).labels[0].text.strip() == "Model")
        app.pop_screen()
        await until(pilot, lambda: bar(app)[0] == " 1 Model")


@pytest.mark.parametrize(
    ("place", "wanted"),
    [("training", {"Chart", "More"}), ("runs", {"Export", "Branch", "More"}), ("report", {"Export", "View", "More"})],
)
async def test_what_people_come_for_stands_whole_in_the_footer_of_the_smallest_terminal(script, place, wanted):
    write_run(Store(), "261125-090000-wxyz")
    app = app_of(script, place)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query_one(KeyBar).labels)
        keys = app.screen.query_one(KeyBar)
        assert wanted <= {key.binding.description for key in keys.labels}
        assert keys.columns()[-1].stop <= SMALL[0]


async def test_the_footer_is_there_where_the_program_starts_behind_another_window(script):
    """In a tab of a browser that one had left already it stayed empty."""
    app = app_of(script, "report")
    app.set_reactive(type(app).app_focus, False)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query(KeyBar) and app.screen.query_one(KeyBar).labels)


async def test_help_beside_its_keys_has_a_gutter(script):
    app = app_of(script, "runs")
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: app.screen.query("#help-keys") and app.screen.query_one("#help-keys").region)
        text, keys = (app.screen.query_one(place).content_region for place in ("#help-text", "#help-keys"))
        assert text.right + 2 <= keys.x


async def test_each_stylesheet_is_parsed_once_for_a_theme_whatever_is_opened(script, monkeypatch, parsed_once):
    parsed = []
    parsed_once.clear()  # or what other tests had parsed would not be parsed here

    def noted(scope, css, read_from, **options):
        parsed.append((read_from, scope, options["tie_breaker"]))
        return parse(scope, css, read_from, **options)

    monkeypatch.setattr(stylesheet, "parse", noted)
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        for keys in ("2", "3", "5", "f1", "escape", "1"):
            await pilot.press(keys)
        assert len(parsed) == len(set(parsed))
        n = len(parsed)
        app.theme = "hw1-light"
        await until(pilot, lambda: len(parsed) > n)


async def test_what_opens_styles_nothing_anew_that_was_open_and_a_theme_reaches_what_was_hidden(script, styled):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        for entry in SCREENS[1:]:
            before = set(app.screen.walk_children())
            styled.clear()
            app.action_go(entry.name)
            assert before.isdisjoint(styled), entry.name
            await pilot.pause()
        before = set(app.screen.walk_children())
        styled.clear()
        await pilot.press("f1", "escape")
        assert before.isdisjoint(styled)
        app.theme = "hw1-light"
        for entry in SCREENS:
            app.action_go(entry.name)
            await pilot.pause()
            nodes = [*app.screen.walk_children(with_self=True)]
            shown = [node.styles.base.get_rules() for node in nodes]
            app.stylesheet.update_nodes(nodes)
            for node, rules in zip(nodes, shown, strict=True):
                assert node.styles.base.get_rules() == rules, (entry.name, node)


async def test_the_palette_finds_what_other_screens_do_goes_there_and_does_it(script):
    write_run(Store(), "261125-090000-wxyz")
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette) and app.screen.query("CommandInput"))
        await pilot.press(*"runs: filter")
        await until(pilot, lambda: app.screen.query_one(CommandList).option_count)
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "runs" and app.screen.query("#filter:focus"))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette) and app.screen.query("CommandInput"))
        await pilot.press(*"training, chart: in words")
        await until(pilot, lambda: app.screen.query_one(CommandList).option_count)
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "training" and app.screen.query_one("#chart-loss", Chart).text)


PARTS = (
    "Inside: Calibration",
    "Inside, Weights: Order",
    "Sweep: Two together",
    "Derivation: Least squares in c",
    "Training, Chart: Smoother",
    "Data, Examples: Look closer",
)
"""What is not the screen's own: its views and steps, and what they do."""


@pytest.mark.parametrize("place", ["runs", "training", "data"])
async def test_every_action_of_every_screen_is_found_by_the_name_of_the_screen_there_and_elsewhere(script, place):
    """The palette of Runs did not know "Runs: Compare"."""
    write_run(Store(), "261125-090000-wxyz")
    app = app_of(script, place)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query_one(KeyBar).labels)
        await until(pilot, lambda: isinstance(app.screen, MainScreen) and app.screen.is_known)
        provider = ActionProvider(app.screen)
        for wanted in ("Runs: Compare", "Runs: Rename", "Training: Start", "Training: All", "Data: Class", *PARTS):
            async for hit in provider.search(wanted):
                if str(hit.text) == wanted:
                    break
            else:
                pytest.fail(f"{wanted} is not found on {place}")


async def test_the_palette_begins_with_what_does_something_here(script):
    """It began with "Up" and "Page down"."""
    run = write_run(Store(), "261125-090000-wxyz")
    app = app_of(script, "runs")
    async with app.run_test(size=SMALL) as pilot:
        await shown(pilot, run)  # without a run there is nothing to compare
        await until(pilot, lambda: app.screen.query_one(KeyBar).labels)
        offered = [str(hit.text) async for hit in ActionProvider(app.screen).discover()]
        assert offered.index("Compare") < offered.index("Theme") < offered.index("Page up")


async def test_a_title_that_a_dialog_cuts_is_whole_in_its_tooltip(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await app.push_screen(TextDialog("Details " * 20, "text"))
        await until(pilot, lambda: "Details " * 20 in str(app.screen.query_one(".box").tooltip))


async def test_what_is_asked_of_a_history_that_has_to_be_read_first_is_done(script):
    """On the first visit nothing happened, and nothing was said."""
    write_run(Store(), "261125-090000-wxyz")
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette) and app.screen.query("CommandInput"))
        await pilot.press(*"runs: export")
        await until(pilot, lambda: app.screen.query_one(CommandList).option_count)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TargetDialog))


async def test_what_is_asked_of_data_that_has_to_be_read_first_is_done(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette) and app.screen.query("CommandInput"))
        await pilot.press(*"data: class")
        await until(pilot, lambda: app.screen.query_one(CommandList).option_count)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query(ClassTable) and app.screen.query_one(ClassTable).cursor_row == 1)


async def test_what_cannot_be_done_there_now_is_said(script):
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette) and app.screen.query("CommandInput"))
        await pilot.press(*"training: steer")
        await until(pilot, lambda: app.screen.query_one(CommandList).option_count)
        await pilot.press("enter")
        await until(pilot, lambda: "There is no run to" in told(app))
        assert app.current_mode == "training"


async def test_a_path_that_fails_leaves_no_pictures_of_what_was_shown_before(script):
    app = app_of(script, "data")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query("Thumbnail"))
        assert isinstance(app.screen, DataScreen)
        app.screen.open("nowhere.npz")
        await until(pilot, lambda: app.screen.has_class("-nothing"))
        assert not any(view.display for view in app.screen.query(ExampleView))
        app.screen.open("builtin")
        await until(pilot, lambda: any(view.display for view in app.screen.query(ExampleView)))


async def test_the_epoch_to_branch_from_is_typed_and_a_missing_one_is_told_with_the_nearest(monkeypatch, store):
    monkeypatch.setattr("screens.state.run_source.look_for_interrupted", lambda app, store: None)
    record = store.get(write_run(store, "261125-090000-wxyz"))
    app = Hw1App("runs")
    async with app.run_test(size=SMALL) as pilot:
        chosen: list[Continuation | None] = []
        app.push_screen(ContinuationDialog(record, [0, 1, 2, 5, 10]), chosen.append)
        await until(pilot, lambda: isinstance(app.screen, ContinuationDialog) and app.screen.query("#epoch"))
        assert app.screen.query("#epoch:focus")
        await pilot.press("end", "backspace", "backspace", "7")
        await until(pilot, lambda: "near it: 5" in str(app.screen.query_one("#epoch-problem", Static).content))
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, ContinuationDialog)
        await pilot.press("backspace", "5")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: chosen)
        assert chosen[0]
        assert chosen[0].epoch == 5


async def test_an_epoch_to_branch_from_that_was_taken_away_meanwhile_is_told_before_the_dialog_closes(
    monkeypatch, store, blobs
):
    """As of a run that trains, which keeps two: what was typed was lost, and a failed run stood in the list."""
    monkeypatch.setattr("screens.state.run_source.look_for_interrupted", lambda app, store: None)
    run = train(store, blobs, every=1)
    kept = store.find(run).checkpoint_store
    app = Hw1App("runs")
    async with app.run_test(size=SMALL) as pilot:
        chosen: list[Continuation | None] = []
        app.push_screen(ContinuationDialog(store.get(run), [0, 1, 2, 3]), chosen.append)
        await until(pilot, lambda: isinstance(app.screen, ContinuationDialog) and app.screen.query("#epoch:focus"))
        for epoch in range(4):
            gone = kept.at(epoch)
            assert gone
            gone.path.unlink()
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, ContinuationDialog)
        await until(pilot, lambda: "near it: 4" in str(app.screen.query_one("#epoch-problem", Static).content))
        assert str(app.screen.query_one("#epoch-kept", Static).content) == "kept: 4"
        await pilot.press("end", "backspace", "4", "tab", "end", "0", "ctrl+s")
        await until(pilot, lambda: chosen)
        assert chosen == [Continuation(4, {"epochs": 40})]


def test_kept_epochs_are_listed_in_short():
    assert _ranges([3, 0, 1, 2, 10, 12, 11, 20]) == "0 to 3, 10 to 12, 20"


async def test_the_whole_title_of_a_question_is_read_in_the_smallest_terminal(script):
    app = app_of(script, "report")
    homework = read_questions()
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query(QuestionList))
        questions, title = app.screen.query_one(QuestionList), app.screen.query_one("#question-title", Static)

        def whole() -> str:
            return f"{questions.question}  {homework.question(questions.question).title}"

        for place in range(questions.option_count):
            questions.highlighted = place
            await until(pilot, lambda: str(title.content) == whole())
            assert len(whole()) <= title.size.height * title.content_size.width
            assert "…" not in str(questions.get_option_at_index(place).prompt)


async def test_a_long_name_is_read_whole_in_the_comparison(monkeypatch, store):
    monkeypatch.setattr("screens.state.run_source.look_for_interrupted", lambda app, store: None)
    write_run(store, "261125-090000-wxyz", labels={"name": LONG})
    write_run(store, "261126-090000-abcd")
    app = Hw1App("runs")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).row_count == 2)
        await pilot.press("a", "c")
        await until(
            pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn and app.screen.query(Chart)
        )
        chart = app.screen.query(Chart).first()
        await until(pilot, lambda: LONG in chart.summary)
        assert LONG in str(app.screen.query_one("#metrics").tooltip)
        assert LONG not in str(chart.query_one(".chart-legend", Static).content)


# Matrices.


def test_one_large_entry_leaves_the_others_as_they_are():
    cells = written(np.array([[1.0, 2.5, 3e7], [-0.25, 0.0, -4e5]]))
    assert cells == [["1.00", "2.50", "3.0e+07"], ["-0.25", "0.00", "-4.0e+05"]]


async def test_rows_of_matrices_beside_each_other_stand_level():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "LeastSquaresStep")
        views = {view.title: view for view in app.screen.query_one("#switcher").query(MatrixView) if view.size.width}
        await until(pilot, lambda: top_row(views["X"]) == top_row(views["y"]))
        assert views["X"].region.y == views["y"].region.y


def top_row(view):
    return next(n for n, line in enumerate(view.render().plain.split("\n")) if "⎡" in line)


async def test_a_matrix_that_can_be_edited_says_so_and_looks_so():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, "CoefficientStep")
        for view in app.screen.query(MatrixView):
            if view.size.width:
                assert ("editable" in view.render().plain) == view.editable
                styles = [span.style for span in view.render().spans]
                grounds = {style.bgcolor for style in styles if isinstance(style, Style) and style.bgcolor}
                assert bool(grounds) == view.editable


async def test_the_palette_lists_what_is_called_so_before_what_only_mentions_it(script):
    app = app_of(script)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        provider = ActionProvider(app.screen)
        hits = sorted([hit async for hit in provider.search("export")], reverse=True)
        assert {str(hit.text) for hit in hits[:3]} == {"Runs: Export", "Inside: Export", "Report: Export"}


# What charts leave out.


def spiking_epochs(n=8):
    """Epochs of a run that begins far off."""
    losses = [688.0, 334.0, *(1.4 + 0.1 * epoch for epoch in range(n - 2))]
    names = ("train_loss", "val_loss")
    return [EpochMetrics(epoch, {**dict.fromkeys(names, y), "val_accuracy": 0.5}) for epoch, y in enumerate(losses)]


async def test_one_key_shows_what_is_off_the_scale_from_anywhere_in_the_comparison(script, store):
    """The key worked in the chart that had the focus only, and the legend's end, which tells of it, was cut."""
    for run in ("261125-090000-wxyz", "261126-090000-abcd"):
        write_run(store, run, labels={"name": LONG[:24] + run[-1]})
    app = app_of(script, "runs")
    async with app.run_test(size=SMALL) as pilot:
        records = store.runs("", "-created")
        app.push_screen(ComparisonDialog(records, lambda: ([spiking_epochs(), spiking_epochs()], None)))
        await until(pilot, lambda: app.screen.query("#compare-val-loss"))
        chart = app.screen.query_one("#compare-val-loss", Chart)
        await until(pilot, lambda: chart.is_clipped)
        assert app.screen.query("#metrics:focus")
        await until(pilot, lambda: "0: all" in str(chart.query_one(".chart-legend", Static).content)[:78])
        await pilot.press("0")
        await until(pilot, lambda: not chart.is_clipped)
        await pilot.press("0")
        await until(pilot, lambda: chart.is_clipped)


async def test_one_key_shows_what_is_off_the_scale_from_anywhere_in_training(script):
    script.loss, script.free = lambda epoch, rate: 600.0 / epoch**9 + 1.4 + 0.02 * epoch if epoch else 688.0, True
    app = app_of(script, "training")
    app.workspace.draft.type("epochs", "12")
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].ended)
        chart = app.screen.query_one("#chart-loss", Chart)
        chart.log_y = False
        await until(pilot, lambda: chart.is_clipped)
        assert app.screen.focused is None or not isinstance(app.screen.focused, Chart)
        await pilot.press("0")
        await until(pilot, lambda: not chart.is_clipped)


async def test_a_nought_leads_to_the_tenth_main_screen_where_no_chart_has_more_to_show(script):
    app = app_of(script, "training")
    app.bind("0", "go('settings')")
    async with app.run_test(size=(120, 40)) as pilot:
        chart = app.screen.query_one("#chart-loss", Chart)
        await until(pilot, lambda: chart.size)
        await pilot.press("0")
        await until(pilot, lambda: app.current_mode == "settings")


async def test_a_nought_is_typed_where_text_is_typed(script):
    app = app_of(script, "report")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query("#seeds"))
        app.screen.query_one("#seeds", Input).focus()
        await pilot.press("end", "0")
        assert app.screen.query_one("#seeds", Input).value.endswith("0")


async def test_a_theme_reaches_what_is_drawn_in_its_colours_wherever_it_is_chosen(store, blobs):
    """What was open while it was chosen elsewhere, and an open help, look as if they were opened under it."""
    train(store, blobs)

    async def look_around(chooses):
        app, shown = Hw1App("inspect"), {}
        async with app.run_test(size=MIDDLE) as pilot:
            app.workspace.draft.data = str(blobs)
            for theme in ("hw1-dark", "hw1-light") if chooses else ("hw1-light",):
                app.action_go("settings")
                await pilot.pause()
                app.theme = theme
                for place in ("data", "runs", "inspection", "derivation"):
                    app.action_go(place)
                    if place == "inspection":
                        await go_to(pilot, WeightView)
                    await settle(pilot)
                    shown[place] = strips(app)
            for change in (app.action_help, lambda: setattr(app, "theme", "ansi-dark"))[:: 1 if chooses else -1]:
                change()
                await settle(pilot)
            return {**shown, "help": strips(app)}

    chosen, begun = await look_around(True), await look_around(False)
    assert [place for place in chosen if chosen[place] != begun[place]] == []
