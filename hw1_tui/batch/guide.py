"""``hw1-tui guide``: the guides, on paper or in a pipe as Markdown, in a terminal as it reads well."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.markdown import Markdown

from hw1_tui.batch.option import raise_mistakes
from hw1_tui.batch.page import columns_of, print_text
from hw1_tui.guides import guides, read_guide
from hw1_tui.mistake import Mistake

_WIDEST = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the topic."""
    parser.add_argument("topic", nargs="?", help=f"{', '.join(guides())}; without one they are listed")


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Print a guide, or the list of them; return the exit code.

    Raises:
        MistakeError: there is no such guide.
    """
    raise_mistakes(mistakes)
    width = columns_of(sys.stdout)
    if args.topic is None:
        for topic, title in guides().items():
            print_text(f"{topic:14} {title}")
        return 0
    text = read_guide(args.topic)
    if width is None:
        sys.stdout.write(text)
    else:
        Console(width=min(width, _WIDEST), highlight=False).print(Markdown(text))
    return 0
