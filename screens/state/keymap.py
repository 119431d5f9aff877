"""Every binding of the program by its id, so that keys can be given to it in the settings."""

from __future__ import annotations

import importlib
import pkgutil
import string
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, _character_to_key, key_to_character

import screens
from hw1_tui.mistake import Mistake, first_few, nearest_name

_OWN = ("hw1_tui.", "screens.")
_MODIFIERS = ("ctrl", "alt", "shift", "super", "hyper", "meta")
_SIGNS = (unicodedata.name(sign).lower().replace("-", "_").replace(" ", "_") for sign in string.punctuation)
_NAMES = {key.value.rpartition("+")[2] for key in Keys} | {KEY_NAME_REPLACEMENTS.get(name, name) for name in _SIGNS}
"""What keys are called that are no single character."""


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


def key_mistakes(chosen: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield what is no key among those that were chosen.

    Args:
        chosen: keys by the id of what they do; several with commas.
    """
    for name, keys in chosen.items():
        for key in keys.split(","):
            if (meant := _meant(key)) != key:
                allowed = "a character, or a name such as space, f5, ctrl+p or question_mark"
                yield Mistake(f"keys.{name}", f"{key!r} is no key", allowed, meant)


def shared_keys(chosen: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield the keys of one's own that are another action's where both are there: it does one of the two.

    Args:
        chosen: keys by the id of what they do; several with commas.
    """
    usable, others = usable_keys(chosen), dict[tuple[str, str], set[str]]()
    for place in _places():
        keys = {name: _key_names(usable.get(name, binding.key)) for name, binding in place.items()}
        for name in usable.keys() & keys.keys():
            for key in keys[name] - _key_names(place[name].key):
                same = {f"{other} ({place[other].description})" for other in keys.keys() - {name} if key in keys[other]}
                others.setdefault((name, key), set()).update(same)
    for (name, key), same in sorted(others.items()):
        if same:
            problem = f"{key} is also a key of {first_few(sorted(same))}"
            yield Mistake(f"keys.{name}", problem, "a key that is free there")


def _places() -> Iterator[dict[str, Binding]]:
    """Yield the actions that are there together, by id: of a screen or widget, of one of its parts, of everywhere."""
    apps = list(_own_classes(App))
    for node in set(_own_classes(DOMNode)):
        for parts in [[], *([part.widget] for part in getattr(node, "PARTS", ()))]:
            place: dict[str, Binding] = {}
            for base in [base for kind in (node, *parts, *apps) for base in kind.__mro__]:
                for binding in Binding.make_bindings(base.__dict__.get("BINDINGS", ())):
                    if binding.id:
                        known = place.get(binding.id)
                        place[binding.id] = binding.with_key(f"{known.key},{binding.key}") if known else binding
            yield place


def _key_names(keys: str) -> set[str]:
    """Return what Textual calls them, so that ``?`` and ``question_mark`` are one."""
    return {_character_to_key(key) if len(key) == 1 else key for key in keys.split(",")}


def usable_keys(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what was chosen without what is no key; an action that would have none left keeps its own."""
    usable = {name: [key for key in keys.split(",") if _meant(key) == key] for name, keys in chosen.items()}
    return {name: ",".join(keys) for name, keys in usable.items() if keys}


def _meant(key: str) -> str:
    """Return a key that is one, else the one that is probably meant; an empty text where none is near."""
    *modifiers, last = [key] if len(key) == 1 else key.split("+")
    last = last.lower() if modifiers and len(last) == 1 else last
    parts = [_nearest(part, _MODIFIERS) for part in modifiers]
    meant = [*parts, last if _is_key(last) else _nearest(last, _NAMES)]
    return "+".join(meant) if all(meant) else ""


def _is_key(name: str) -> bool:
    return len(name) == 1 or name in _NAMES or not (key_to_character(name) or "a").isascii()


def _nearest(name: str, names: Collection[str]) -> str:
    return name if name in names else nearest_name(name, names)


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
