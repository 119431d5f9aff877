"""Where a run stands, in three lines."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.widgets import Static

from hw1_tui.metric import METRICS
from screens.state.live_run import LiveRun
from screens.widgets.number import count, duration, measure, memory

_EMPTY = "No run yet. s trains the model that is filled in; 1 chooses another."


class RunCard(Static):
    """State, epoch, progress, speed, times, best epoch, memory; and the sentence on why it ended."""

    DEFAULT_CSS: ClassVar[str] = "RunCard { height: auto; min-height: 3; max-height: 4; padding: 0 1; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._had_ended = False

    def show(self, live: LiveRun | None) -> None:
        """Show a run as it is now; with none, what to do."""
        if live is None:
            self.update(Text(_EMPTY), layout=False)
            return
        # Only how a run ended can take a line more.
        ended = live.ended is not None and not live.is_live
        lines = Text("\n").join([_head(live), _progress(live), _metrics(live)])
        self.update(lines, layout=ended or self._had_ended)
        self._had_ended = ended


def _head(live: LiveRun) -> Text:
    head = Text(f"{live.state.upper()}  ", style="bold")
    head.append(f"run {live.number}: {live.config.model} on {live.config.data}, {live.config.engine}", style="not bold")
    if live.started and live.started.trained_on:
        head.append(f" ({live.started.trained_on})", style="not bold")
    if live.ended and live.ended.details:
        head.append("  (d: details)", style="not bold")
    return head


def _progress(live: LiveRun) -> Text:
    if live.state == "queued":
        return Text("Waits its turn. Press b to train it beside what trains now.")
    if live.state == "opening":
        return Text(live.opening_text)
    if live.ended and live.ended.reason and not live.is_live:
        return Text(live.ended.reason)
    done = round(20 * live.fraction)
    bar = "█" * done + "░" * (20 - done)
    newest = live.progress[0] if live.progress else None
    if live.is_evaluating:
        trained = newest.epoch if newest and newest.epoch > live.epochs_done else live.epochs_done
        return Text(f"{bar} epoch {trained} of {live.config.epochs}, evaluating")
    text = f"{bar} epoch {live.epochs_done} of {live.config.epochs}"
    if live.is_live and newest and newest.epoch > live.epochs_done and newest.examples:
        text += f" + {newest.examples / newest.of:.0%}"
    if live.examples_per_second:
        text += f"  {count(live.examples_per_second)} examples/s"
    return Text(text)


def _metrics(live: LiveRun) -> Text:
    words = [f"elapsed {duration(live.elapsed)}"]
    if live.seconds_left is not None:
        words.append(f"ETA {duration(live.seconds_left)}")
    if best := live.best:
        words.append(f"best epoch {best.epoch} ({METRICS['val_loss'].short} {measure(best['val_loss'])})")
    accuracy = live.ended.test_metrics.get("test_accuracy") if live.ended and not live.is_live else None
    if accuracy is not None:
        words.append(f"{METRICS['test_accuracy'].title} {measure(accuracy)}")
    elif live.is_live:
        words.append(f"memory {memory()}")
    return Text("  ".join(words))
