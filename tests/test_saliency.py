"""Saliency: input times gradient held against torch and differences, occlusion against a loop that covers by hand."""

from typing import Any

import numpy as np
import pytest
import torch

from engines import registry
from engines.contract import Dataset, Split
from engines.inspection import Inspectable
from engines.testing import Config
from hw1_tui.analysis.saliency import input_times_gradient, mean_row, occlude, square_corners

SHAPE = (6, 5, 3)
CLASSES = ("a", "b", "c")


def pictures(seed: int = 2) -> Dataset:
    rng = np.random.default_rng(seed)

    def split(n: int) -> Split:
        y = rng.integers(0, 3, n)
        x = rng.integers(0, 100, (n, *SHAPE))
        x[np.arange(n), 2 * y, 2] += 150
        return Split(x.reshape(n, -1).astype(np.uint8), y)

    return Dataset("drawn", split(120), split(30), split(30), CLASSES, 1 / 256, SHAPE)


def trained(engine: str, model: str, **changes: Any) -> tuple[Inspectable, Dataset]:
    data = pictures()
    defaults = registry.get(engine).models()[model].defaults
    config = Config(model, {**defaults, "dtype": "float64", "learning_rate": 0.05, **changes})
    trainer = registry.get(engine).start(config, data, np.random.default_rng(1))
    for _ in range(4):
        list(trainer.epoch())
    assert isinstance(trainer, Inspectable)
    return trainer, data


def test_parts_and_bias_of_a_linear_model_add_up_to_its_score() -> None:
    trainer, data = trained("numpy", "logistic_regression")
    x = data.val.x[3]
    score = trainer.inspect(x[None], data.val.y[3:4]).scores[0]
    for target in range(3):
        parts = input_times_gradient(trainer, x, data.features(x[None])[0], target)
        assert parts.sum() + trainer.parameters()["b1"][target] == pytest.approx(score[target])


def test_it_is_what_torch_differentiates() -> None:
    trainer, data = trained("torch", "mlp", hidden_sizes=(7, 5))
    weights = {name: torch.tensor(array.copy()) for name, array in trainer.parameters().items()}
    features = torch.tensor(data.features(data.val.x[:1]), requires_grad=True)
    h = features
    for number in (1, 2):
        h = torch.relu(h @ weights[f"W{number}"].T + weights[f"b{number}"])
    torch.autograd.backward((h @ weights["W3"].T + weights["b3"])[0, 1])
    assert features.grad is not None
    expected = (features.detach() * features.grad).numpy()[0]
    got = input_times_gradient(trainer, data.val.x[0], features.detach().numpy()[0], 1)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def test_each_part_is_what_the_score_loses_when_its_value_shrinks_a_little() -> None:
    """Held on float data, whose values can be moved by as little as a central difference asks."""
    data = pictures()
    train, val = (Split(split.x / 256, split.y) for split in (data.train, data.val))
    data = Dataset("drawn", train, val, val, CLASSES, 1.0, SHAPE)
    defaults = registry.get("numpy").models()["mlp"].defaults
    config = Config("mlp", {**defaults, "dtype": "float64", "hidden_sizes": (6,), "init": "he"})
    trainer = registry.get("numpy").start(config, data, np.random.default_rng(0))
    list(trainer.epoch())
    assert isinstance(trainer, Inspectable)
    x = data.val.x[5]
    parts = input_times_gradient(trainer, x, x, 2)
    for feature in np.argsort(-np.abs(parts))[:3]:
        moved = np.repeat(x[None], 2, axis=0)
        moved[:, feature] *= (1 + 1e-6, 1 - 1e-6)
        above, below = trainer.inspect(moved, np.array([0, 0])).scores[:, 2]
        assert (above - below) / 2e-6 == pytest.approx(parts[feature], rel=1e-5)


def test_occlusion_is_what_covering_by_hand_gives() -> None:
    trainer, data = trained("numpy", "logistic_regression")
    row, cover = data.val.x[4], mean_row(data.train.x)
    got = occlude(trainer.predict, row, SHAPE, cover, side=2, step=2)
    picture, flat = row.reshape(SHAPE), cover.reshape(SHAPE)
    assert got.answer == trainer.predict(row[None])[0].argmax()
    covered_by: dict[tuple[int, int], list[tuple[float, bool]]] = {}
    for top in (0, 2, 4):
        for left in (0, 2, 3):
            changed = picture.copy()
            changed[top : top + 2, left : left + 2] = flat[top : top + 2, left : left + 2]
            told = trainer.predict(changed.reshape(1, -1))[0]
            for r in (top, top + 1):
                for c in (left, left + 1):
                    fall = float(got.whole[got.answer] - told[got.answer])
                    covered_by.setdefault((r, c), []).append((fall, bool(told.argmax() != got.answer)))
    for (r, c), found in covered_by.items():
        assert got.drop[r, c] == pytest.approx(np.mean([fall for fall, _ in found]))
        assert got.changed[r, c] == pytest.approx(np.mean([flip for _, flip in found]))
    assert len(got.corners) == 9


def test_what_alone_tells_the_class_is_where_covering_it_changes_the_answer() -> None:
    """A model that looks at one pixel is found out: nothing else matters, and that pixel does."""

    def predict(rows):
        bright = rows.reshape(len(rows), 6, 6)[:, 4, 1] > 100
        return np.where(bright[:, None], [[0.1, 0.9]], [[0.8, 0.2]])

    row = np.zeros((6, 6), np.uint8)
    row[4, 1] = 255
    got = occlude(predict, row.ravel(), (6, 6), np.zeros(36, np.uint8), side=1, step=1)
    assert np.argwhere(got.changed).tolist() == [[4, 1]]
    assert got.drop[4, 1] == pytest.approx(0.7)
    assert got.flips.sum() == 1


@pytest.mark.parametrize("size", [(48, 48, 8, 4), (8, 8, 3, 2), (5, 7, 5, 3), (10, 9, 4, 4)])
def test_squares_cover_every_pixel_and_none_reaches_beyond(size) -> None:
    height, width, side, step = size
    seen = np.zeros((height, width), int)
    for top, left in square_corners(height, width, side, step):
        assert 0 <= top <= height - side
        assert 0 <= left <= width - side
        seen[top : top + side, left : left + side] += 1
    assert (seen > 0).all()


def test_a_square_larger_than_the_picture_covers_it() -> None:
    got = occlude(lambda rows: np.tile([0.3, 0.7], (len(rows), 1)), np.zeros(9), (3, 3), np.ones(9), side=20)
    assert got.drop.shape == (3, 3)
    assert not got.changed.any()


def test_the_cover_is_the_mean_picture_in_the_type_of_the_data() -> None:
    x = np.array([[0, 10], [255, 11], [255, 12]], np.uint8)
    assert mean_row(x).tolist() == [170, 11]
    assert mean_row(x).dtype == np.uint8
