"""Where a run stands, in three lines, and what the coach says of it."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.widgets import Static

from hw1_tui.markup import visible
from hw1_tui.metric import METRICS
from hw1_tui.training.event import FAILURES
from screens.state.live_run import LiveRun
from screens.theme import REMARK
from screens.widgets.number import count, duration, measure, memory, remaining
from screens.widgets.run_state import state_style, state_words

_BAR_WIDTHS = (20, 40)
_WIDE = 100
_GAP = "   "


class RunCard(Static):
    """State, epoch, progress, speed, times, best epoch, memory; and the sentence on why it ended."""

    DEFAULT_CSS: ClassVar[str] = "RunCard { height: auto; min-height: 3; max-height: 4; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False, classes="panel")
        self._live: LiveRun | None = None
        self._had_ended = False

    def on_resize(self) -> None:
        """Draw the bar as long as there is room for now; a run that is paused has no news to be drawn with."""
        if self._live:
            self.show(self._live)

    def show(self, live: LiveRun | None, proposal: str = "") -> None:
        """Show a run as it is now; with none, what to do.

        Args:
            live: the run; ``None`` where there is none yet.
            proposal: what would be trained, as a sentence; for where there is none.
        """
        self._live = live
        if live is None:
            self.update(_nothing(proposal), layout=False)
            return
        # Only how a run ended can take a line more.
        ended = live.ended is not None and not live.is_live
        bar_width = _BAR_WIDTHS[self.size.width >= _WIDE]
        lines = Content("\n").join([_head(live), _progress(live, bar_width), _metrics(live)])
        self.update(lines, layout=ended or self._had_ended)
        self._had_ended = ended


def _nothing(proposal: str) -> Content:
    return Content.assemble(
        ("Nothing was trained yet.\n", "bold"),
        ("s", "bold $text-accent"),
        f" trains {proposal}\n",
        ("2", "bold $text-accent"),
        (" changes its settings, ", REMARK),
        ("1", "bold $text-accent"),
        (" chooses another model or other data.", REMARK),
    )


def _head(live: LiveRun) -> Content:
    trained_on = f" ({live.started.trained_on})" if live.started and live.started.trained_on else ""
    config = live.config
    return Content.assemble(
        (state_words(live.state), state_style(live.state)),
        f"{_GAP}run {live.number}: {config.model} on {visible(config.data)}, {config.engine}",
        (visible(trained_on), REMARK),
        (f"{_GAP}d: details" if live.ended and live.ended.details else "", REMARK),
    )


def _progress(live: LiveRun, bar_width: int) -> Content:
    if live.state == "queued":
        return Content("Waits its turn. Press b to train it beside what trains now.")
    if live.state == "opening":
        return Content(visible(live.opening_text))
    if live.ended and live.ended.reason and not live.is_live:
        is_wrong = live.state in FAILURES
        return Content.styled(visible(live.ended.reason), "$text-error" if is_wrong else "")
    is_moving = live.examples_per_second and not live.is_evaluating
    speed = f"{_GAP}{count(live.examples_per_second)} examples/s" if is_moving else ""
    share = f" {live.fraction:>4.0%}{_GAP}"
    return Content.assemble(*_bar(live.fraction, bar_width), share, epoch_words(live), (speed, REMARK))


def _bar(fraction: float, width: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the bar: heavy as far as it has come, thin from there; so without colour too."""
    done = round(width * fraction)
    return ("━" * done, "$text-primary"), ("─" * (width - done), "$foreground 30%")


def epoch_words(live: LiveRun) -> str:
    """Return which epoch a run is at, and how far in it."""
    newest = live.progress[0] if live.progress else None
    if live.is_evaluating:
        trained = newest.epoch if newest and newest.epoch > live.epochs_done else live.epochs_done
        return f"epoch {trained} of {live.config.epochs}, evaluating"
    words = f"epoch {live.epochs_done} of {live.config.epochs}"
    if live.is_live and newest and newest.epoch > live.epochs_done and newest.examples:
        words += f" + {newest.examples / newest.of:.0%}"
    return words


def _metrics(live: LiveRun) -> Content:
    is_counted = live.state != "queued" and live.seconds is not None
    pairs = [("elapsed", duration(live.seconds or 0.0), "")] if is_counted else []
    if (left := live.seconds_left) is not None:
        pairs.append(("left", remaining(left), ""))
    if best := live.best:
        loss = f" ({METRICS['val_loss'].short} {measure(best['val_loss'])})"
        pairs.append(("best epoch", str(best.epoch), loss))
    accuracy = live.ended.test_metrics.get("test_accuracy") if live.ended and not live.is_live else None
    if accuracy is not None:
        pairs.append((METRICS["test_accuracy"].title, measure(accuracy), ""))
    elif live.is_live:
        pairs.append(("memory", memory(), ""))
    words = [Content.assemble((f"{name} ", REMARK), (value, "bold"), (remark, REMARK)) for name, value, remark in pairs]
    return Content(_GAP).join(words)
