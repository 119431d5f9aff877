"""A stranger's engine: a package that is installed beside the program is tested by the suite and trains in it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "support" / "plugin"
ROOT = Path(__file__).parent.parent


def run(*words, path):
    """Run a module of Python with some folders to import from; return what it printed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    done = subprocess.run(
        [sys.executable, "-P", "-m", *map(str, words)], capture_output=True, text=True, env=environment, cwd=path[0]
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder into which the package was installed, without any network."""
    pytest.importorskip("pip", reason="the package is installed by pip")
    source, target = (tmp_path_factory.mktemp(name) for name in ("source", "installed"))
    shutil.copytree(PACKAGE, source, dirs_exist_ok=True)
    options = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation")
    run("pip", "install", *options, "--target", target, source, path=[source])
    shutil.copy(PACKAGE / "test_hw1_tui_example.py", target)
    return target


def test_its_author_runs_the_contract_suite_on_it(installed):
    """Guarantee: the suite needs the engines' package and pytest, nothing of the program and none of its tests."""
    told = run("pytest", "-q", "-p", "no:cacheprovider", "--rootdir", installed, installed, path=[installed, ROOT])
    assert "passed" in told


def test_it_trains_by_its_name_and_goes_on_from_its_checkpoint(installed):
    train = ("--batch", "train", "--engine", "example", "--model", "softmax", "--data", "digits", "--epochs", "3")
    told = run("hw1_tui", *train, "--format", "jsonl", path=[installed, ROOT])
    events = [json.loads(line) for line in told.splitlines()]
    assert events[0]["engine"] == "example"
    assert events[0]["model"] == "softmax"
    assert events[-1]["status"] == "finished"
    assert events[-1]["test_accuracy"] > 0.8
    resume = ("--batch", "runs", "resume", "last", "--epochs", "4", "--format", "jsonl")
    told = run("hw1_tui", *resume, path=[installed, ROOT])
    assert json.loads(told.splitlines()[-1])["epochs"] == 4
