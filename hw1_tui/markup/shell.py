"""Text of others on a line of the shell: as the program reads it again."""

from __future__ import annotations

import shlex


def shell_path(path: object) -> str:
    """Return a path as one word that no program takes for an option."""
    text = str(path)
    return shlex.quote(f"./{text}" if text.startswith("-") else text)


def option_words(option: str, value: str) -> list[str]:
    """Return the words that give an option a value; one that begins with a dash is tied to it, else it is an option."""
    return [f"{option}={value}"] if value.startswith("-") else [option, value]
