"""The file of the settings: readable, written whole or not at all, never lost."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from hw1_tui.files.default_folder import default_folder
from hw1_tui.files.regular import open_regular
from hw1_tui.files.toml import edited_toml, read_toml, toml_text
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings.preference import Preference, Preferences, read_preferences

CONFIG_VARIABLE = "HW1_TUI_CONFIG"
_PATIENCE = 5.0
"""Seconds to wait for another program that changes a setting: it takes milliseconds."""

_HEAD = """\
# Settings of hw1-tui. The interface writes this file when one is changed there, and reads it when it starts.
# An entry that is not understood is reported and left out; the file as it was is then kept as settings.toml.bad.
"""
_ABOUT_KEYS = """
# Other keys, by the id of what they do; several with commas. The settings screen lists every id.
# "training.pause" = "f,space"
"""


def config_folder() -> Path:
    """Return the folder of the settings: ``HW1_TUI_CONFIG`` or the user's configuration folder."""
    return default_folder("config", CONFIG_VARIABLE)


class PreferenceFile:
    """``settings.toml``; ``settings.lock`` beside it is held while it is changed.

    Args:
        table: what each setting may be.
        path: of the file; in the user's configuration folder by default.
    """

    def __init__(self, table: Mapping[str, Preference], path: Path | None = None) -> None:
        self._table = table
        self.path = path or config_folder() / "settings.toml"

    def read(self) -> tuple[Preferences, list[Mistake]]:
        """Return the settings and, as sentences, what is wrong with the file. A missing file is all defaults."""
        try:
            record = read_toml(self.path, "settings")
        except MistakeError as error:
            if isinstance(error.__context__, FileNotFoundError):
                return Preferences(), []
            name = self.path.name
            return Preferences(), [
                replace(mistake, place=mistake.place.replace(str(self.path), name)) for mistake in error.mistakes
            ]
        return read_preferences(record, self._table)

    def change(self, in_use: Preferences | None = None, /, **values: Any) -> tuple[Preferences, list[Mistake]]:
        """Change settings in the file, and leave all else as it stands there, what a person wrote beside them as well.

        Args:
            in_use: what holds where the file says nothing that can be understood; the defaults by default.
            values: the new values, by name.

        Returns:
            All settings, and what was wrong with the file as it was, which is then kept beside it.

        Raises:
            OSError: the file cannot be written, or another program does not let go of it; it is as it was.
        """
        from hw1_tui.files.lock import Lock  # what writes is not for the first frame, which only reads
        from hw1_tui.files.target import write_target_bytes

        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = Lock(self.path.with_suffix(".lock"), _PATIENCE)  # what is read here still holds when it is written
        try:
            found, mistakes = self.read()
            if mistakes:
                self._keep_aside()
                found = self._completed(found, mistakes, in_use or Preferences())
            changed, content = replace(found, **values), self._content()
            is_edited = content and not mistakes
            text = edited_toml(content.decode("utf-8-sig"), values) if is_edited else self._text(changed)
            write_target_bytes(self.path, text.encode(), overwrite=True)
        finally:
            lock.release()
        return changed, mistakes

    def _completed(self, found: Preferences, mistakes: list[Mistake], in_use: Preferences) -> Preferences:
        """Return what was read with the values in use where the file says nothing that can be understood."""
        places = {mistake.place for mistake in mistakes}
        if any(place.partition(",")[0] == self.path.name for place in places):
            return in_use  # nothing of it could be read
        known = {*self._table, "keys"} & places
        return replace(found, **{name: getattr(in_use, name) for name in known})

    def _keep_aside(self) -> None:
        """Copy the file before it is written anew; what was kept aside earlier stays."""
        from hw1_tui.files.atomic import write_bytes

        content = self._content()
        if not content:
            return
        aside, number = self.path.with_name(self.path.name + ".bad"), 1
        while aside.exists() and aside.read_bytes() != content:
            number += 1
            aside = self.path.with_name(f"{self.path.name}.bad{number}")
        write_bytes(aside, content)

    def _content(self) -> bytes:
        """Return the file as it stands; nothing where there is none."""
        try:
            with os.fdopen(open_regular(self.path, follow_link=True), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def _text(self, preferences: Preferences) -> str:
        lines = [_HEAD]
        record = {name: value for name, value in asdict(preferences).items() if value != "" or name != "theme"}
        keys = record.pop("keys")
        for name, value in record.items():
            about = self._table[name]
            many = len(about.choices) > 5
            lines.append(f"# {about.title}: {about.help} ({'one of the themes' if many else about.allowed})")
            lines.append(toml_text({name: value}))
        lines.append("[keys]" + _ABOUT_KEYS + toml_text(dict(keys)))
        return "\n".join(lines)
