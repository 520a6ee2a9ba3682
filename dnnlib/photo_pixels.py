"""The pixels of a photograph: brought to grey or RGB, with or without alpha, and turned upright."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from dnnlib.errors import EditorError


class PhotoPixelsError(EditorError):
    """Pixels are of a kind that no photograph has."""


def deep_channels(image: Image.Image, data: bytes) -> int:
    """Count the channels of a picture in colour with 16 bits a channel; 0 for any other."""
    if image.format == "PNG" and data[24] == 16:
        return {2: 3, 4: 2, 6: 4}.get(data[25], 0)
    if image.format == "TIFF" and image.mode in ("RGB", "RGBA"):
        bits = getattr(image, "tag_v2", {}).get(258, ())
        return len(bits) if set(bits) == {16} and len(bits) in (3, 4) else 0
    return 0


def plain(image: Image.Image, icc: bytes) -> tuple[Image.Image, str]:
    """Bring a picture to grey or RGB, with or without alpha; say what a person should know of it."""
    mode = image.mode
    if mode in ("L", "LA", "RGB", "RGBA", "I;16"):
        has_key = "transparency" in image.info and mode in ("L", "RGB")
        return (image.convert("RGBA"), "") if has_key else (image, "")
    if mode in ("P", "PA"):
        clear = mode == "PA" or "transparency" in image.info
        return image.convert("RGBA" if clear else "RGB"), ""
    if mode == "1":
        return image.convert("L"), ""
    if mode in ("I", "I;16B", "I;16L"):
        return Image.fromarray(np.array(image).clip(0, 65535).astype(np.uint16)), ""
    if mode in ("RGBX", "RGBa", "La"):
        return image.convert("RGB" if mode == "RGBX" else "RGBA" if mode == "RGBa" else "LA"), ""
    if mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        note = f"Its colours were {mode}, as for print; they are RGB now, and are saved so."
        return _to_srgb(image, icc), note if mode == "CMYK" else f"Its colours were {mode}; they are RGB now."
    raise PhotoPixelsError(f"its pixels are of a kind ({mode}) that no photograph has; save it as PNG first")


def _to_srgb(image: Image.Image, icc: bytes) -> Image.Image:
    """Turn print colours into a screen's, by the picture's profile where it has one that serves."""
    if icc and image.mode == "CMYK":
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            turned = ImageCms.profileToProfile(
                image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except ImageCms.PyCMSError:
            turned = None
        if turned is not None:
            return turned
    return image.convert("RGB")


def turned(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn pixels [H, W, C] upright, from how EXIF says that the camera was held."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
