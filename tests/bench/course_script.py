"""The homework's MLP as a student runs it: a script of its own, BLAS as it comes, all examples in memory.

``python -m tests.bench.course_script N`` trains on N examples and prints the seconds that took, loading left out.
"""

import sys
import time

import numpy as np

from tests.bench.course_loop import CourseMLP
from tests.bench.material import N_CLASSES, N_FEATURES, images


def main() -> None:
    """Train a little to warm up, then on N examples in a fresh order."""
    n, data = int(sys.argv[1]), images()
    X, y = data.features(data.train.x), data.train.y
    rng = np.random.default_rng(1)
    model, order = CourseMLP(N_CLASSES, N_FEATURES, 100, rng), rng.permutation(len(y))
    model.train(X, y, order[:100])
    start = time.perf_counter()
    model.train(X, y, order[100 : 100 + n])
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main()
