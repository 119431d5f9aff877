"""The run under the cursor of the history: what it is and how it ended, its curves, results and configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import get_current_worker

from hw1_tui.export.table import cell
from hw1_tui.export.table import title as title_of
from hw1_tui.markup import join_words, visible
from hw1_tui.metric import METRICS, MetricKind, end_metrics
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.loss_name import loss_title
from hw1_tui.runs.record import BEST, best_metrics, last_metrics
from hw1_tui.settings import default_values
from screens import interval
from screens.one_shot import call_after
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.chart import Chart, Series
from screens.widgets.coach_line import CoachLine
from screens.widgets.number import duration, measure, moment, on_point
from screens.widgets.run_charts import curves_of, mark
from screens.widgets.run_state import state_accent, state_words

if TYPE_CHECKING:
    from hw1_tui.analysis.coach import Advice

_STYLES = {"good": "$text-success", "wrong": "$text-error", "chosen": "$text-primary", "": ""}
_ALWAYS = ("model", "engine", "data")
_MUTED = "$foreground-muted"

Part = tuple[str, str]
"""Text and its style."""


class RunPreview(Container):
    """What is known of a run; where there is little room a few lines, and no curves."""

    app = getters.app(WorkspaceApp)
    DEFAULT_CSS: ClassVar[str] = """
    RunPreview {
        height: auto; min-height: 3; padding: 0 1; layout: vertical;
        #preview-name { height: auto; max-height: 5; text-overflow: fold; }
        #about { height: auto; max-height: 5; text-wrap: nowrap; text-overflow: ellipsis; }
        #preview-body { display: none; height: 1fr; }
        #preview-charts { width: 1fr; height: 1fr; }
        #preview-words { width: auto; height: 1fr; scrollbar-size-vertical: 1; }
        #preview-words Horizontal { width: auto; height: auto; }
        #preview-results, #preview-config { width: auto; height: auto; text-wrap: nowrap; padding: 0 0 0 2; }
    }
    RunPreview.-below, RunPreview.-beside { #preview-body { display: block; } #about { text-wrap: wrap; } }
    RunPreview.-below { height: 15; #preview-body { layout: horizontal; } #preview-accuracy { display: none; } }
    RunPreview.-without-shares #preview-accuracy { display: none; }
    RunPreview.-beside {
        height: 1fr;
        #preview-words { width: 1fr; height: auto; max-height: 60%; margin: 1 0 0 0; }
        #preview-results { padding: 0; }
        #preview-coach { max-height: 6; }
    }
    """

    class Read(Message):
        """The curves of a run were read, what its hyperparameters are by default, and what the coach says of it."""

        def __init__(
            self,
            run: str,
            curves: Mapping[MetricKind, Sequence[Series]],
            defaults: Mapping[str, Any],
            advice: Advice | None,
        ) -> None:
            super().__init__()
            self.run, self.curves, self.defaults, self.advice = run, curves, defaults, advice

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._record: RunRecord | None = None
        self._timer: Timer | None = None
        self._defaults: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._drawn = ""
        self.is_drawn = True

    def compose(self) -> ComposeResult:
        """Draw the words, the charts and the two lists."""
        yield Static(markup=False, id="preview-name")
        yield Static(markup=False, id="about")
        yield CoachLine(id="preview-coach")
        with Container(id="preview-body"):
            with Container(id="preview-charts"):
                yield Chart("loss", empty="Reading the curves...", log_y=None, clip=True, id="preview-loss")
                yield Chart("accuracy, share of examples", empty="", id="preview-accuracy")
            with VerticalScroll(id="preview-words", can_focus=False), Horizontal():
                yield Static(markup=False, id="preview-results")
                yield Static(markup=False, id="preview-config")

    def on_resize(self) -> None:
        """Draw what there is room for now."""
        if self._record:
            self._read_soon()

    def show(self, record: RunRecord | None) -> None:
        """Show a run; its curves follow when the cursor rests on it."""
        before, self._record = self._record, record
        if record is None or record == before:
            return
        self._say()
        if before is None or before.run != record.run:
            self.query_one(CoachLine).show(None)
            for chart in self.query(Chart):
                chart.set_series([])
            self._drawn = ""
        self._read_soon()

    @property
    def _has_curves(self) -> bool:
        return self.has_class("-below") or self.has_class("-beside")

    def _say(self) -> None:
        """Say what is known without reading anything."""
        if record := self._record:
            defaults = self._defaults.get(_trainer_of(record), {})
            self.query_one("#preview-name", Static).update(heading(record))
            words, said = self.query_one("#about", Static), about(record, defaults, in_short=not self._has_curves)
            words.update(said)
            words.display = bool(said)  # nothing would take a row as well
            self.query_one("#preview-results", Static).update(results_list(record))
            self.query_one("#preview-config", Static).update(config_list(record, defaults))

    def _read_soon(self) -> None:
        self.is_drawn = False
        if self._timer:
            self._timer.stop()
        self._timer = call_after(self, interval.PREVIEW, self._begin)

    def _begin(self) -> None:
        if self._record:
            read = partial(self._look, self._record)
            self.run_worker(read, thread=True, exclusive=True, group="preview", exit_on_error=False)

    def _look(self, record: RunRecord) -> None:
        """Read a run's epochs; in a thread, as a history may be on a network."""
        store = self.app.workspace.store
        try:
            epochs = store.metrics(record.run, joined=True) if self._has_curves else []
        except (MistakeError, OSError):  # deleted, or in the trash: what the list knows of it is shown all the same
            epochs = []
        try:
            engine, model = _trainer_of(record)
            defaults: Mapping[str, Any] = default_values(engine, model)
        except Exception:  # a plug-in of before may be gone, and raise anything
            defaults = {}
        advice = _advice(store, record) if self._has_curves else None
        kinds: Sequence[MetricKind] = ("loss", "share")
        curves = {kind: curves_of(kind, epochs, begin=record.parent_epoch or 0) for kind in kinds} if epochs else {}
        if not get_current_worker().is_cancelled:
            self.post_message(self.Read(record.run, curves, defaults, advice))

    @on(Read)
    def _draw(self, message: Read) -> None:
        message.stop()
        record = self._record
        self.is_drawn = True
        if record is None or message.run != record.run:
            return
        self._defaults[_trainer_of(record)] = message.defaults
        self._say()
        self.query_one(CoachLine).show(message.advice)
        loss, accuracy = self.query_one("#preview-loss", Chart), self.query_one("#preview-accuracy", Chart)
        loss.set_title(loss_title([record.config]))
        self.query_one("#preview-charts").visible = bool(message.curves)
        loss.set_series(message.curves.get("loss", ()))
        shares = [curve for curve in message.curves.get("share", ()) if curve.last is not None]
        accuracy.set_series(shares)
        self.set_class(not shares, "-without-shares")
        for chart in (loss, accuracy):
            chart.set_marks([mark(change) for change in record.joined_changes])


def _advice(store: Store, record: RunRecord) -> Advice | None:
    """Return what the coach says of a run; ``None`` for nothing, also where it cannot be read."""
    from hw1_tui.analysis.coach import coach_kept

    try:
        return coach_kept(store, record).advice
    except (MistakeError, OSError):
        return None


def _trainer_of(record: RunRecord) -> tuple[str, str]:
    return str(record.config.get("engine")), str(record.config.get("model"))


def heading(record: RunRecord) -> Content:
    """Return the name of a run, in full, how it ended, and when it was."""
    name = visible(record.labels.name)
    facts = [record.run * bool(name), moment(record.created, year=True), duration(record.results.get("seconds"))]
    return Content.assemble((name or record.run, "bold"), "  ",
                            (state_words(record.status), _STYLES[state_accent(record.status)]),
                            ("  " + "  ".join(filter(None, facts)), _MUTED))  # fmt: skip


def about(record: RunRecord, defaults: Mapping[str, Any], *, in_short: bool) -> Content:
    """Return why a run ended and what a person said of it.

    Args:
        record: the run.
        defaults: what its hyperparameters are where nothing is said.
        in_short: whether these lines are all there is room for, and say what differs from the defaults as well.
    """
    tags = " ".join(f"#{join_words([tag])}" for tag in record.labels.tags)
    said = [tags, " ".join(record.labels.note.split()), record.origin, record.results.get("reason") or ""]
    steered = f"steered: {'; '.join(map(str, record.changes))}" if record.changes else ""
    lines = ["  ".join(filter(None, said)), steered]
    if in_short:
        lines += ["  ".join(f"{name} {value}" for name, value, differs in _settings(record, defaults)
                            if differs and name not in _ALWAYS)]  # fmt: skip
    return Content("\n").join(Content(visible(line)) for line in lines if line)


def _settings(record: RunRecord, defaults: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Return name, value and whether it is another than by default: what the run is, what differs, the rest."""
    config = record.config
    told = [(title_of(name), cell(name, value), name in _ALWAYS or _differs(value, defaults.get(name)))
            for name, value in config.items() if name in _ALWAYS or value != ""]  # fmt: skip
    return sorted(told, key=lambda entry: not entry[2])


def _differs(value: Any, default: Any) -> bool:
    return default is not None and value != (list(default) if isinstance(default, tuple) else default)


def config_list(record: RunRecord, defaults: Mapping[str, Any]) -> Content:
    """Return the configuration as a list: what the run is and what differs from the defaults first, then the rest."""
    settings = _settings(record, defaults)
    width = max(len(name) for name, _, _ in settings)
    lines = [(f"\n{name:<{width}}  ", "" if differs else _MUTED, value, "bold" if differs else _MUTED)
             for name, value, differs in settings]  # fmt: skip
    return Content.assemble(("Configuration", "bold"), *((text, style) for line in lines for text, style in
                                                         (line[:2], line[2:])))  # fmt: skip


def results_list(record: RunRecord) -> Content:
    """Return the results as a list: after the last epoch, and after the one with the lowest validation loss."""
    results = record.results
    best_of = {metric.name: results.get(f"{BEST}{metric.name}") for metric in best_metrics()}
    told = [metric for metric in (*last_metrics(), *end_metrics()) if not metric.is_detail]
    names = [metric.name for metric in told if results.get(metric.name) is not None]
    last = on_point([measure(results[name]) for name in names])
    best = on_point([measure(best_of[name]) if best_of.get(name) is not None else "" for name in names])
    width = max((len(METRICS[name].short) for name in names), default=0)
    epoch = results.get("best_epoch")
    head = f"epoch {epoch}" if epoch else ""
    wide, wide_best = len(max(last, default="")), max(len(head), len(max(best, default="")))
    heads = f"{'last':>{wide}}  {head:>{wide_best}}"
    parts: list[Part] = [("Results".ljust(width + 2), "bold"), (heads, _MUTED)]
    for name, value, after_best in zip(names, last, best, strict=True):
        style = "bold" if METRICS[name].is_listed else ""
        parts += [(f"\n{METRICS[name].short:<{width}}  ", ""), (value, style), (f"  {after_best:>{wide_best}}", _MUTED)]
    return Content.assemble(*parts)
