"""What is to be dragged where, and what may move."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dnnlib.errors import EditorError

FloatArray = npt.NDArray[np.float32]


class RequestError(EditorError):
    """A drag was asked for that cannot be done as it stands."""


@dataclass(frozen=True, eq=False, init=False)
class DragRequest:
    """Handle points, where they are to go, and a mask.

    Anything that numpy takes for numbers is copied, and the copies are read-only.

    Attributes:
        points: [N, 2] float32, (x, y) px, the centre of the top left pixel is (0, 0). N may be 0 where a
            guide does the pulling.
        targets: [N, 2] float32, (x, y) px.
        mask: [H, W] float32 in 0..1, 1 = may move, 0 = held; or None: everything may move. A boolean array is
            taken too.

    Raises:
        RequestError: counts differ, a number is not finite, or the mask lets nothing move.
    """

    points: FloatArray
    targets: FloatArray
    mask: FloatArray | None

    def __init__(
        self, points: npt.ArrayLike, targets: npt.ArrayLike, mask: npt.ArrayLike | None = None
    ) -> None:
        points, targets = _as_points("points", points), _as_points("targets", targets)
        if len(points) != len(targets):
            raise RequestError(
                f"Each point needs one target: there are {len(points)} points and {len(targets)} targets."
            )
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "targets", targets)
        object.__setattr__(self, "mask", None if mask is None else _as_mask(mask))

    def check(self, image_size: tuple[int, int]) -> None:
        """See that the request fits a picture of (height, width) pixels.

        Raises:
            RequestError: a point or a target lies outside, or the mask has another size.
        """
        height, width = image_size
        for name, points in (("Point", self.points), ("The target of point", self.targets)):
            inside = (points >= -0.5) & (points <= (width, height))
            for index in np.flatnonzero(~inside.all(axis=1))[:1]:
                x, y = points[index]
                raise RequestError(
                    f"{name} {index + 1} at ({x:.1f}, {y:.1f}) lies outside the picture, which is "
                    f"{width} px wide and {height} px high."
                )
        if self.mask is not None and self.mask.shape != (height, width):
            rows, columns = self.mask.shape
            raise RequestError(
                f"The mask is {columns} px wide and {rows} px high; this picture needs {width} by {height}."
            )


def _as_points(name: str, values: npt.ArrayLike) -> FloatArray:
    """Copy points to a read-only [N, 2] float32 array."""
    try:
        points = np.array(values, dtype=np.float32)
    except (TypeError, ValueError):
        raise RequestError(f"The {name} must be numbers in an array [N, 2] of (x, y).") from None
    if points.size == 0:
        points = points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise RequestError(f"The {name} must be an array [N, 2] of (x, y); found {list(points.shape)}.")
    for index in np.flatnonzero(~np.isfinite(points).all(axis=1))[:1]:
        raise RequestError(
            f"The {name} must be finite numbers; number {index + 1} is {points[index].tolist()}."
        )
    points.flags.writeable = False
    return points


def _as_mask(values: npt.ArrayLike) -> FloatArray:
    """Copy a mask to a read-only [H, W] float32 array."""
    try:
        mask = np.array(values, dtype=np.float32)
    except (TypeError, ValueError):
        raise RequestError("The mask must be numbers in an array [height, width].") from None
    if mask.ndim != 2:
        raise RequestError(f"The mask must be an array [height, width]; found {list(mask.shape)}.")
    if not np.isfinite(mask).all() or mask.size == 0 or mask.min() < 0 or mask.max() > 1:
        raise RequestError("The mask must hold numbers from 0 (held) to 1 (may move).")
    if not mask.any():
        raise RequestError("The mask lets nothing move: paint the part that may move, or take the mask off.")
    mask.flags.writeable = False
    return mask
