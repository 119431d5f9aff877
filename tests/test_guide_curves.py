"""The numbers of the guide to the curves are those that its commands come to."""

import json
import re
import shlex
from itertools import pairwise

import pytest

from hw1_tui.cli import main
from hw1_tui.exit_code import DONE
from hw1_tui.guides import read_guide

CHAOTIC = 2
"""The shape whose rate is too large: where it ends is decided by the processor, and only its size is held."""


def shapes():
    """Return the words of each command below "Five shapes", with the row of the table that tells what it comes to."""
    text = read_guide("curves").split("## Five shapes")[1].split("\n## ")[0]
    commands = [shlex.split(line)[1:] for line in text.splitlines() if line.startswith("hw1-tui ")]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][2:]
    return list(zip(commands, rows, strict=True))


def numbers(cell):
    return [float(number) for number in re.findall(r"\d*\.\d+", cell)]


def epochs_of(words, capsys):
    assert main([*words, "--format", "jsonl", "--quiet"]) == DONE
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [event for event in events if event["event"] == "epoch"]


@pytest.mark.parametrize("number", [index for index in range(5) if index != CHAOTIC])
def test_a_shape_has_the_numbers_of_the_guide(number, capsys):
    words, row = shapes()[number]
    epochs = epochs_of(words, capsys)
    last, cells = epochs[-1], f"{row[1]} {row[2]}"
    ends = [last[name] for name in ("train_loss", "val_loss", "train_accuracy", "val_accuracy")]
    told = numbers(cells)
    if "lowest" in row[1]:
        assert told.pop(2) == pytest.approx(min(epoch["val_loss"] for epoch in epochs), abs=0.005)
    else:
        assert told.pop(0) == pytest.approx(epochs[0]["train_loss"], abs=0.05)
    assert told == pytest.approx(ends, abs=0.005)


def test_a_rate_that_is_too_large_comes_near_what_the_guide_tells_on_any_processor(capsys):
    """The table had the numbers of one processor, of which the guide says that everybody gets them."""
    words, row = shapes()[CHAOTIC]
    epochs = epochs_of(words, capsys)
    assert epochs[-1]["weight_norm"] == pytest.approx(95, abs=15)
    losses = [epoch["val_loss"] for epoch in epochs]
    jumps = [abs(after - before) for before, after in pairwise(losses)]
    assert sorted(jumps)[len(jumps) // 2] > 0.1
    start, train, low, high = numbers(row[1])
    assert epochs[0]["train_loss"] == pytest.approx(start, abs=0.05)
    assert epochs[-1]["train_loss"] == pytest.approx(train, abs=0.1)
    assert low - 0.2 < losses[-1] < high + 0.2
