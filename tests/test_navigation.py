"""The navigation bar has room for ten main screens, and says at any place what trains and what went wrong."""

import re

import pytest
from textual.app import App
from textual.widgets import Static

from hw1_tui.app import SCREENS, Hw1App
from screens.runtime.terminal_progress import TerminalProgress, knows_progress
from screens.state.draft import Draft
from screens.state.entry import Entry, go_bindings
from screens.state.library import Library
from screens.state.live_run import LiveRun
from screens.state.run_queue import RunQueue
from screens.state.workspace import Workspace
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.navigation_bar import NavigationBar, NavigationNames
from screens.widgets.status_line import StatusLine, failed_words, training_words
from tests.support.history import config_of
from tests.support.scripted_engine import app_of, live_of, start, until
from tests.support.told import status

TEN = (
    Entry("model", "Model", "", "Train"),
    Entry("hyperparameters", "Hyperparameters", "", "Train", "Hyper"),
    Entry("training", "Training", "", "Train"),
    Entry("sweep", "Sweep", "", "Train"),
    Entry("runs", "Runs", "", "Runs"),
    Entry("inside", "Inside", "", "Runs"),
    Entry("derivation", "Derivation", "", "Report"),
    Entry("report", "Report", "", "Report"),
    Entry("data", "Data", "", "Data"),
    Entry("settings", "Settings", "", "Data"),
)
"""As many main screens as the bar is made for."""


class Bar(WorkspaceApp):
    def __init__(self, here, monkeypatch):
        super().__init__()
        monkeypatch.setattr(App, "current_mode", here)
        self.workspace = Workspace(Draft(), RunQueue(self, lambda _job, _control: iter(())), Library(self, set))

    def compose(self):
        yield NavigationBar(TEN)
        yield Static("body")


@pytest.mark.parametrize("width", [80, 100, 120, 132, 200])
@pytest.mark.parametrize("here", ["hyperparameters", "runs", "report", "settings"])
async def test_ten_main_screens_fit_and_those_of_the_group_one_is_in_are_named(here, width, monkeypatch):
    app = Bar(here, monkeypatch)
    async with app.run_test(size=(width, 5)) as pilot:
        await pilot.pause()
        names = app.query_one(NavigationNames)
        line = str(names.content)
        assert len(line) == names.size.width <= width - app.query_one(StatusLine).size.width
        assert [line[cells.start : cells.stop] for cells in names.columns()] == [label.text for label in names.labels]
        group = next(entry.group for entry in TEN if entry.name == here)
        named = {label.entry.name for label in names.labels if not label.is_group}
        assert {entry.name for entry in TEN if entry.group == group} <= named
        assert re.findall(r"\b\d\b", line) == list("1234567890")
        assert app.query_one(StatusLine).size.width >= 4
        assert any(label.is_group for label in names.labels) == (width < 120)


async def test_a_name_tells_its_keys_and_a_click_on_it_leads_there(monkeypatch):
    app = Bar("model", monkeypatch)
    gone: list[str] = []
    monkeypatch.setattr(Bar, "action_go", lambda _self, name: gone.append(name), raising=False)
    async with app.run_test(size=(80, 5)) as pilot:
        names = app.query_one(NavigationNames)
        for label, cells in zip(names.labels, names.columns(), strict=True):
            await pilot.hover(names, offset=(cells.stop - 1, 0))
            assert all(entry.title in str(names.tooltip) for _number, entry in label.numbered)
            await pilot.click(names, offset=(cells.start, 0))
        assert gone == [label.entry.name for label in names.labels]
        await pilot.hover(Static)
        assert names.tooltip is None


def test_the_tenth_main_screen_has_the_nought_and_f11():
    assert go_bindings(TEN)[9].key == "f11,0"
    assert go_bindings([*TEN, Entry("more", "More", "", "Data")])[10].key == "f13"  # f12 shows the messages


async def test_a_failure_is_said_everywhere_until_it_was_looked_at(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await start(pilot)
        await pilot.press("f6")
        script.raise_at = 1
        script.free = True
        await until(pilot, lambda: live_of(app).state == "failed")
        await until(pilot, lambda: "run 1 failed" in status(app))
        await pilot.press("f9")
        await until(pilot, lambda: "run 1 failed" in status(app))
        await pilot.click(StatusLine)
        await until(pilot, lambda: app.current_mode == "training" and status(app) == "")


async def test_what_trains_is_said_on_behind_a_dialog_too(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await start(pilot)
        line = app.screen.query_one(StatusLine)
        await pilot.press("f1")
        await until(pilot, lambda: app.screen.is_modal)
        script.allow(2)
        await until(pilot, lambda: "2/20" in str(line.content))


def run_of(state):
    live = LiveRun(3, config_of("builtin", epochs=10))
    live.state = state
    return live


@pytest.mark.parametrize("others", [1, 2, 4])
def test_of_what_trains_more_is_said_the_more_room_there_is(others):
    said = training_words([run_of("training")] * others)
    assert sorted(said, key=len, reverse=True) == said
    assert all("0/10" in words for words in said[:-1])
    assert said[-1] == "0%"  # in the least room too a number is whole: of 120/3000 "120…" was left
    assert ("+" in said[0]) == (others > 1)
    assert len(failed_words(run_of("failed"))[-1]) == 1


def test_the_time_left_may_be_unknown_again_in_the_moment_in_which_it_is_told(monkeypatch):
    """Its thread trains on: a time that was there when it was looked for and not when it was written ended all."""
    told = iter([3.0, None])
    monkeypatch.setattr(LiveRun, "seconds_left", property(lambda _live: next(told)))
    assert "3 s left" in training_words([run_of("training")])[0]


def test_the_terminal_shows_how_far_the_run_is_and_gets_its_title_back():
    written: list[str] = []
    progress = TerminalProgress(written.append, {"TERM_PROGRAM": "ghostty"})
    progress.begin()
    progress.show([run_of("training")])
    progress.show([run_of("training")])
    progress.show([run_of("paused")])
    progress.show([run_of("failed")])
    progress.end()
    assert written == [
        "\x1b[22;2t",
        "\x1b]2;0% mlp - hw1-tui\x07\x1b]9;4;1;0\x07",
        "\x1b]2;0% mlp - hw1-tui\x07\x1b]9;4;4;0\x07",
        "\x1b]2;failed - hw1-tui\x07\x1b]9;4;2;100\x07",
        "\x1b]9;4;0;0\x07\x1b[23;2t",
    ]


@pytest.mark.parametrize(
    ("environment", "knows"),
    [
        ({}, False),
        ({"TERM_PROGRAM": "ghostty"}, True),
        ({"TERM_PROGRAM": "ghostty", "TMUX": "1"}, False),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.0"}, False),  # it would be a notification there
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.6"}, True),
        ({"VTE_VERSION": "7600"}, False),
        ({"VTE_VERSION": "8001"}, True),
        ({"VTE_VERSION": "new"}, False),
        ({"WT_SESSION": "1"}, True),
        ({"ConEmuANSI": "ON"}, True),
    ],
)
def test_the_bar_is_sent_only_to_terminals_that_draw_it(environment, knows):
    written: list[str] = []
    TerminalProgress(written.append, environment).show([run_of("training")])
    assert ("\x1b]9;4;" in written[0]) == knows == knows_progress(environment)


async def test_a_screen_that_does_not_stand_yet_is_asked_for_nothing_by_its_keys():
    """Keys typed ahead over a slow line: the history was asked for its deleted runs before it had looked."""
    app = Hw1App()
    async with app.run_test() as pilot:
        for entry in SCREENS[1:]:
            app.switch_mode(entry.name)
            bound = [bound for bound in app.screen.active_bindings.values() if bound.node is app.screen]
            own = [one.binding for one in bound if one.enabled and not one.binding.action.startswith("app.")]
            assert not own, entry.name
            await pilot.pause()
