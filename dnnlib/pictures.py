"""Pictures and films: PNG, GIF and MP4, each written whole or not at all. Frames are uint8 RGB [H, W, 3]."""

import os
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write

_PALETTE_FRAMES = 16  # How many frames of a GIF its colours are chosen from.


class PictureError(EditorError):
    """What was handed over is not a picture or a film."""


def save_png(path: str | os.PathLike[str], rgb: np.ndarray) -> None:
    """Save a picture as PNG, without loss.

    Args:
        path: the file to write.
        rgb: uint8 [H, W, 3].

    Raises:
        PictureError: if `rgb` is no such picture.
        FileError: if the file cannot be written.
    """
    check_picture(rgb)
    with atomic_write(path) as temporary:
        Image.fromarray(rgb).save(temporary, format="PNG")


def save_gif(path: str | os.PathLike[str], frames: Iterable[np.ndarray], fps: float) -> None:
    """Save a film as a GIF that repeats for ever.

    All frames share one palette of 256 colours, chosen from frames all over the film, so that what stands
    still does not flicker.

    Args:
        path: the file to write.
        frames: uint8 [H, W, 3] each, all of one size, at least one.
        fps: frames a second; a GIF counts in hundredths of a second and shows at most 50.

    Raises:
        PictureError: if `frames` is no such film.
        FileError: if the file cannot be written.
    """
    film = [Image.fromarray(frame) for frame in _check_film(list(frames), fps)]
    palette = _common_palette(film)
    coloured = [picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for picture in film]
    with atomic_write(path) as temporary:
        coloured[0].save(
            temporary,
            format="GIF",
            save_all=True,
            append_images=coloured[1:],
            duration=max(20, round(100 / fps) * 10),
            loop=0,
        )


def save_mp4(path: str | os.PathLike[str], frames: Iterable[np.ndarray], fps: float) -> None:
    """Save a film as MP4 (H.264, 4:2:0, which every player shows).

    Args:
        path: the file to write.
        frames: uint8 [H, W, 3] each, all of one size, at least one. Odd sizes get one more row or column,
            because the format stores colour in pairs.
        fps: frames a second.

    Raises:
        PictureError: if `frames` is no such film.
        FileError: if the file cannot be written.
    """
    # Here, because it looks for its ffmpeg when it is imported; only a film needs that.
    import imageio.v2 as imageio

    film = _check_film(list(frames), fps)
    height, width = film[0].shape[:2]
    margins = ((0, height % 2), (0, width % 2), (0, 0))
    with atomic_write(path) as temporary:
        padded = [np.pad(frame, margins, mode="edge") for frame in film]
        imageio.mimwrite(
            temporary, padded, format="FFMPEG", fps=fps, codec="libx264", quality=8, macro_block_size=2
        )


def check_picture(rgb: np.ndarray) -> None:
    """Make sure that an array is a picture: uint8 [H, W, 3].

    Raises:
        PictureError: naming what was found.
    """
    found = f"{rgb.dtype} {list(rgb.shape)}" if isinstance(rgb, np.ndarray) else type(rgb).__name__
    if not isinstance(rgb, np.ndarray) or rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise PictureError(f"a picture is uint8 [H, W, 3], found {found}")
    if rgb.size == 0:
        raise PictureError(f"a picture has at least one pixel, found {found}")


def _check_film(frames: Sequence[np.ndarray], fps: float) -> Sequence[np.ndarray]:
    """Make sure that frames are pictures of one size, and that there is a film at all."""
    if not frames:
        raise PictureError("a film has at least one frame, found none")
    if not 0 < fps <= 1000:
        raise PictureError(f"a film has more than 0 and at most 1000 frames a second, found {fps!r}")
    for frame in frames:
        check_picture(frame)
        if frame.shape != frames[0].shape:
            raise PictureError(
                f"the frames of a film have one size, found {list(frames[0].shape)} and {list(frame.shape)}"
            )
    return frames


def _common_palette(film: Sequence[Image.Image]) -> Image.Image:
    """Choose 256 colours from frames spread evenly over the film, the first and the last among them."""
    count = min(len(film), _PALETTE_FRAMES)
    chosen = [film[round(index)] for index in np.linspace(0, len(film) - 1, count)]
    width, height = chosen[0].size
    strip = Image.new("RGB", (width, height * count))
    for index, picture in enumerate(chosen):
        strip.paste(picture, (0, index * height))
    return strip.quantize(colors=256, method=Image.Quantize.MEDIANCUT)
