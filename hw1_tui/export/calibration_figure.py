"""The reliability curve for print: the share that is right over the confidence, and of how many examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw1_tui.analysis.calibration import Calibration
from hw1_tui.export.figure_style import colour, own_style
from hw1_tui.markup import visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@own_style()
def draw_calibration(title: str, found: Calibration) -> Figure:
    """Return a figure of the curve with 95% intervals, above how many examples have each confidence.

    Args:
        title: what was measured.
        found: the calibration.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.6, 5.2), layout="constrained")
    curve, sizes = figure.subplots(2, 1, height_ratios=(4, 1), sharex=True)
    full = [(b, b.accuracy) for b in found.bins if b.accuracy is not None]
    x, y = [b.confidence for b, _ in full], [right.value for _, right in full]
    reach = [[right.value - right.low for _, right in full], [right.high - right.value for _, right in full]]
    curve.plot([0, 1], [0, 1], color="0.5", linewidth=0.8, linestyle="--", label="as right as it is certain")
    curve.errorbar(x, y, yerr=reach, color=colour(0), marker="o", markersize=4, linewidth=1.3, capsize=2,
                   label="measured, with 95% intervals")  # fmt: skip
    curve.set(ylabel="share that is right", xlim=(0, 1), ylim=(0, 1))
    curve.set_title(f"{visible(title)}\nECE {found.error.value:.3f} ({found.error.low:.3f} to {found.error.high:.3f}), "
                    f"by chance {found.floor:.3f}", fontsize="medium", parse_math=False)  # fmt: skip
    curve.legend(fontsize="small", frameon=False, loc="upper left")
    curve.grid(alpha=0.3, linewidth=0.5)
    width = found.bins[0].high - found.bins[0].low
    sizes.bar([b.low for b in found.bins], [b.n for b in found.bins], width, align="edge", color=colour(0), alpha=0.6)
    sizes.set(xlabel="confidence", ylabel="examples")
    return figure
