"""The questions file: what comes with the program, and what a teacher may write."""

import copy
import math
import re
import tomllib

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from hw1_tui.mistake import MistakeError
from hw1_tui.report import presets
from hw1_tui.report.judge.computation import COMPUTATIONS
from hw1_tui.report.questions.claim_function import FUNCTIONS
from hw1_tui.report.questions.preset import QUESTIONS
from hw1_tui.report.questions.question import Question
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.questions.question_metric import share_split

CONTENT = tomllib.loads(QUESTIONS.read_text("utf-8"))


def write(path, content):
    path.write_text(tomli_w.dumps(content), "utf-8")
    return path


def mistakes_of(path):
    with pytest.raises(MistakeError) as caught:
        read_questions(path)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_file_that_comes_along_is_whole():
    homework = read_questions()
    assert [table.number for table in homework.tables] == list(range(1, 10))
    assert [figure.number for figure in homework.figures if not figure.own] == list(range(1, 10))
    assert set(homework.needed_runs()) == set(homework.runs) == {preset.name for preset in presets()}
    used = {claim.function for claim in homework.claims if claim.function}
    assert used == set(FUNCTIONS) == set(COMPUTATIONS)


def test_every_printed_share_but_the_misprint_is_a_whole_number_of_examples():
    homework = read_questions()
    assert homework.examples
    impossible = []
    for table in homework.tables:
        for row in table.rows:
            split = share_split(row.metric)
            if split is None:
                continue
            n = homework.examples[split]
            impossible += [
                (table.number, row.metric, printed)
                for printed in row.printed
                if printed is not None
                and not any(round(k / n, 4) == printed for k in (math.floor(printed * n), math.ceil(printed * n)))
            ]
    assert impossible == [(7, "val_accuracy", 0.5903)]


def test_a_question_takes_its_parts_along():
    part = read_questions().only(("2.2",))
    assert part.questions == ("2.2a", "2.2b", "2.2c")
    assert {table.question for table in part.tables} == {"2.2a", "2.2b", "2.2c"}
    assert {claim.question[:3] for claim in part.claims} == {"2.2"}
    assert all(name.startswith("2.2") for name in part.needed_runs())


def test_a_question_is_not_part_of_one_whose_number_its_own_begins_with(tmp_path):
    content = copy.deepcopy(CONTENT)
    huge = "9" * 5000  # more digits than Python makes a number of
    for name, place in (("1.10", 0), ("1.9", 1), (huge, 2)):
        content["claims"][place]["question"] = name
    homework = read_questions(write(tmp_path / "questions.toml", content))
    assert homework.questions[:5] == ("1.1", "1.2", "1.3", "1.9", "1.10")
    assert homework.questions[-1] == huge
    assert homework.only(("1.1",)).questions == ("1.1",)
    assert homework.only(("1",)).questions == ("1.1", "1.2", "1.3", "1.9", "1.10")
    assert homework.only(("1.",)).questions == ("1.1", "1.2", "1.3", "1.9", "1.10")
    assert homework.only(("",)).questions == ()


def test_a_text_over_several_lines_becomes_one_line_and_control_characters_are_refused(tmp_path):
    content = copy.deepcopy(CONTENT)
    content["claims"][0]["says"] = "One\n\n  two\tthree.\n"
    assert read_questions(write(tmp_path / "questions.toml", content)).claims[0].says == "One two three."
    content["claims"][0]["says"] = "A bell\a."
    assert mistakes_of(write(tmp_path / "questions.toml", content)) == [
        "questions.toml, claims 1.1-test-figure, says: 'A bell\\x07.' has control characters in it"
    ]


def test_weights_are_drawn_alone_and_no_run_twice(tmp_path):
    content = copy.deepcopy(CONTENT)
    content["figures"][0]["panels"][0]["figures"] = ["weights", "val_loss"]
    content["figures"][1]["panels"][0]["runs"] = ["1.2a", "1.2a"]
    told = mistakes_of(write(tmp_path / "questions.toml", content))
    assert len(told) == 2
    assert "drawn alone" in told[0]
    assert "'1.2a' is there twice" in told[1]


def test_a_mistake_is_told_once_and_not_what_follows_from_it(tmp_path):
    content = copy.deepcopy(CONTENT)
    claims = {claim["name"]: claim for claim in content["claims"]}
    claims["1.1-train-flat"]["kind"] = "trned"
    claims["1.2c-order"]["runs"] = ["1.2a", "1.2x"]
    claims["1.2c-saturates"]["runs"] = ["1.2x"]
    claims["1.2c-grows"]["runs"] = ["1.2a", "1.2b"]
    claims["2.2a-impossible"]["values"] = [59, 1, 0.5093]
    claims["1.1-val-flat"]["runs"] = ["1.1a", "1.2a"]
    del claims["2.1-noise"]["runs"]
    content["homework"]["examples"] = [12630, 1404.5, -1]
    told = [mistake.partition(", ")[2] for mistake in mistakes_of(write(tmp_path / "questions.toml", content))]
    assert [mistake.partition("; allowed")[0] for mistake in told] == [
        "homework, examples: [12630, 1404.5, -1] is not right",
        "claims 1.1-train-flat, kind: there is no kind 'trned'",
        "claims 1.1-val-flat, runs: a trend does not take 2",
        "claims 1.2c-order, runs: there is no run '1.2x'",
        "claims 1.2c-grows, runs: grows_at_the_end does not take 2",
        "claims 1.2c-saturates, runs: there is no run '1.2x'",
        "claims 2.1-noise, runs: last_epochs_are_apart does not take 0",
        "claims 2.2a-impossible, values: is_a_share does not take [59.0, 1.0, 0.5093]",
    ]


def test_a_question_says_what_it_asks_and_one_without_an_entry_has_the_title_of_its_first_table(tmp_path):
    content = copy.deepcopy(CONTENT)
    content["questions"] = [{"name": "1.2", "title": "Regression", "text": "Train it."}]
    homework = read_questions(write(tmp_path / "questions.toml", content))
    assert homework.question("1.2") == Question("1.2", "Regression", "Train it.")
    assert homework.question("1.1") == Question("1.1", "Perceptron after 100 epochs")
    content["questions"][0]["name"] = "1.22"
    told = mistakes_of(write(tmp_path / "questions.toml", content))[0]
    assert "'1.22' has no table, figure or claim; allowed: " in told


def test_what_others_got_may_be_known_of_some_settings_alone(tmp_path):
    row = read_questions().tables[5].rows[3]
    assert row.others == (None, None, (0.358, 0.443))
    content = copy.deepcopy(CONTENT)
    content["tables"][5]["rows"][3]["others"] = [[], [0.5, 0.4], [0.358]]
    assert "others: is not right" in mistakes_of(write(tmp_path / "questions.toml", content))[0]


def test_a_percentage_is_no_share_and_nothing_takes_no_time(tmp_path):
    content = copy.deepcopy(CONTENT)
    content["tables"][0]["rows"][0]["printed"] = [55.98]
    content["tables"][6]["rows"][4]["printed"] = [0, 52]
    told = mistakes_of(write(tmp_path / "questions.toml", content))
    assert len(told) == 2
    assert "tables 1, row 1, printed" in told[0]
    assert "tables 7, row 5, printed" in told[1]


def test_every_mistake_is_told_at_once(tmp_path):
    content = copy.deepcopy(CONTENT)
    content["runs"][0]["settings"]["epochs"] = -1
    content["runs"][1]["settings"]["learning_rat"] = 1
    content["tables"][0]["columns"][0]["run"] = "1.1b"
    content["tables"][1]["rows"][0]["printed"] = [0.5, 0.6]
    content["claims"][0]["function"] = "same_figur"
    content["claims"][1]["direction"] = "sideways"
    content["figures"][0]["panels"][0]["figures"] = ["seconds"]
    content["homework"]["titel"] = "x"
    told = mistakes_of(write(tmp_path / "questions.toml", content))
    assert len(told) == 8
    for words in ("1.1a, epochs", "learning_rat", "1.1b", "printed", "same_figure?", "sideways", "seconds", "titel"):
        assert sum(words in mistake for mistake in told) == 1, words
    assert any(mistake.endswith("allowed: a list of 1 number") for mistake in told)
    assert all(mistake.startswith("questions.toml, ") for mistake in told)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[[runs]]\nname='a'\nquestion='1'\ntitle='b'\nsettings={model='perceptron'}", "asks nothing"),
        ("runs = 1", "[[runs]]"),
        ("", "there are none"),
        ("x = [", "is not TOML"),
        ("[homework]\ntitle=3", "title"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, text, word):
    path = tmp_path / "questions.toml"
    path.write_text(text, "utf-8")
    assert any(word in mistake for mistake in mistakes_of(path))


def test_no_file_and_no_text_are_refused(tmp_path):
    assert "cannot be read" in mistakes_of(tmp_path / "missing.toml")[0]
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in mistakes_of(tmp_path / "noise.toml")[0]


def test_every_claim_and_order_has_an_expectation_but_those_of_time():
    homework = read_questions()
    assert [claim.name for claim in homework.claims if not claim.expect] == ["2.2a-time", "2.2a-step-time"]
    rows = [row for table in homework.tables for row in table.rows if len(table.columns) > 1]
    assert [row.metric for row in rows if not row.expect] == ["seconds"]
    wrong = [claim.name for claim in homework.claims if claim.expect == "differs"]
    assert all(claim.right for claim in homework.claims if claim.name in wrong)


def test_an_order_is_not_expected_of_one_column(tmp_path):
    content = copy.deepcopy(CONTENT)
    content["tables"][0]["rows"][0]["expect"] = "agrees"
    content["tables"][3]["rows"][0]["expect"] = "agree"
    told = mistakes_of(write(tmp_path / "questions.toml", content))
    assert len(told) == 2
    assert "order of the columns" in told[0]
    assert "agrees?" in told[1]


def test_a_name_that_is_there_twice_is_refused(tmp_path):
    content = copy.deepcopy(CONTENT)
    content["runs"].append(content["runs"][0])
    content["claims"].append(content["claims"][0])
    told = mistakes_of(write(tmp_path / "questions.toml", content))
    assert sum("twice" in mistake for mistake in told) == 2


def paths(value, path=()):
    if path:
        yield path
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(part, (*path, key))


PATHS = list(paths(CONTENT))


@settings(max_examples=60)
@given(
    st.sampled_from(PATHS), st.sampled_from([None, 0, -1, 1e400, float("nan"), "", "x", True, [], [[]], {}, {"a": 1}])
)
def test_a_file_with_anything_wrong_in_it_is_read_or_refused(tmp_path_factory, path, value):
    content = copy.deepcopy(CONTENT)
    *above, last = path
    part = content
    for key in above:
        part = part[key]
    if value is None:
        del part[last]
    else:
        part[last] = value
    file = write(tmp_path_factory.mktemp("questions") / "questions.toml", content)
    try:
        read_questions(file).needed_runs()
    except MistakeError as error:
        assert error.mistakes


def test_settings_follow_from_the_number_of_examples_and_what_has_another_form_is_refused(tmp_path):
    """Equation 1 sums over all examples: its rate and batch are other ones on other data."""
    values = read_questions().runs["1.2b-sum"].values_at(5000)
    assert (values["learning_rate"], values["batch_size"]) == (5.0, 5000)
    assert values["l2"] == pytest.approx(0.01 / 5000, rel=0.01)
    content = copy.deepcopy(CONTENT)
    run = next(run for run in content["runs"] if run["name"] == "1.2b-sum")
    run["settings"] |= {"learning_rate": "0.001 m", "batch_size": "n / 2"}
    told = mistakes_of(write(tmp_path / "q.toml", content))
    assert len(told) == 2
    assert "learning_rate: '0.001 m'" in told[0]
    assert "batch_size: 'n / 2'" in told[1]


def test_a_remark_is_ours_and_corrects_nothing_of_the_report(tmp_path):
    content = copy.deepcopy(CONTENT)
    claims = {claim["name"]: claim for claim in content["claims"]}
    claims["2.1-noise"]["right"] = "Something else."
    claims["1.1-val-flat"]["voice"] = "sais"
    told = mistakes_of(write(tmp_path / "q.toml", content))
    assert len(told) == 2
    assert "says?" in told[0]
    assert "2.1-noise, right: is about what the report has wrong" in told[1]


def test_what_is_empty_is_called_so(tmp_path):
    """A reader who looks for a wrong type where the text is merely empty looks in vain."""
    content = copy.deepcopy(CONTENT)
    content["homework"]["title"] = " "
    assert mistakes_of(write(tmp_path / "q.toml", content)) == ["q.toml, homework, title: is empty"]


def test_a_run_without_a_name_is_none_of_those_that_may_be_meant(tmp_path):
    content = copy.deepcopy(CONTENT)
    del content["runs"][-1]["name"]
    told = [mistake for mistake in mistakes_of(write(tmp_path / "q.toml", content)) if "there is no run" in mistake]
    assert told
    assert not [mistake for mistake in told if re.search(r", *(,|\(|$)", mistake)]
