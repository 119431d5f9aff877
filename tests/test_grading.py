"""Grading: what a questions file expects and what a student hands in, as points, for Gradescope and for JUnit."""

import hashlib
import json
import re
import shutil
import tomllib
from xml.etree import ElementTree

import pytest
import tomli_w

from hw1_tui import __version__, data
from hw1_tui.cli import main

ANSWERS = """
[[tables]]
number = 1
rows = [
  { figure = "train_loss", printed = [2.2626, 0.17] },
  { figure = "test_accuracy", printed = [0.5, 0.96] },
]

[[claims]]
name = "1-learns"
verdict = "agrees"

[[claims]]
name = "2-wide"
verdict = "differs"
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The homework that comes to start from, with the history of its runs."""
    folder = tmp_path_factory.mktemp("course")
    assert main(["report", "--new-questions", str(folder / "homework.toml")]) == 0
    paths = ["--questions", str(folder / "homework.toml"), "--home", str(folder / "history")]
    assert main(["report", "--check", *paths, "--out", str(folder / "out"), "--quiet"]) == 0
    return folder


def grade(course, tmp_path, *words):
    """Grade with what is kept."""
    paths = ["--questions", str(course / "homework.toml"), "--home", str(course / "history")]
    return main(["report", *paths, "--kept", "--out", str(tmp_path / "graded"), "--quiet", *words])


@pytest.fixture
def answers(tmp_path):
    path = tmp_path / "answers.toml"
    path.write_text(ANSWERS)
    return path


def test_what_the_file_expects_is_graded_for_gradescope_on_stdout_and_in_the_folder(course, tmp_path, capsys):
    assert grade(course, tmp_path, "--check", "--format", "gradescope") == 0
    out = capsys.readouterr().out
    assert (tmp_path / "graded" / "results.json").read_text() == out
    results = json.loads(out)
    assert (results["score"], results["visibility"]) == (2, "visible")
    assert [(test["name"], test["score"], test["max_score"], test["status"]) for test in results["tests"]] == [
        ("Question 1: 1-learns", 1, 1, "passed"), ("Question 2: 2-wide", 1, 1, "passed"),
    ]  # fmt: skip
    assert all(test["visibility"] == "visible" and "is expected" in test["output"] for test in results["tests"])


def test_a_student_has_the_points_of_what_does_not_differ_beyond_chance(course, tmp_path, answers, capsys):
    """The loss and one of two accuracies of table 1 are right, the accuracies of table 2 are missing."""
    assert grade(course, tmp_path, "--grade", str(answers), "--format", "jsonl") == 3
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert {name: (row["score"], row["points"]) for name, row in rows.items()} == {
        "Table 1, training loss": (1, 1),
        "Table 1, test accuracy": (1, 2),
        "1-learns": (1, 1),
        "Table 2, validation accuracy": (0, 1),
        "Table 2, test accuracy": (0, 2),
        "2-wide": (0, 1),
    }
    assert "0.5000 is handed in, ours is 0.7" in rows["Table 1, test accuracy"]["output"]
    assert "no answer that can be read is handed in" in rows["Table 2, test accuracy"]["output"]
    assert "differs is handed in; the runs say: agrees" in rows["2-wide"]["output"]


def test_a_students_own_report_is_graded_as_it_is_written(course, tmp_path, capsys):
    """A report that the program wrote of the same runs, put into the questions file as what is printed, is right."""
    record = json.loads((course / "out" / "report.json").read_text())
    mine = tomllib.loads((course / "homework.toml").read_text())
    for table, written in zip(mine["tables"], record["tables"], strict=True):
        for row, measured in zip(table["rows"], written["rows"], strict=True):
            row["printed"] = [round(cell["ours"]["value"], 4) for cell in measured["cells"]]
    (tmp_path / "mine.toml").write_text(tomli_w.dumps(mine))
    assert grade(course, tmp_path, "--grade", str(tmp_path / "mine.toml")) == 0
    out = capsys.readouterr().out
    assert "2 of 2" in out
    assert "Table 2, test accuracy" in out


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("''", "'' is not a finite number; allowed: a list of 2 numbers, one a column"),
        ("nan", "nan is not a finite number; allowed: a list of 2 numbers, one a column"),
        ("77.0", "77.0 is no share of examples; allowed: numbers from 0 to 1"),
    ],
)
def test_a_number_that_is_no_answer_costs_those_beside_it_nothing(course, tmp_path, capsys, wrong, words):
    """The whole row was lost, and no answer said to be handed in for the number that was right."""
    (tmp_path / "answers.toml").write_text(ANSWERS.replace("[0.5, 0.96]", f"[{wrong}, 0.96]"))
    assert grade(course, tmp_path, "--grade", str(tmp_path / "answers.toml"), "--format", "gradescope") == 3
    results = json.loads(capsys.readouterr().out)
    row = next(test for test in results["tests"] if test["name"] == "Question 1: Table 1, test accuracy")
    assert (row["score"], row["max_score"]) == (1, 2)
    assert row["output"].splitlines()[0].endswith("no answer that can be read is handed in.")
    assert "0.9600 is handed in" in row["output"].splitlines()[1]
    assert f"tables 1, test_accuracy, printed: {words}" in results["output"]
    record = json.loads((tmp_path / "graded" / "report.json").read_text())
    assert [row["ranking"] for row in record["tables"][0]["rows"]] == ["agrees", None]


def test_what_is_no_answer_costs_its_points_and_is_told(course, tmp_path, capsys):
    wrong = (
        ANSWERS.replace("[2.2626, 0.17]", "[2.2626]").replace("[0.5, 0.96]", "[50, 96]").replace("1-learns", "1-lerns")
    )
    (tmp_path / "answers.toml").write_text(wrong.replace('"differs"', '"maybe"') + "[[tables]]\nnumber = 7\n")
    assert grade(course, tmp_path, "--grade", str(tmp_path / "answers.toml"), "--format", "gradescope") == 3
    results = json.loads(capsys.readouterr().out)
    assert results["score"] == 0
    for words in ("has 1 number;", "no share of examples", "did you mean 1-learns?", "'maybe'", "no table 7;"):
        assert words in results["output"]
    (tmp_path / "answers.toml").write_text("not TOML")
    assert grade(course, tmp_path, "--grade", str(tmp_path / "answers.toml"), "--format", "gradescope") == 3
    assert "is not TOML" in json.loads(capsys.readouterr().out)["output"]
    assert grade(course, tmp_path, "--grade", str(tmp_path / "missing.toml")) == 2
    assert "missing.toml: cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("output_format", ["csv", "jsonl"])
def test_what_is_no_answer_is_told_on_stderr_where_stdout_has_rows_alone(course, tmp_path, capsys, output_format):
    """Also what stands twice, and a number that is a text; an answer to a question that is not asked now is none."""
    (tmp_path / "answers.toml").write_text(
        ANSWERS + ANSWERS.replace("number = 1", "number = '1'") + "[[tables]]\nnumber = 7\n"
    )
    words = ("1", "--grade", str(tmp_path / "answers.toml"), "--format", output_format)
    assert grade(course, tmp_path, *words) == 3
    assert capsys.readouterr().err.splitlines() == [
        "answers.toml, tables: there is no table '1'; allowed: 1, 2 (did you mean number = 1?)",
        "answers.toml, tables: there is no table 7; allowed: 1, 2",
        "answers.toml, claims 1-learns: is handed in more than once; what stands last counts",
        "answers.toml, claims 2-wide: is handed in more than once; what stands last counts",
        "Graded: 3 of 4 points.",
    ]


@pytest.mark.parametrize("option", ["--new-questions", "--check-questions"])
def test_nobody_is_graded_beside_what_only_writes_or_reads_a_questions_file(tmp_path, capsys, answers, option):
    """A wrong line in a CI ended with 0."""
    new = tmp_path / "new.toml"
    assert main(["report", option, str(new), "--grade", str(answers), "--check", "2", "--quiet"]) == 2
    told = f"does not go with {option}, which trains and grades nothing"
    assert {f"hw1-tui: {place}: {told}" for place in ("--grade", "--check", "2")} <= set(
        capsys.readouterr().err.splitlines()
    )
    assert not new.exists()
    assert main(["report", option, "", "--force"]) == 2
    assert "--batch only" not in capsys.readouterr().err


def test_what_names_nothing_is_told_as_that(course, tmp_path, capsys):
    (tmp_path / "answers.toml").write_text(
        "claims = [{ verdict = 'agrees' }]\ntables = [{ rows = [] }, { number = 1, rows = [{ printed = [1, 2] }] }]\n"
    )
    assert grade(course, tmp_path, "--grade", str(tmp_path / "answers.toml"), "--format", "gradescope") == 3
    output = json.loads(capsys.readouterr().out)["output"]
    for words in (
        "tables: has no number; allowed: 1, 2",
        "rows: has no figure;",
        "claims: has no name; allowed: 1-learns",
    ):
        assert words in output


def test_a_key_that_nothing_reads_is_told_in_what_is_handed_in(course, tmp_path, capsys):
    """Answers under [[table]], or a verdict under another name, were gone without a word."""
    (tmp_path / "answers.toml").write_text(
        ANSWERS.replace("verdict", "verdikt", 1)
        .replace("number = 1", "nr = 1\nnumber = 1")
        .replace("0.96] }", "0.96], unit = '%' }")
        + "[[table]]\nnumber = 2\n[[claims]]\nverdict = 'agrees'\nnane = '1-learns'\n"
    )
    assert grade(course, tmp_path, "--grade", str(tmp_path / "answers.toml"), "--format", "csv") == 3
    told = capsys.readouterr().err.splitlines()
    assert told[:-1] == [
        "answers.toml: there is no key 'table'; allowed: tables, claims (did you mean tables?)",
        "answers.toml, tables 1: there is no key 'nr'; allowed: number, rows",
        "answers.toml, tables 1, test_accuracy: there is no key 'unit'; allowed: figure, printed",
        "answers.toml, claims 1-learns: there is no key 'verdikt'; allowed: name, verdict (did you mean verdict?)",
        "answers.toml, claims: there is no key 'nane'; allowed: name, verdict (did you mean name?)",
        "answers.toml, claims: has no name; allowed: 1-learns, 1-falls, 2-wide",
    ]
    assert grade(course, tmp_path, "--grade", str(course / "homework.toml"), "--format", "csv") == 3
    assert "no key" not in capsys.readouterr().err


SCHEMA = {
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, set(), {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
        {"name", "tests", "failures", "errors"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, {"name", "value"}, set()),
    "testcase": ({"name", "classname", "time"}, {"name"}, {"skipped", "failure", "system-out", "system-err"}),
    "failure": ({"message", "type"}, set(), set()),
    "skipped": ({"message", "type"}, set(), set()),
    "system-out": (set(), set(), set()),
    "system-err": (set(), set(), set()),
}
"""Of each element what the common schema of JUnit allows and wants: attributes, those it must have, elements within."""


def test_junit_has_the_elements_of_its_schema_and_counts_what_failed(course, tmp_path, answers, capsys):
    assert grade(course, tmp_path, "--grade", str(answers), "--format", "junit") == 3
    out = capsys.readouterr().out
    assert (tmp_path / "graded" / "junit.xml").read_text() == out
    root = ElementTree.fromstring(out)  # noqa: S314 - ours
    assert root.tag == "testsuites"
    for element in root.iter():
        allowed, required, children = SCHEMA[element.tag]
        assert required <= element.attrib.keys() <= allowed
        assert {child.tag for child in element} <= children
    for suite in root.iter("testsuite"):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert (root.attrib["tests"], root.attrib["failures"]) == ("6", "4")


def test_what_is_not_checked_is_skipped_and_costs_nothing(course, tmp_path, capsys):
    """With other numbers of epochs nothing is expected of training."""
    shutil.copytree(course / "history", tmp_path / "history")
    paths = ["--questions", str(course / "homework.toml"), "--home", str(tmp_path / "history"), "--quiet"]
    words = ["--epochs-scale", "0.1", "--out", str(tmp_path / "out"), "--check", "--format", "junit"]
    assert main(["report", *paths, *words]) == 0
    root = ElementTree.fromstring(capsys.readouterr().out)  # noqa: S314 - ours
    assert len(root.findall(".//skipped")) == 2
    assert root.attrib["failures"] == "0"


def test_a_grades_format_needs_something_to_grade(course, tmp_path, capsys):
    assert grade(course, tmp_path, "--format", "junit", "--check", "--epochs-scale", "2", "--grade", "x.toml") == 2
    told = capsys.readouterr().err
    assert "does not go with --epochs-scale" in told
    assert main(["--batch", "report", "--format", "junit"]) == 2
    assert "junit tells a grade; allowed: with --check or --grade FILE" in capsys.readouterr().err


def test_a_file_of_the_folder_that_no_report_wrote_stays(course, tmp_path, answers, capsys):
    (tmp_path / "graded").mkdir()
    (tmp_path / "graded" / "results.json").write_text("mine")
    assert grade(course, tmp_path, "--grade", str(answers), "--format", "gradescope") == 2
    assert "results.json: was not written by a report" in capsys.readouterr().err


def test_every_document_ends_with_what_another_needs_to_repeat_it(course):
    record = json.loads((course / "out" / "report.json").read_text())["reproduction"]
    homework = course / "homework.toml"
    assert record["command"] == "hw1-tui --batch report --data digits --questions homework.toml"
    assert record["questions"] == ["homework.toml", hashlib.sha256(homework.read_bytes()).hexdigest()]
    assert record["data"] == [["digits", data.load("digits").fingerprint]]
    assert record["versions"]["hw1-tui"] == [__version__]
    assert record["seeds"] == [1]
    assert all(re.fullmatch(r"cpu, \d+ threads?", found) for found in record["trained_on"])
    assert all(record[name] for name in ("processors", "systems", "begun", "seconds"))
    for name in ("md", "html", "tex"):
        end = (course / "out" / f"report.{name}").read_text().rpartition("Reproduce this")[2]
        for words in (record["command"].partition(" ")[0], *record["data"][0], *record["questions"], __version__):
            assert words in end, (name, words)


def test_without_the_runs_of_the_homework_nothing_is_graded(course, tmp_path, answers, capsys):
    paths = [
        "--questions",
        str(course / "homework.toml"),
        "--home",
        str(tmp_path / "empty"),
        "--out",
        str(tmp_path / "o"),
    ]
    assert main(["report", "--kept", "--grade", str(answers), *paths]) == 2
    assert "lacks runs to compare with: 1-slow, 1-fast, 2-narrow, 2-wide" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_where_the_homework_is_left_out_its_option_is_named(tmp_path, answers, capsys):
    """The report's runs were asked for, and to train them all was what helped."""
    paths = ["--home", str(tmp_path / "empty"), "--out", str(tmp_path / "o")]
    assert main(["report", "--kept", "--grade", str(answers), *paths]) == 2
    assert "allowed: --questions FILE for another homework; without --kept" in capsys.readouterr().err
