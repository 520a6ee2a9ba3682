"""Factors in, portraits out: picture, exact landmarks and a map of the parts."""

from typing import NamedTuple

import torch
from torch import Tensor

from .canvas import Canvas
from .eyes import paint_brows, paint_eyes
from .factors import Factors
from .hair import hair_colour, paint_back_hair, paint_front_hair
from .head import paint_ears, paint_face, paint_nose, skin_colour
from .landmarks import landmarks68
from .mouth import paint_mouth
from .scene import paint_backdrop, paint_body


class Portrait(NamedTuple):
    """image [N, 3, S, S] float32 in -1..1; landmarks [N, 68, 2] (x, y) px; labels [N, S, S] uint8 (see
    canvas.PARTS).
    """

    image: Tensor
    landmarks: Tensor
    labels: Tensor


@torch.no_grad()
def render(f: Factors, size: int) -> Portrait:
    """Draw a batch of portraits of size × size pixels from back to front. The same factors give the same
    picture at any size.
    """
    canvas = Canvas(f, size)
    skin, hair = skin_colour(f), hair_colour(f)
    paint_backdrop(canvas, f)
    paint_back_hair(canvas, f, hair)
    paint_body(canvas, f, skin)
    paint_ears(canvas, f, skin)
    paint_face(canvas, f, skin)
    paint_mouth(canvas, f, skin)
    paint_nose(canvas, f, skin)
    paint_eyes(canvas, f, skin)
    paint_brows(canvas, f, hair)
    paint_front_hair(canvas, f, hair, skin)
    return Portrait(canvas.image.clamp_(0, 1) * 2 - 1, landmarks68(f, size), canvas.labels)
