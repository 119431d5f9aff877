"""Errors that change nothing that is computed, or nothing but the way to it: each with its reason."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

_ANY = "*"
_ORDER = "the inner product of two vectors does not know their order"
_SQUARED = "only the square of the difference is used"
_EDGE = "differs for a number that equals a bound on rounding to the last bit, which may be called either"
_NOTHING = "a unit with v = 0, or with W = 0 and b = 0, adds nothing whatever the others of its numbers are"
_WORDS = "only the words of the error change"
_ANY_ORDER = "whether any has settled does not go by their order"
_GUESS = "the first rate is a guess: any is halved and doubled until it fits"

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "feature_map:input_count",
        "8 * features + 1",
        "8 * features + 2",
    ): "8 P + 1 is the square of 2 D + 3, and the root of one more is rounded down to it",
    (
        "feature_map:input_count",
        "math.isqrt(8 * features + 1) - 3",
        "math.isqrt(8 * features + 1) - 2",
    ): "2 D and 2 D + 1 have the same half, rounded down",
    ("coefficients:Quadratic.of", "v @ (b - b * b)", "(b - b * b) @ v"): _ORDER,
    ("coefficients:Quadratic.vector", "(i, j)", "(j, i)"): "S is symmetric",
    ("coefficients:error_of", "constant - Fraction(target.c0)", "Fraction(target.c0) - constant"): _SQUARED,
    (
        "construction:Spectrum.of",
        "np.abs(lam) > eigen_error(len(lam)) * np.abs(lam[:1])",
        "np.abs(lam) >= eigen_error(len(lam)) * np.abs(lam[:1])",
    ): _EDGE,
    (
        "construction:Spectrum.of",
        "np.linalg.norm(outside) <= range_error(lam[:rank], len(lam)) * np.linalg.norm(target.q)",
        "np.linalg.norm(outside) < range_error(lam[:rank], len(lam)) * np.linalg.norm(target.q)",
    ): _EDGE,
    (
        "construction:construct_within",
        "np.arange(target.inputs) < spectrum.rank",
        "np.arange(target.inputs) <= spectrum.rank",
    ): "an eigenvalue that rounding made of a zero gives a unit whose v is of the size of rounding",
    ("construction:padded", "np.zeros((spare, W.shape[1]))", "np.ones((spare, W.shape[1]))"): _NOTHING,
    ("construction:padded", "np.zeros(spare)", "np.ones(spare)"): _NOTHING,
    ("construction:padded", "v @ (b - b * b)", "(b - b * b) @ v"): _ORDER,
    (
        "approximation:nearest",
        "1 <= units < target.inputs",
        "0 <= units < target.inputs",
    ): "K = 0 is refused all the same: no direction is left to climb in",
    (
        "approximation:nearest",
        "moved + rounding_bound(theta, target, spectrum)",
        "rounding_bound(theta, target, spectrum)",
    ): "delta is half of the digits, where rounding of the large biases is as large as delta itself",
    (
        "approximation:nearest",
        "1 <= units < target.inputs",
        "0.5 <= units < target.inputs",
    ): "K is a whole number",
    (
        "approximation:reach",
        "np.sqrt(2) * found.distance + found.tolerance",
        "np.sqrt(2) * found.distance - found.tolerance",
    ): "where this bound is used the distance is far above rounding",
    (
        "approximation:reach",
        "np.sqrt(2) * found.distance + found.tolerance",
        "np.sqrt(2) * found.distance",
    ): "where this bound is used the distance is far above rounding",
    ("least_squares:half_mean_square", "X @ c - y", "y - X @ c"): _SQUARED,
    (
        "least_squares:conditioning",
        "sigma > rank_threshold(X, sigma[0])",
        "sigma >= rank_threshold(X, sigma[0])",
    ): _EDGE,
    ("least_squares:solve_svd", "sigma > rank_threshold(X, sigma[0])", "sigma >= rank_threshold(X, sigma[0])"): _EDGE,
    ("least_squares:null_space", "sigma > rank_threshold(X, sigma[0])", "sigma >= rank_threshold(X, sigma[0])"): _EDGE,
    (
        "least_squares:solve_qr",
        "np.min(diagonal) <= rank_threshold(X, float(np.max(diagonal)))",
        "np.min(diagonal) < rank_threshold(X, float(np.max(diagonal)))",
    ): _EDGE,
    (
        "least_squares:null_space",
        "X.shape[0] < X.shape[1]",
        "X.shape[0] <= X.shape[1]",
    ): "a square X has all its singular vectors either way",
    ("descent:loss_of", "theta.predict(x) - y", "y - theta.predict(x)"): _SQUARED,
    ("descent:descend", "x: Array, y: Array, theta: Theta, learning_rate: float=0.1", _ANY): _GUESS,
    (
        "descent:descend",
        "after <= loss - learning_rate * slope / 2",
        "after < loss - learning_rate * slope / 2",
    ): _EDGE,
    ("descent:descend", "learning_rate < _SMALLEST_RATE", "learning_rate <= _SMALLEST_RATE"): _EDGE,
    ("paired:PairedShares.of", "_check(first, second)", "_check(second, first)"): _WORDS,
    ("paired:_differences", "_check(first, second)", "_check(second, first)"): _WORDS,
    ("repeat:epoch_movement", "value - line.slope * place", "line.slope * place - value"): _SQUARED,
    ("comparison:SettingComparison.is_clear", "abs(self.difference) > self.reach", _ANY): _EDGE,
    ("trend:find_trend", "abs(last - first) > student_quantile(LEVEL, df) * error", _ANY): _EDGE,
    ("trend:_is_within", "abs(value) + reach <= MARGIN * noise", _ANY): _EDGE,
    ("trend:_find_rise", "squares <= 1e-20 * float(series @ series)", _ANY): _EDGE,
    ("trend:_find_rise", "1e-20 * float(series @ series)", _ANY): "any number far below rounding's own serves",
    ("trend:_find_rise", "n - 2.0", _ANY): "an error of 0 is 0 with any degrees of freedom",
    (
        "trend:_memory",
        "max(0.02, 1 - corrected ** 2)",
        _ANY,
    ): "where 0.02 is the larger, _LARGEST is the smaller anyway",
    ("settling:compare_settling", "(*first, *second)", "(*second, *first)"): _ANY_ORDER,
    (
        "settling:_repeats",
        "(s.latest + 0.5) / (s.earliest - 0.5)",
        "(s.earliest - 0.5) / (s.latest + 0.5)",
    ): "only the square of the logarithm is used",
    ("verdict:compare_printed", "abs(difference) > DIFFER_BEYOND * error", _ANY): _EDGE,
    ("verdict:judge_difference", "told.difference > 0", "told.difference >= 0"): "no difference is not clear",
    (
        "claim_result:_settle_threshold",
        "told.difference > 0",
        "told.difference >= 0",
    ): "no difference is not clear",
    ("claim_result:_find", "(MistakeError, EngineError)", _ANY): "either is caught, in any order",
    ("order_check:are_similar", "apart + error <= room", _ANY): _EDGE,
    ("order_check:are_similar", "apart - error > room", _ANY): _EDGE,
    ("order_check:_jumps", "after - before", "before - after"): "only the size of a step is used",
    ("table_result:_judge_order", "own.difference > 0", "own.difference >= 0"): "no difference is not clear",
    ("table_result:_judge_order", "abs(p1 - p2) > AGREE_WITHIN * error", _ANY): _EDGE,
    ("table_result:_judge_order", "p1 > p2", "p1 >= p2"): "no difference is not clear",
    (
        "table_result:_judge_order",
        "math.hypot(share_error(p1, n), share_error(p2, n), m1.spread, m2.spread)",
        _ANY,
    ): "hypot does not know the order of its arguments",
    ("table_result:_judge_order", "p1 - p2", "p2 - p1"): "only the size of the difference is used",
    ("superiority:superiority.excess", "estimate - p", "p - estimate"): _SQUARED,
    ("superiority:_root", "range(60)", _ANY): "53 halvings are all that a float64 between 0 and 1 has",
    ("report_equation:report_loss", "phi(x[:1]) @ c - y", "y - phi(x[:1]) @ c"): _SQUARED,
}


def reason_of(mutant: Mutant) -> str:
    """Return why a mutant is no error; empty where it is one."""
    for after in (mutant.after, _ANY):
        if reason := EQUIVALENT.get((mutant.place, mutant.before, after)):
            return reason
    return ""
