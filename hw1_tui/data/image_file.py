"""One picture file, whatever its depth, transparency and turn, as red, green and blue of 8 bits."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engines.contract import Array
from hw1_tui.data.stand_in import stand_in_mistake
from hw1_tui.files.user_path import nearest_path
from hw1_tui.mistake import Mistake, MistakeError

if TYPE_CHECKING:
    from PIL import Image

ENDINGS = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".bmp", ".dib", ".gif", ".webp", ".tif", ".tiff",
     ".ppm", ".pgm", ".pbm", ".pnm")
)  # fmt: skip
"""Endings of picture files that can be read."""

OTHER_ENDINGS = frozenset(
    (".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".svg", ".eps", ".psd", ".xcf", ".ico", ".icns", ".tga",
     ".pcx", ".exr", ".hdr", ".dcm", ".dng", ".raw", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pfm",
     ".sgi", ".xbm", ".xpm", ".dds", ".pdf")
)  # fmt: skip
"""Endings of picture files that cannot."""

# Pillow goes by the content and not by the ending, and knows formats such as EPS for which it runs a program.
_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
_SAVE_AS = "JPEG, PNG, GIF, WebP, TIFF, BMP or PPM: save it as one of these"
LARGEST = 64_000_000
_GROUND = (255, 255, 255)
_BITS_TAG, _PHOTOMETRIC_TAG, _WHITE_IS_ZERO = 258, 262, 0
# What white may be where a file does not say it: the least of these that nothing in the picture exceeds.
_WHITES = {"I": (255, 65535, 2**31), "F": (1, 255, 65535)}


def read_image(path: Path, width: int, height: int) -> Array:
    """Return an image as red, green and blue, upright, scaled, (height, width, 3) uint8.

    What is transparent shows white. Of 16 bits the full range becomes 0 to 255, and so does the range of floats and
    32 bits that their largest value suggests. Of several frames the first is taken.

    Raises:
        MistakeError: it cannot be read.
    """
    try:
        return _read(path, width, height)
    except Exception as error:  # Pillow's decoders raise anything on damaged bytes
        raise MistakeError(_mistake(path, error)) from None


def unread_format(path: Path) -> Mistake:
    """Return what is said of a picture whose format, by its ending, is not read."""
    return Mistake(str(path), f"is of the format {path.suffix.lower()}, which is not read", _SAVE_AS)


def _mistake(path: Path, error: Exception) -> Mistake:
    from PIL import Image, UnidentifiedImageError

    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return Mistake(str(path), "cannot be read: it has too many pixels", f"at most {LARGEST:,}")
    if isinstance(error, UnidentifiedImageError):
        if path.suffix.lower() in OTHER_ENDINGS:
            return unread_format(path)
        if mistake := stand_in_mistake(path, str(path)):
            return mistake
        with path.open("rb") as file:
            begins = file.read(12)
        if begins[4:8] == b"ftyp":  # as a telephone's picture is that was given another ending
            return Mistake(str(path), "holds a HEIC or AVIF picture, which is not read", _SAVE_AS)
        return Mistake(
            str(path), f"cannot be read: it {'holds no picture of a known format' if begins else 'is empty'}", _SAVE_AS
        )
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    is_missing = isinstance(error, FileNotFoundError) and not path.is_symlink()  # a link that leads nowhere was meant
    nearest = nearest_path(path) if is_missing else ""
    return Mistake(str(path), f"cannot be read: {reason}", nearest=nearest)


def _read(path: Path, width: int, height: int) -> Array:
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged tags, which no colour depends on: the picture is read or it is not
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        if path.exists() and not path.is_file():
            raise ValueError("it is not a regular file")
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > LARGEST:
                raise ValueError(f"it has {image.width} x {image.height} pixels, more than {LARGEST:,}")
            white, is_inverted = _white(image), _tag(image, _PHOTOMETRIC_TAG) == _WHITE_IS_ZERO
            upright = ImageOps.exif_transpose(image)
            colour = _as_colour(upright) if white is None else _from_deep(upright, white, is_inverted)
            return np.asarray(colour.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0))


def _as_colour(image: Image.Image) -> Image.Image:
    """Return an image of 8 bits or fewer in red, green and blue, on white where it is transparent."""
    from PIL import Image

    if not image.has_transparency_data:
        return image.convert("RGB")
    # Before anything is scaled: the colours under what is transparent are noise that nobody was to see.
    clear = image.convert("RGBA")
    ground = Image.new("RGB", image.size, _GROUND)
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


def _white(image: Image.Image) -> tuple[float, ...] | None:
    """Return what white may be in an image of more than 8 bits; ``None`` for one of 8 bits or fewer."""
    if image.mode in _WHITES and image.format not in ("PNG", "PPM"):
        return _WHITES[image.mode]
    if image.mode.startswith("I"):
        bits = _tag(image, _BITS_TAG) or 16
        return (2**bits - 1,)
    return None


def _from_deep(image: Image.Image, whites: tuple[float, ...], is_inverted: bool) -> Image.Image:
    """Return a grey image of 16 or 32 bits or of floats in red, green and blue of 8 bits.

    Raises:
        ValueError: its values are of no range that is used for pictures.
    """
    from PIL import Image

    values = np.asarray(image).astype(np.float32)
    low, high = float(values.min()), float(values.max())
    white = next((white for white in whites if high <= white), None)
    if white is None or not low >= 0:
        allowed = " or ".join(f"0 to {white:,}" for white in whites)
        raise ValueError(f"it has values from {low:g} to {high:g}, not {allowed}")
    if is_inverted:
        values = white - values
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        values[np.asarray(image) == clear] = white
    return Image.fromarray(np.rint(values * np.float32(255 / white)).astype(np.uint8)).convert("RGB")


def _tag(image: Image.Image, tag: int) -> int | None:
    """Return a number from the tags of a TIFF file; ``None`` where it has none."""
    value = getattr(image, "tag_v2", {}).get(tag)
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else None
