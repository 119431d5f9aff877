"""Files of arrays: what was not written is never read."""

import numpy as np
import pytest

from engines.contract import Array
from hw1_tui.files.array_file import DamagedError, read_arrays, write_arrays


def test_no_flipped_bit_gives_other_numbers(tmp_path):
    """Wherever it is: in the numbers, in an array's header, in the archive's own tables."""
    path = tmp_path / "arrays.npz"
    arrays: dict[str, Array] = {"epoch": np.array(7), "w": np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)}
    write_arrays(path, arrays)
    content = path.read_bytes()
    for position in range(len(content)):
        path.write_bytes(content[:position] + bytes([content[position] ^ 1 << position % 8]) + content[position + 1 :])
        try:
            found = read_arrays(path)
        except DamagedError:
            continue
        assert found.keys() == arrays.keys(), position
        assert all(np.array_equal(found[name], arrays[name]) for name in arrays), position


def test_what_is_damaged_is_told_as_that(tmp_path):
    path = tmp_path / "arrays.npz"
    write_arrays(path, {"w": np.zeros(3)})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DamagedError):
        read_arrays(path)
