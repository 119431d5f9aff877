"""A run of the report beside what it came to: what was printed, and what the newest run with its settings reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import getters, on
from textual.content import Content
from textual.widgets import Static

from hw1_tui.markup import visible
from hw1_tui.numeral import counted
from hw1_tui.report import Preset
from screens.state.messages import NewestFound
from screens.state.workspace_app import WorkspaceApp
from screens.theme import KEY, REMARK
from screens.widgets.number import measure, moment

if TYPE_CHECKING:
    from hw1_tui.runs import RunRecord

_MEASURED = ("train_loss", "val_accuracy", "test_accuracy")
_WIDTH_OF_NAME, _WIDTH_OF_NUMBER = 15, 11


class PresetFacts(Static):
    """What is known of the run of the report under the cursor. The history is read once it is first asked for."""

    app = getters.app(WorkspaceApp)
    DEFAULT_CSS: ClassVar[str] = "PresetFacts { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._preset: Preset | None = None
        self._known: tuple[Preset, ...] = ()
        self._newest: dict[str, RunRecord] | None = None
        self._problem = ""
        self._is_stale = True

    def on_mount(self) -> None:
        """Know when the history may have another run."""
        self.app.workspace.queue.changed.subscribe(self, self._grow_stale)
        self._draw()

    def _grow_stale(self, _run: object) -> None:
        self._is_stale = True

    def know(self, presets: tuple[Preset, ...]) -> None:
        """Take the runs that there are, none of which is shown yet."""
        self._known, self._preset, self._newest, self._is_stale = presets, None, None, True
        self._look()

    def show(self, preset: Preset) -> None:
        """Show a run of the report."""
        self._preset = preset
        self._look()

    def look_anew(self) -> None:
        """Read the history again: on another screen runs were trained and deleted meanwhile, or by another program."""
        self._is_stale = True
        self._look()

    def on_resize(self) -> None:
        """Look into the history too, now that there is room for it."""
        self._look()

    def _look(self) -> None:
        if self._preset and self._is_stale and self.display:
            self._is_stale = False
            self.run_worker(self._read, thread=True, exclusive=True, group="newest", exit_on_error=False)
        self._draw()

    def _read(self) -> None:
        """Search the history; in a thread."""
        from hw1_tui.report.runs.plan import find_newest  # in the thread: it would hold up the first frame

        try:
            self.post_message(NewestFound(find_newest(self.app.workspace.store.runs(), self._known)))
        except Exception as error:  # a history is a stranger's: a sentence, not silence
            self.post_message(NewestFound({}, f"The history cannot be read: {error}"))

    @on(NewestFound)
    def _take_newest(self, message: NewestFound) -> None:
        message.stop()
        self._newest, self._problem = message.newest, message.problem
        self._draw()

    def _draw(self) -> None:
        if self._preset is None:
            is_printed = not self._known or any(preset.printed for preset in self._known)
            self.update(Content.assemble(("p", KEY), (_OF_THE_REPORT if is_printed else _OF_A_HOMEWORK, REMARK)))
            return
        record = (self._newest or {}).get(self._preset.name)
        if self._problem:
            last = Content.styled(visible(self._problem), "$text-error")
        elif self._newest is None:
            last = Content.styled("Looking for your last run with these settings...", REMARK)
        else:
            last = _last(record)
        self.update(Content("\n").join([_head(self._preset), *_table(self._preset, record), last]))


_OF_THE_REPORT = " chooses a run of the report. What the report printed of it, and what your last run with its settings"
_OF_THE_REPORT += " came to, stand here then."
_OF_A_HOMEWORK = " chooses a run. What your last run with its settings came to stands here then."


def _head(preset: Preset) -> Content:
    values = preset.values
    what = f"{values['model']} by {values['engine']}, {counted(values['epochs'], 'epoch')}"
    return Content.assemble((f"{preset.question}  {preset.title}\n", "bold"), (what, REMARK))


def _table(preset: Preset, record: RunRecord | None) -> list[Content]:
    from hw1_tui.metric import METRICS  # not for the first frame, which shows no run of the report

    known = {*preset.printed, *(_MEASURED if record else ())} - {"seconds"}  # of another machine
    names = [name for name in METRICS if name in known]
    if not names:
        return []
    titles = ["printed"] * bool(preset.printed) + ["last run"]
    heading = " " * _WIDTH_OF_NAME + "".join(f"{title:>{_WIDTH_OF_NUMBER}}" for title in titles)
    results = record.results if record else {}
    lines = [Content.styled(heading, f"bold {REMARK}")]
    for name in names:
        values = [preset.printed.get(name)] * bool(preset.printed) + [results.get(name)]
        text = "".join(f"{measure(value):>{_WIDTH_OF_NUMBER}}" for value in values)
        lines.append(Content.assemble((f"{METRICS[name].short:<{_WIDTH_OF_NAME}}", REMARK), text))
    return lines


def _last(record: RunRecord | None) -> Content:
    if record is None:
        return Content.styled("None of your runs has these settings yet: enter fills them in.", REMARK)
    epochs = f"{record.results.get('epochs_done') or 0} of {record.config['epochs']} epochs"
    text = f"Last run: {moment(record.created, year=True)}, {record.status}, {epochs}, on {record.config['data']}"
    return Content.styled(visible(text), REMARK)
