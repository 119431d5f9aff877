"""The torch engine: logistic regression and networks by automatic differentiation.

Importing it does not import torch; starting a run does.
"""

from engines.torch_engine.engine import TorchEngine

__all__ = ["TorchEngine"]
