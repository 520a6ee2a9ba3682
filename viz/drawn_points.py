"""Points on a picture itself, for films: no screen is needed."""

import numpy as np
from PIL import Image, ImageDraw

from drag.request import FloatArray

_FINER = 3  # Drawn so many times larger, and shrunk: edges are smooth.
_RADIUS = 0.008  # Of the shorter side; at least _LEAST px.
_LEAST = 1.8
_HANDLE, _TARGET, _RIM = (236, 70, 83, 255), (70, 134, 241, 255), (255, 255, 255, 240)


def with_points(picture: np.ndarray, points: FloatArray, targets: FloatArray) -> np.ndarray:
    """Draw handles, targets and the lines between, on a copy.

    Args:
        picture: uint8 RGB [H, W, 3].
        points: [N, 2] (x, y) px; one that is not a number is left out.
        targets: [N, 2] (x, y) px.
    """
    height, width = picture.shape[:2]
    layer = Image.new("RGBA", (width * _FINER, height * _FINER), (0, 0, 0, 0))
    pen, radius = ImageDraw.Draw(layer), max(_LEAST, _RADIUS * min(height, width)) * _FINER
    for point, target in zip(points, targets, strict=True):
        if np.isfinite(point).all() and np.isfinite(target).all():
            ends = [tuple((end + 0.5) * _FINER) for end in (point, target)]
            pen.line(ends, _RIM, round(radius * 0.5))
            for (x, y), inside in zip(ends, (_HANDLE, _TARGET), strict=True):
                for size, ink in ((radius * 1.35, _RIM), (radius, inside)):
                    pen.ellipse((x - size, y - size, x + size, y + size), ink)
    layer = layer.resize((width, height), Image.Resampling.BOX)
    drawn = Image.alpha_composite(Image.fromarray(picture).convert("RGBA"), layer)
    return np.asarray(drawn.convert("RGB"))
