"""Pictures as kitty's graphics protocol sends them, which WezTerm, Ghostty and Konsole know too.

Source: https://sw.kovidgoyal.net/kitty/graphics-protocol/. A picture has a number by which it is moved and taken away,
and stays above the text of its cells until then. No answer is asked for (``q=2``).
"""

from __future__ import annotations

import base64
import zlib

from engines.contract import Array

_CHUNK = 4096
"""Characters that a sequence may carry."""


def send(pixels: Array, number: int, columns: int, rows: int) -> str:
    """Return what draws a picture at the cursor, in place of another with its number.

    Args:
        pixels: uint8, (H, W, 3).
        number: of the picture, from 1.
        columns: of cells that it covers.
        rows: of cells that it covers.
    """
    height, width, _ = pixels.shape
    data = base64.b64encode(zlib.compress(pixels.tobytes(), 1)).decode()
    chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
    about = f"a=T,q=2,C=1,f=24,o=z,s={width},v={height},i={number},p=1,c={columns},r={rows}"
    keys = [f"{about},m=1", *["m=1"] * (len(chunks) - 1)]
    keys[-1] = keys[-1][:-1] + "0"
    return "".join(f"\x1b_G{key};{chunk}\x1b\\" for key, chunk in zip(keys, chunks, strict=True))


def place(number: int, columns: int, rows: int) -> str:
    """Return what draws at the cursor a picture that was sent before."""
    return f"\x1b_Ga=p,q=2,C=1,i={number},p=1,c={columns},r={rows}\x1b\\"


def take_away(number: int) -> str:
    """Return what takes a picture from the screen, and frees what holds it."""
    return f"\x1b_Ga=d,d=I,q=2,i={number}\x1b\\"
