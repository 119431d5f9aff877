"""Which hyperparameters mattered: held against analyses of variance by other means, and against chance."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import f_oneway
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import OneHotEncoder

from hw1_tui.statistics.repeat import Repeat
from hw1_tui.statistics.variance_share import find_shares
from hw1_tui.sweep.effect import find_effects, find_interaction, find_levels
from hw1_tui.sweep.importance import find_importance
from hw1_tui.sweep.observation import Observation, rank_points

AXES = {"learning_rate": (1e-4, 1e-3, 1e-2, 1e-1), "momentum": (0.0, 0.9), "optimizer": ("sgd", "adam", "rmsprop")}


def grid(value, seeds=1, axes=AXES):
    """Observations on a whole grid, whose values a function of the place on each axis and of the seed gives."""
    return [
        Observation(
            {name: values[place] for (name, values), place in zip(axes.items(), places, strict=True)},
            seed,
            Repeat(value(*places, seed)),
        )
        for seed in range(1, seeds + 1)
        for places in itertools.product(*(range(len(values)) for values in axes.values()))
    ]


def drawn(n, value, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (n, 3))
    return [Observation(dict(zip("abc", p.tolist(), strict=True)), 1, Repeat(float(value(*p, rng)))) for p in points]


def importance(observations, best="lowest", **options):
    found = find_importance(observations, best, **options)
    assert found
    return found


def effects_of(observations, name):
    return find_effects(observations, name)


def by_name(terms):
    return {term.names: term for term in terms}


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_on_a_grid_shares_are_those_of_the_analysis_of_variance_by_hand(rng):
    """Sums of squares of the means of an axis, and of a pair beyond its axes, over the sum around the mean."""
    y = rng.normal(size=(4, 2, 3, 3)) + np.arange(4)[:, None, None, None] * np.arange(2)[:, None, None]
    observations = grid(lambda i, j, k, seed: float(y[i, j, k, seed - 1]), seeds=3)
    found = importance(observations)
    total = np.sum((y - y.mean()) ** 2)

    def means(*axes):
        return y.mean(axis=tuple(set(range(4)) - set(axes)), keepdims=True)

    axes = {(name,): y.size / len(AXES[name]) * np.var(means(i)) * len(AXES[name]) for i, name in enumerate(AXES)}
    assert {names: term.share for names, term in by_name(found.axes).items()} == pytest.approx(
        {names: squares / total for names, squares in axes.items()}
    )
    for (i, first), (j, second) in itertools.combinations(enumerate(AXES), 2):
        beyond = means(i, j) - means(i) - means(j) + y.mean()
        expected = y.size * np.mean(beyond**2) / total
        assert by_name(found.pairs)[first, second].share == pytest.approx(expected)
    assert found.seeds == pytest.approx(np.sum((y - y.mean(axis=3, keepdims=True)) ** 2) / total)
    assert sum(term.share for term in (*found.axes, *found.pairs)) + found.rest == pytest.approx(1)
    assert found.is_grid


def test_of_one_axis_the_verdict_is_that_of_scipys_f_test(rng):
    for apart in (0.0, 0.3, 0.6, 1.2):
        groups = rng.normal(size=(3, 8)) + apart * np.arange(3)[:, None]
        rows = [(str(i), value) for i, group in enumerate(groups) for value in group]
        shares = find_shares([[name for name, _ in rows]], [value for _, value in rows], is_grid=True)
        assert shares.factors[0].p == pytest.approx(f_oneway(*groups).pvalue, abs=0.03)


def test_shares_of_a_grid_with_gaps_are_what_a_regression_loses_without_the_term(rng):
    kept = rng.permutation(24)[:20]
    observations = [one for i, one in enumerate(grid(lambda *_: float(rng.normal()))) if i in kept]
    rows = [list(one.point.values()) for one in observations]
    y = np.array([one.value for one in observations])
    found = importance(observations)

    def squares_left(names):
        columns = [[row[list(AXES).index(name)] for row in rows] for name in names]
        x = OneHotEncoder().fit_transform(list(zip(*columns, strict=True))).toarray()
        return np.sum((y - LinearRegression().fit(x, y).predict(x)) ** 2)

    total = np.sum((y - y.mean()) ** 2)
    for name in AXES:
        others = [other for other in AXES if other != name]
        expected = (squares_left(others) - squares_left(AXES)) / total
        assert by_name(found.axes)[name,].share == pytest.approx(expected)
    assert not found.is_grid


def test_of_drawn_points_shares_are_those_that_the_function_has():
    """2 a + 3 b^2 + 2 a c and chance, over the cube: variances of 4/3, 4/5, 4/9 and 1/4."""
    found = importance(drawn(800, lambda a, b, c, rng: 2 * a + 3 * b**2 + 2 * a * c + rng.normal(0, 0.5)), "lowest")
    whole = 4 / 3 + 4 / 5 + 4 / 9 + 1 / 4
    expected = {("a",): 4 / 3, ("b",): 4 / 5, ("c",): 0, ("a", "b"): 0, ("a", "c"): 4 / 9, ("b", "c"): 0}
    for names, term in by_name((*found.axes, *found.pairs)).items():
        assert term.share == pytest.approx(expected[names] / whole, abs=0.03)
        assert term.verdict == "clear" or not expected[names]


@pytest.mark.parametrize("design", ["grid", "grid of seeds", "drawn"])
def test_chance_alone_is_hardly_ever_called_clear(design):
    """In at most 5 of 100 sweeps a hyperparameter, and in as few a pair; of so few sweeps no more than twice that."""
    rng, clear = np.random.default_rng(5), np.zeros(2)
    small = {"learning_rate": (0.1, 0.2, 0.3), "momentum": (0.0, 0.9)}
    for seed in range(40):
        if design == "drawn":
            found = importance(drawn(30, lambda a, b, c, rng: rng.normal(), seed))
        elif design == "grid":
            found = importance(grid(lambda *_: float(rng.normal())))
        else:
            found = importance(grid(lambda *_: float(rng.normal()), 3, small))
        clear += [any(term.verdict == "clear" for term in terms) for terms in (found.axes, found.pairs)]
    assert all(clear <= 5)


def test_what_mattered_and_what_did_not_is_told_on_24_trials_without_repetition(rng):
    found = importance(grid(lambda i, j, k, seed: abs(i - 2.0) + j + float(rng.normal(0, 0.1))))
    assert [(term.names, term.verdict) for term in found.axes] == [
        (("learning_rate",), "clear"),
        (("momentum",), "clear"),
        (("optimizer",), "no more than chance"),
    ]


def test_an_interaction_is_told_and_its_matrix_shows_where_it_is(rng):
    observations = grid(lambda i, j, k, seed: float(4 * (i == 3 and j == 1)) + float(rng.normal(0, 0.1)), seeds=2)
    pairs = by_name(importance(observations).pairs)
    assert pairs["learning_rate", "momentum"].verdict == "clear"
    assert pairs["momentum", "optimizer"].verdict == "no more than chance"
    matrix = find_interaction(observations, "learning_rate", "momentum")
    assert np.argmax(matrix.beyond) == 3 * 2 + 1
    assert matrix.means[3, 1] == pytest.approx(4, abs=0.2)


def test_two_axes_with_one_seed_cannot_tell_an_interaction_from_chance():
    axes = {"learning_rate": (0.1, 0.2, 0.3), "momentum": (0.0, 0.5, 0.9)}
    found = importance(grid(lambda i, j, seed: float(i * j + i), axes=axes))
    assert [term.verdict for term in found.pairs] == ["cannot be told"]
    assert math.isnan(found.pairs[0].p)
    assert found.seeds is None


@pytest.mark.parametrize(
    ("axes", "seeds"), [({"dropout": (0.0, 0.5), "momentum": (0.0, 0.9)}, 2), ({"momentum": (0.0, 0.9)}, 3)]
)
def test_of_so_few_trials_that_no_share_could_be_clear_none_is_told_to_be_chance(axes, seeds):
    """Eight trials have 35 halvings: 99.9% of the variance was told to be no more than chance."""
    steady = (0.001, -0.002, 0.0005)
    found = importance(grid(lambda *at: 2.0 * at[-2] + 0.03 * at[0] + steady[at[-1] - 1], seeds, axes))
    momentum = by_name(found.axes)["momentum",]
    assert momentum.share > 0.99
    assert momentum.verdict == "cannot be told"
    rng = np.random.default_rng(3)
    noise = importance(grid(lambda *_: float(rng.normal()), seeds, axes))
    assert {term.verdict for term in noise.axes} == {"no more than chance"}


def test_equal_values_and_a_single_trial_tell_nothing():
    for observations in (grid(lambda *_: 1.0, seeds=2), grid(lambda *_: 1.0)[:1]):
        terms = importance(observations)
        assert {term.verdict for term in (*terms.axes, *terms.pairs)} <= {"cannot be told"}


def test_the_order_of_the_trials_changes_no_share_and_the_same_trials_give_the_same_numbers(rng):
    observations = grid(lambda i, j, k, seed: i + float(rng.normal()))
    found = importance(observations)
    turned = importance(observations[::-1])
    assert importance(observations) == found
    assert [term.share for term in turned.axes] == pytest.approx([term.share for term in found.axes])


def test_a_diverged_trial_counts_as_the_worst_and_none_at_all_as_nothing():
    observations = grid(lambda i, j, k, seed: float(i))
    lost = [Observation(one.point, 1, None if one.value == 3 else one.repeat) for one in observations]
    as_worst = [Observation(one.point, 1, Repeat(min(one.value, 2.0))) for one in observations]
    assert importance(lost) == importance(as_worst)
    assert find_importance([Observation(one.point, 1, None) for one in lost], "lowest") is None


@pytest.mark.parametrize(("best", "sign"), [("lowest", 1), ("highest", -1)])
def test_among_the_better_half_disasters_drown_nothing(best, sign, rng):
    """A rate that ruins all else explains nearly all; which optimizer is better is told where it is left aside."""
    observations = grid(lambda i, j, k, seed: sign * (50.0 * (i == 3) + k + float(rng.normal(0, 0.05))))
    whole = by_name(importance(observations, best).axes)
    better = by_name(importance(observations, best, among_better=True).axes)
    assert whole["learning_rate",].share > 0.95
    assert better["optimizer",].share > 0.4
    assert better["optimizer",].verdict == "clear"


def test_effects_have_the_spread_over_points_and_the_one_over_seeds():
    observations = grid(lambda i, j, k, seed: 10.0 * i + j + (0.5 if seed == 2 else -0.5), seeds=2)
    observations.append(Observation(observations[0].point, 3, None))
    first, *_, last = effects_of(observations, "learning_rate")
    assert (first.level.low, last.level.high) == (1e-4, 1e-1)
    assert (first.over_points.mean, last.over_points.mean) == (0.5, 30.5)
    assert (first.over_points.n, first.over_points.low, first.over_points.high) == (6, 0, 1)
    assert first.seeds_std == pytest.approx(math.sqrt(0.5))
    assert (first.n_lost, last.n_lost) == (1, 0)


def test_many_numbers_are_put_together_and_every_trial_is_of_one_level():
    observations = drawn(53, lambda a, b, c, rng: a)
    effects = effects_of(observations, "a")
    assert len(effects) == 5
    assert sum(effect.over_points.n for effect in effects) == 53
    means = [effect.over_points.mean for effect in effects]
    assert means == sorted(means)


def test_switches_numbers_and_layers_are_levels_of_their_own():
    values = [True, False, (100,), (100, 100), 1, "one"]
    observations = [Observation({"x": value}, 1, Repeat(float(i))) for i, value in enumerate(values)]
    assert [level.low for level in find_levels(observations, "x")] == [True, False, (100,), (100, 100), "one"]


def test_points_are_ranked_by_their_means_and_those_that_diverge_stand_behind():
    seeds: dict[str, list[float | None]] = {"a": [0.3, 0.5], "b": [0.1, None], "c": [0.2, 0.3], "d": [None, None]}
    observations = [
        Observation({"optimizer": name}, seed, None if value is None else Repeat(value))
        for name, values in seeds.items()
        for seed, value in enumerate(values)
    ]
    assert [point.point["optimizer"] for point in rank_points(observations, "lowest")] == ["c", "a", "b", "d"]
    assert [point.point["optimizer"] for point in rank_points(observations, "highest")] == ["a", "c", "b", "d"]


@pytest.mark.parametrize("design", ["grid", "drawn"])
def test_the_share_that_is_shown_for_chance_is_the_one_that_is_used(design):
    """What is clear explains more than is said of chance, and nothing else does: both corrected for their number."""
    verdicts = set()
    for seed in range(12):
        own = np.random.default_rng(seed)
        weights = own.uniform(0, 0.8, 3)
        if design == "grid":
            found = importance(
                grid(lambda i, j, k, _, own=own, w=weights: float(w @ [i, j, k] + own.normal()), seeds=2)
            )
        else:
            found = importance(drawn(24, lambda a, b, c, _, own=own, w=weights: w @ [a, b, c] + own.normal(), seed))
        for term in (*found.axes, *found.pairs):
            assert (term.share > term.by_chance * (1 + 1e-9)) == (term.verdict == "clear") == (term.p <= 0.05)
            verdicts.add(term.verdict)
    assert verdicts == {"clear", "no more than chance"}


def test_of_more_tests_than_shuffles_can_tell_chance_is_all_that_is_open(rng):
    """Of more than fifty pairs none is clear: what no shuffle reaches cannot be told, the others are below chance."""
    rows = rng.uniform(-1, 1, size=(11, 60))
    pairs = find_shares(rows.tolist(), (rows[0] * rows[1]).tolist(), is_grid=False).pairs
    assert len(pairs) > 50
    assert pairs[0].share > 0.5
    assert pairs[0].verdict == "cannot be told"
    told = [pair for pair in pairs if not math.isnan(pair.p)]
    assert len(told) > len(pairs) / 2
    assert all(pair.verdict == "no more than chance" and pair.share <= pair.by_chance for pair in told)


def test_points_drawn_along_one_axis_are_told_apart_from_chance():
    """Value by value they would be a grid on which nothing is left as chance."""
    (clear,) = importance([Observation({"a": x / 12}, 1, Repeat(math.exp(-x))) for x in range(12)]).axes
    assert clear.verdict == "clear"
    rng = np.random.default_rng(1)
    (noise,) = importance([Observation({"a": x / 12}, 1, Repeat(rng.normal())) for x in range(12)]).axes
    assert noise.verdict == "no more than chance"
