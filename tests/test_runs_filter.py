"""The language in which runs are looked for."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.batch.history import ask_runs
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Labels
from hw1_tui.runs.filter import parse_filter, sort_records
from hw1_tui.runs.filter_absence import describe_absence
from tests.support.history import run_record

RUN = run_record(
    "261123-101010-abcd",
    learning_rate=0.001,
    hidden_sizes=[200, 100],
    evaluate_train=True,
    results={"val_accuracy": 0.62, "epochs_done": 7, "test_accuracy": None},
    labels=Labels("First try", ("report", "long run", "a,b"), "dropout [was] too high", True),
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "model=mlp",
        "model=perceptron,mlp",
        "model!=perceptron",
        "dropout!=0.5",
        "learning_rate=1e-3",
        "learning_rate=.001",
        "learning_rate<=0.001 learning_rate>=0.001",
        "val_accuracy>.5",
        "val_accuracy>50%",
        "val_accuracy<0.63",
        "epochs=20 epochs_done=7",
        "hidden_sizes=200,100",
        "hidden_sizes=100",
        "hidden-sizes=100",
        "val-accuracy>.5",
        "evaluate_train=true",
        "starred=true",
        "tag=report",
        "tag=nothing,report",
        'tag="long run"',
        "tag=a,b",
        "tag=A,B",
        "'tag=long run'",
        "note~DROPOUT",
        "name~try",
        "first",
        "digits",
        "abcd",
        "created>2026-11-01",
        "created<2027",
        "parent=",
        "test_accuracy!=0.5",
        "run=261123-101010-abcd",
        "status=finished model=mlp val_accuracy>.6 report",
    ],
)
def test_lets_through(text):
    """A condition that holds for a run finds it."""
    found = parse_filter(text)
    found.check([RUN, run_record("other", dropout=0.5)])
    assert found.matches(RUN)


@pytest.mark.parametrize(
    "text",
    [
        "model=perceptron",
        "model!=mlp",
        "learning_rate=0.01",
        "learning_rate>0.001",
        "learning_rate<0.001",
        "val_accuracy>.62",
        "test_accuracy>0",
        "test_accuracy<1",
        "dropout=0",
        "hidden_sizes=200,200",
        "tag=repo",
        "tag!=report",
        "evaluate_train=false",
        "nowhere",
        "created<2026-11-01",
        "model=mlp val_accuracy>.9",
        "name~mlp",
    ],
)
def test_holds_back(text):
    """A condition that does not hold, or asks for what was not measured, does not find the run."""
    assert not parse_filter(text).matches(RUN)


@pytest.mark.parametrize(
    ("zone", "finds", "misses"),
    [
        (
            "Asia/Tokyo",
            ("created>=2026-11-24", "created<=2026-11-24", "created~2026-11-24", "created=2026-11-24T05:30",
             "created=2026-11-23T20:30:00+00:00", "created>2026-11-23", "created<=2026-11", "created>2025"),
            ("created>2026-11-24", "created<2026-11-24", "created~2026-11-23", "created<2026", "created>2026",
             "created!=2026-11-24T05:30", "created>2026-11-23T20:30:00Z"),
        ),
        ("UTC", ("created<=2026-11-23", "created~2026-11-23"), ("created>=2026-11-24", "created>2026-11-23")),
    ],
)  # fmt: skip
def test_a_day_is_one_of_this_time_zone_and_holds_all_its_hours(zone, finds, misses, monkeypatch):
    """The interface shows when a run began by the clock here; a day is neither before nor after itself."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        run = replace(RUN, created="2026-11-23T20:30:00+00:00")
        assert all(parse_filter(text).matches(run) for text in finds)
        assert not any(parse_filter(text).matches(run) for text in misses)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_data_is_found_by_the_end_of_its_path_however_it_was_named():
    """A sweep writes the whole path and a command what was typed: half of the runs on one file were left out."""
    typed = replace(run_record("a", data="mine.npz"), facts={"data_path": "/home/ada/sets/mine.npz"})
    swept = replace(run_record("b", data="/home/ada/sets/mine.npz"), facts={"data_path": "/home/ada/sets/mine.npz"})
    folder = replace(run_record("c", data="./digits"), facts={"data_path": "/home/ada/digits"})
    drawn = run_record("d", data="digits")
    for text, found in (
        ("data=mine.npz", "ab"),
        ("data=sets/mine.npz,other.npz", "ab"),
        ("data=./mine.npz", "ab"),
        ("data=/home/ada/sets/mine.npz", "ab"),
        ("data!=mine.npz", "cd"),
        ("data=ine.npz", ""),
        ("data=digits", "d"),
        ("data=./digits", "c"),
    ):
        wanted = parse_filter(text)
        assert "".join(record.run for record in (typed, swept, folder, drawn) if wanted.matches(record)) == found


def test_a_number_that_may_be_a_word_is_found_by_either():
    split = run_record("261123-101010-abce", val_share="auto"), run_record("261123-101010-abcf", val_share=0.2)
    for text, found in (
        ("val_share=auto", [True, False]),
        ("val_share!=auto", [False, True]),
        ("val_share>.1", [False, True]),
    ):
        chosen = parse_filter(text)
        chosen.check(split)
        assert [chosen.matches(run) for run in split] == found


def test_every_mistake_is_told_with_the_nearest_name():
    with pytest.raises(MistakeError) as error:
        parse_filter("val_accuracy>high epochs< note~")
    assert len(error.value.mistakes) == 3
    with pytest.raises(MistakeError) as error:
        parse_filter("val_acuracy>.5 learning_rat=1 model=mlp").check([RUN])
    assert [mistake.nearest for mistake in error.value.mistakes] == ["val_accuracy>.5", "learning_rate=1"]
    with pytest.raises(MistakeError) as error:  # by the names of other libraries
        parse_filter("weight_decay>0 random_state=3").check([RUN])
    assert [mistake.nearest for mistake in error.value.mistakes] == ["l2>0", "seed=3"]
    with pytest.raises(MistakeError, match="quotation mark"):
        parse_filter('name="first')


@given(st.text())
def test_any_text_is_a_filter_or_a_mistake(text):
    try:
        found = parse_filter(text)
        found.check([RUN])
    except MistakeError:
        return
    assert found.matches(RUN) in (True, False)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_compared_as_numbers(value):
    record = run_record(learning_rate=value)
    assert parse_filter(f"learning_rate={value!r}").matches(record)
    assert parse_filter("learning_rate>0").matches(record) == (value > 0)


def test_sorting_puts_those_without_the_value_last():
    a, b, c = run_record("a", learning_rate=0.1), run_record("b"), run_record("c", learning_rate=0.01)
    assert [record.run for record in sort_records([a, b, c], "learning_rate")] == ["c", "a", "b"]
    assert [record.run for record in sort_records([a, b, c], "-learning_rate")] == ["a", "c", "b"]
    assert [record.run for record in sort_records([c, a, b], "run")] == ["a", "b", "c"]
    with pytest.raises(MistakeError, match="learning_rate"):
        sort_records([a, b, c], "learning_rat")


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("model==mlp", "model=mlp"),
        ("val_accuracy=>.5", "val_accuracy>=.5"),
        ("val_accuracy=<.5", "val_accuracy<=.5"),
        ("model<>mlp", "model!=mlp"),
        ("model:mlp", "model=mlp"),
        ("learning_rate:0.1", "learning_rate=0.1"),
        ("starred=yes", "starred=true"),
        ("starred=0", "starred=false"),
        ("starred!=no", "starred!=false"),
        ("starred>0", "starred=true"),
        ("starred", "starred=true"),
        ("star=y", "starred=true"),
        ("evaluate_train=on", "evaluate_train=true"),
        ("status=done", ""),
        ("status=finish", "status=finished"),
        ("model>3", "model=3"),
        ("tag<x", "tags=x"),
        ("val_accuracy>62", "val_accuracy>62%"),
        ("created=2026-11-23", "created~2026-11-23"),
        ("created>yesterday", ""),
        ("when>2026", "created>2026"),
        ("date>=2026-11", "created>=2026-11"),
        ("time>60", "seconds>60"),
        ("created>=2026-13", ""),
        ("created>=2026-11-31", ""),
        ("created>2026-11-28T5", ""),
        ("created>2026-11-28T0515", ""),
        ("created>'2026-11-28 morning'", ""),
        ("epochs=many", ""),
        ("learning_rate=fast,0.1", ""),
        ("hidden_sizes=big", ""),
        ("Model=mlp", "model=mlp"),
        ("AND", ""),
        ("model=mlp and engine=numpy", ""),
        ("model=mlp || model=perceptron", ""),
        ("NOT starred=true", ""),
        (">5", ""),
        ("=mlp", ""),
        ("!starred", "starred=false"),
        ("model=mpl", "model=mlp"),
        ("model!=mpl", "model!=mlp"),
        ("engine=pytorch", "engine=torch"),
        ("engine=numpy,pytorch", "engine=numpy,torch"),
        ("optimizer=adma", "optimizer=adam"),
        ("activation=rellu", "activation=relu"),
        ("init=Xaviér", "init=xavier"),
        ("dtype=flaot32", "dtype=float32"),
        ("status=", ""),
        ("model=", ""),
        ("data!=", ""),
        ("created:2026", "created~2026"),
        ("model=mlp;", "model=mlp"),
        ("model=mlp|perceptron", "model=mlp,perceptron"),
        ("model=[mlp]", "model=mlp"),
        ("hidden_sizes=[200,100]", "hidden_sizes=200,100"),
        ("learning_rate=(0.1)", "learning_rate=0.1"),
        ("(model=mlp)", "model=mlp"),
        ("{model=mlp}", "model=mlp"),
        ("“model=mlp”", "model=mlp"),
        ("model=“mlp”", "model=mlp"),
        ("name=“first”", 'name="first"'),
        ("!model=mlp", "model!=mlp"),
        ("-model:mlp", "model!=mlp"),
        ("--model=mlp", "model!=mlp"),
        ("val_accuracy≥.5", "val_accuracy>=.5"),
        ("model≠mlp", "model!=mlp"),
        ("tag:report", "tags=report"),
        ("model = mlp", "model=mlp"),
        ("model == mlp", "model=mlp"),
        ("model : mlp", "model=mlp"),
        ("model: mlp", "model=mlp"),
        ("model =mlp", "model=mlp"),
        ("model= mlp", "model=mlp"),
        ("val_accuracy> .5", "val_accuracy>.5"),
        ("val_accuracy > .5", "val_accuracy>.5"),
        ("val accuracy > 50%", "val_accuracy>50%"),
        ('name ~ "first try"', 'name~"first try"'),
        ("learning_rate= 0.1", "learning_rate=0.1"),
        ("model=mlp;engine=numpy", "model=mlp engine=numpy"),
        ("model=mlp&&val_accuracy>.5", "model=mlp val_accuracy>.5"),
        ("val_accuracy>.5,model=mlp", "val_accuracy>.5 model=mlp"),
        ("data=digits;model=mlp", "data=digits model=mlp"),
        ("name=it's", '"name=it\'s"'),
        ("val-acc>.5", "val_accuracy>.5"),
        ("(val-acc>=50%)", "val_accuracy>=50%"),
        ("test.acc=.5", "test_accuracy=.5"),
        ("learning-rat=.1", "learning_rate=.1"),
        ("(modell=mlp)", "model=mlp"),
        ("!modell=mlp", "model!=mlp"),
        ("lr>0.01", "learning_rate>0.01"),
        ("lr=0,01", "learning_rate=0.01"),
        ("accuracy>.5", "val_accuracy>.5"),
        ("acc>50", "val_accuracy>50%"),
        ("train_acc>.5", "train_accuracy>.5"),
        ("loss<1", "val_loss<1"),
        ("hidden=200", "hidden_sizes=200"),
        ("epoch=3", "epochs=3"),
        ("val_accuracy>0,5", "val_accuracy>0.5"),
        ("val_accuracy=0,5", "val_accuracy=0.5"),
        ("val_accuracy>,5", "val_accuracy>0.5"),  # and no 5%
        ("val_accuracy=,5", "val_accuracy=0.5"),
        ("learning_rate<=,01", "learning_rate<=0.01"),
        ("val_accuracy>62,5", "val_accuracy>62.5%"),
        ("val_accuracy>50 %", "val_accuracy>50%"),
        ("learning_rate=0,01", "learning_rate=0.01"),
        ("learning_rate<1−e3", ""),
        ("weight_norm>−1", "weight_norm>-1"),
        ("epochs>1_000", "epochs>1000"),
        ("epochs=1_000,2000", "epochs=1000,2000"),
        ("epochs=1,000", "epochs=1000"),
        ("epochs>1,000", "epochs>1000"),
        ("epochs>１０", "epochs>10"),
        ("seconds>5s", "seconds>5"),
        ("seconds>1.5min", "seconds>90"),
        ("parameters>10k", "parameters>10000"),
        ("steered=true", "steered!="),
        ("steered=no", "steered="),
        ("steered!=none", "steered!="),
        ("parent=none", "parent="),
        ("note=yes", "note!="),
        ("dropout=none", "dropout="),
    ],
)
def test_what_cannot_mean_anything_is_told_with_the_nearest_right_form(text, nearest):
    with pytest.raises(MistakeError) as error:
        parse_filter(text).check([RUN])
    (mistake,) = error.value.mistakes
    assert mistake.nearest == nearest
    assert mistake.nearest or mistake.allowed


@pytest.mark.parametrize(
    "text",
    ["and", "dry-run:1", "note~=5", "note~>3", "seed", "a&b", "starred=TRUE", "parent=", "model=MLP", "name=mpl",
     "note=(draft)", "tag=a;b", "data=C:/x", "reason=out", "parent= first", "name= first", "optimizer=adam", "model~ml",
     "(draft)", ":-)", "(a=b)", "dropout=0.3", "engine=torch", "tag=x;y=z", "dry-run=x", "x->y", "a-b>c"],
)  # fmt: skip
def test_what_may_be_meant_is_not_refused(text):
    parse_filter(text).check([RUN])


def test_a_filter_on_an_empty_history_is_refused_only_for_what_no_run_could_have():
    parse_filter("model=mlp val_accuracy>.5 learning_rate=.1").check([])
    with pytest.raises(MistakeError):
        parse_filter("starred=yes")
    with pytest.raises(MistakeError):
        parse_filter("model=mpl").check([])


def test_a_value_of_a_closed_set_that_only_the_history_has_is_asked_for():
    """Runs of a plug-in that is no longer installed, or of an older version, are still found."""
    old = run_record(model="Transformer", engine="jax", optimizer="lion")
    found = parse_filter("model=transformer engine=jax,numpy optimizer=lion")
    found.check([RUN, old])
    assert found.matches(old)
    with pytest.raises(MistakeError) as error:
        parse_filter("engine=jx").check([RUN, old])
    assert error.value.mistakes[0].nearest == "engine=jax"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data=digts", "No run has data=digts (did you mean data=digits?)."),
        ("tag=reprot seed=42", "No run has tag=reprot (did you mean tags=report?)."),
        (
            "tag=report seed=1 epochs>50",
            "No run has seed=1; the nearest is 42. No run has epochs>50; the nearest is 20.",
        ),
        ("val_accuracy>.9", "No run has val_accuracy>.9; the nearest is 0.62."),
        ("name=first", "No run has name=first (did you mean name~first?)."),
        ("name='Frist try'", 'No run has name=Frist try (did you mean "name=First try"?).'),
        ("digts", "No run has 'digts' in its identifier, name, tags, note or data (did you mean digits?)."),
        ("parent=x", "No run has parent=x."),
        ("steered", "No run has 'steered' in its identifier, name, tags, note or data (did you mean steered!=?)."),
        ("model mlp", "No run has 'model' in its identifier, name, tags, note or data (did you mean model=mlp?)."),
        (
            "seed 42",
            "No run has 'seed' in its identifier, name, tags, note or data (did you mean seed=42?). "
            "No run has '42' in its identifier, name, tags, note or data.",
        ),
        (
            "model nonsense",
            "No run has 'model' in its identifier, name, tags, note or data (did you mean model!=?). "
            "No run has 'nonsense' in its identifier, name, tags, note or data.",
        ),
        ("data=digits", ""),
        ("tag=report data=digits parent=", ""),
        ("name= parent!=", "No run is without name. No run has a parent."),
    ],
)
def test_a_condition_that_no_run_fulfils_is_told_with_the_nearest_value_of_the_history(text, said):
    assert describe_absence(parse_filter(text), [RUN.as_dict()]) == said


@pytest.mark.parametrize("joining", ["AND", "and", "OR", "&&", "||"])
def test_what_joins_conditions_is_told_in_one_word_of_the_shell_as_in_several(joining):
    """Guarantee: no advice that is what was typed; "did you mean" repeated the whole."""
    with pytest.raises(MistakeError, match="joins nothing here"):
        parse_filter(ask_runs([f"val_accuracy>.5 {joining} model=mlp"]))
    assert ask_runs(["name=rock and roll"]) == "'name=rock and roll'"
