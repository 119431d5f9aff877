"""The table, runs built from it, and what is said of mistakes."""

import importlib
import shlex
import tomllib

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from engines import registry
from hw1_tui.batch.option import Parser, read_bytes, read_whole
from hw1_tui.batch.sweep import read_new
from hw1_tui.batch.train import add_arguments, read_given
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.runs.request import Request, read_scale, read_seeds
from hw1_tui.settings import TABLE, Given, RunConfig, default_values, dump_run, read_run_file, resolve
from hw1_tui.sweep.command import sweep_command
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.space import Space, axis_of

PAIRS = [(engine, model) for engine in registry.names() for model in registry.get(engine).models()]


def values_of(name):
    """Strategy for values that the table allows for a hyperparameter."""
    entry = TABLE[name]
    if entry.kind == "choice":
        return st.sampled_from(entry.choices)
    if entry.kind == "switch":
        return st.booleans()
    if entry.kind == "sizes":
        return st.lists(st.integers(1, 1000), min_size=1, max_size=4).map(tuple)
    if entry.kind == "integer":
        assert entry.minimum is not None
        assert entry.maximum is not None
        return st.integers(int(entry.minimum), int(entry.maximum))
    if entry.kind == "text":
        return st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=9)
    numbers = st.floats(entry.minimum, entry.maximum, exclude_min=entry.above, exclude_max=entry.below)
    return numbers | st.sampled_from(entry.choices) if entry.choices else numbers


@st.composite
def run_configs(draw):
    engine, model = draw(st.sampled_from(PAIRS))
    names = draw(st.sets(st.sampled_from(sorted(default_values(engine, model)))))
    record = {"engine": engine, "model": model, **{name: draw(values_of(name)) for name in sorted(names)}}
    try:
        return RunConfig.from_dict(record)
    except MistakeError:  # values that are each allowed and do not go together
        reject()


@given(run_configs())
def test_a_run_survives_its_toml_file(tmp_path_factory, config):
    path = tmp_path_factory.getbasetemp() / "run.toml"
    path.write_text(dump_run(config), encoding="utf-8")
    assert resolve(read_run_file(path)) == config


@given(run_configs())
def test_the_command_of_a_run_gives_the_same_run(config):
    _same_run_from_its_command(config)


def _same_run_from_its_command(config):
    words = shlex.split(config.command())
    assert words[:3] == ["hw1-tui", "--batch", "train"]
    parser = Parser("train")
    add_arguments(parser)
    args, mistakes = parser.read(words[3:])
    assert resolve(read_given(args, mistakes)) == config
    assert not mistakes


HOSTILE = [
    "--",
    "-",
    "--seed",
    "--seed=3",
    "-1",
    "-h",
    "--help",
    "@file",
    "--batch",
    " ",
    "",
    "~",
    "a b",
    "=",
    "-- x",
    "runs",
    "$HOME",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_of_any_setting_is_the_same_run_from_its_command(text):
    record = {"target": text, "data": text if text.strip() else "builtin"}
    _same_run_from_its_command(RunConfig.from_dict(record))


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_of_a_sweep_or_a_report_is_the_same_from_its_command(text):
    config = RunConfig.from_dict({"target": text, "data": text if text.strip() else "builtin"})
    sweep = Sweep(config, Space((axis_of("l2", "0,.1", "--grid"),)))
    args, mistakes = _parsed("sweep", shlex.split(sweep_command(sweep))[3:])
    assert read_new(args, mistakes).config == config
    request = Request(data=text, questions_file=text)
    args, more = _parsed("report", request.words())
    assert ((args.data or ""), (args.questions_file or "")) == (text, text)
    assert not [*mistakes, *more]


def _parsed(command, words):
    parser = Parser(command)
    importlib.import_module(f"hw1_tui.batch.{command}").add_arguments(parser)
    return parser.read(words)


def test_every_default_of_every_engine_stands_in_the_table_and_is_allowed():
    for engine, model in PAIRS:
        for name, value in registry.get(engine).models()[model].defaults.items():
            assert TABLE[name].check(value) == value


@settings(max_examples=300)
@given(st.sampled_from(sorted(TABLE)), st.text(max_size=20))
def test_any_text_is_either_read_or_refused_with_a_sentence(name, text):
    try:
        value = TABLE[name].read(text)
    except ValueError as error:
        assert str(error)
    else:
        assert TABLE[name].read(TABLE[name].format(value)) == value


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(TABLE)),
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), st.lists, max_leaves=5),
)
def test_any_value_of_a_file_is_either_checked_or_refused_with_a_sentence(name, value):
    try:
        checked = TABLE[name].check(value)
    except ValueError as error:
        assert str(error)
    else:
        assert TABLE[name].check(checked) == checked


@pytest.mark.parametrize(
    ("text", "sizes"), [("100", (100,)), ("200,100", (200, 100)), ("2x200", (200, 200)), ("2x50,10", (50, 50, 10))]
)
def test_hidden_sizes_can_be_written_as_layers_times_size(text, sizes):
    assert TABLE["hidden_sizes"].read(text) == sizes


@pytest.mark.parametrize(
    "text", ["4 3", "1 00", "x200", "2x", "0x10", "2x3x4", "100,", "1_0", "٣", "4;3", "4.0", "1e2"]
)
def test_sizes_that_are_not_written_so_are_refused_and_not_guessed(text):
    """4 3 was one layer of 43 units."""
    with pytest.raises(ValueError, match="not a list of sizes"):
        TABLE["hidden_sizes"].read(text)


@pytest.mark.parametrize("text", ["101x4", "10000000000x4", "10000000000"])
def test_more_than_there_may_be_is_told_as_that(text):
    with pytest.raises(ValueError, match=f"{text} is larger than 100 layers of 100,000"):
        TABLE["hidden_sizes"].read(text)


@pytest.mark.parametrize(
    ("name", "text", "nearest"),
    [("hidden_sizes", "4 3", "4,3"), ("hidden_sizes", "[200; 100]", "200,100"), ("learning_rate", "0,01", "0.01"),
     ("epochs", "1_000", "1000"), ("epochs", "1 000", "1000"), ("epochs", "1,000", "1000"), ("epochs", "1e3", "1000"),
     ("momentum", "90%", "0.9"), ("val_share", "12,5%", "0.125"),
     ("epochs", "2.0", "2"), ("epochs", "2.5", ""), ("epochs", "１２", "12"), ("learning_rate", "1,500", "1.500"),
     ("epochs", "many", ""), ("dropout", "−0.5", "")],
)  # fmt: skip
def test_what_was_probably_meant_is_told(name, text, nearest):
    with pytest.raises(MistakeError) as caught:
        resolve([Given("engine", "numpy", ""), Given(name, text, "--it")])
    assert caught.value.mistakes[0].nearest == nearest


@pytest.mark.parametrize("value", ["-0", "-0.0", -0.0])
def test_a_negative_zero_is_the_setting_that_zero_is(value):
    """Runs are found by their settings: one with l2 of -0 was another run than one with 0."""
    given = [Given("engine", "numpy", ""), Given("l2", value, "--l2")]
    assert repr(resolve(given).hyperparameters["l2"]) == "0.0"


@pytest.mark.parametrize("text", ["1_000", "1 000", "٣", "１２", "0x10", "1e2", "1.0", "", "--1", "9" * 5000])
def test_only_ascii_digits_are_a_whole_number(text):
    with pytest.raises(ValueError, match=r"not a whole number|is empty"):
        TABLE["epochs"].read(text)
    mistakes: list[Mistake] = []
    assert read_whole("--size", text, 7, mistakes) == 7
    assert len(mistakes) == 1


@pytest.mark.parametrize(
    "text", ["1_0", "1e400", "-1e400", "inf", "nan", "Infinity", "1e-400", "٣.٥", "0x1p3", "1e", "."]
)
def test_only_what_a_float_can_hold_is_a_number(text):
    with pytest.raises(ValueError, match=r"number|told from 0"):
        TABLE["l2"].read(text)
    mistakes: list[Mistake] = []
    assert read_scale("--epochs-scale", text, mistakes) == 1
    assert len(mistakes) == 1


@pytest.mark.parametrize("text", ["1_0", "٣", "9" * 5000, "000000001999"])
def test_sizes_in_bytes_and_seeds_are_ascii_digits_too(text):
    mistakes: list[Mistake] = []
    assert read_seeds("--seeds", text, mistakes) == 1
    assert len(mistakes) == 1
    assert read_bytes("--max-bytes", f"{text}G", 5, mistakes) in (5, 1999 << 30)


def test_a_negative_number_of_any_kind_belongs_to_the_option_before_it():
    parser = Parser("train")
    add_arguments(parser)
    args, mistakes = parser.read(["--l2", "-inf", "--l1", "-1_0", "--momentum", "-.5"])
    assert (args.l2, args.l1, args.momentum, mistakes) == ("-inf", "-1_0", "-.5", [])


def mistakes_of(**values):
    with pytest.raises(MistakeError) as caught:
        RunConfig.from_dict(values, "run.toml")
    return caught.value.mistakes


def test_all_mistakes_come_at_once_each_with_its_place_and_what_is_allowed():
    mistakes = mistakes_of(model="mlp", learning_rate=-1, epochs=2.5, activation="rely", lernin_rate=0.1)
    assert {m.place for m in mistakes} == {
        "run.toml, learning_rate",
        "run.toml, epochs",
        "run.toml, activation",
        "run.toml, lernin_rate",
    }
    by_place = {m.place.split(", ")[1]: m for m in mistakes}
    assert "above 0" in by_place["learning_rate"].allowed
    assert by_place["activation"].nearest == "relu"
    assert by_place["lernin_rate"].nearest == "learning_rate"


def test_a_hyperparameter_that_the_model_does_not_take_says_who_does():
    (mistake,) = mistakes_of(model="perceptron", learning_rate=0.1)
    assert "perceptron" in mistake.problem
    assert "logistic_regression (numpy)" in mistake.allowed


def test_a_model_that_another_engine_trains_says_which():
    (mistake,) = mistakes_of(engine="torch", model="perceptron")
    assert "numpy" in mistake.problem


def test_wrong_names_of_model_and_engine_get_the_nearest_right_one():
    assert mistakes_of(model="mpl")[0].nearest == "mlp"
    assert mistakes_of(engine="numpi")[0].nearest == "numpy"


def test_what_is_given_later_wins():
    config = resolve([Given("epochs", 3, "file"), Given("epochs", "5", "--epochs")])
    assert config.epochs == 5


def test_a_run_of_the_history_is_written_as_toml_a_person_can_edit():
    text = dump_run(resolve([]))
    assert tomllib.loads(text)["model"] == "mlp"
    assert 'data = "builtin"' in text
