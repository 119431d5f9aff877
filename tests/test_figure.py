"""Figures for print: every curve is told from every other and seen whole, whatever the user's settings."""

import colorsys
import os
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest

from hw1_tui.cli import main
from hw1_tui.export.figure import draw_curves, render
from hw1_tui.export.figure_style import MARKERS, colour
from hw1_tui.metric import EpochMetrics
from hw1_tui.runs import Store
from hw1_tui.runs.band import band
from hw1_tui.runs.loss_name import loss_label, loss_name
from tests.support.history import train

_CALM = [1.45, 1.31, 1.23, 1.16, 1.11]


def epochs(val_losses, accuracies=()):
    found = [{"train_loss": 1.0 + n / 10, "val_loss": loss} for n, loss in enumerate(val_losses)]
    for values, accuracy in zip(found, accuracies, strict=False):
        values["val_accuracy"] = accuracy
    return [EpochMetrics(n, values) for n, values in enumerate(found)]


def curves_of(axes):
    return [line for line in axes.lines if line.get_linestyle() == "-"]


def test_no_two_of_many_runs_have_the_same_colour():
    figure = draw_curves([(f"run {n}", epochs(np.array(_CALM) + n)) for n in range(40)])
    assert len({line.get_color() for line in curves_of(figure.axes[0])}) == 40


def test_colours_beyond_the_first_stand_out_on_white():
    """3 to 1, the contrast that WCAG 2.1 asks of graphics."""
    for number in range(7, 60):
        rgb = [int(colour(number)[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
        luminance = np.dot([0.2126, 0.7152, 0.0722], linear)
        assert 1.05 / (luminance + 0.05) >= 2.95, colour(number)
        assert colorsys.rgb_to_hls(*rgb)[2] > 0.3


def test_a_figure_says_that_the_training_loss_is_that_after_the_epoch_where_it_draws_that():
    """The screen draws the loss of the steps, and nothing told why the exported curve is another."""
    after = [EpochMetrics(n, {**one.values, "train_eval_loss": 1.0}) for n, one in enumerate(epochs(_CALM))]
    told = [draw_curves(curves).axes[0].get_ylabel().replace("\n", " ")
            for curves in ([("a", epochs(_CALM))], [("a", after)], [("a", after), ("b", epochs(_CALM))])]  # fmt: skip
    assert told == [
        "mean loss per example",
        "mean loss per example, after the epoch",
        "mean loss per example, after the epoch where training was measured then",
    ]


def test_curves_are_solid_and_the_splits_of_a_run_differ_all_the_same():
    """Dashes swallow whole epochs of a restless curve."""
    for n_runs in (1, 3):
        figure = draw_curves([(f"run {n}", epochs(_CALM)) for n in range(n_runs)])
        lines = curves_of(figure.axes[0])
        assert len(lines) == len(figure.axes[0].lines) == 2 * n_runs
        looks = {(line.get_color(), line.get_linewidth()) for line in lines}
        assert len(looks) == 2 * n_runs


def test_an_absurd_epoch_goes_off_the_scale_with_a_mark_and_its_value():
    figure = draw_curves([("newcomer", epochs([334.5, 688.3, *_CALM]))])
    axes = figure.axes[0]
    assert axes.get_ylim()[1] < 2
    (marks,) = [line for line in axes.lines if line.get_marker() == "^"]
    assert np.asarray(marks.get_xdata()).tolist() == [0, 1]
    assert "334.5 at epoch 0, 688.3 at epoch 1" in axes.texts[0].get_text()


def test_an_absurd_epoch_of_one_run_does_not_flatten_a_comparison():
    figure = draw_curves([("a", epochs([334.5, *_CALM])), ("b", epochs([2.3, *_CALM]))])
    assert figure.axes[0].get_ylim()[1] < 3


def test_beside_a_run_whose_losses_stay_absurd_the_losses_have_a_log_axis():
    figure = draw_curves([("lost", epochs([291.7, 6373.2, 4160.3, 5323.6])), ("healthy", epochs(_CALM))])
    assert figure.axes[0].get_yscale() == "log"


@pytest.mark.parametrize(
    ("axis", "label", "at", "told"),
    [("update", "updates", [0, 50, 100], "334.5 at 0 updates"), ("time", "seconds", [0, 2, 5], "334.5 at 0 seconds")],
)
def test_curves_bands_and_what_is_off_the_scale_stand_over_updates_or_seconds(axis, label, at, told):
    seeds = []
    for shift in (0, 1):
        losses = [334.5, 1.4 + shift, 1.3 + shift]
        values = [{"val_loss": loss, "seconds": seconds} for loss, seconds in zip(losses, [None, 2, 3], strict=True)]
        seeds.append([EpochMetrics(n, one) for n, one in enumerate(values)])
    found = band(seeds)
    figure = draw_curves([("a", found.mean)], bands={0: found}, x_axis=axis, steps={0: [(1, 50)]})
    (axes,) = figure.axes
    (line,), (filled,) = curves_of(axes), axes.collections
    assert axes.get_xlabel() == label
    assert np.asarray(line.get_xdata()).tolist() == at
    assert set(np.asarray(filled.get_paths()[0].vertices)[:, 0]) == set(at)
    assert told in axes.texts[0].get_text()


def test_accuracies_keep_their_whole_axis():
    figure = draw_curves([("a", epochs(_CALM, [0.9, 0.01, 0.01, 0.02, 0.01]))])
    assert figure.axes[1].get_ylim()[1] > 0.9


def test_marks_stand_equally_far_apart_however_unevenly_the_epochs_were_measured():
    """Every tenth epoch, then each of the last ten: marks were heaped at the end."""
    numbers = [*range(0, 191, 10), *range(191, 201)]
    figure = draw_curves([("a", [EpochMetrics(n, {"val_loss": 1.0}) for n in numbers])])
    (line,) = curves_of(figure.axes[0])
    marked = np.asarray(line.get_xdata())[np.asarray(line.get_markevery())]
    assert np.diff(marked).min() >= 10


def test_a_run_of_a_single_epoch_is_seen():
    figure = draw_curves([("a", epochs([1.0]))])
    assert all(line.get_marker() in MARKERS for line in curves_of(figure.axes[0]))


def test_every_run_stands_in_the_legend_however_many_and_long(tmp_path):
    names = [f"{'a long name ' * 12}{n}" for n in range(30)]
    figure = draw_curves([(name, epochs(_CALM)) for name in names])
    render(figure, "png")
    (legend,) = figure.legends
    assert [" ".join(text.get_text().split()) for text in legend.get_texts()][:30] == names
    box = legend.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1
    assert figure.axes[0].get_position().height * figure.get_figheight() > 2


@pytest.mark.parametrize("name", ["_first", "$x$", r"\alpha", "100 %", "a\nb", "\x1b]0;x\x07", "森"])
def test_names_are_drawn_as_they_are(name):
    figure = draw_curves([(name, epochs(_CALM)), ("other", epochs(_CALM))])
    assert render(figure, "svg")
    said = figure.legends[0].get_texts()[0].get_text()
    assert said.replace("\n", " ") == name.replace("\n", " ").replace("\x1b", r"\x1b").replace("\x07", r"\x07")


def test_two_runs_of_one_name_are_two_curves_told_apart(tmp_path, blobs):
    store, file = Store(), tmp_path / "a.svg"
    runs = [train(store, blobs, seed=seed) for seed in (1, 2)]
    for run in runs:
        store.rename(run, "same")
    assert main(["runs", "export", *runs, "--to", str(file), "--each-seed"]) == 0
    assert all(f"same ({run})" in file.read_text() for run in runs)


def test_the_same_bytes_whatever_other_figures_of_the_process_look_like():
    curves = [("a", epochs([334.5, *_CALM])), ("b", epochs(_CALM))]
    for file_format in ("png", "svg", "pdf"):
        before = render(draw_curves(curves), file_format)
        with mpl.rc_context({"font.size": 30, "lines.linestyle": "--", "text.usetex": True, "savefig.dpi": 10}):
            assert render(draw_curves(curves), file_format) == before
            assert mpl.rcParams["font.size"] == 30


_DRAW = """
import sys
from hw1_tui.metric import EpochMetrics
from hw1_tui.export.figure import draw_curves, render
values = [{"train_loss": 1 / (n + 1), "val_loss": 2 / (n + 1)} for n in range(4)]
curves = [("a", [EpochMetrics(n, measured) for n, measured in enumerate(values)])]
sys.stdout.buffer.write(render(draw_curves(curves), "svg"))
"""


def test_a_users_matplotlibrc_and_backend_change_nothing_and_break_nothing(tmp_path):
    """In the working folder, by its variable, and a backend that does not exist; also files that are no text."""

    def drawn(folder, **variables):
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
        environment = {**os.environ, "PYTHONPATH": root, **variables}
        words = [sys.executable, "-c", _DRAW]
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=True)
        assert done.stderr == b""
        return done.stdout

    own, plain = tmp_path / "own", tmp_path / "plain"
    own.mkdir()
    plain.mkdir()
    (own / "matplotlibrc").write_bytes(b"\xff\xfe no text")
    (tmp_path / "theirs").write_text("font.size: 40\ntext.usetex: True\nnonsense: 1\n")
    assert drawn(own, MPLBACKEND="nowhere", MATPLOTLIBRC=str(tmp_path / "theirs")) == drawn(plain)


def test_the_axis_names_the_loss_that_the_runs_have():
    assert loss_label([{"engine": "numpy", "model": "mlp"}]) == "mean cross-entropy per example"
    assert loss_label([{"engine": "numpy", "model": "perceptron"}]) == "mean perceptron criterion per example"
    assert loss_label([{"engine": "torch", "model": "quadratic_network"}]) == "mean half squared error per example"
    both = [{"engine": "numpy", "model": model} for model in ("mlp", "perceptron", "logistic_regression")]
    assert loss_label(both) == "mean loss per example: cross-entropy, perceptron criterion"


@pytest.mark.parametrize("config", [{}, {"engine": "gone", "model": "mlp"}, {"engine": "numpy", "model": "gone"}])
def test_the_loss_of_an_engine_that_is_gone_is_just_the_loss(config):
    assert loss_name(config) == "loss"
    assert loss_label([config]) == "mean loss per example"


def test_an_exported_figure_names_the_loss(tmp_path, blobs):
    assert main(["--batch", "train", "--model", "perceptron", "--data", str(blobs), "--epochs", "2", "--quiet"]) == 0
    assert main(["runs", "export", "last", "--to", str(tmp_path / "a.svg")]) == 0
    assert "mean perceptron criterion per example" in (tmp_path / "a.svg").read_text()
