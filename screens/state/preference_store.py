"""The settings in use: read at the start, applied at once when changed, written where they are kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.app import App
from textual.signal import Signal

from hw1_tui.mistake import Mistake, nearest_name, unknown_name
from hw1_tui.settings import Given
from hw1_tui.settings.preference import Preference, Preferences, preference_table
from hw1_tui.settings.preference_file import PreferenceFile
from screens.state.messages import LinePrinted
from screens.theme import THEME_VARIABLE

_TOLD = 2
"""Mistakes that a notice tells of."""


class PreferenceStore:
    """The settings. Every method belongs to the interface's thread.

    Args:
        app: what they are applied to.
        apply: applies a change to what else follows them: takes the settings before and after it.

    Attributes:
        table: what each may be.
        values: what is set.
        mistakes: what was wrong with the file, as sentences.
        changed: published with the settings when one was changed.
    """

    def __init__(self, app: App[int], apply: Callable[[Preferences, Preferences], None]) -> None:
        self._app, self._apply = app, apply
        self.table: dict[str, Preference] = preference_table(sorted(app.available_themes))
        self._file = PreferenceFile(self.table)
        self.values, self.mistakes = self._file.read()
        self.changed: Signal[Preferences] = Signal(app, "preferences-changed")
        self._theme = ""
        if self.values.theme:
            app.theme = self.values.theme
        if keys := self.keys:
            app.set_keymap(keys)

    @property
    def keys(self) -> dict[str, str]:
        """The keys of one's own that hold, by the id of what they do."""
        if not self.values.keys:
            return {}
        from screens.state.keymap import usable_keys  # most have none, and it would hold up the first frame

        return usable_keys(self.values.keys)

    @property
    def path(self) -> Path:
        """The file they are kept in."""
        return self._file.path

    def given(self) -> list[Given]:
        """Return what they say of a new run, to stand before what the command line says."""
        values = {"data": self.values.data, "threads": str(self.values.threads)}
        defaults = {"data": Preferences.data, "threads": str(Preferences.threads)}
        return [Given(name, value, name) for name, value in values.items() if value != defaults[name]]

    def follow(self) -> None:
        """Keep the theme that is chosen elsewhere, such as in the palette, and say what was wrong with the file."""
        self._theme = self._app.theme
        self._app.theme_changed_signal.subscribe(self._app, lambda _theme: self._keep_theme())
        if self.mistakes:
            self._say(self.mistakes)
        named, themes = os.environ.get(THEME_VARIABLE, ""), self.table["theme"].choices
        if named and named not in themes:
            self._say([unknown_name(THEME_VARIABLE, "theme", named, themes)])
        if self.values.keys:
            self._app.run_worker(self._check_keys, thread=True, exit_on_error=False)

    def _keep_theme(self) -> None:
        # The theme as it is now: the signal comes late, and after two quick changes the first would undo the second,
        # the second the first, and so on for ever.
        if self._app.theme not in (self._theme, self.values.theme):
            self.change(theme=self._app.theme)

    def change(self, **values: Any) -> None:
        """Change settings: in the program at once, and in the file; say so where that cannot be written."""
        before = self.values
        try:
            self.values, wrong = self._file.change(before, **values)
            if news := [mistake for mistake in wrong if mistake not in self.mistakes]:
                aside = Mistake(self.path.name, "was changed meanwhile; as it was it is kept beside it, as .bad")
                self._say([aside, *news])
            self.mistakes = []
        except OSError as error:
            self.values = replace(self.values, **values)
            self._say([Mistake(str(self.path), f"cannot be written: {error.strerror}; it holds until you leave")])
        self._theme = self.values.theme or self._theme
        if self._theme != self._app.theme:
            self._app.theme = self._theme
        self._apply(before, self.values)
        self.changed.publish(self.values)

    def _check_keys(self) -> None:
        """Say what is no key, what two actions share, what is for none. Imports every screen: not for the start."""
        from screens.state.keymap import all_bindings, key_mistakes, shared_keys

        known = all_bindings()
        unknown = [name for name in self.values.keys if name not in known]
        wrong = [Mistake(f"keys.{name}", "is no action", "", nearest_name(name, known)) for name in unknown]
        if wrong := [*wrong, *key_mistakes(self.values.keys), *shared_keys(self.values.keys)]:
            self._say(wrong)

    def _say(self, mistakes: list[Mistake]) -> None:
        lines = [str(mistake) for mistake in mistakes]
        self._app.post_message(LinePrinted("\n".join(lines)))
        more = len(lines) - _TOLD  # all of a file with many would not fit on the screen
        text = "\n".join([*lines[:_TOLD], *[f"and {more} more: f12 has all of them"] * (more > 0)])
        self._app.notify(text, title="Settings", severity="warning", timeout=12)
