"""What an earlier version kept is gone on with by this one."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from engines import registry
from hw1_tui import data
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.checkpoint import read_state
from hw1_tui.training.measurement import predictions
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record, resume
from hw1_tui.training.session_state import SESSION_KEY, read_session_state
from hw1_tui.training.starting import start
from tests.support.history import ended, started

KEPT = Path(__file__).parent / "stores" / "version-0.1.0"
RUNS = sorted(path.name for path in (KEPT / "runs").iterdir())


@pytest.fixture
def store(tmp_path):
    shutil.copytree(KEPT, tmp_path / "home")
    return Store(tmp_path / "home")


def newest(store, run):
    return store.find(run).checkpoint_store.newest_sound(read_state)


def config_of(store, run):
    return RunConfig.from_dict(store.find(run).facts()["config"], run)


@pytest.mark.parametrize("run", RUNS)
def test_a_run_stopped_by_0_1_0_ends_where_an_unbroken_one_ends(store, run, tmp_path):
    """Guarantee: what was trained with one version is not lost to the next; to rounding, as processors differ."""
    checkpoint, state, damaged = newest(store, run)
    assert not damaged
    events = list(resume(store, run))
    assert started(events).resumed_epoch == checkpoint.epoch == 1
    assert ended(events).status == "finished"
    unbroken = ended(record(open_session(config_of(store, run)), Store(tmp_path / "other")))
    assert events[-1].as_dict()["test_loss"] == pytest.approx(unbroken.as_dict()["test_loss"], rel=1e-6)
    assert len(store.metrics(run)) == 3
    (_, state, _), (_, expected, _) = newest(store, run), newest(Store(tmp_path / "other"), unbroken.run)
    for name in expected.keys() - {SESSION_KEY, "log_size"}:
        np.testing.assert_allclose(state[name], expected[name], rtol=1e-6, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("run", RUNS)
def test_what_a_run_of_0_1_0_said_of_each_example_is_measured_from_its_checkpoint(store, run):
    found = store.get(run)
    assert predictions(store, found, "test").accuracy == found.results["test_accuracy"]
    assert predictions(store, found, "test").loss == pytest.approx(found.results["test_loss"], rel=1e-5)


@pytest.mark.parametrize("run", RUNS)
def test_every_value_of_a_state_of_0_1_0_is_taken_over_exactly(store, run):
    _, state, _ = newest(store, run)
    kept = {name.removeprefix("trainer."): a for name, a in state.items() if name.startswith("trainer.")}
    config = config_of(store, run)
    trainer = start(config, registry.get(config.engine), data.load("digits"))
    trainer.load(kept)
    now = trainer.state()
    unnamed = {"descent", "settings"} & kept.keys()
    for name in kept.keys() - unnamed:
        np.testing.assert_array_equal(now[name], kept[name], err_msg=name)
    settings = sorted(float(a) for name, a in now.items() if name.startswith("setting."))
    assert settings == sorted(kept[unnamed.pop()].tolist())


def a_later_state(state, **changes):
    own = {**json.loads(state[SESSION_KEY].tobytes()), **changes}
    return {**state, SESSION_KEY: np.frombuffer(json.dumps(own).encode(), np.uint8)}


@pytest.mark.parametrize("run", RUNS)
def test_a_setting_that_a_state_does_not_have_keeps_the_value_of_the_run(store, run):
    """Guarantee: a checkpoint of today still loads after a setting is added to an engine."""
    config = config_of(store, run)
    kept, now = (start(config, registry.get(config.engine), data.load("digits")) for _ in range(2))
    kept.adjust(learning_rate=0.25)
    now.load({name: array for name, array in kept.state().items() if name != "setting.l2"})
    assert now.state()["setting.l2"] == config.hyperparameters["l2"]
    assert now.state()["setting.learning_rate"] == 0.25


def test_a_state_of_a_later_version_is_refused_and_stays_where_it_is(store, monkeypatch):
    """Guarantee: what this version cannot know the meaning of is neither guessed at nor set aside as damaged."""
    (run, *_), before = RUNS, sorted(KEPT.rglob("*.npz"))
    _, state, _ = newest(store, run)
    monkeypatch.setattr("hw1_tui.runs.checkpoint.Checkpoint.read", lambda checkpoint: a_later_state(state, format=9))
    with pytest.raises(MistakeError, match=r"format 9, of another version of hw1-tui; this one reads format 1"):
        resume(store, run)
    assert sorted(p.name for p in store.home.rglob("*.npz*")) == sorted(p.name for p in before)
    monkeypatch.undo()
    assert read_session_state(newest(store, run)[1])["epoch"] == 1
