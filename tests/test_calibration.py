"""The rules on runs of which the truth is known; ``python -m tests.calibration`` is the same with more of them."""

from dataclasses import replace

import pytest

from engines.contract import Split
from hw1_tui import data
from hw1_tui.statistics.interval import wilson
from tests.calibration import trained
from tests.calibration.pair import known, same, settling
from tests.calibration.setting import SETTINGS
from tests.calibration.table import ALLOWED

SEEDS, EXAMPLES = 12, 250


@pytest.fixture(scope="module")
def runs():
    """Two settings, each with one of its variants, on a quarter of the training examples of the digits."""
    digits = data.load("digits")
    few = replace(digits, train=Split(digits.train.x[:EXAMPLES], digits.train.y[:EXAMPLES]))
    named = {setting.name: setting for setting in SETTINGS}
    chosen = [(named["logistic, l2"], "l2 x 5"), (named["MLP, He"], "8 units")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trained, "load", lambda _source: few)
        return trained.train_all(SEEDS, 1, [replace(s, variants={name: s.variants[name]}) for s, name in chosen])


def test_settings_that_differ_in_the_seed_alone_are_hardly_ever_told_apart(runs):
    """Of so few pairs no more may be clear than leave 5 in 100 possible."""
    by_metric, by_setting = same(runs)
    for name, counts in (by_metric | by_setting | {"settling": settling(runs)}).items():
        for count in counts:
            assert wilson(count.hits, count.n).low <= ALLOWED, (name, count)


def test_a_known_difference_is_found_and_more_often_with_more_seeds(runs):
    by_variant, by_metric = known(runs)
    assert by_variant["logistic, l2: l2 x 5"][0].share > 0.5
    assert {"train_loss", "val_loss", "weight_norm"} <= by_metric.keys()
    for few, _, many in by_variant.values():
        assert many.share >= few.share - 0.1
