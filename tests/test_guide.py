"""Guides are found by their topic, read in a pipe as they were written, and by the palette in the interface."""

import re
from pathlib import Path

import pytest
from textual.command import CommandList

from hw1_tui.cli import main
from hw1_tui.command import COMMANDS
from hw1_tui.guides import guides, read_guide
from screens.dialogs.help_dialog import HelpDialog
from tests.support.scripted_engine import app_of, until


def test_every_guide_is_listed_with_its_title(capsys):
    assert main(["guide"]) == 0
    out = capsys.readouterr().out
    assert all(f"{topic}" in out and title in out for topic, title in guides().items())


@pytest.mark.parametrize("topic", guides())
def test_a_guide_in_a_pipe_is_its_markdown(topic, capsys):
    assert main(["guide", topic]) == 0
    assert capsys.readouterr().out == read_guide(topic)


def test_a_guide_that_there_is_not_is_told_with_the_nearest(capsys):
    assert main(["guide", "insid"]) == 2
    assert "did you mean inside?" in capsys.readouterr().err


@pytest.mark.parametrize("topic", guides())
def test_every_command_that_a_guide_names_is_one(topic):
    named = re.findall(r"`hw1-tui(?: --batch)? ([a-z]+)", read_guide(topic))
    assert set(named) <= COMMANDS.keys()


def test_readme_leads_to_every_guide():
    readme = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
    assert all(f"hw1_tui/guides/{topic}.md" in readme for topic in guides())


def listed(app):
    return [
        str(option.prompt).splitlines()[0] for command in app.screen.query(CommandList) for option in command.options
    ]


async def test_the_palette_finds_a_guide(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p", *"guide inside")
        await until(pilot, lambda: "Guide: Inside a model" in listed(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        assert app.screen.query_one("#help-box").border_title == "Guide"
