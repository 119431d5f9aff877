"""The numpy engine: perceptron, softmax regression and multi-layer networks, every gradient written out by hand."""

from engines.numpy_engine.engine import NumpyEngine

__all__ = ["NumpyEngine"]
