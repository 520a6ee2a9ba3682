"""A face of a photograph as a generator's frame: the alignment that FFHQ's pictures have, and the way back.

Karras et al. (2019, arXiv:1812.04948, appendix A) cut every photograph of FFHQ by one rule, so that eyes and
mouth stand at the same places; a generator trained on FFHQ knows faces that stand so and no others. The cut
is a square, turned with the head: shrink, crop, pad where it reaches past the border, resample.

A point of the photograph and one of the frame are (x, y) px, and (0, 0) is the centre of a pixel in both.
"""

import dataclasses

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from faces.landmarks import Picture, PictureError

Points = NDArray[np.float64]

# The square is resampled this much finer than asked for, and then averaged.
OVERSAMPLING, FINEST = 4, 4096

# Around the square so much of its side is kept, px at least; blurring the border reaches that far.
BORDER_SHARE, BORDER_LEAST = 0.1, 3

# Past the photograph's border: padded by at least this share of the side, blurred over this share of it.
PAD_SHARE, BLUR_SHARE = 0.3, 0.02

# A generator's faces stand otherwise than FFHQ's from this share of the side on.
OTHERWISE = 0.04

# Faces with a smaller square are not worth the name, px.
LEAST_SIDE = 8.0


@dataclasses.dataclass(frozen=True, eq=False)
class Alignment:
    """A square of a photograph that becomes a frame, and the exact way there and back.

    `quad` [4, 2] are its corners in the photograph, px: top left, bottom left, bottom right, top right, as
    the face stands. `size` is the side of the frame, px.
    """

    quad: Points
    size: int

    @property
    def side(self) -> float:
        """Side of the square in the photograph, px."""
        return float(np.hypot(*(self.quad[3] - self.quad[0])))

    @property
    def turn(self) -> float:
        """How far the square is turned, degrees; positive is clockwise on the screen."""
        across = self.quad[3] - self.quad[0]
        return float(np.degrees(np.arctan2(across[1], across[0])))

    def to_photograph(self, points: ArrayLike) -> Points:
        """Find points [..., 2] of the frame in the photograph."""
        share = (np.asarray(points, dtype=np.float64) + 0.5) / self.size
        right, down = self.quad[3] - self.quad[0], self.quad[1] - self.quad[0]
        return np.asarray(self.quad[0] + share[..., :1] * right + share[..., 1:] * down)

    def to_frame(self, points: ArrayLike) -> Points:
        """Find points [..., 2] of the photograph in the frame."""
        away = np.asarray(points, dtype=np.float64) - self.quad[0]
        right, down = self.quad[3] - self.quad[0], self.quad[1] - self.quad[0]
        share = np.linalg.solve(np.stack([right, down], axis=1), away[..., None])[..., 0]
        return np.asarray(share * self.size - 0.5)


# ----------------------------------------------------------------------------
# The square.


def ffhq_alignment(landmarks: ArrayLike, size: int) -> Alignment:
    """Find the square in which FFHQ would show a face.

    With the eyes' centres eL and eR, e between them, m between the corners of the mouth, u = m - e and
    v = eR - eL: x = v - flip(u)·(-1, 1), scaled to a length of max(2 |v|, 1.8 |u|), and y = flip(x)·(-1, 1),
    where flip swaps the components. The square is e + 0.1 u ∓ x ∓ y.

    Args:
        landmarks: [68, 2] (x, y) px of the photograph.
        size: of the frame, px.

    Raises:
        PictureError: if they are not 68 finite points, or a face of no size.
    """
    points = np.array(landmarks, dtype=np.float64)
    if points.shape != (68, 2) or not np.isfinite(points).all():
        raise PictureError(f"68 finite (x, y) landmarks were expected; these are {list(points.shape)}")
    left_eye, right_eye = points[36:42].mean(axis=0), points[42:48].mean(axis=0)
    eyes, mouth = (left_eye + right_eye) / 2, (points[48] + points[54]) / 2
    down, across = mouth - eyes, right_eye - left_eye
    x = across - _turned(down)
    length = float(np.hypot(*x))
    reach = max(2.0 * float(np.hypot(*across)), 1.8 * float(np.hypot(*down)))
    if 2 * reach < LEAST_SIDE or length < 1e-6:
        raise PictureError(f"a face of {2 * reach:.1f} px is too small to be cut out")
    x *= reach / length
    y = _turned(x)
    centre = eyes + 0.1 * down
    return Alignment(np.stack([centre - x - y, centre - x + y, centre + x + y, centre + x - y]), size)


def _turned(vector: Points) -> Points:
    """Swap the components and turn the first one's sign: a quarter turn, from rightwards to downwards."""
    return np.asarray(vector[::-1] * (-1, 1))


def stands_otherwise(own: Alignment) -> bool:
    """Tell whether a generator's faces stand otherwise than FFHQ's.

    Args:
        own: the alignment of the face in a frame of its own; FFHQ's would be the whole frame.
    """
    corners = _corners(own.size)
    return bool(np.abs(own.quad - corners).max() > OTHERWISE * own.size)


def standing_like(alignment: Alignment, own: Alignment) -> Alignment:
    """Find the square in which a face stands as the faces of a generator's own frames do.

    Args:
        alignment: of the face in the photograph, as FFHQ would cut it out.
        own: of a face in one of the generator's own frames.
    """
    return Alignment(alignment.to_photograph(own.to_frame(_corners(own.size))), alignment.size)


def _corners(size: int) -> Points:
    """Give the corners of a frame: top left, bottom left, bottom right, top right."""
    low, high = -0.5, size - 0.5
    return np.array([(low, low), (low, high), (high, high), (high, low)])


# ----------------------------------------------------------------------------
# The frame.


def cut_out(rgb: Picture, alignment: Alignment) -> Picture:
    """Make the frame of an alignment.

    Args:
        rgb: uint8 [H, W, 3], the photograph.
        alignment: which square of it.

    Returns:
        uint8 [size, size, 3]. What lies past the photograph's border is the picture mirrored, blurred and,
        further out, its middle colour.
    """
    size = alignment.size
    fine = min(size * OVERSAMPLING, max(FINEST, size))
    picture, quad = Image.fromarray(rgb), alignment.quad + 0.5  # Pillow counts from a pixel's corner.
    picture, quad = _shrunk(picture, quad, int(alignment.side / size * 0.5))
    side = float(np.hypot(*(quad[3] - quad[0])))
    border = max(round(side * BORDER_SHARE), BORDER_LEAST)
    picture, quad = _cropped(picture, quad, border)
    picture, quad = _padded(picture, quad, border, side)
    corners = [float(value) for value in quad.ravel()]
    frame = picture.transform((fine, fine), Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)
    if fine != size:
        frame = frame.resize((size, size), Image.Resampling.LANCZOS)
    return np.asarray(frame)


def _shrunk(picture: Image.Image, quad: Points, times: int) -> tuple[Image.Image, Points]:
    """Shrink a picture that is much finer than its frame, with averaging."""
    if times <= 1:
        return picture, quad
    smaller = (max(1, round(picture.width / times)), max(1, round(picture.height / times)))
    scale = np.array([smaller[0] / picture.width, smaller[1] / picture.height])
    return picture.resize(smaller, Image.Resampling.LANCZOS, reducing_gap=3.0), quad * scale


def _cropped(picture: Image.Image, quad: Points, border: int) -> tuple[Image.Image, Points]:
    """Let go what lies far from the square."""
    left, top = np.maximum(np.floor(quad.min(axis=0)) - border, 0).astype(int)
    right, bottom = np.minimum(np.ceil(quad.max(axis=0)) + border, picture.size).astype(int)
    if right <= left or bottom <= top:
        raise PictureError("the face lies outside the photograph; choose one that is in it")
    return picture.crop((int(left), int(top), int(right), int(bottom))), quad - (left, top)


def _padded(picture: Image.Image, quad: Points, border: int, side: float) -> tuple[Image.Image, Points]:
    """Go on past the picture's border, where the square reaches beyond it.

    What is added is a mirror image, since a hard edge would be taken for part of the face; it loses itself in
    blur and then in the middle colour, so that no second face stands there.
    """
    from scipy import ndimage

    beyond = np.concatenate([-quad.min(axis=0), quad.max(axis=0) - picture.size]) + border
    if beyond.max() <= border - 4:
        return picture, quad
    least = round(side * PAD_SHARE)
    left, top, right, bottom = (max(int(np.ceil(each)), least) for each in beyond)
    pixels = np.asarray(picture, dtype=np.float32)
    pixels = np.pad(pixels, ((top, bottom), (left, right), (0, 0)), mode="reflect")
    height, width = pixels.shape[:2]
    # 0 where the picture is, 1 at the outermost pixel.
    x = np.maximum(1 - np.arange(width) / left, 1 - np.arange(width)[::-1] / right)
    y = np.maximum(1 - np.arange(height) / top, 1 - np.arange(height)[::-1] / bottom)
    outside = np.maximum(x[None, :], y[:, None])[:, :, None].astype(np.float32)
    blur = side * BLUR_SHARE
    blurred = ndimage.gaussian_filter(pixels, (blur, blur, 0))
    pixels += (blurred - pixels) * (3 * outside + 1).clip(0, 1)
    pixels += (np.median(pixels, axis=(0, 1)) - pixels) * outside.clip(0, 1)
    return Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8)), quad + (left, top)
