"""The kept runs of the model that is filled in: what each had otherwise, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import getters, on
from textual.content import Content
from textual.widgets import Static

from hw1_tui.export.table import cell, title
from hw1_tui.markup import shorten, visible
from hw1_tui.settings.point import plain_point
from screens.state.messages import RunsFound
from screens.state.workspace_app import WorkspaceApp
from screens.theme import REMARK
from screens.widgets.number import measure, moment
from screens.widgets.run_state import state_words

if TYPE_CHECKING:
    from hw1_tui.runs import RunRecord
    from hw1_tui.settings import RunConfig

_HEADS = f"{'when':<13}{'status':<15}{'epochs':>9}{'val acc':>9}{'test acc':>10}  what it had otherwise"
_RESULTS = {"val_accuracy": 9, "test_accuracy": 10}
_WITHOUT_MEANING = ("model", "data", "threads", "evaluate_train", "evaluate_train_every", "device")
"""What is the same for all of them, or changes nothing about what a run comes to."""


class EarlierRuns(Static):
    """The newest first. The history is read once there is room for them, and again after a run was trained."""

    app = getters.app(WorkspaceApp)
    DEFAULT_CSS: ClassVar[str] = "EarlierRuns { height: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._config: RunConfig | None = None
        self._records: Sequence[RunRecord] | None = None
        self._problem = ""
        self._is_stale = True

    def on_mount(self) -> None:
        """Know when the history may have another run."""
        self.app.workspace.queue.changed.subscribe(self, self._grow_stale)

    def _grow_stale(self, _run: object) -> None:
        self._is_stale = True

    def show(self, config: RunConfig | None) -> None:
        """Show the runs of this one's model and data; ``None`` leaves those that are shown."""
        self._config = config or self._config
        self._look()

    def look_anew(self) -> None:
        """Read the history again: on another screen runs were deleted or named meanwhile, or by another program."""
        self._is_stale = True
        self._look()

    def on_resize(self) -> None:
        """Look into the history too, now that there is room for it."""
        self._look()

    def _look(self) -> None:
        if not self.size.height or self._config is None:
            return
        if self._is_stale:
            self._is_stale = False
            self.run_worker(self._read, thread=True, exclusive=True, group="earlier", exit_on_error=False)
        self.update(self._table(self._config), layout=False)

    def _read(self) -> None:
        """Read the history; in a thread."""
        try:
            self.post_message(RunsFound(list(self.app.workspace.store.runs())))
        except Exception as error:  # a history is a stranger's: a sentence, not silence
            self.post_message(RunsFound(None, f"The history cannot be read: {error}"))

    @on(RunsFound)
    def _take(self, message: RunsFound) -> None:
        message.stop()
        self._records, self._problem = message.records, message.problem
        self._look()

    def _table(self, config: RunConfig) -> Content:
        if self._problem:
            return Content.styled(visible(self._problem), "$text-error")
        if self._records is None:
            return Content.styled("Looking for your runs of this model...", REMARK)
        alike = [one for one in self._records
                 if (one.config.get("model"), one.config.get("data")) == (config.model, config.data)]  # fmt: skip
        if not alike:
            return Content.styled("None yet: enter on Start trains the first, and it is kept.", REMARK)
        newest = sorted(alike, key=lambda one: one.created, reverse=True)[: max(1, self.size.height - 1)]
        lines = [_line(one, config.as_dict(), self.size.width) for one in newest]
        return Content("\n").join([Content.styled(_HEADS, REMARK), *lines])


def _line(record: RunRecord, values: Mapping[str, Any], width: int) -> Content:
    results = record.results
    epochs = f"{results.get('epochs_done') or 0}/{record.config.get('epochs')}"
    told = "".join(f"{measure(results.get(name)):>{wide}}" for name, wide in _RESULTS.items())
    begin = f"{moment(record.created):<13}{state_words(record.status):<15}{epochs:>9}{told}  "
    other = ", ".join(filter(None, [differences(record.config, values), *record.not_repeated]))
    return Content.assemble(begin, (shorten(visible(other) or "nothing", max(8, width - len(begin))), REMARK))


def differences(config: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Return what a run has that is not as filled in, such as ``learning rate 0.01, momentum 0.9``."""
    wanted = plain_point(values)
    return ", ".join(f"{title(name)} {cell(name, value)}" for name, value in config.items()
                     if name in wanted and name not in _WITHOUT_MEANING and value != wanted[name])  # fmt: skip
