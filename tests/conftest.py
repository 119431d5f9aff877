"""What every test stands on: an environment of its own."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from hw1_tui.files.notice import LOGGER

if TYPE_CHECKING:  # what a test does not need is not imported for it
    from syrupy.assertion import SnapshotAssertion
    from textual.css.stylesheet import Stylesheet
    from textual.dom import DOMNode

    from hw1_tui.runs import Store
    from tests.support.browser import Browser
    from tests.support.look import Look
    from tests.support.scripted_engine import Script

# Before any test imports it: other tests than the contract's take its data.
pytest.register_assert_rewrite("engines.testing")

# A package of its own, whose tests run where it is installed; see test_plugin.py.
collect_ignore = ["support/plugin"]

# BLAS threads of several test processes get in each other's way; no test is about their number.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# How long one example takes says more about the machine than about the program.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")


@pytest.fixture(scope="session", autouse=True)
def parsed_once() -> Iterator[dict[Hashable, Any]]:
    """Parse every style sheet once, and not in every app again; give what was parsed to who wants it parsed anew."""
    from textual.css.model import RuleSet
    from textual.css.stylesheet import Stylesheet

    parsed: dict[Hashable, Any] = {}
    parse = Stylesheet._parse_rules  # noqa: SLF001 - its public callers read the files as well
    last: tuple[dict[str, str], frozenset[tuple[str, str]]] = {}, frozenset()

    def look_up(sheet: Stylesheet, *args: Any, **kwargs: Any) -> Any:
        nonlocal last
        variables = sheet._variables  # noqa: SLF001 - they can be set, but not asked for
        if variables is not last[0]:  # 300 of them, the same for all sheets of an app
            last = variables, frozenset(variables.items())
        key = (last[1], args, frozenset(kwargs.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, *args, **kwargs)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", look_up)
        # The same hash without a call of Python: Textual asks it of each of 600 rules for every node that it styles.
        patch.setattr(RuleSet, "__hash__", object.__hash__)
        yield parsed


@pytest.fixture(scope="session", autouse=True)
def prompt() -> Iterator[None]:
    """Let an interface look at once at what changes, and the pilot sooner whether it rests: it waits at every key."""
    if "hw1_tui.app" not in sys.modules:
        yield
        return
    from textual import _wait
    from textual.app import App
    from textual.pilot import Pilot

    from screens import interval
    from tests.support.waiting import wait_for_screen

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_wait, "SLEEP_GRANULARITY", 0.001)
        patch.setattr(_wait, "SLEEP_IDLE", 0.0004)
        patch.setattr(Pilot, "_wait_for_screen", wait_for_screen)
        patch.setattr("textual.screen.UPDATE_PERIOD", 1 / 15)  # as over a slow line; most tests draw for nobody
        patch.setattr(App, "NOTIFICATION_TIMEOUT", 600)  # seconds, also on a slow machine
        for name in ("RUN", "CURVES", "DESCENT", "REPORT", "DATA", "PREVIEW", "FRAME"):
            patch.setattr(interval, name, 0.05)
        patch.setattr(interval, "CHART", 0.02)
        patch.setattr(interval, "REPORT_ELSEWHERE", 0.1)
        patch.setattr(interval, "HISTORY", 0.1)
        patch.setattr(interval, "TYPED", 0.1)
        yield


@pytest.fixture(scope="session", autouse=True)
def unsynced() -> Iterator[None]:
    """Leave what was written to the system: no test takes the power away, and what programs of their own do stays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


def pytest_collection_finish() -> None:
    """Leave what was imported out of every search for garbage, and search after tests alone; see ``garbage``."""
    gc.disable()
    gc.freeze()


@pytest.fixture(autouse=True)
def garbage() -> Iterator[None]:
    """Collect garbage after tests that made much. While an interface runs it costs up to a third of that."""
    yield
    if gc.get_count()[0] > 100_000:  # objects since the last time, as an interface makes or two
        gc.collect()
        gc.freeze()  # what the tests keep for each other is not searched again, which took as long in the end


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's history, settings, theme and terminal out of the tests, and the tests out of theirs."""
    monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HW1_TUI_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    monkeypatch.setattr("hw1_tui.files.notice.said", set())
    monkeypatch.setattr(LOGGER, "handlers", [])
    monkeypatch.setattr(LOGGER, "propagate", True)
    for name in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_DRIVER", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def blobs(tmp_path: Path) -> Path:
    """The file of a small data set: three overlapping clouds of points."""
    from tests.support.history import write_blobs

    return write_blobs(tmp_path / "blobs.npz")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The history where every command of the test looks for it, still empty."""
    from hw1_tui.runs import Store

    return Store(tmp_path / "home")


@pytest.fixture
def sweep(capsys: pytest.CaptureFixture[str], blobs: Path) -> Callable[..., tuple[int, str, str]]:
    """Sweep a logistic regression on blobs by the command; return its exit code, stdout and stderr."""
    from hw1_tui.cli import main

    shared = ("--model", "logistic_regression", "--epochs", 2, "--data", blobs)

    def sweep(*words: object) -> tuple[int, str, str]:
        is_new = not words or str(words[0]).startswith("-")
        code = main(["--batch", "sweep", *map(str, (*shared, *words) if is_new else words)])
        return (code, *capsys.readouterr())

    return sweep


@pytest.fixture
def styled(monkeypatch: pytest.MonkeyPatch) -> list[DOMNode]:
    """What Textual styles anew from here on, a widget as often as it is."""
    from textual.css.stylesheet import Stylesheet

    styled: list[DOMNode] = []
    update = Stylesheet.update_nodes

    def noted(sheet: Stylesheet, nodes: Iterable[DOMNode], *args: Any, **options: Any) -> None:
        nodes = list(nodes)
        styled.extend(nodes)
        update(sheet, nodes, *args, **options)

    monkeypatch.setattr(Stylesheet, "update_nodes", noted)
    return styled


@pytest.fixture
def look(snapshot: SnapshotAssertion) -> Look:
    """Compare the pictures of an app at several sizes with those that were found right."""
    from tests.support.look import look

    return look(snapshot)


@pytest.fixture(scope="session")
def only_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The one browser of all tests of this process: to start one takes as long as what is asked of it."""
    from tests.support.browser import Browser

    browser = Browser(str(tmp_path_factory.mktemp("browser")))
    yield browser
    browser.close()


@pytest.fixture
def browser(only_browser: Browser) -> Browser:
    """A real browser at an empty page."""
    only_browser.open("about:blank")
    only_browser.forget()
    return only_browser


@pytest.fixture
def steady_eta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the time left be two seconds an epoch: when a timer looked must not be seen in a picture."""
    from hw1_tui.training.eta import Eta

    monkeypatch.setattr(Eta, "left", lambda _eta, total, done, _seconds: None if done < 3 else 2.0 * (total - done))


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """An engine in place of numpy's that trains by the script which is returned."""
    from tests.support.scripted_engine import scripted

    with scripted(monkeypatch) as script:
        yield script


@pytest.fixture
def plug_ins(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Register entry points as an installed package would."""
    from importlib.metadata import EntryPoint

    from engines import registry

    def register(*entries: tuple[str, str]) -> None:
        found = [EntryPoint(name, value, registry.GROUP) for name, value in entries]
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [e for e in found if e.group == group])
        registry.get.cache_clear()
        registry.plug_ins.cache_clear()

    yield register
    registry.get.cache_clear()
    registry.plug_ins.cache_clear()


@pytest.fixture
def plug_in(plug_ins: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the module of a plug-in and register its engine as ``strange``."""

    def write(content: str) -> None:
        (tmp_path / "stranger.py").write_text(content)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "stranger", raising=False)
        plug_ins(("strange", "stranger:Engine"))

    return write
