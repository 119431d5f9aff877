"""The sweep being defined: what was typed, right or wrong, kept while one looks elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import read_whole
from hw1_tui.read_options import READ_OPTIONS
from hw1_tui.runs.comparison import MAY_DIFFER
from hw1_tui.settings import SEEDS, TABLE, Given, Hyperparameter
from hw1_tui.sweep.definition import DEFAULT_METRIC, Sweep, swept_metrics
from hw1_tui.sweep.plan import default_jobs
from hw1_tui.sweep.search import require_optuna
from hw1_tui.sweep.space import axis_of
from hw1_tui.sweep.wish import Wish, define
from screens.state.draft import Draft
from screens.state.field_words import in_field_words

GRID, RANDOM, TPE = "grid", "random", "tpe"
_MOST_JOBS = 64
_DEFAULT_POINTS = "20"

# fmt: off
SETTINGS = (
    Hyperparameter("method", "choice", "every combination, points drawn, or chosen by what those before came to",
                   choices=(GRID, RANDOM, TPE)),
    Hyperparameter("points", "text", "how many points are drawn or chosen, 20 by default; a grid has its own number"),
    replace(SEEDS, help="how often each point is trained, with other seeds"),
    Hyperparameter("metric", "choice", "what points are ranked by", choices=tuple(swept_metrics())),
    Hyperparameter("halving", "switch", "stop the worst quarter of the trials at each of some epochs"),
    Hyperparameter("jobs", "text", "trials that train at once; empty for one a core, one for engines in Python"),
    Hyperparameter("time", "text", "stop after so long, such as 20m; empty for no limit. It can be gone on with"),
    Hyperparameter("name", "text", "what the sweep is called; empty for a digest of it"),
)
# fmt: on
"""What a sweep has beside the hyperparameters, described as those are."""

NOTHING_TRIED = "Type several values into a field to try each: .01,.25,.5 or 1e-4..1e-1:log:5. ctrl+o opens a sweep."
"""What is said while no hyperparameter has several values."""

_DEFAULTS = {"method": GRID, "points": "", "seeds": "1", "metric": DEFAULT_METRIC, "halving": "false"}


def may_be_swept(name: str) -> bool:
    """Return whether the trials of a sweep may differ in a hyperparameter."""
    return name not in MAY_DIFFER | READ_OPTIONS | {"seed", "seeds", "evaluate_train"}


def is_many(name: str, text: str) -> bool:
    """Return whether what was typed for a hyperparameter is several values, or means to be."""
    kind = TABLE[name].kind
    return (kind in ("integer", "number") and ".." in text) or (";" if kind == "sizes" else ",") in text


class SweepDraft:
    """What the form of a sweep holds. What nothing else was typed for is as in the form of a run.

    Args:
        form: the run being defined.

    Attributes:
        texts: what was typed for hyperparameters, one value or several.
        settings: what was typed of the rest, by the names of ``SETTINGS``.
    """

    def __init__(self, form: Draft) -> None:
        self.form = form
        self.texts: dict[str, str] = {}
        self.settings: dict[str, str] = {}

    def fields(self) -> dict[Hyperparameter, tuple[str, str]]:
        """Return of every hyperparameter that may be swept what stands in its field, and what stands in the form."""
        names = [name for name in self.form.defaults() if may_be_swept(name)]
        return {TABLE[name]: (self.texts.get(name, self.form.text(name)), self.form.text(name)) for name in names}

    def setting_fields(self) -> dict[Hyperparameter, tuple[str, str]]:
        """Return the text and the default of each of the other fields."""
        return {about: (self.setting(about.name), _DEFAULTS.get(about.name, "")) for about in SETTINGS}

    def setting(self, name: str) -> str:
        """Return what stands in one of the other fields."""
        return self.settings.get(name, _DEFAULTS.get(name, ""))

    def type(self, name: str, text: str) -> None:
        """Keep what was typed; what the form has as well counts as nothing typed."""
        if name in {about.name for about in SETTINGS}:
            self.settings[name] = text
        elif text == self.form.text(name):
            self.texts.pop(name, None)
        else:
            self.texts[name] = text

    def reset(self) -> None:
        """Forget all that was typed here."""
        self.texts.clear()
        self.settings.clear()

    def take(self, sweep: Sweep) -> None:
        """Become a sweep that exists; the form becomes what its trials share."""
        self.reset()
        self.form.take(sweep.config)
        for axis in sweep.space.axes:
            self.texts[axis.name] = axis.text
        limit = "" if sweep.time_limit is None else f"{sweep.time_limit:g}s"
        self.settings = {
            "method": RANDOM if sweep.n_random else TPE if sweep.n_tpe else GRID,
            "points": str(sweep.n_random or sweep.n_tpe or ""),
            "seeds": str(sweep.seeds),
            "metric": sweep.metric,
            "halving": "true" if sweep.halving else "false",
            "time": limit,
            "name": "" if sweep.identifier.startswith(sweep.given_name) else sweep.given_name,
        }

    def axes(self) -> dict[str, str]:
        """Return what was typed for the hyperparameters that are to be tried at several values."""
        taken = self.form.defaults()
        return {name: text for name, text in self.texts.items() if name in taken and is_many(name, text)}

    def definer(self) -> Callable[[], Sweep]:
        """Return what makes the sweep of what is typed now, or raises ``MistakeError`` with everything that is wrong.

        Every point is looked at, and there may be thousands: it is not for the interface's own thread. Each mistake is
        at the name of its field.
        """
        return partial(_define, self._wish(), list(self._mistakes()))

    def jobs(self, executor: str = "threads") -> int:
        """Return how many trials train at once in an executor; the usual number where what was typed is none."""
        try:
            return read_whole(self.setting("jobs"))
        except ValueError:
            return default_jobs(self.form.engine, executor)

    def _mistakes(self) -> Iterator[Mistake]:
        if not self.axes():
            yield Mistake("", NOTHING_TRIED)
        if self.setting("method") == TPE:
            try:
                require_optuna()
            except MistakeError as error:
                yield from (replace(mistake, place="method") for mistake in error.mistakes)
        if self.setting("method") == GRID and self.setting("points").strip():
            yield Mistake("points", "a grid has its own number of points", f"nothing, or {RANDOM} or {TPE} as method")
        if jobs := self.setting("jobs").strip():
            try:
                is_right = 1 <= read_whole(jobs) <= _MOST_JOBS
            except ValueError:
                is_right = False
            if not is_right:
                yield Mistake("jobs", f"{jobs!r} is no number of jobs", f"a whole number from 1 to {_MOST_JOBS}")

    def _wish(self) -> Wish:
        shared = {given.name: given for given in self.form.given()}
        for name, text in self.texts.items():
            if name in self.form.defaults():
                shared[name] = Given(name, text, name)
        axes = self.axes()
        method, points = self.setting("method"), self.setting("points").strip() or _DEFAULT_POINTS
        return Wish(
            [given for name, given in shared.items() if name not in axes],
            [(name, text, name) for name, text in axes.items()],
            {"grid": "", "random": "points", "tpe": "points", **{about.name: about.name for about in SETTINGS}},
            self.setting("name").strip() or None,
            points if method == RANDOM else None,
            points if method == TPE else None,
            self.setting("seeds").strip(),
            self.setting("metric"),
            self.setting("halving") == "true",
            self.setting("time").strip() or None,
        )


def _define(wish: Wish, mistakes: Sequence[Mistake]) -> Sweep:
    try:
        return define(wish, list(mistakes))
    except MistakeError as error:
        raise MistakeError([_at_field(mistake) for mistake in error.mistakes]) from None


def _at_field(mistake: Mistake) -> Mistake:
    """Return a mistake at the name of its field, and not at that of an option."""
    return replace(mistake, place=in_field_words(mistake.place), allowed=in_field_words(mistake.allowed))


def describe_axis(name: str, text: str) -> str:
    """Return what several values of a hyperparameter come to, in words.

    Raises:
        MistakeError: what is wrong with them.
    """
    axis, entry = axis_of(name, text, name), TABLE[name]
    if not axis.values:
        return f"drawn between {entry.format(axis.low or 0.0)} and {entry.format(axis.high or 0.0)}, {axis.scale}"
    shown = [entry.format(value) for value in axis.values]
    middle = shown if len(shown) <= _MOST_NAMED else [*shown[:2], "...", shown[-1]]
    return f"{len(shown)} values: {('; ' if entry.kind == 'sizes' else ', ').join(middle)}"


_MOST_NAMED = 5
"""So many values are named one by one."""
