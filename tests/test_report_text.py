"""Any text that a teacher may write stands in every document as it was written, and the LaTeX compiles."""

import json
import re
import string
import unicodedata
import warnings
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.export.figure import render
from hw1_tui.markup.tex import PREAMBLE, escape
from hw1_tui.read_options import DEFAULT_OPTIONS
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.questions.question import Figure, Panel
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.questions.wording import too_few_epochs
from hw1_tui.report.runs.plan import find_kept, plan_runs
from hw1_tui.report.runs.run_result import Results, read_results
from hw1_tui.report.write.drawing import draw_figure
from hw1_tui.runs import Store
from tests.support.history import run_result, write_blobs
from tests.support.tex import ENGINES, compile_latex, complaints

COMMAND = re.compile(r"\\([a-zA-Z]+|[\\{}$&#%_`'^\"~=.])")
NASTY = "100% of $5 & #3_a ^2 ~ \\relax {x] [y} *z* <b>|\"q\" `c` -- --- ,,d,, ''e'' -> " + (
    "λ² ≤ ½ Größe, naïve, šđř, Ελ, 中文 🙂"
)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.text(string.punctuation + " a"))
def test_no_text_is_a_command(text):
    latex = escape(text)
    assert latex.isascii()
    plain = COMMAND.sub("", latex)
    assert plain.count("{") == plain.count("}")
    assert not re.search(r"[#&%_~^\\]", COMMAND.sub("", latex.replace("~", "" if "\u00a0" in text else "~")))
    assert "--" not in latex
    assert "\n" not in latex


@given(st.text(string.ascii_letters + string.digits + " .;:!?()/+="))
def test_plain_text_stays_as_it_is(text):
    assert escape(text) == text


def test_an_engine_that_is_installed_but_compiles_nothing_skips(tmp_path, monkeypatch):
    """As where TeX is installed without its formats: that says nothing of the report."""
    (tmp_path / "brokentex").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "brokentex").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception):
        compile_latex("brokentex", tmp_path, tmp_path)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_character_is_printed(engine, tmp_path):
    """Latin, Greek and signs of other alphabets go through TeX without a complaint."""
    letters = [chr(code) for code in (*range(32, 127), *range(0xA0, 0x180), *range(0x370, 0x400), 0x4E2D, 0x1F642)]
    words = [escape(letter) for letter in letters if unicodedata.category(letter) != "Cn"]
    text = f"\\documentclass{{article}}\n{PREAMBLE}\n\\begin{{document}}\\raggedright\n{' '.join(words)}\n"
    (tmp_path / "report.tex").write_text(text + "\\end{document}\n", "ascii")
    assert complaints(compile_latex(engine, tmp_path, tmp_path)) == []


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    """A report whose every text holds what is special to TeX, Markdown, HTML and matplotlib."""
    folder = tmp_path_factory.mktemp("nasty")
    write_blobs(folder / "blobs_100%_&#.npz")
    setting = {"model": "logistic_regression", "engine": "numpy", "epochs": 12, "seed": 1}
    names = [f"_a$^{NASTY}", "b"]
    rows = [{"figure": "val_accuracy", "printed": [0.5, 0.6], "expect": "differs"}] * 50
    content = {
        "homework": {"title": NASTY, "note": f"{NASTY}\n\nafter\ta gap", "examples": [10, 10, 10]},
        "questions": [{"name": NASTY, "title": NASTY, "text": f"1. {NASTY}"}],
        "runs": [{"name": n, "question": NASTY, "title": NASTY, "settings": setting | {"l2": 0.1 * i}}
                 for i, n in enumerate(names)],
        "tables": [{"number": 1, "question": NASTY, "title": NASTY, "rows": rows,
                    "columns": [{"title": NASTY, "run": n} for n in names]}],
        "figures": [{"number": 1, "question": NASTY, "title": NASTY,
                     "panels": [{"title": NASTY, "runs": names, "figures": ["val_loss"]}]}],
        "claims": [{"name": NASTY, "question": NASTY, "where": NASTY, "says": NASTY, "kind": "ranking", "runs": names,
                    "figure": "val_loss", "right": NASTY, "expect": "cannot be told"}],
    }  # fmt: skip
    (folder / "questions.toml").write_text(tomli_w.dumps(content), "utf-8")
    paths = ["--data", str(folder / "blobs_100%_&#.npz"), "--home", str(folder / "home"), "--out", str(folder / "out")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # they would be written over the screen
        assert main(["--batch", "report", "--questions", str(folder / "questions.toml"), "--quiet", *paths]) == 0
    return folder / "out"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_report_full_of_special_characters_compiles(engine, nasty, tmp_path):
    assert complaints(compile_latex(engine, nasty, tmp_path)) == []


def test_a_long_table_goes_on_on_the_next_page(nasty):
    text = (nasty / "report.tex").read_text("ascii")
    assert text.count("(continued)") == 2
    assert text.count(r"\begin{tabular}") == 1 + 3  # the summary and the parts of the table


def test_each_document_says_what_a_question_asks(nasty):
    """The Report screen showed it, and what was written of it did not."""
    record = json.loads((nasty / "report.json").read_text("utf-8"))
    assert record["questions"] == [{"name": NASTY, "title": NASTY, "text": f"1. {NASTY}"}]
    assert rf"\begin{{quote}}{escape(f'1. {NASTY}')}\end{{quote}}" in (nasty / "report.tex").read_text("ascii")


def test_the_page_shows_every_text_as_it_is(nasty):
    page = Text()
    page.feed((nasty / "report.html").read_text("utf-8"))
    places = ["h1", "h2", "blockquote", "caption", "td", "figcaption", "li", "a", "small", "em"]
    assert [place for place in places if not any(NASTY in text for text in page.texts[place])] == []
    assert "b" not in page.texts
    assert len(page.ids) == len(set(page.ids))
    assert not any(" " in name for name in page.ids)


class Text(HTMLParser):
    """The text of each element, by its tag."""

    def __init__(self):
        super().__init__()
        self.texts, self.ids, self.tag = {}, [], ""

    def handle_starttag(self, tag, attributes):
        self.tag = tag
        self.texts.setdefault(tag, []).append("")
        self.ids += [value for name, value in attributes if name == "id"]

    def handle_data(self, data):
        if self.tag:
            self.texts[self.tag][-1] += data


def test_the_markdown_shows_every_text_as_it_is(nasty):
    tokens = MarkdownIt().enable(["table", "strikethrough"]).parse((nasty / "report.md").read_text("utf-8"))
    inline = [token for token in tokens if token.type == "inline"]
    parts = [token.children or [] for token in inline]
    shown = ["".join("\n" if part.type == "hardbreak" else part.content for part in line) for line in parts]
    kinds = {part.type for line in parts for part in line}
    assert kinds == {"text", "strong_open", "strong_close", "em_open", "em_close", "hardbreak", "image"}
    texts = (f"{NASTY}, run again", f"Question {NASTY}: {NASTY}", f"1. {NASTY}", f"Table 1. {NASTY}", NASTY,
             f"Figure 1. {NASTY}.")  # fmt: skip
    for text in texts:
        assert text in shown, text
    assert sum(f"“{NASTY}” ({NASTY}; {NASTY})\n" in text and text.endswith(f"\n{NASTY}") for text in shown) == 1
    assert {token.type for token in tokens if token.level == 0 and token.nesting == 1} == {
        "heading_open", "blockquote_open", "paragraph_open", "bullet_list_open", "table_open",
    }  # fmt: skip


def test_a_name_may_begin_like_a_hidden_one_and_hold_a_formula_in_a_figure(nasty):
    dataset, store = data.load(str(nasty.parent / "blobs_100%_&#.npz")), Store(nasty.parent / "home")
    homework = read_questions(nasty.parent / "questions.toml")
    kept = find_kept(store, plan_runs(homework, dataset.name, {(dataset.name, DEFAULT_OPTIONS): dataset}))
    drawing = draw_figure(homework.figures[0], Evidence(homework, read_results(store, kept), dataset, store))
    legend = drawing.axes[0].get_legend()
    assert legend
    assert [" ".join(text.get_text().split()) for text in legend.get_texts()] == [
        f"{run}: l2 {value}" for run, value in zip(homework.runs, ("0", "0.1"), strict=True)
    ]
    assert not any(text.get_parse_math() for text in (*legend.get_texts(), drawing.axes[0].title))


def test_epochs_that_are_too_few_are_counted_as_one_speaks():
    assert too_few_epochs(1, "for a trend") == "1 epoch is too few for a trend."
    assert too_few_epochs(0) == "0 measured epochs are too few."  # of a run that has epochs, and no validation split


def test_a_figure_of_several_seeds_is_their_mean_in_a_band_of_their_range():
    losses = {"a": [[1.0, 2.0, 3.0], [3.0, 2.0]], "b": [[1.0, 1.0]]}
    results = Results({name: [run_result("val_loss", seed) for seed in seeds] for name, seeds in losses.items()})
    curve = results.curve("a", "val_loss")
    assert (curve.epochs, curve.mean, curve.low, curve.high) == ([1, 2], [2.0, 2.0], [1.0, 2.0], [3.0, 2.0])
    figure = Figure(1, "1", "Losses", (Panel("", ("a", "b"), ("val_loss",)),))
    evidence: Any = SimpleNamespace(results=results)
    axes = draw_figure(figure, evidence).axes[0]
    assert [np.asarray(line.get_ydata()).tolist() for line in axes.lines] == [[2.0, 2.0], [1.0, 1.0]]
    assert len(axes.collections) == 1


def test_panels_of_one_quantity_can_be_compared_by_height_unless_that_would_flatten_one():
    def limits(*levels):
        losses = {str(level): [run_result("val_loss", [level, 0.0])] for level in levels}
        panels = tuple(Panel(name, (name,), ("val_loss",)) for name in losses)
        evidence: Any = SimpleNamespace(results=Results(losses))
        return [axes.get_ylim() for axes in draw_figure(Figure(1, "1", "Losses", panels), evidence).axes]

    low, high = limits(1.0, 2.0)
    assert low == high
    assert high[1] > 2
    low, high = limits(1.0, 50.0)
    assert low[1] < 2


def test_names_too_long_for_a_panel_stand_below_it_and_not_on_its_curves():
    names = ("a", "b" * 40)
    results = Results({name: [run_result("val_loss", [1.0, 0.5])] for name in names})
    evidence: Any = SimpleNamespace(results=results)
    for runs, is_below in ((names, True), (("a", "a"), False)):
        drawing = draw_figure(Figure(1, "1", "Losses", (Panel("", runs, ("val_loss",)),)), evidence)
        render(drawing, "png")
        (axes,) = drawing.axes
        legend = axes.get_legend()
        assert legend
        assert bool(legend.get_window_extent().y1 < axes.get_window_extent().y0) == is_below
