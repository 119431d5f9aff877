"""The homework's loops as a student writes them: one example at a time, a matrix-vector product and an outer product.

``X`` (n_examples, n_features) float64 is made beforehand, as the homework's data loader does; Q1's linear models get
their column of ones with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class CoursePerceptron:
    def __init__(self, n_classes: int, n_features: int) -> None:
        self.W = np.zeros((n_classes, n_features))

    def train(self, X: Array, y: Array, order: Array) -> None:
        for i in order:
            x_i, y_i = X[i], y[i]
            y_hat = np.argmax(self.W.dot(x_i))
            if y_hat != y_i:
                self.W[y_i] += x_i
                self.W[y_hat] -= x_i


class CourseLogisticRegression:
    def __init__(
        self, n_classes: int, n_features: int, learning_rate: float = 0.001, l2: float = 0.0, l1: float = 0.0
    ) -> None:
        self.W = np.zeros((n_classes, n_features))
        self.learning_rate, self.l2, self.l1 = learning_rate, l2, l1

    def train(self, X: Array, y: Array, order: Array) -> None:
        for i in order:
            x_i, y_i = X[i], y[i]
            scores = self.W.dot(x_i)
            exponentials = np.exp(scores - np.max(scores))
            d = exponentials / np.sum(exponentials)
            d[y_i] -= 1
            gradient = np.outer(d, x_i)
            if self.l2:
                gradient += self.l2 * self.W
            if self.l1:
                gradient += self.l1 * np.sign(self.W)
            self.W -= self.learning_rate * gradient


class CourseMLP:
    def __init__(
        self, n_classes: int, n_features: int, hidden_size: int, rng: np.random.Generator, learning_rate: float = 0.001
    ) -> None:
        deviation = np.sqrt(2 / n_features)
        self.W1, self.b1 = rng.normal(0, deviation, (hidden_size, n_features)), np.zeros(hidden_size)
        self.W2, self.b2 = rng.normal(0.1, 0.1, (n_classes, hidden_size)), np.zeros(n_classes)
        self.learning_rate = learning_rate

    def train(self, X: Array, y: Array, order: Array) -> None:
        for i in order:
            x_i, y_i = X[i], y[i]
            z1 = self.W1.dot(x_i) + self.b1
            h1 = np.maximum(0, z1)
            z2 = self.W2.dot(h1) + self.b2
            exponentials = np.exp(z2 - np.max(z2))
            d2 = exponentials / np.sum(exponentials)
            d2[y_i] -= 1
            d1 = self.W2.T.dot(d2) * (z1 > 0)
            self.W2 -= self.learning_rate * np.outer(d2, h1)
            self.b2 -= self.learning_rate * d2
            self.W1 -= self.learning_rate * np.outer(d1, x_i)
            self.b1 -= self.learning_rate * d1
