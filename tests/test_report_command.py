"""The report from the command line to its documents, on small data with few epochs."""

import errno
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.read_options import DEFAULT_OPTIONS
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.report.judge.report import build_report
from hw1_tui.report.judge.verdict import rule_paragraphs
from hw1_tui.report.questions.preset import QUESTIONS
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.questions.wording import typeset
from hw1_tui.report.reading import export_report
from hw1_tui.report.runs.plan import find_kept, key, plan_runs
from hw1_tui.report.runs.request import Request
from hw1_tui.report.runs.rerun import Rerun
from hw1_tui.report.runs.run_result import read_results
from hw1_tui.report.write.output import write_report
from hw1_tui.runs import Store
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded
from tests.support.history import write_blobs
from tests.support.report_command import SCALE, report
from tests.support.tex import ENGINES, compile_latex, complaints


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The whole report on three clouds of points: the folder of the data, the history and the documents."""
    folder = tmp_path_factory.mktemp("report")
    write_blobs(folder / "blobs.npz")
    code = report(
        folder, "--executor", "threads"
    )  # a timed trial chooses otherwise on a slow machine, and its bits differ
    assert code == 0
    return folder


def build(folder, store=None, questions=()):
    homework, dataset = read_questions().only(questions), data.load(str(folder / "blobs.npz"))
    store = store or Store(folder / "home")
    request = Request(dataset.name, epochs_scale=float(SCALE))
    kept = find_kept(store, request.runs(homework, {(dataset.name, DEFAULT_OPTIONS): dataset}))
    return build_report(Evidence(homework, read_results(store, kept), dataset, store), request)


def logs(folder):
    return {path.parent.name: path.read_bytes() for path in (folder / "home" / "runs").glob("*/metrics.jsonl")}


def test_everything_is_measured_and_written(written):
    report = json.loads((written / "out" / "report.json").read_text("utf-8"))
    assert [table["number"] for table in report["tables"]] == list(range(1, 10))
    cells = [cell for table in report["tables"] for row in table["rows"] for cell in row["cells"]]
    assert all(cell["ours"] is not None for cell in cells)
    assert all(cell["verdict"] is None for cell in cells)  # digits of other data are not compared
    assert len(report["claims"]) == len(read_questions().claims)
    assert not any(claim["result"].startswith("Not measured") for claim in report["claims"])
    assert set(report["runs"]) == set(read_questions().runs)
    for number in range(1, 14):
        for suffix in ("svg", "pdf"):
            assert (written / "out" / "figures" / f"figure-{number}.{suffix}").stat().st_size > 1000


def test_a_second_time_trains_nothing_and_draws_the_same(written, tmp_path):
    """Of a question with figures; that all documents are the same is asked of those that the screen exports."""
    runs = logs(written)
    assert report(written, "2.2c", "--out", str(tmp_path / "again")) == 0
    assert logs(written) == runs
    drawn = list((tmp_path / "again" / "figures").iterdir())
    assert drawn
    assert all(path.read_bytes() == (written / "out" / "figures" / path.name).read_bytes() for path in drawn)


def test_the_screen_exports_the_documents_that_the_command_writes(written, tmp_path):
    """Every byte of them: so a report that is written again is the same, too."""
    source = str(written / "blobs.npz")
    request = Request(source, epochs_scale=float(SCALE))
    export_report(
        read_questions(),
        request,
        {(source, DEFAULT_OPTIONS): data.load(source)},
        Store(written / "home"),
        tmp_path / "out",
    )
    of_command, of_screen = (
        {path.name: path.read_bytes() for path in (folder / "out").rglob("*") if path.is_file()}
        for folder in (written, tmp_path)
    )
    assert of_screen == of_command


def test_figures_of_the_markdown_are_there_and_its_tables_are_even(written):
    text = (written / "out" / "report.md").read_text("utf-8")
    linked = re.findall(r"\]\((figures/[^)]+)\)", text)
    assert len(linked) == 13
    assert all((written / "out" / path).exists() for path in linked)
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links, self.open, self.tags = [], [], [], set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name in ("href", "xlink:href", "src"):
                self.links.append(value)
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.remove(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_in_itself(written):
    page = Page()
    text = (written / "out" / "report.html").read_text("utf-8")
    page.feed(text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert page.links
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert "url(http" not in text
    used = set(re.findall(r"url\(#([^)]+)\)", text))
    assert used <= set(page.ids)
    assert text.count("<svg") == 13


@pytest.mark.parametrize("engine", ENGINES)
def test_the_latex_compiles_and_every_line_fits(engine, written, tmp_path):
    assert complaints(compile_latex(engine, written / "out", tmp_path)) == []


def test_an_interrupted_report_goes_on_to_the_same_metrics(written, tmp_path):
    whole, source = build(written), str(written / "blobs.npz")
    homework, dataset, store = read_questions().only(("1.2", "2.2c")), data.load(source), Store(tmp_path / "home")
    runs = plan_runs(homework, source, {(source, DEFAULT_OPTIONS): dataset}, 1, float(SCALE))
    trained = []
    for _ in range(100):
        control = Control()
        rerun = Rerun(runs, store, control)
        if not rerun.missing:
            break
        for count, step in enumerate(rerun.steps()):
            assert 0 <= step.done <= 1
            if isinstance(step.event, EpochEnded) and step.event.epoch:
                trained.append((key(step.run), step.event.epoch))
            if count == 40:
                control.stop()
    assert len(trained) == len(set(trained))  # no epoch is trained twice
    assert len(store.runs()) == len(runs)
    again = read_results(store, find_kept(store, runs))
    for run in homework.needed_runs():
        for metric in ("train_loss", "val_accuracy", "weight_norm"):
            assert again.own(run).series(metric) == whole.evidence.results.own(run).series(metric)


def test_seeds_repeat_every_run_and_give_a_spread(tmp_path, blobs):
    assert report(tmp_path, "1.1", "--seeds", "3") == 0
    result = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert len(result["runs"]["1.1a"]) == result["seeds"] == 3
    assert result["tables"][0]["rows"][0]["cells"][0]["ours"]["seed_std"] > 0
    seeds = {record.config["seed"] for record in Store(tmp_path / "home").runs()}
    assert seeds == {42, 43, 44}


def test_where_seeds_stop_after_other_epochs_the_documents_say_from_how_many_to_how_many(tmp_path, blobs):
    """With early stopping; those of the first seed stood there for all."""
    content = {
        "homework": {"title": "Small"},
        "runs": [{"name": "a", "question": "1", "title": "A", "settings": {
            "model": "mlp", "engine": "numpy", "hidden_sizes": [2], "learning_rate": 0.05, "epochs": 60,
            "patience": 2}}],
        "tables": [{"number": 1, "question": "1", "title": "T", "columns": [{"title": "A", "run": "a"}],
                    "rows": [{"figure": "val_loss"}]}],
    }  # fmt: skip
    (tmp_path / "own.toml").write_text(tomli_w.dumps(content), "utf-8")
    assert report(tmp_path, "--seeds", "3", "--questions", str(tmp_path / "own.toml"), "--epochs-scale", "1") == 0
    done = sorted(record.results["epochs_done"] for record in Store(tmp_path / "home").runs())
    assert done[0] < done[-1]
    for name in ("report.md", "report.html", "report.tex"):
        assert f"{done[0]} to {done[-1]}" in (tmp_path / "out" / name).read_text("utf-8")


def test_check_holds_the_verdicts_to_the_file(written, tmp_path, capsys):
    content = tomllib.loads(QUESTIONS.read_text("utf-8"))
    content["figures"] = content["figures"][:1]
    questions = tmp_path / "questions.toml"
    questions.write_text(tomli_w.dumps(content), "utf-8")
    assert report(written, "--check", "--questions", str(questions)) == 0
    next(claim for claim in content["claims"] if claim["name"] == "2.2a-updates")["expect"] = "agrees"
    questions.write_text(tomli_w.dumps(content), "utf-8")
    assert report(written, "--questions", str(questions)) == 0
    assert report(written, "--check", "--questions", str(questions)) == 3
    assert "2.2a-updates, UNEXPECTED: agrees was expected" in capsys.readouterr().out
    for document in ("report.md", "report.html", "report.tex"):
        assert (written / "out" / document).read_text("utf-8").count("unexpected: agrees was expected") == 1


def test_what_rests_on_training_is_expected_of_the_courses_data_and_epochs_alone(tmp_path, capsys, blobs):
    dataset = data.load(str(blobs))
    setting = {"model": "logistic_regression", "engine": "numpy", "epochs": 24, "l2": 0.0, "seed": 1}
    rows: list[dict[str, Any]] = [{"figure": "weight_norm", "printed": [9.0, 1.0], "expect": "differs"}]
    content: dict[str, Any] = {
        "homework": {"title": "Small", "examples": [len(dataset.train), len(dataset.val), len(dataset.test)]},
        "runs": [
            {"name": name, "question": "1", "title": name, "settings": {**setting, "learning_rate": rate}}
            for name, rate in (("fast", 0.1), ("slow", 0.001))
        ],
        "tables": [{"number": 1, "question": "1", "title": "Norms", "rows": rows,
                    "columns": [{"title": "fast", "run": "fast"}, {"title": "slow", "run": "slow"}]}],
        "claims": [{"name": "falls", "question": "1", "where": "text", "says": "It falls.", "kind": "trend",
                    "runs": ["fast"], "figure": "weight_norm", "direction": "falls", "expect": "agrees"}],
    }  # fmt: skip
    questions = tmp_path / "questions.toml"

    def check(*words):
        questions.write_text(tomli_w.dumps(content), "utf-8")
        paths = ["--data", str(blobs), "--home", str(tmp_path / "home"), "--out", str(tmp_path / "o")]
        code = main(["--batch", "report", "--check", "--questions", str(questions), *paths, *words])
        return code, capsys.readouterr()

    code, said = check()
    assert code == 3
    assert said.out.count("UNEXPECTED") == 2
    assert "0 of 2 verdicts are as expected" in said.err
    code, said = check("--epochs-scale", "0.9")
    assert (code, said.out.count("UNEXPECTED")) == (0, 0)
    assert "2 more are expected of the course's data" in said.err
    rows[0]["expect"], content["claims"][0]["expect"] = "agrees", "differs"
    assert check()[0] == 0
    rows[0]["expect"] = "differs"
    content["homework"]["examples"] = [1, 1, 1]
    assert check()[0] == 0
    assert check("--course-data")[0] == 3
    shutil.rmtree(tmp_path / "home")
    assert check("--course-data", "--kept")[0] == 3  # what was not measured is not as expected


REAL_DATA, REAL_HISTORY = os.environ.get("HW1_TUI_REAL_DATA"), os.environ.get("HW1_TUI_REAL_HISTORY")


@pytest.mark.skipif(not (REAL_DATA and REAL_HISTORY), reason="HW1_TUI_REAL_DATA and HW1_TUI_REAL_HISTORY are not set")
def test_every_verdict_on_the_photographs_is_as_the_questions_file_expects(tmp_path, capsys):
    shutil.copytree(str(REAL_HISTORY), tmp_path / "home")
    paths = ["--data", str(REAL_DATA), "--home", str(tmp_path / "home"), "--out", str(tmp_path / "out")]
    assert main(["--batch", "report", "--kept", "--check", *paths]) == 0
    homework = read_questions()
    rows = [row for table in homework.tables for row in table.rows if row.expect]
    expected = len(rows) + len([claim for claim in homework.claims if claim.expect])
    assert f"{expected} of {expected} verdicts" in capsys.readouterr().err


def test_every_document_says_how_verdicts_are_found(written):
    documents = {
        name: (written / "out" / f"report.{name}").read_text("utf-8") for name in ("md", "html", "tex", "json")
    }
    for paragraph in rule_paragraphs():
        for phrase in re.findall(r"[A-Za-z ,]{25,}", paragraph):
            for name, text in documents.items():
                assert phrase.strip() in " ".join(text.split()), (name, phrase)


def test_every_claim_stands_in_every_document(written):
    for name in ("md", "html", "tex"):
        text = html.unescape((written / "out" / f"report.{name}").read_text("utf-8"))
        for claim in read_questions().claims:
            said = typeset(claim.says).replace("−", "$-$" if name == "tex" else "−")
            assert said.replace("%", r"\%" if name == "tex" else "%") in text, (name, claim.name)


def cells_of(written, name):
    """Return the cells of the numbered tables of a document, a list a row, without what sets them apart."""
    text = html.unescape((written / "out" / f"report.{name}").read_text("utf-8"))
    row, cell, marks = {
        "md": (r"(?m)^\|(.*) \|$", r"\|", r"[*\\]"),
        "html": (r"<tr>(.*)</tr>", r"</td>", r"<[^>]+>"),
        "tex": (r"(?m)^(.* & .*) \\\\", r" & ", r"[$\\]"),
    }[name]
    plain = {r"$-$": "−", r"$\pm$": "±", r"$\times$": "×"}
    for printed, meant in plain.items():
        text = text.replace(printed, meant)
    rows = [[re.sub(marks, "", part).strip() for part in re.split(cell, line)] for line in re.findall(row, text)]
    return [cells for cells in rows if re.match(r"[\d.]+", " ".join(cells[2:3])) and len(cells) >= 8]


def test_all_documents_have_the_numbers_of_the_json(written):
    report = json.loads((written / "out" / "report.json").read_text("utf-8"))
    wanted = [
        (f"{cell['ours']['value']:.4f}", f"{cell['difference']:+.4f}".replace("-", "−"))
        for table in report["tables"]
        for row in table["rows"] if row["figure"] != "seconds"
        for cell in row["cells"]
    ]  # fmt: skip
    for name in ("md", "html", "tex"):
        rows = [cells for cells in cells_of(written, name) if " s" not in cells[2]]
        assert len(rows) == len(wanted) == 55
        for cells, (ours, difference) in zip(rows, wanted, strict=True):
            assert {ours, difference} <= set(cells), (name, cells)


def test_times_are_ratios(written, tmp_path, capsys):
    """Times of other machines are compared by their ratio within a row, never by their difference."""
    report_json = json.loads((written / "out" / "report.json").read_text("utf-8"))
    (row,) = [row for row in report_json["tables"][6]["rows"] if row["figure"] == "seconds"]
    first, second = row["cells"]
    assert first["ratio"] is first["printed_ratio"] is first["difference"] is second["difference"] is None
    assert second["printed_ratio"] == 52 / 140
    assert second["ratio"] == second["ours"]["value"] / first["ours"]["value"]
    assert report(written, "2.2a", "--out", str(tmp_path)) == 0
    line = next(text for text in capsys.readouterr().out.split("\n") if "printed 52 s" in text)
    assert f"printed 52 s, × 0.37, ours {second['ours']['value']:.1f} s, × {second['ratio']:.2f}" in line


def test_the_time_of_a_step_is_found_in_what_is_printed_and_in_the_runs(written):
    report_json = json.loads((written / "out" / "report.json").read_text("utf-8"))
    claim = next(claim for claim in report_json["claims"] if claim["name"] == "2.2a-step-time")
    assert claim["numbers"]["printed_steps"] == pytest.approx([52 / (200 * 25), 140 / (200 * 198)])
    ours = [cell["ours"]["value"] for cell in report_json["tables"][6]["rows"][4]["cells"]]
    updates = [20 * 2, 20 * 1]  # 20 epochs of 90 examples in batches of 64 and of 512
    assert claim["numbers"]["steps"] == pytest.approx([ours[1] / updates[1], ours[0] / updates[0]])


def test_stdout_is_data(written, tmp_path, capsys):
    """In the formats for programs stdout holds one record an answer and nothing else."""
    assert report(written, "1.1", "--format", "jsonl", "--out", str(tmp_path)) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["kind"] for row in rows} == {"figure", "claim"}
    assert report(written, "1.1", "--format", "csv", "--out", str(tmp_path)) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rows) + 1


def test_a_folder_that_is_filled_while_it_is_written_is_told(written, tmp_path, capsys, monkeypatch):
    def write_text(path, text):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("hw1_tui.report.write.output.write_json", write_text)
    assert report(written, "1.1", "--out", str(tmp_path / "out")) == 2
    assert "--out: " in (told := capsys.readouterr().err)
    assert "No space left" in told


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_behind_stdout_is_told_in_a_sentence(written, tmp_path):
    paths = ["--data", str(written / "blobs.npz"), "--home", str(written / "home"), "--out", str(tmp_path / "out")]
    command = [sys.executable, "-m", "hw1_tui", "--batch", "report", "--kept", "--epochs-scale", SCALE, "1.1", *paths]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "stdout cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_runs_of_other_data_or_settings_are_not_taken(written, tmp_path):
    write_blobs(tmp_path / "other.npz", seed=1)
    homework, store = read_questions(), Store(written / "home")
    other = data.load(str(tmp_path / "other.npz"))
    assert (
        find_kept(store, plan_runs(homework, other.name, {(other.name, DEFAULT_OPTIONS): other}, 1, float(SCALE))) == {}
    )
    own = data.load(str(written / "blobs.npz"))
    assert find_kept(store, plan_runs(homework, own.name, {(own.name, DEFAULT_OPTIONS): own}, 1, 0.7)) == {}


def test_missing_runs_leave_gaps_and_no_errors(written, tmp_path):
    report = build(written, Store(tmp_path / "empty"), ("1.2", "1.3"))
    write_report_to = tmp_path / "out"
    (write_report_to / "figures").mkdir(parents=True)
    write_report(report, write_report_to)
    text = (write_report_to / "report.md").read_text("utf-8")
    assert "not measured" in text
    assert "11 of 11 runs are not there" in text
    assert "Not measured: no finished run of 1.2a" in text


def test_the_documents_name_no_folder_of_the_machine(written):
    for path in (written / "out").glob("report.*"):
        assert str(Path.home()) not in path.read_text("utf-8") or str(written).startswith(str(Path.home()))
