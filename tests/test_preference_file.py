"""The file of the settings: read back as written, every mistake a sentence, nothing lost."""

import multiprocessing
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.settings.preference import Preferences, preference_table, read_preferences
from hw1_tui.settings.preference_file import PreferenceFile, config_folder

THEMES = ("textual-dark", "textual-light", "nord")
TABLE = preference_table(THEMES)


@pytest.fixture
def file(tmp_path):
    return PreferenceFile(TABLE, tmp_path / "folder" / "settings.toml")


def write(file, content):
    file.path.parent.mkdir(exist_ok=True)
    file.path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_no_file_is_all_defaults_and_no_mistake(file):
    assert file.read() == (Preferences(), [])
    assert not file.path.exists()


def test_what_was_changed_is_read_back_and_the_rest_stays(file):
    file.change(theme="nord", smoothing=0.6)
    file.change(side_by_side=3)
    assert file.read() == (Preferences(theme="nord", smoothing=0.6, side_by_side=3), [])
    assert {path.name for path in file.path.parent.iterdir()} == {"settings.toml", "settings.lock"}


def _change(path, number):
    file = PreferenceFile(TABLE, path)
    for i in range(20):
        file.change(**({"smoothing": (i + 1) / 100} if number else {"side_by_side": 1 + i % 4}))


def test_settings_that_two_programs_change_at_once_are_all_kept(file):
    """Each changes one of its own, again and again; neither puts back what the other had before."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_change, args=(file.path, number)) for number in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(100)
    assert [process.exitcode for process in processes] == [0, 0]
    found, mistakes = file.read()
    assert mistakes == []
    assert (found.smoothing, found.side_by_side) == (0.2, 4)


def test_two_programs_do_not_undo_each_other(file):
    other = PreferenceFile(TABLE, file.path)
    file.change(theme="nord")
    other.change(threads=2)
    file.change(ascii_charts=True)
    assert other.read()[0] == Preferences(theme="nord", threads=2, ascii_charts=True)


BY_HAND = """\
# My settings, 2026.
smoothing = 0.5   # of my own
  data = "c#.npz"  # the course's
# threads = 4 was slower
side_by_side = 2

# Keys that my terminal takes.
[keys]
"training.pause" = "p"  # q is quit
"""


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_person_wrote_beside_the_settings_stays(file, end, mark):
    """Whoever chose a theme lost every comment of their own."""
    write(file, mark + BY_HAND.replace("\n", end))
    file.change(theme="nord")
    file.change(smoothing=0.25, data="digits", side_by_side=1, theme="textual-light")
    expected = BY_HAND.replace("0.5 ", "0.25 ").replace('"c#.npz"', '"digits"')
    expected = 'theme = "textual-light"\n' + expected.replace("side_by_side = 2", "side_by_side = 1")
    assert file.path.read_bytes().decode() == expected.replace("\n", end)
    assert [path.name for path in sorted(file.path.parent.iterdir())] == ["settings.lock", "settings.toml"]


@pytest.mark.parametrize("text", ['data = """\nsmoothing = 1\n"""\n', '"smoothing" = 0.5 # mine\n', "'theme' = 'nord'"])
def test_a_value_is_changed_however_it_is_written(file, text):
    write(file, text)
    before, mistakes = file.read()
    assert not mistakes
    file.change(smoothing=0.25)
    assert file.read() == (replace(before, smoothing=0.25), [])
    assert not file.path.with_name("settings.toml.bad").exists()


def test_the_file_explains_itself(file):
    """A comment stands above every setting."""
    file.change(theme="nord", keys={"training.pause": "p"})
    lines = file.path.read_text().splitlines()
    for name in TABLE:
        entry = next(number for number, line in enumerate(lines) if line.startswith(f"{name} ="))
        assert lines[entry - 1].startswith("# ")
    assert tomllib.loads(file.path.read_text())["keys"] == {"training.pause": "p"}


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ("theme = 'nrd'", "theme", "one of its names"),
        ("theme = 'nrd'", "theme", "did you mean nord?"),
        ("smoothing = 1.0", "smoothing", "too large"),
        ("smoothing = 'much'", "smoothing", "not a number"),
        ("smoothing = '0,5'", "smoothing", "did you mean 0.5?"),
        ("threads = -1", "threads", "too small"),
        ("threads = true", "threads", "not a whole number"),
        ("ascii_charts = 1", "ascii_charts", "not true or false"),
        ("data = 3", "data", "not a text"),
        ("notify = 'horn'", "notify", "one of its names"),
        ("on_end = 3", "on_end", "not a text"),
        ('on_end = "say \'done"', "on_end", "no command"),
        ("thread = 2", "thread", "did you mean threads?"),
        ("keys = 3", "keys", "not a table"),
        ("[keys]\n'training.pause' = 4", "keys", "names no key"),
        ("[keys]\n'training.pause' = 'p,'", "keys", "names no key"),
        ("theme = [", "settings.toml", "not TOML"),
        (f"threads = {10**30}", "settings.toml, threads", "far too long"),
        (b"theme = '\xff'", "settings.toml", "not a text in UTF-8"),
    ],
)
def test_a_wrong_entry_is_a_sentence_and_the_right_ones_hold(file, content, place, words):
    write(file, b"side_by_side = 2\n" + (content if isinstance(content, bytes) else content.encode()))
    values, mistakes = file.read()
    assert [mistake.place for mistake in mistakes] == [place]
    assert words in str(mistakes[0])
    assert values == (Preferences() if place.startswith("settings.toml") else Preferences(side_by_side=2))


@pytest.mark.parametrize("content", [b"theme = [", b"\xff\xfe", b"thread = 2\n", b"[keys]\nx = 3\n"])
def test_a_file_with_mistakes_is_kept_aside_before_it_is_written(file, content):
    write(file, content)
    aside = file.path.with_name("settings.toml.bad")
    aside.write_bytes(b"kept earlier")
    file.change(theme="nord")
    assert file.read() == (Preferences(theme="nord"), [])
    assert aside.read_bytes() == b"kept earlier"
    assert file.path.with_name("settings.toml.bad2").read_bytes() == content


@pytest.mark.parametrize("content", ["theme = [", f"smoothing = {10**30}", "data = 3\nthreads = -1\n"])
def test_what_a_broken_file_does_not_say_stays_as_it_is_in_use(file, content):
    """Whoever changed one setting lost all others where an editor had left a mark open meanwhile."""
    write(file, content)
    changed, mistakes = file.change(Preferences(data="digits", threads=2), ascii_charts=True)
    assert changed == file.read()[0] == Preferences(data="digits", threads=2, ascii_charts=True)
    assert mistakes


def test_reading_never_changes_the_file(file):
    write(file, "theme = [")
    file.read()
    assert [path.name for path in file.path.parent.iterdir()] == ["settings.toml"]
    assert file.path.read_text() == "theme = ["


def test_a_write_that_fails_leaves_the_file(file, monkeypatch):
    file.change(theme="nord")
    before = file.path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        file.change(theme="textual-light")
    assert file.path.read_bytes() == before
    assert {path.name for path in file.path.parent.iterdir()} == {"settings.toml", "settings.lock"}


def test_a_link_stays_a_link(file, tmp_path):
    kept = tmp_path / "dotfiles.toml"
    kept.write_text("threads = 2\n")
    file.path.parent.mkdir()
    file.path.symlink_to(kept)
    file.change(theme="nord")
    assert file.path.is_symlink()
    assert tomllib.loads(kept.read_text())["theme"] == "nord"


def test_keys_may_be_written_without_quotes(file):
    write(file, "[keys]\ntraining.pause = 'p, space'\n")
    assert file.read() == (Preferences(keys={"training.pause": "p,space"}), [])


def test_the_folder_is_the_environments(monkeypatch, tmp_path):
    """Settings are kept where HW1_TUI_CONFIG says, and else in the user's own folder of the program."""
    monkeypatch.setenv("HW1_TUI_CONFIG", str(tmp_path / "x"))
    assert config_folder() == tmp_path / "x"
    monkeypatch.delenv("HW1_TUI_CONFIG")
    assert config_folder().name == "hw1-tui"


names = st.text(min_size=1, max_size=20).filter(lambda text: text.strip())


@given(
    st.builds(
        Preferences,
        theme=st.sampled_from(THEMES),
        ascii_charts=st.booleans(),
        smoothing=st.floats(0, 1, exclude_max=True),
        log_axes=st.sampled_from(("automatic", "always", "never")),
        data=names.map(str.strip),
        threads=st.integers(0, 1024),
        side_by_side=st.integers(1, 4),
        notify=st.sampled_from(("none", "bell", "notification")),
        on_end=st.sampled_from(("", "say 'it is done'")),
        keys=st.dictionaries(st.from_regex(r"[a-z]+\.[a-z]+", fullmatch=True), st.sampled_from(["p", "ctrl+p,f5"])),
    )
)
def test_every_setting_survives_the_file(tmp_path_factory, preferences):
    file = PreferenceFile(TABLE, tmp_path_factory.mktemp("settings") / "settings.toml")
    values = {name: getattr(preferences, name) for name in [*TABLE, "keys"]}
    assert file.change(**values) == (preferences, [])
    assert file.read() == (preferences, [])


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*TABLE, "keys", "other"]), json))
def test_whatever_stands_there_is_taken_or_reported(record):
    values, mistakes = read_preferences(record, TABLE)
    assert {mistake.place for mistake in mistakes} <= set(record)
    untouched = {name: getattr(values, name) for name in TABLE if name not in record}
    assert replace(Preferences(), **untouched) == Preferences()
