"""Features about their mean, in units of their standard deviation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # an engine is asked what it can train before there is anything to compute with
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Standardization:
    """What makes standardised features of values as they are stored: (x - mean) * factor.

    Attributes:
        mean: of each feature, float64 (n_features,).
        factor: one by its standard deviation, float64 (n_features,); 0 for a feature of no spread.
    """

    mean: npt.NDArray[np.float64]
    factor: npt.NDArray[np.float64]

    def apply(self, x: npt.NDArray[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """Return rows as standardised features of a float type, computed in that or in their own where it is wider."""
        import numpy as np

        wide = np.result_type(x.dtype, dtype)
        features: npt.NDArray[Any] = x.astype(wide)
        features -= self.mean.astype(wide)
        features *= self.factor.astype(wide)
        return features.astype(dtype, copy=False)
