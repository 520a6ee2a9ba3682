"""Saving a photograph: the format by the name's ending, with what was known of it besides the pixels."""

import os
from pathlib import Path
from typing import Any

from PIL import Image

from dnnlib.deep_pictures import save_deep_png
from dnnlib.files import atomic_write
from dnnlib.photos import Photo, PhotoError

# Pillow's name for a format, and how it is written. JPEG alone loses something. Pillow's packed TIFF fails
# where the camera's notes have parts; so this one is not.
_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {"compress_level": 4}),
    ".tif": ("TIFF", {}),
    ".tiff": ("TIFF", {}),
    ".webp": ("WEBP", {"lossless": True, "exact": True, "quality": 50}),
    ".jpg": ("JPEG", {"quality": 97, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 97, "subsampling": 0}),
}


def check_name(path: str | os.PathLike[str], photo: Photo) -> None:
    """Make sure, before work is done for it, that a photograph can be saved under a name.

    Raises:
        PhotoError: if the ending names no format, or one that cannot hold what the photograph has.
    """
    ending = Path(path).suffix.lower()
    if ending not in _FORMATS:
        raise PhotoError(
            f"{path}: a photograph is saved as {', '.join(_FORMATS)}; choose one of these endings"
        )
    if photo.full > 255 and (ending != ".png"):
        raise PhotoError(f"{path}: this photograph has 16 bits a channel, which .png alone keeps here")
    if photo.pixels.shape[2] in (2, 4) and _FORMATS[ending][0] == "JPEG":
        raise PhotoError(f"{path}: JPEG holds no transparency, and this photograph has some; save it as .png")


def loses(path: str | os.PathLike[str]) -> bool:
    """Tell whether a format of that ending changes pixels a little when it is written."""
    return Path(path).suffix.lower() in (".jpg", ".jpeg")


def save_photo(path: str | os.PathLike[str], photo: Photo) -> None:
    """Save a photograph with its camera's notes and its colour profile.

    PNG, TIFF and WebP keep every pixel; JPEG, written finely, changes them a little.

    Raises:
        PhotoError: as `check_name`.
        FileError: if the file cannot be written.
    """
    check_name(path, photo)
    if photo.full > 255:
        save_deep_png(path, photo.pixels, photo.exif, photo.icc, photo.xmp)
        return
    kind, how = _FORMATS[Path(path).suffix.lower()]
    pixels = photo.pixels[:, :, 0] if photo.pixels.shape[2] == 1 else photo.pixels
    notes = {"exif": photo.exif, "icc_profile": photo.icc, "xmp": photo.xmp}
    picture = Image.fromarray(pixels)
    if kind == "WEBP" and picture.mode in ("L", "LA"):
        picture = picture.convert("RGB" if picture.mode == "L" else "RGBA")
    with atomic_write(path) as temporary:
        try:
            picture.save(
                temporary, format=kind, **how, **{name: note for name, note in notes.items() if note}
            )
        except ValueError as error:
            raise PhotoError(f"{path}: cannot be written ({str(error).splitlines()[0]})") from error
