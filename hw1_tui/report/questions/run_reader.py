"""Reads the runs of a questions file: what each is like, what it is trained on, and its settings, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engines import registry
from engines.contract import ModelSpec
from hw1_tui.files.user_path import nearest_path, user_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.questions.entry_reader import EntryReader, on_one_line
from hw1_tui.report.questions.inheritance import inherited_settings, lineage
from hw1_tui.report.questions.preset import Preset
from hw1_tui.report.questions.setting_of_n import settings_at
from hw1_tui.settings import DEFAULT_ENGINE, DEFAULT_MODEL, NAMED_DATA, SESSION_DEFAULTS, RunConfig

KEYS = ("name", "question", "title", "like", "data", "settings")


class RunReader:
    """The runs of one file.

    Args:
        content: the whole file.
        folder: where it lies, from which its data is looked for.

    Attributes:
        n_examples: how many training examples settings are checked with that follow from it.
    """

    def __init__(self, content: Mapping[str, Any], folder: Path) -> None:
        self._entries = _by_name(content.get("runs"))
        self._questions = _by_name(content.get("questions"))
        self._folder = folder
        self.n_examples = 1
        self._known: dict[str, list[Mistake]] = {}

    def read(self, reader: EntryReader, mistakes: list[Mistake]) -> Preset:
        """Return a run; add what is wrong with it to the mistakes."""
        name = reader.text("name")
        question, title = reader.text("question"), reader.text("title", name)
        like = reader.choice("like", self._entries, "", "run")
        is_circle = name in lineage(name, self._entries)[1:]
        if is_circle:
            reader.refuse("like", f"goes in a circle: {', '.join(lineage(name, self._entries))}")
        own = reader.raw("settings")
        if not isinstance(own, dict) and (own is not None or not like):
            reader.refuse("settings", "is missing" if own is None else "is not a table of settings")
            return Preset(name, question, title, {})
        if isinstance(own, dict) and "data" in own:
            reader.refuse("settings", "names data", "data = ... beside the settings")
        taken_over = self._mistakes(like) if like and not is_circle else []
        new = [mistake for mistake in self._mistakes(name) if mistake not in taken_over]
        mistakes.extend(replace(mistake, place=f"{reader.place}, {mistake.place}") for mistake in new)
        self.source(reader)
        values = _with_defaults(inherited_settings(name, self._entries))
        return Preset(name, question, title, values, self._data(name, question))

    def learns_classes(self, name: str) -> bool:
        """Whether the model of a run learns classes; so it does where nothing is known of it."""
        spec = _spec(_with_model(inherited_settings(name, self._entries)))
        return spec is None or spec.task != "regression"

    def source(self, reader: EntryReader, must_exist: bool = True) -> str:
        """Return where the data of an entry comes from, empty for nothing; add that it is not there."""
        source = self._resolve(reader.text("data", ""))
        path = Path(source)
        if must_exist and path.is_absolute() and not path.exists():
            allowed = f"{', '.join(NAMED_DATA)}, or what lies from this file on"
            reader.refuse("data", f"{source} is not there", allowed, nearest_path(path))
        return source

    def _resolve(self, given: str) -> str:
        """Return a name as it is, and a file or folder as it lies from the questions file."""
        return given if not given or given in NAMED_DATA else str(self._folder / user_path(given))

    def _mistakes(self, name: str) -> list[Mistake]:
        """Return what is wrong with the settings of a run, those that it takes over among them."""
        if name not in self._known:
            settings = inherited_settings(name, self._entries)
            settings.pop("data", None)
            try:
                RunConfig.from_dict(settings_at(settings, self.n_examples))
                self._known[name] = []
            except MistakeError as error:
                self._known[name] = list(error.mistakes)
        return self._known[name]

    def _data(self, name: str, question: str) -> str:
        """Return the data of a run: its own, that of the run that it is like, or that of its question."""
        givers = [self._entries.get(one, {}) for one in lineage(name, self._entries)]
        named = (giver.get("data") for giver in (*givers, self._questions.get(question, {})))
        return self._resolve(next((on_one_line(one) for one in named if isinstance(one, str) and one.strip()), ""))


def _with_defaults(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings that say model, engine and number of epochs, by which a run is listed."""
    values = _with_model(settings)
    spec = _spec(values)
    return {"epochs": {**SESSION_DEFAULTS, **(spec.defaults if spec else {})}["epochs"], **values}


def _with_model(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"model": DEFAULT_MODEL, "engine": DEFAULT_ENGINE, **settings}


def _spec(settings: Mapping[str, Any]) -> ModelSpec | None:
    """Return what the engine says of a model; ``None`` where there is no such engine or model."""
    engine, model = settings["engine"], settings["model"]
    models = registry.get(engine).models() if engine in registry.names() else {}
    return models.get(model) if isinstance(model, str) else None


def _by_name(entries: Any) -> dict[str, Mapping[str, Any]]:
    """Return the entries of a section by their names, as far as they have one."""
    tables = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return {on_one_line(entry["name"]): entry for entry in tables if isinstance(entry.get("name"), str)}
