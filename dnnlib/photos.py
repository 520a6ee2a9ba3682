"""Photographs as people have them: any common format, upright, with what is known of them besides."""

import dataclasses
import functools
import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from dnnlib.deep_pictures import decode_deep
from dnnlib.errors import EditorError
from dnnlib.photo_notes import upright_exif, upright_xmp
from dnnlib.photo_pixels import deep_channels, plain, turned
from dnnlib.words import size_text

# What is read at most: more is a mistake, or means ill. A photograph has 10 to 60 megapixels.
MOST_PIXELS = Image.MAX_IMAGE_PIXELS or 89_478_485
MOST_BYTES = 600_000_000
LEAST_SIDE = 16

# What Pillow and its codecs raise for files that are damaged, on purpose or not.
_DAMAGED = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    AttributeError, RuntimeError, struct.error, zlib.error,
)  # fmt: skip

_FILMS = {"GIF", "WEBP", "PNG", "AVIF"}  # Formats whose further pictures are a film's frames.
_ENDINGS = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif"}
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_BOXES = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class PhotoError(EditorError):
    """A file is no photograph that can be worked on."""


@dataclasses.dataclass(frozen=True, eq=False)
class Photo:
    """A photograph, upright.

    Attributes:
        path: where it came from.
        kind: its format, as Pillow names it.
        pixels: [H, W, C] uint8 or uint16: grey, grey and alpha, RGB, or RGB and alpha.
        exif: what the camera noted; the orientation says upright, because the pixels are.
        icc: the colour profile of the pixels.
        xmp: what programs noted.
        notes: what a person should know, each in one line.
    """

    path: Path
    kind: str
    pixels: NDArray[Any]
    exif: bytes = b""
    icc: bytes = b""
    xmp: bytes = b""
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """(height, width), px."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def full(self) -> int:
        """The value of white: 255 or 65535."""
        return int(np.iinfo(self.pixels.dtype).max)

    @functools.cached_property
    def rgb(self) -> NDArray[np.uint8]:
        """The photograph as a frame, uint8 [H, W, 3]; what is transparent lies on white."""
        pixels = self.pixels if self.full == 255 else (self.pixels / 257.0).round().astype(np.uint8)
        channels = pixels.shape[2]
        colours = pixels[:, :, : 1 if channels <= 2 else 3]
        if channels in (2, 4):
            alpha = pixels[:, :, -1:].astype(np.float32) / 255
            colours = (colours * alpha + 255 * (1 - alpha)).round().astype(np.uint8)
        colours = np.repeat(colours, 3, axis=2) if colours.shape[2] == 1 else colours
        colours = np.ascontiguousarray(colours)
        colours.flags.writeable = False
        return colours

    def with_pixels(self, pixels: NDArray[Any]) -> "Photo":
        """Give the same photograph with other pixels of the same kind."""
        if pixels.shape != self.pixels.shape or pixels.dtype != self.pixels.dtype:
            raise PhotoError(f"{self.path.name}: its pixels keep their shape and type")
        return dataclasses.replace(self, pixels=pixels)


# ----------------------------------------------------------------------------
# Reading.


def may_be_photo(path: Path) -> bool:
    """Tell whether a file is to be opened as a photograph: by its first bytes, or else by its name."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError:
        start = b""
    known = start.startswith(_STARTS) or _is_heif(start) or start[8:12] == b"WEBP" or start[4:8] == b"ftyp"
    return known or path.suffix.lower() in _ENDINGS


def read_photo(path: Path, data: bytes | None = None) -> Photo:
    """Read a photograph: JPEG, PNG, TIFF, WebP, HEIC, AVIF, BMP, or a GIF that stands still.

    What it is, is read from its content, whatever its name says. CMYK and palettes become RGB; 16 bits a
    channel stay in PNG, TIFF and HEIC.

    Args:
        path: of the file.
        data: its content, where that is at hand already.

    Raises:
        PhotoError: if it is missing, empty, no picture, damaged, a film, or too large or small.
    """
    data = photo_bytes(path) if data is None else data
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings(
                "ignore", category=UserWarning, module="PIL"
            )  # Damaged notes are no harm.
            return _read_heif(path, data) if _is_heif(data[:16]) else _read(path, data)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _too_large(path) from error
    except UnidentifiedImageError as error:
        raise PhotoError(
            f"{path}: is no picture that can be read here; JPEG, PNG, TIFF, WebP, HEIC and AVIF can"
        ) from error
    except MemoryError as error:
        raise PhotoError(f"{path}: there is not enough memory for it; make it smaller first") from error
    except EditorError as error:
        raise PhotoError(f"{path}: {error}".replace(f"{path}: {path}: ", f"{path}: ")) from error
    except _DAMAGED as error:
        raise PhotoError(
            f"{path}: the picture is damaged or cut short ({_first_line(error)}); get the file again"
        ) from error


def photo_bytes(path: Path) -> bytes:
    """Read the content of a photograph's file.

    Raises:
        PhotoError: if it is missing, empty, or larger than any photograph.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise PhotoError(f"{path}: is a folder; choose a photograph in it")
        if size == 0:
            raise PhotoError(f"{path}: the file is empty (0 bytes); get it again")
        if size > MOST_BYTES:
            raise PhotoError(f"{path}: {size_text(size)} are more than a photograph has; choose another")
        return path.read_bytes()
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else _first_line(error)
        raise PhotoError(f"{path}: cannot be read ({reason})") from error


def _read(path: Path, data: bytes) -> Photo:
    """Read what Pillow can identify."""
    with Image.open(io.BytesIO(data)) as image:
        kind, frames = image.format or "", getattr(image, "n_frames", 1)
        if kind in _FILMS and frames > 1:
            raise PhotoError(f"{path}: is a film of {frames} pictures; save one of them as a picture first")
        _check_size(path, image.size)
        exif, orientation = upright_exif(image.getexif())
        icc = image.info.get("icc_profile") or b""
        channels, notes = deep_channels(image, data), []
        if channels:
            container = "png" if kind == "PNG" else "tiff"
            pixels: NDArray[Any] = decode_deep(data, container, (image.height, image.width), channels)
        else:
            image.load()
            shown, note = plain(image, icc)
            pixels, icc = np.array(shown), b"" if note else icc
            notes = [note] if note else []
        xmp = upright_xmp(image.info.get("xmp"))
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    return Photo(path, kind, turned(pixels, orientation), exif, icc, xmp, tuple(notes))


def _read_heif(path: Path, data: bytes) -> Photo:
    """Read an iPhone's format; its pixels come upright."""
    import pillow_heif

    image = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    _check_size(path, image.size)
    pixels = np.array(image)
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    noted = Image.Exif()
    noted.load(image.info.get("exif") or b"")
    exif, _ = upright_exif(noted)
    icc = image.info.get("icc_profile") or b""
    return Photo(path, "HEIF", pixels, exif, icc, upright_xmp(image.info.get("xmp")))


def _check_size(path: Path, size: tuple[int, int]) -> None:
    """Turn away what is too large or too small before memory is spent on it."""
    if size[0] * size[1] > MOST_PIXELS:
        raise _too_large(path)
    if min(size) < LEAST_SIDE:
        raise PhotoError(f"{path}: {size[0]} × {size[1]} pixels are too few for a face")


def _too_large(path: Path) -> PhotoError:
    return PhotoError(
        f"{path}: has, or claims, more than {MOST_PIXELS / 1e6:.0f} million pixels; make it smaller first"
    )


def _is_heif(start: bytes) -> bool:
    return start[4:8] == b"ftyp" and start[8:12] in _BOXES


def _first_line(error: BaseException) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(reason).splitlines()[0].lower()
