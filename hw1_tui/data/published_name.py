"""Names of the classes of published data sets whose files hold none, as their publishers list them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engines.contract import Array

FASHION = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""Fashion-MNIST's. Source: https://github.com/zalandoresearch/fashion-mnist."""

KUZUSHIJI = tuple("おきすつなはまやれを")
"""Kuzushiji-MNIST's. Source: https://github.com/rois-codh/kmnist."""

DIGITS = tuple("0123456789")

_ORGANS = (
    "bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right", "liver", "lung-left", "lung-right",
    "pancreas", "spleen",
)  # fmt: skip
# MedMNIST's: https://github.com/MedMNIST/MedMNIST, medmnist/info.py; those with several labels an example are not here.
_BY_FILE: dict[str, tuple[str, ...]] = {
    "mnist": DIGITS,
    "fashionmnist": FASHION,
    "kmnist": KUZUSHIJI,
    "pathmnist": (
        "adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle", "normal colon mucosa",
        "cancer-associated stroma", "colorectal adenocarcinoma epithelium",
    ),
    "dermamnist": (
        "actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma", "benign keratosis-like lesions",
        "dermatofibroma", "melanoma", "melanocytic nevi", "vascular lesions",
    ),
    "octmnist": ("choroidal neovascularization", "diabetic macular edema", "drusen", "normal"),
    "pneumoniamnist": ("normal", "pneumonia"),
    "breastmnist": ("malignant", "normal, benign"),
    "bloodmnist": (
        "basophil", "eosinophil", "erythroblast",
        "immature granulocytes(myelocytes, metamyelocytes and promyelocytes)", "lymphocyte", "monocyte", "neutrophil",
        "platelet",
    ),
    "tissuemnist": (
        "Collecting Duct, Connecting Tubule", "Distal Convoluted Tubule", "Glomerular endothelial cells",
        "Interstitial endothelial cells", "Leukocytes", "Podocytes", "Proximal Tubule Segments",
        "Thick Ascending Limb",
    ),
    "organamnist": _ORGANS,
    "organcmnist": _ORGANS,
    "organsmnist": _ORGANS,
}  # fmt: skip


def published_names(path: Path, labels: Sequence[Array]) -> tuple[str, ...] | None:
    """Return the names of the classes of a published file by its name; ``None`` where it is none.

    Args:
        path: the file, named as published: ``mnist.npz``, ``pathmnist.npz``, ``pathmnist_64.npz``.
        labels: its labels, of which a file that is not the published one has another number.
    """
    name = re.sub(r"_[0-9]+$", "", path.stem.lower()).replace("_", "").replace("-", "")
    names = _BY_FILE.get(name, ())
    if not names or len(np.unique(np.concatenate([some.ravel() for some in labels]))) != len(names):
        return None
    return names


def folder_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the classes of files that have MNIST's names, by the folder that they are in."""
    for words, names in ((("fashion",), FASHION), (("kmnist", "kuzushiji"), KUZUSHIJI)):
        if any(word in name.lower() for word in words for name in folder.resolve().parts[-2:]):
            return names
    return DIGITS
