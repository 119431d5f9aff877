"""Every binding of the program by its id, so that keys can be given to it in the settings."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

from textual.binding import Binding
from textual.dom import DOMNode

import screens

_OWN = ("hw1_tui.", "screens.")


def all_bindings() -> dict[str, Binding]:
    """Return every binding of the program's own screens and widgets by its id. Imports all of them."""
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(module.name)
    found: dict[str, Binding] = {}
    for node in _own_classes(DOMNode):
        for binding in Binding.make_bindings(node.__dict__.get("BINDINGS", ())):
            if binding.id:
                known = found.get(binding.id)
                keys = f"{known.key},{binding.key}" if known else binding.key
                found[binding.id] = binding.with_key(",".join(dict.fromkeys(keys.split(","))))
    return found


def _own_classes(base: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for node in base.__subclasses__():
        if node.__module__.startswith(_OWN):
            yield node
        yield from _own_classes(node)


def describe_keys(chosen: Mapping[str, str]) -> str:
    """Return a line for each action, as it stands in the settings file: its id, its keys, and what it does.

    Args:
        chosen: keys from the settings, by id; they are marked.
    """
    lines = []
    for name, binding in sorted(all_bindings().items()):
        told = f"{binding.description} (yours)" if name in chosen else binding.description
        lines.append(f'"{name}" = "{chosen.get(name, binding.key)}"  # {told}')
    return "\n".join(lines)
