"""Settings in the interface: they hold at once and at the next start, and nothing in the file ends the program."""

import re
import tomllib

import pytest
from textual.widgets import OptionList, Select, Static

from hw1_tui.settings import Given
from hw1_tui.training.job import Job
from screens.dialogs.text_dialog import TextDialog
from screens.state.keymap import all_bindings, key_mistakes, shared_keys, usable_keys
from screens.widgets.chart import Chart, Series
from screens.widgets.field import Field
from screens.widgets.key_list import KeyList
from tests.support.look import ALL, LARGE, MIDDLE, SMALL
from tests.support.scripted_engine import app_of, until
from tests.support.settling import settle
from tests.support.told import notes


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Folders whose paths look the same every time."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"HW1_TUI_{name}", name.lower())
    (tmp_path / "config").mkdir()
    return tmp_path / "config"


def write(folder, text):
    (folder / "settings.toml").write_text(text)


def kept(folder):
    return tomllib.loads((folder / "settings.toml").read_text())


def control(app, name):
    return app.screen.query_one(f"#field-{name} .control")


async def here(pilot):
    await until(pilot, lambda: pilot.app.current_mode == "settings" and pilot.app.screen.query("Field"))


async def test_a_theme_chosen_by_keys_holds_at_once_and_at_the_next_start(script, folder):
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        control(app, "theme").value = "nord"
        await until(pilot, lambda: app.theme == "nord")
        assert kept(folder)["theme"] == "nord"
    assert app_of(script).theme == "nord"


async def test_a_theme_chosen_elsewhere_is_kept_and_shown(script, folder):
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        assert not list(folder.iterdir())
        control(app, "smoothing").focus()
        app.theme = "gruvbox"
        await until(pilot, lambda: (folder / "settings.toml").exists())
        assert kept(folder)["theme"] == "gruvbox"
        await until(pilot, lambda: control(app, "theme").value == "gruvbox")
        await until(pilot, lambda: app.focused is control(app, "smoothing"))
        note = app.screen.query_one("#field-theme .note", Static)
        await until(pilot, lambda: note.render_line(0).text.rstrip() == "• default hw1-dark")


async def test_two_themes_at_once_end_with_the_second(script, folder):
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        seen = []
        app.theme_changed_signal.subscribe(app.screen, lambda theme: seen.append(theme.name))
        app.preferences.change(theme="nord")
        app.preferences.change(theme="gruvbox")
        await until(pilot, lambda: len(seen) == 2)
        for _ in range(10):
            await pilot.pause()
        assert len(seen) == 2
        assert app.theme == app.preferences.values.theme == kept(folder)["theme"] == "gruvbox"


async def test_a_theme_from_the_environment_is_not_written(script, folder):
    app = app_of(script)
    app.theme = "textual-light"
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert app.theme == "textual-light"
    assert not list(folder.iterdir())


async def test_a_theme_of_the_environment_that_there_is_not_is_told(script, folder, monkeypatch):
    """Textual takes any name without a word, and shows its own theme."""
    monkeypatch.setenv("TEXTUAL_THEME", "hw1-lihgt")
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: notes(app))
        assert notes(app)[0].startswith("TEXTUAL_THEME: there is no theme 'hw1-lihgt'")
        assert "did you mean hw1-light?" in notes(app)[0]
        assert app.theme == "hw1-dark"


async def test_charts_follow_at_once_and_keep_what_was_chosen_for_them(script, folder):
    app = app_of(script, "training")
    async with app.run_test(size=MIDDLE) as pilot:
        await until(pilot, lambda: app.current_mode == "training" and app.screen.query(Chart))
        loss, accuracy = app.screen.query_one("#chart-loss", Chart), app.screen.query_one("#chart-accuracy", Chart)
        app.preferences.change(ascii_charts=True, smoothing=0.6, log_axes="always")
        await pilot.pause()
        assert (loss.ascii, loss.smoothing, loss.log_y) == (True, 0.6, True)
        assert (accuracy.ascii, accuracy.smoothing, accuracy.log_y) == (True, 0.6, False)
        loss.action_turn("ascii")
        app.preferences.change(smoothing=0.9)
        await pilot.pause()
        assert (loss.ascii, loss.smoothing) == (False, 0.9)
        app.preferences.change(log_axes="never")
        await pilot.pause()
        loss.set_series([Series("wide", [1, 2, 3], [1e4, 1.0, 1e-4])])
        await until(pilot, lambda: loss.is_drawn)
        assert not loss.log_y


async def test_charts_begin_as_was_set(script, folder):
    """A chart opens with the signs, smoothing and axis of the settings."""
    write(folder, "ascii_charts = true\nsmoothing = 0.8\nlog_axes = 'always'\n")
    app = app_of(script, "training")
    async with app.run_test(size=MIDDLE) as pilot:
        await until(pilot, lambda: app.current_mode == "training" and app.screen.query(Chart))
        loss = app.screen.query_one("#chart-loss", Chart)
        assert (loss.ascii, loss.smoothing, loss.log_y) == (True, 0.8, True)


async def test_every_action_stands_below_with_the_keys_that_hold(script, folder):
    write(folder, '[keys]\n"training.pause" = "f,esc"\n"training.stop" = "pgup"\n')
    app = app_of(script, "settings")
    async with app.run_test(size=(130, 60)) as pilot:
        await until(pilot, lambda: app.screen.query("KeyList Static"))
        listed = app.screen.query_one("KeyList Static", Static)
        await until(pilot, lambda: "training.pause" in str(listed.content))
        lines = str(listed.content).splitlines()
        assert any(re.search(r"\bf +Pause +training\.pause\b", line) for line in lines)
        assert any(re.search(r"\bx +Stop +training\.stop\b", line) for line in lines)
        assert max(map(len, lines)) <= listed.size.width


async def test_a_number_is_taken_when_it_is_right_and_explained_when_not(script, folder):
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        control(app, "smoothing").value = "1.5"
        await until(pilot, lambda: app.screen.query_one("#field-smoothing").has_class("-wrong"))
        assert not list(folder.iterdir())
        control(app, "smoothing").value = "0.5"
        await until(pilot, lambda: app.preferences.values.smoothing == 0.5)
        assert not app.screen.query_one("#field-smoothing").has_class("-wrong")
        assert kept(folder)["smoothing"] == 0.5


async def test_leaving_at_once_loses_nothing_that_was_typed(script, folder):
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        control(app, "threads").focus()
        await pilot.press("end", "backspace", "3", "f2")
        await until(pilot, lambda: app.current_mode == "model")
        assert kept(folder)["threads"] == 3
        assert app.workspace.draft.text("threads") == "3"


async def test_a_new_run_begins_with_what_was_set_unless_the_command_line_says_otherwise(script, folder):
    write(folder, "data = 'digits'\nthreads = 2\n")
    assert (app_of(script).workspace.draft.data, app_of(script).workspace.draft.text("threads")) == ("digits", "2")
    given = app_of(script, "train", [Given("data", "builtin", "--data"), Given("threads", "1", "--threads")])
    assert (given.workspace.draft.data, given.workspace.draft.text("threads")) == ("builtin", "1")


async def test_so_many_runs_train_side_by_side_as_was_set(script, folder):
    write(folder, "side_by_side = 2\n")
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        for _ in range(3):
            app.workspace.queue.submit(Job(app.workspace.draft.config()))
        assert (len(app.workspace.queue.live), len(app.workspace.queue.queued)) == (2, 1)
        app.preferences.change(side_by_side=3)
        await pilot.pause()
        app.workspace.queue.submit(Job(app.workspace.draft.config()))
        assert (len(app.workspace.queue.live), len(app.workspace.queue.queued)) == (3, 1)
        app.workspace.queue.stop_all()
        await until(pilot, lambda: not app.workspace.queue.live)


@pytest.mark.parametrize("text", ["theme = [", "theme = 'nrd'\nkesy = 3\n", "[keys]\nx = 3\n"])
async def test_a_wrong_file_is_said_in_the_interface_and_never_lost(script, folder, text):
    write(folder, text)
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        await until(pilot, lambda: notes(app))
        assert all(str(mistake) in notes(app)[0] for mistake in app.preferences.mistakes)
        assert app.preferences.mistakes
        control(app, "theme").value = "nord"
        await until(pilot, lambda: app.theme == "nord")
        assert kept(folder)["theme"] == "nord"
        assert (folder / "settings.toml.bad").read_text() == text


async def test_of_a_file_with_many_mistakes_a_few_are_told_and_where_all_stand(script, folder):
    """All of them were a notice higher than the screen, of which the beginning could not be read."""
    write(folder, "".join(f"setting_{number} = 3\n" for number in range(9)))
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        await until(pilot, lambda: notes(app))
        assert notes(app)[0].count("there is no setting") == 2
        assert notes(app)[0].endswith("and 7 more: f12 has all of them")
        await pilot.press("f12")
        await until(pilot, lambda: app.screen.query("#text"))
        told = str(app.screen.query_one("#text", Static).content)
        assert all(str(mistake) in told for mistake in app.preferences.mistakes)


async def test_what_another_program_writes_meanwhile_is_shown_and_a_broken_file_is_said(script, folder):
    """The form showed its own values, the file had others; nothing was said of what was put aside."""
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        write(folder, "data = 'digits'\n")
        app.preferences.change(ascii_charts=True)
        await until(pilot, lambda: app.screen.query_one("#field-data", Field).text == "digits")
        write(folder, "data = [")
        app.preferences.change(ascii_charts=False)
        await until(pilot, lambda: notes(app))
        assert "not TOML" in notes(app)[-1]
        assert "kept beside it" in notes(app)[-1]
        assert kept(folder)["data"] == app.screen.query_one("#field-data", Field).text == "digits"


async def test_a_file_that_cannot_be_written_is_a_sentence_and_the_change_holds(script, folder, monkeypatch):
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        (folder / "settings.toml").mkdir()
        control(app, "theme").value = "nord"
        await until(pilot, lambda: app.theme == "nord" and notes(app))
        assert "cannot be written" in notes(app)[-1]


@pytest.mark.parametrize(
    ("keys", "meant"),
    [("p,space,f5,?,question_mark,ctrl+p,alt+x,ctrl+shift+up,é,+,slash", ""), ("Ctrl+P", "ctrl+p"), ("esc", "escape"),
     ("pgup", "pageup"), ("ctl+p", "ctrl+p"), ("Enter", "enter"), ("ctrl+nosuch", "such as space")],
)  # fmt: skip
def test_what_is_no_key_is_told_with_the_nearest(keys, meant):
    """Its action had no key any more, without a word."""
    told = [str(mistake) for mistake in key_mistakes({"runs.mark": keys})]
    assert [meant in text and keys in text for text in told] == [True] * bool(meant)
    assert usable_keys({"runs.mark": keys, "runs.star": f"{keys},w"})["runs.star"] == ("w" if meant else f"{keys},w")
    assert ("runs.mark" in usable_keys({"runs.mark": keys})) is not bool(meant)


def test_the_programs_own_keys_are_keys():
    assert not list(key_mistakes({name: binding.key for name, binding in all_bindings().items()}))


@pytest.mark.parametrize(
    ("chosen", "told"),
    [({"runs.mark": "c"}, ["keys.runs.mark: c is also a key of runs.compare (Compare)"]),
     ({"runs.mark": "c", "runs.compare": "m"}, []), ({"training.pause": "p,space"}, ["training.heed"]),
     ({"runs.star": "?"}, ["question_mark is also a key of app.help"]), ({"app.back": "b"}, ["runs.branch"]),
     ({"chart.log": "p"}, ["training.heed"]), ({"runs.mark": "f7", "runs.star": "f6"}, ["app.go-ins", "app.go-runs"]),
     ({"runs.mark": "w", "runs.star": "w"}, ["runs.star", "runs.mark"]), ({"training.pause": "f,space"}, [])],
)  # fmt: skip
def test_a_key_that_another_action_of_the_same_screen_has_is_told_with_that(chosen, told):
    """It was taken without a word: one of the two did nothing any more."""
    found = [str(mistake) for mistake in shared_keys(chosen)]
    assert len(found) == len(told)
    assert all(words in text for words, text in zip(told, found, strict=True))


def test_actions_share_no_key_as_they_come():
    assert not list(shared_keys({name: binding.key for name, binding in all_bindings().items()}))


async def test_a_shared_key_is_told_at_the_start(script, folder):
    write(folder, "[keys]\n'runs.mark' = 'c'\n")
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: any("c is also a key of runs.compare" in note for note in notes(app)))


async def test_keys_of_ones_own_work_and_unknown_ones_are_reported(script, folder):
    write(folder, "[keys]\n'model.continue' = 'g'\n'model.continu' = 'w'\n")
    app = app_of(script)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: any("model.continu: is no action" in note for note in notes(app)))
        assert "did you mean model.continue?" in notes(app)[-1]
        await pilot.press("g")
        await until(pilot, lambda: app.current_mode == "hyperparameters")


async def test_every_action_has_an_id_of_its_own_and_is_listed(script, folder):
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        await pilot.click("#keys")
        await pilot.pause()
        assert isinstance(app.screen, TextDialog)
        listed = str(app.screen.query_one("#text", Static).content)
        for name in ("app.quit", "training.pause", "chart.log", "data.next-class", "settings.keys"):
            assert name in all_bindings()
            assert name in listed
        text = app.screen.query_one("#text", Static)
        assert text.size.height == len(listed.splitlines())  # none is wrapped, and all are what the file takes
        assert tomllib.loads(listed)["app.quit"] == "ctrl+q"


async def test_defaults_come_back(script, folder):
    """One key brings every setting back, in the form, on the screen and in the file; keys of your own stay."""
    write(folder, "theme = 'nord'\nsmoothing = 0.5\n[keys]\n'app.messages' = 'f11'\n")
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.theme == "hw1-dark")
        await until(pilot, lambda: control(app, "smoothing").value == "0")
        assert kept(folder)["keys"] == {"app.messages": "f11"}


async def test_every_theme_can_be_chosen(script, folder):
    app = app_of(script, "settings")
    async with app.run_test(size=SMALL) as pilot:
        await here(pilot)
        assert isinstance(control(app, "theme"), Select)
        themes = set(app.available_themes)
        await until(
            pilot,
            lambda: {str(one.prompt) for one in control(app, "theme").query_one(OptionList).options} == themes,
        )


async def see_form(pilot):
    pass


async def see_wrong(pilot):
    pilot.app.screen.query_one("#field-smoothing .control").value = "much"
    pilot.app.screen.query_one("#field-smoothing .control").focus()


async def test_the_list_of_keys_is_given_its_height(script, folder):
    """Or after a resize under load its scrollbar now and then stays that of the longer list before."""
    app = app_of(script, "settings")
    async with app.run_test(size=MIDDLE) as pilot:
        await here(pilot)
        for size in (MIDDLE, LARGE):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            text = app.screen.query_one(KeyList).query_one(Static)
            assert text.styles.height is not None
            assert text.styles.height.cells == str(text.content).count("\n") + 1


STATES = {see_form: ALL, see_wrong: ALL}


def arriving(state):
    async def arrive(pilot):
        await here(pilot)
        await state(pilot)

    return arrive


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.removeprefix("see_"))
async def test_looks(look, script, folder, state):
    """The form looks as in the kept pictures, at every size."""
    await look(app_of(script, "settings"), STATES[state], arriving(state))


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
async def test_looks_in_other_themes(look, script, folder, theme):
    """The form can be read on a light ground and in the colours of the terminal."""
    app = app_of(script, "settings")
    app.theme = theme
    await look(app, [SMALL], arriving(see_form))
