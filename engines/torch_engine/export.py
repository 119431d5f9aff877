"""Weights as torch keeps them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, BinaryIO

import torch

from engines.contract import Array


def save_state_dict(file: BinaryIO, parameters: Mapping[str, Array], about: Mapping[str, Any]) -> None:
    """Write weights as the ``state_dict`` of a ``torch.nn.Sequential``.

    Its modules are the linear layers with an activation between each two, so that layer l stands at 2 (l - 1):
    ``0.weight`` (n_out, n_in), ``0.bias`` (n_out,), ``2.weight``, ... ``torch.load(file, weights_only=True)`` reads it.

    Args:
        file: what is written to.
        parameters: the weights by the names of ``Trainer.parameters``.
        about: what is to stand beside them, in the dictionary's ``_metadata[""]``: numbers, texts and lists.

    Raises:
        OSError: the file cannot be written.
    """
    names = {"W": "weight", "b": "bias"}
    state = OrderedDict(
        (f"{2 * (int(name[1:]) - 1)}.{names[name[0]]}", torch.from_numpy(array.copy()))
        for name, array in parameters.items()
    )
    # Where a module keeps the version of its own state: whoever loads the weights need not know of it.
    state._metadata = OrderedDict({"": {"version": 1, **about}})  # type: ignore[attr-defined]  # noqa: SLF001
    torch.save(state, file)
