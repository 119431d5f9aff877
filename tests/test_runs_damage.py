"""Run folders as a crash, a full disk or a stranger leaves them: every command works, or names what is damaged."""

import json
import os
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hw1_tui.cli import main
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.runs.turn import with_whole_batch
from hw1_tui.training.recording import resume
from tests.support.damage import BAD, GOOD, facts_with
from tests.support.history import train, write_blobs


@pytest.fixture(scope="module")
def blobs(tmp_path_factory):
    return write_blobs(tmp_path_factory.mktemp("data") / "blobs.npz")


@pytest.fixture(scope="module")
def trained(tmp_path_factory, blobs):
    """The folder of a run that was trained, to be copied."""
    store = Store(tmp_path_factory.mktemp("trained"))
    run = train(store, blobs, epochs=2)
    store.tag(run, "own")
    return store.runs_path / run


@pytest.fixture
def store(tmp_path, trained):
    """A history of two sound runs, of which one is to be damaged."""
    store = Store(tmp_path / "home")
    for name in (GOOD, BAD):
        shutil.copytree(trained, store.runs_path / name)
    return store


def commands(out: Path, data: Path) -> list[list[str]]:
    """Return every command that reads a run, with the damaged one among what it reads."""
    to = [f"--to={out / name}" for name in ("x.csv", "x.md", "x.npz", "x.html")]
    return [
        ["runs", "list"],
        ["runs", "list", "--format", "jsonl"],
        ["runs", "list", "val_accuracy>0", "--sort=-learning_rate"],
        ["runs", "show", BAD],
        ["runs", "show", BAD, "--joined", "--format", "jsonl"],
        ["runs", "compare", GOOD, BAD],
        ["runs", "compare", GOOD, BAD, "--seeds"],
        *(["runs", "export", BAD, option] for option in to),
        ["runs", "export", BAD, "--tensorboard", str(out / "tensorboard")],
        ["runs", "resume", BAD, "--epochs", "3"],
        ["runs", "branch", BAD, "--epoch", "1", "--epochs", "2"],
        ["runs", "rename", BAD, "new name"],
        ["runs", "tag", BAD, "tag"],
        ["runs", "note", BAD, "note"],
        ["runs", "star", BAD],
        ["predict", BAD, str(data)],
        ["inspect", BAD, "coach"],
        ["inspect", GOOD, "--with", BAD],
        ["runs", "rebuild"],
        ["runs", "delete", BAD],
        ["runs", "list", "--deleted"],
        ["runs", "undelete", BAD],
        ["runs", "purge"],
    ]


def assert_all_commands_live(store, out, data, capsys):
    """Run every command: no exception, an exit code of the documented ones, and the sound run untouched."""
    out.mkdir(exist_ok=True)
    before = snapshot(store.runs_path / GOOD)
    for words in commands(out, data):
        code = main(["--batch", *words, "--home", str(store.home)])
        said = capsys.readouterr()
        assert code in (0, 1, 2), f"{words}: {said.err}"
        assert "Traceback" not in said.err
        if code == 2:
            assert all(line.startswith("hw1-tui: ") for line in said.err.splitlines()), f"{words}: {said.err}"
    assert snapshot(store.runs_path / GOOD) == before
    assert [record.run for record in Store(store.home).runs() if record.run == GOOD] == [GOOD]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def config_with(folder: Path, **changes) -> None:
    facts = json.loads((folder / "run.json").read_text())
    config = {**facts["config"], **changes}
    facts_with(folder, config={name: value for name, value in config.items() if value != "away"})


def half_a_character(folder: Path) -> None:
    (folder / "labels.json").write_bytes(b'{"name": "\\ud800", "note": "\\udfff", "tags": ["\\ud800"]}')
    config_with(folder, activation="\ud800")


def in_place_of(name, make):
    """Return what puts something else in the place of a file or folder of the run."""

    def damage(folder: Path) -> None:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        make(path)

    return damage


def write_to(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def make_socket(path):
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path may have about 100 bytes
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(path.name)
    finally:
        os.chdir(here)


def newest(folder: Path) -> Path:
    return max((folder / "checkpoints").iterdir())


def no_session(folder):
    for path in (folder / "checkpoints").iterdir():
        np.savez(path, a=np.zeros(3))


def session_of(**changes):
    def damage(folder):
        for path in (folder / "checkpoints").iterdir():
            with np.load(path) as archive:
                arrays = dict(archive)
            before = json.loads(arrays["session"].tobytes())
            if isinstance(changes.get("config"), dict):
                changes["config"] = {**before["config"], **changes["config"]}
            own = {**before, **changes}
            np.savez(path, **{**arrays, "session": np.frombuffer(json.dumps(own).encode(), np.uint8)})

    return damage


def without_weights(folder):
    for path in (folder / "checkpoints").iterdir():
        with np.load(path) as archive:
            arrays = {name: array for name, array in archive.items() if "generator" in name or "." not in name}
        np.savez(path, **arrays)


def linked_folder(folder):
    shutil.move(folder, folder.parent.parent / "elsewhere")
    folder.symlink_to(folder.parent.parent / "elsewhere")


def sparse(path):
    with path.open("wb") as file:
        file.truncate(5 << 40)


SPECIAL = {
    "pipe": os.mkfifo,
    "socket": make_socket,
    "folder": lambda path: path.mkdir(),
    "link to nothing": lambda path: path.symlink_to("/nowhere"),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to itself": lambda path: path.symlink_to(path.name),
    "5 TB": sparse,
}

DAMAGE = {
    "empty run.json": write_to("run.json", b""),
    "cut run.json": lambda folder: write_to("run.json", (folder / "run.json").read_bytes()[:90])(folder),
    "{} as run.json": write_to("run.json", b"{}"),
    "[] as run.json": write_to("run.json", b"[]"),
    "bytes as run.json": write_to("run.json", b"\xff\x00\xfe"),
    "nested run.json": write_to("run.json", b"[" * 100_000),
    "no run.json": lambda folder: (folder / "run.json").unlink(),
    "an empty config": lambda folder: facts_with(folder, config={}),
    "a text as config": lambda folder: facts_with(folder, config="mlp"),
    "no epochs": lambda folder: config_with(folder, epochs="away"),
    "epochs as text": lambda folder: config_with(folder, epochs="many"),
    "endless epochs": lambda folder: config_with(folder, epochs=10**30),
    "NaN as rate": lambda folder: config_with(folder, learning_rate=float("nan")),
    "text as rate": lambda folder: config_with(folder, learning_rate="fast"),
    "an object as rate": lambda folder: config_with(folder, learning_rate={"a": 1}),
    "an unknown model": lambda folder: config_with(folder, model="transformer"),
    "an unknown engine": lambda folder: config_with(folder, engine="jax"),
    "a number as data": lambda folder: config_with(folder, data=5),
    "a number as time": lambda folder: facts_with(folder, created=5),
    "no time as time": lambda folder: facts_with(folder, created="yesterday"),
    "year 1": lambda folder: facts_with(folder, created="0001-01-01"),
    "inputs as list": lambda folder: facts_with(folder, inputs=[1]),
    "inputs of objects": lambda folder: facts_with(
        folder, inputs={"features": 9, "dtype": "O", "scale": 1, "image_shape": [3, 3]}
    ),
    "a million features": lambda folder: facts_with(
        folder, inputs={"features": 10**9, "dtype": "uint8", "scale": 1, "image_shape": []}
    ),
    "classes as number": lambda folder: facts_with(folder, classes=3),
    "no classes": lambda folder: facts_with(folder, classes=[]),
    "versions as text": lambda folder: facts_with(folder, versions="new"),
    "its own parent": lambda folder: facts_with(folder, parent=BAD, parent_epoch=1),
    "a parent elsewhere": lambda folder: facts_with(folder, parent="../../x", parent_epoch=0),
    "a parent without epoch": lambda folder: facts_with(folder, parent=GOOD, parent_epoch=None),
    "no session": no_session,
    "a session that is a list": lambda folder: session_of(config=[])(folder),
    "a session of epoch -1": lambda folder: session_of(epoch=-1)(folder),
    "a session of many threads": lambda folder: session_of(threads=10**6)(folder),
    "a session without a model": lambda folder: session_of(config={"model": 7})(folder),
    "a model of many weights": lambda folder: session_of(config={"hidden_sizes": [100_000] * 90})(folder),
    "no weights": without_weights,
    "cut checkpoint": lambda folder: newest(folder).write_bytes(newest(folder).read_bytes()[:500]),
    "accuracies of 7": write_to(
        "metrics.jsonl",
        b'{"event": "epoch", "epoch": 1, "val_accuracy": 7, "val_loss": 1e999}\n'
        b'{"event": "run_ended", "status": "finished", "test_accuracy": 1e300, "test_loss": "low"}\n',
    ),
    "text as metrics": write_to(
        "metrics.jsonl",
        b'{"event": "epoch", "epoch": 1, "val_loss": "low", "seconds": "long", "at": "noon"}\n'
        b'{"event": "epoch", "epoch": "two"}\n{"event": "steered", "name": "epochs", "new": "all", "epoch": 1}\n'
        b'{"event": "run_started", "epochs": [], "classes": 5, "model": null, "test_examples": -1}\n',
    ),
    "half a character": half_a_character,
    "numbers as labels": write_to("labels.json", b'{"name": 5, "tags": 7, "note": [], "starred": "no"}'),
    "empty labels": write_to("labels.json", b""),
    "no files at all": lambda folder: [path.unlink() for path in folder.iterdir() if path.is_file()],
    "the folder is a link": linked_folder,
    "checkpoints are a file": in_place_of("checkpoints", lambda path: path.write_text("x")),
    "checkpoints are a pipe": in_place_of("checkpoints", os.mkfifo),
    **{f"{name} is a {kind}": in_place_of(name, make) for kind, make in SPECIAL.items()
       for name in ("run.json", "metrics.jsonl", "labels.json", "lock", "config.toml")},
    **{f"a checkpoint is a {kind}": lambda folder, make=make: in_place_of(newest(folder), make)(folder)
       for kind, make in SPECIAL.items()},
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_every_command_works_on_a_damaged_folder_or_names_it(store, blobs, tmp_path, capsys, kind):
    DAMAGE[kind](store.runs_path / BAD)
    assert_all_commands_live(store, tmp_path / "out", blobs, capsys)


def test_resume_writes_into_no_file_that_a_link_leads_to(store, tmp_path, capsys):
    """A run's files linked elsewhere: what is there belongs to somebody else."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "notes.txt").write_text("mine, no line end")
    (outside / "epoch-000001.npz.damaged").write_text("mine")
    for name in ("metrics.jsonl", "checkpoints", "lock", "labels.json", "config.toml"):
        run = f"{BAD}-{name[:4]}"
        shutil.copytree(store.runs_path / GOOD, store.runs_path / run)
        path = store.runs_path / run / name
        in_place_of(name, lambda path: path.symlink_to(outside if path.suffix == "" else outside / "notes.txt"))(
            store.runs_path / run
        )
        for words in (["resume", run, "--epochs", "3"], ["tag", run, "x"], ["delete", run], ["purge"]):
            main(["runs", *words, "--home", str(store.home)])
        del path
    assert snapshot(outside) == {"notes.txt": b"mine, no line end", "epoch-000001.npz.damaged": b"mine"}


def test_a_copy_whose_files_are_hard_links_does_not_share_what_the_original_writes(store, blobs):
    """``cp -al`` is how many people make a backup."""
    original, copy = store.runs_path / GOOD, store.home / "backup"
    shutil.copytree(original, copy, copy_function=os.link)
    before = (copy / "metrics.jsonl").read_bytes()
    list(resume(store, GOOD, {"epochs": 3}))
    assert (copy / "metrics.jsonl").read_bytes() == before
    assert store.get(GOOD).results["epochs_done"] == 3


def test_a_purge_leaves_what_links_lead_to_and_goes_on_past_what_it_cannot_remove(store, tmp_path, monkeypatch):
    store.delete(GOOD)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "thesis.txt").write_text("mine")
    (store.trash_path / "261101-000000-aaaa").symlink_to(outside)
    (store.trash_path / "261101-000000-bbbb").symlink_to("/nowhere")
    (store.trash_path / "nothing.txt").write_text("not a run")
    assert store.purge() == 1
    assert (outside / "thesis.txt").read_text() == "mine"
    assert [path.name for path in store.trash_path.iterdir()] == ["nothing.txt"]
    shutil.rmtree(store.trash_path)
    store.trash_path.symlink_to(outside)
    with pytest.raises(MistakeError, match="a link, not a folder"):
        store.purge()
    with pytest.raises(MistakeError, match="a link, not a folder"):
        store.delete(BAD)
    assert [path.name for path in outside.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_removed_does_not_keep_the_others_in_the_trash(store, monkeypatch):
    for run in (GOOD, BAD):
        store.delete(run)
    remove = shutil.rmtree

    def stubborn(path, *rest):
        if path.name == BAD:
            raise PermissionError(13, "Permission denied", str(path))
        remove(path, *rest)

    monkeypatch.setattr("hw1_tui.runs.trash.shutil.rmtree", stubborn)
    with pytest.raises(MistakeError, match=f"{BAD}.*Permission denied"):
        store.purge()
    assert [record.run for record in store.deleted()] == [BAD]


def test_damaged_labels_are_kept_beside_new_ones(store):
    path = store.runs_path / BAD / "labels.json"
    path.write_text('{"note": "an hour of writing, cut sho')
    store.tag(BAD, "new")
    assert store.get(BAD).labels.tags == ("new",)
    assert "an hour of writing" in path.with_name("labels.json.bad").read_text()


def test_a_damaged_folder_is_named_once_and_the_list_goes_on(store, capsys):
    (store.runs_path / BAD / "run.json").write_bytes(b"")
    for _ in range(2):
        assert main(["runs", "list", "--quiet", "--home", str(store.home)]) == 0
    said = capsys.readouterr()
    assert said.out.count(GOOD) == 2
    assert said.err.count(BAD) == 1
    assert str(store.runs_path / BAD) in said.err
    assert "left out" in said.err


# Anything at all.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["\ud800", "../x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FACTS = st.sampled_from(
    ["run", "created", "config", "inputs", "classes", "versions", "parent", "parent_epoch", "fingerprint", "format"]
)
CONFIG = st.sampled_from(["model", "engine", "data", "epochs", "learning_rate", "hidden_sizes", "seed", "threads"])
KEYS = st.sampled_from(
    ["epoch", "name", "new", "status", "resumed_epoch", "val_loss", "val_accuracy", "test_accuracy", "test_examples",
     "seconds", "tags", "note", "run", "at", "model", "learning_rate", "classes", "reason"]
)  # fmt: skip
KINDS = st.sampled_from(["epoch", "run_started", "steered", "run_ended", "else"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.dictionaries(FACTS, JSON, max_size=2),
    st.dictionaries(CONFIG, JSON, max_size=2),
    st.lists(st.tuples(KINDS, st.dictionaries(KEYS, JSON, max_size=4)), max_size=6),
    st.dictionaries(KEYS, JSON, max_size=3),
)
def test_no_nonsense_ends_a_command(tmp_path_factory, trained, blobs, capsys, facts, config, events, labels):
    """Values of any type anywhere in ``run.json``, the log and the labels."""
    store = Store(tmp_path_factory.mktemp("home"))
    for name in (GOOD, BAD):
        shutil.copytree(trained, store.runs_path / name)
    folder = store.runs_path / BAD
    config_with(folder, **config)
    facts_with(folder, **facts)
    with (folder / "metrics.jsonl").open("a") as log:
        log.writelines(json.dumps({**values, "event": kind}) + "\n" for kind, values in events)
    (folder / "labels.json").write_text(json.dumps(labels))
    capsys.readouterr()
    assert_all_commands_live(store, store.home / "out", blobs, capsys)


def test_a_batch_size_that_is_a_text_is_larger_than_no_split():
    """Sweeps and reports compare the settings of every kept run."""
    assert with_whole_batch({"batch_size": "all"}, 5) == {"batch_size": "all"}
    assert with_whole_batch({"batch_size": 9}, 5) == {"batch_size": 5}
