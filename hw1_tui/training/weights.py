"""Weights of a kept model in the files that others read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engines.contract import Array
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.training.kept_model import KeptModel

SUFFIXES = (".npz", ".safetensors", ".pt")


def write_weights(model: KeptModel, path: Path) -> None:
    """Write ``W1`` (n_out, n_in), ``b1`` (n_out,), ``W2``, ... by the file's suffix.

    ``.npz`` and ``.safetensors`` hold them under these names; ``.pt`` is the ``state_dict`` of a
    ``torch.nn.Sequential`` of linear layers with activations between them, fit for ``torch.load`` with
    ``weights_only=True``. They act on features: pictures times the scale they were trained with.

    Raises:
        MistakeError: the suffix is none of ``SUFFIXES``, or torch is not installed.
        OSError: the file cannot be written.
    """
    weights = {name: np.ascontiguousarray(array) for name, array in model.trainer.parameters().items()}
    if path.suffix == ".npz":
        np.savez(path, allow_pickle=False, **weights)
    elif path.suffix == ".safetensors":
        _write_safetensors(model, weights, path)
    elif path.suffix == ".pt":
        _write_state_dict(weights, path)
    else:
        raise MistakeError(Mistake(str(path), "is no file of weights", ", ".join(SUFFIXES)))


def _write_safetensors(model: KeptModel, weights: dict[str, Array], path: Path) -> None:
    from safetensors.numpy import save

    about = {
        "run": model.run,
        "epoch": str(model.epoch),
        "scale": repr(model.scale),
        "classes": "\n".join(model.classes),
    }
    path.write_bytes(save(weights, metadata=about))


def _write_state_dict(weights: dict[str, Array], path: Path) -> None:
    try:
        from engines.torch_engine.export import save_state_dict
    except ImportError:
        raise MistakeError(Mistake(str(path), "needs torch, which is not installed", "pip install torch")) from None
    save_state_dict(path, weights)
