"""Weights of a kept model in the files that others read."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

import numpy as np

from engines.contract import Array, EngineError, engine_errors
from engines.inspection import layers_of
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.training.kept_model import KeptModel

SUFFIXES = (".npz", ".safetensors", ".pt")


def write_weights(model: KeptModel, file: BinaryIO, suffix: str) -> None:
    """Write ``W1`` (n_out, n_in), ``b1`` (n_out,), ``W2``, ... as a file with this suffix.

    ``.npz`` and ``.safetensors`` hold them under these names; ``.pt`` is the ``state_dict`` of a
    ``torch.nn.Sequential`` of linear layers with activations between them, fit for ``torch.load`` with
    ``weights_only=True``. They act on features: pictures times the scale they were trained with. That and the rest of
    ``about`` stands beside them: as members of the ``.npz``, as text in the metadata of the ``.safetensors`` (lists as
    JSON, classes a line each), and in ``state_dict._metadata[""]``, which torch passes over.

    Raises:
        EngineError: the engine failed.
        MistakeError: the suffix is none of ``SUFFIXES``, or torch is not installed.
        OSError: the file cannot be written.
    """
    with engine_errors(model.config.engine):
        told = layers_of(model.trainer) if suffix == ".pt" else model.trainer.parameters()
        weights = {name: np.ascontiguousarray(array) for name, array in told.items()}
        if odd := [name for name, array in weights.items() if array.dtype.kind not in "fiub"]:
            raise EngineError(f"its weights {', '.join(map(str, odd))} are no numbers")
    if suffix == ".npz":
        np.savez(file, allow_pickle=False, **{**_as_arrays(about(model)), **weights})
    elif suffix == ".safetensors":
        _write_safetensors(model, weights, file)
    elif suffix == ".pt":
        _write_state_dict(model, weights, file)
    else:
        raise MistakeError(Mistake(suffix, "is no file of weights", ", ".join(SUFFIXES)))


def about(model: KeptModel) -> dict[str, Any]:
    """Return what one needs to know to use a model's weights: numbers, texts, and lists of them.

    Returns:
        ``model`` and ``activation`` by their names here, ``scale`` (what stored values are multiplied with to become
        features), in its place ``mean`` and ``factor`` where features are standardised, (x - mean) * factor of what is
        stored, so that ``scale`` is 1 there and nobody who applies it as well goes wrong, ``black``
        and ``white`` (stored values; none where they cannot be told), ``image_shape`` (in the order of a row's axes;
        empty for no pictures), ``classes`` in the order of the outputs, ``features`` (names in the order of the inputs;
        empty for none), ``run`` and ``epoch``.
    """
    black_and_white = dict(zip(("black", "white"), model.levels or (), strict=False))
    found = model.standardization
    standard = {"mean": found.mean.tolist(), "factor": found.factor.tolist()} if found else {}
    return {
        "run": model.run,
        "epoch": model.epoch,
        "model": model.config.model,
        "activation": model.activation,
        "scale": 1.0 if found else model.scale,
        **standard,
        **black_and_white,
        "image_shape": list(model.image_shape),
        "classes": list(model.classes),
        "features": list(model.feature_names),
    }


def _as_arrays(values: dict[str, Any]) -> dict[str, Array]:
    kinds = {"image_shape": np.int64, "classes": np.str_, "features": np.str_}
    return {name: np.array(value, kinds.get(name)) for name, value in values.items()}


def _write_safetensors(model: KeptModel, weights: dict[str, Array], file: BinaryIO) -> None:
    from safetensors.numpy import save

    texts = {
        name: value if isinstance(value, str) else "\n".join(value) if name == "classes" else json.dumps(value)
        for name, value in about(model).items()
    }
    file.write(save(weights, metadata=texts))


def _write_state_dict(model: KeptModel, weights: dict[str, Array], file: BinaryIO) -> None:
    try:
        from engines.torch_engine.export import save_state_dict
    except ImportError:
        raise MistakeError(Mistake(".pt", "needs torch, which is not installed", "pip install torch")) from None
    save_state_dict(file, weights, about(model))
