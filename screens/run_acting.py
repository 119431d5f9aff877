"""What screens with a list of runs do with them: compare, look inside, train on. What cannot be done is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from engines.contract import EngineError
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import RunRecord
from hw1_tui.settings import RunConfig
from screens.dialogs.continuation_dialog import Continuation, ContinuationDialog
from screens.main_screen import MainScreen
from screens.state.field_words import in_field_words
from screens.state.run_source import submit_branched, submit_resumed


class RunActing(MainScreen):
    """A main screen with a list of runs."""

    def attempt(self, work: Callable[[], object], *, to_training: bool = False) -> bool:
        """Do something and return whether it could be done; say what is wrong where not. Also for threads.

        Args:
            work: what is done.
            to_training: whether the Training screen is shown when it is done.
        """
        try:
            work()
        except (MistakeError, EngineError) as error:
            self.notify(in_field_words(str(error)), severity="error")
            return False
        except OSError as error:
            self.notify(f"{error.filename}: {error.strerror}", severity="error")
            return False
        self.take_change()
        if to_training:
            self.app.action_go("training")
        return True

    def take_change(self) -> None:
        """Take that something was done to the runs; by default nothing has to be."""

    def compare(self, records: Sequence[RunRecord]) -> None:
        """Show runs side by side."""
        from screens.dialogs.comparison_dialog import ComparisonDialog

        if records:
            self.attempt(lambda: self.app.push_screen(ComparisonDialog.of(self.workspace.store, records)))

    def inspect(self, records: Sequence[RunRecord]) -> None:
        """Look inside a run, or two beside each other; said here, where marks can be changed, if they cannot be."""
        if len(records) > 2:
            self.notify("Two runs can be looked into beside each other; more are marked.", severity="warning")
        elif len({record.facts.get("fingerprint") for record in records} - {None}) > 1:
            self.notify(
                "The marked runs were trained on different data and cannot stand beside each other: unmark one.",
                severity="warning",
            )
        elif records:
            self.workspace.inspected = tuple(record.run for record in records)
            self.app.action_go("inspection")

    def ask_where_to_branch(self, record: RunRecord) -> None:
        """Ask from which kept epoch of a run a new one begins, and what is different from there on."""
        kept = [c.epoch for c in self.workspace.store.find(record.run).checkpoint_store.checkpoints() if not c.examples]
        if kept:
            self.ask_how_to_go_on(record, kept)
        else:
            self.notify("No epoch of this run was kept.", severity="warning")

    def ask_how_to_go_on(self, record: RunRecord, kept: Sequence[int] = ()) -> None:
        """Ask for what is different from here on, or from a kept epoch on, and train with that."""
        train_on = partial(self._train_on, record)
        self.attempt(lambda: self.app.push_screen(ContinuationDialog(record, kept), train_on))

    def _train_on(self, record: RunRecord, continuation: Continuation | None) -> None:
        if continuation is None:
            return
        queue, store, (epoch, changes) = self.workspace.queue, self.workspace.store, continuation
        submit = (partial(submit_resumed, queue, store, record, changes) if epoch is None
                  else partial(submit_branched, queue, store, record, epoch, changes))  # fmt: skip
        self.attempt(submit, to_training=True)

    def config_of(self, record: RunRecord) -> RunConfig | None:
        """Return the configuration of a run; ``None``, which is told, where it cannot be read."""
        configs: list[RunConfig] = []
        self.attempt(lambda: configs.append(RunConfig.from_dict(record.config_now, record.run)))
        return configs[0] if configs else None
