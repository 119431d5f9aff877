"""Guides are found by their topic, read in a pipe as they were written, and by the palette in the interface."""

import re
from pathlib import Path

import pytest
from textual.command import CommandList
from textual.widgets import Tree

from hw1_tui.cli import main
from hw1_tui.command import COMMANDS
from hw1_tui.guides import FOLDER, guides, read_guide
from screens.dialogs.guide_dialog import GuideDialog, GuideViewer
from tests.support.drawn import strips
from tests.support.scripted_engine import app_of, until
from tests.support.settling import settle


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


def test_every_page_is_listed_the_first_evening_first_and_links_lead_to_one():
    assert {page.stem for page in FOLDER.glob("*.md")} == guides().keys()
    assert next(iter(guides())) == "first-evening"
    for topic in guides():
        links = re.findall(r"\]\(([^)]*\.md)\)", read_guide(topic))
        assert {link.removesuffix(".md") for link in links} <= guides().keys()


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
        await until(pilot, lambda: app.screen.query(GuideViewer))
        await until(pilot, lambda: "Inside a model" in shown(app))


def shown(app):
    """Return what the dialog shows, line by line."""
    return "\n".join("".join(segment.text for segment in strip) for strip in strips(app))


async def test_help_leads_to_the_guides_and_each_has_its_contents(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f1", "g")
        await until(pilot, lambda: isinstance(app.screen, GuideDialog))
        await until(pilot, lambda: all(title in shown(app) for title in guides().values()))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.screen.query(Tree))
        await settle(pilot)
        topic = list(guides())[1]
        for heading in re.findall("(?m)^## (.{1,20})", read_guide(topic))[:3]:
            assert shown(app).count(heading.strip()) >= 1
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.query(GuideViewer))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not app.screen.is_modal)


async def test_a_link_leads_to_another_guide(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(GuideDialog("coach"))
        await until(pilot, lambda: app.screen.query(GuideViewer))
        await app.screen.query_one(GuideViewer).go("data.md")
        await until(pilot, lambda: guides()["data"][:20] in shown(app))
