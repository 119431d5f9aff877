"""The lowest versions that are promised are those that `make test-lowest` tries."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def lowest(requirements):
    found = [re.match(r"([\w-]+)(?:\[\w+\])?(?:>=|==)([\d.]+)", text) for text in requirements]
    assert all(found)
    return {match[1]: match[2] for match in found if match}


def test_the_lowest_versions_that_are_allowed_are_the_lowest_that_are_tried():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional = [text for texts in project["optional-dependencies"].values() for text in texts]
    allowed = lowest([*project["dependencies"], *(text for text in optional if not text.startswith("hw1-tui"))])
    assert lowest((ROOT / "constraints-lowest.txt").read_text("utf-8").split()) == allowed
