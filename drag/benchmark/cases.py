"""What is timed: drags of eyes, mouth, jaw and a whole face, laid out on an aligned face at 512 px."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """Whose drags are timed: a checkpoint, or random weights in the size of the published FFHQ networks.

    Random weights cost what trained ones cost: 32768 channels shared out over the height, at most 512, w 512.
    """

    resolution: int
    checkpoint: Path | None = None

    @property
    def title(self) -> str:
        """How tables call it."""
        return "random weights" if self.checkpoint is None else self.checkpoint.stem


@dataclass(frozen=True)
class Case:
    """One drag.

    Attributes:
        name: how tables call it.
        points: [N, 2] (x, y) px at 512.
        targets: [N, 2] likewise.
        mask: left, top, right, bottom of what may move, px at 512; None without a mask.
        batch: how many drags run as one.
    """

    name: str
    points: Points
    targets: Points
    mask: tuple[int, int, int, int] | None = None
    batch: int = 1

    def at(self, resolution: int) -> tuple[Points, Points]:
        """Give points and targets in a picture of that height."""
        scale = resolution / 512
        return self.points * scale, self.targets * scale

    def mask_at(self, resolution: int) -> npt.NDArray[np.float32] | None:
        """Give the mask [H, W] in a picture of that height, 1 = may move."""
        if self.mask is None:
            return None
        left, top, right, bottom = (round(edge * resolution / 512) for edge in self.mask)
        mask = np.zeros((resolution, resolution), dtype=np.float32)
        mask[top:bottom, left:right] = 1
        return mask


# ----------------------------------------------------------------------------
# The drags.

_EYES = np.array([(190, 236), (206, 234), (306, 234), (322, 236)], dtype=np.float64)
_MOUTH = np.array([(238, 352), (256, 355), (274, 352), (238, 372), (256, 376), (274, 372)], dtype=np.float64)
_EYES_MASK, _MOUTH_MASK, _JAW_MASK = (150, 205, 362, 270), (190, 315, 322, 480), (90, 220, 422, 500)


def _arc(
    count: int, middle: tuple[float, float], radii: tuple[float, float], span: tuple[float, float]
) -> Points:
    """Lay points along an ellipse, from one angle to another; 0 points right, a quarter turn points down."""
    angles = np.linspace(*span, count) * 2 * np.pi
    return np.stack([middle[0] + radii[0] * np.cos(angles), middle[1] + radii[1] * np.sin(angles)], axis=1)


def _face() -> Points:
    """Lay 68 points out about as landmarks lie: jaw, brows, nose, eyes, lips."""
    return np.concatenate(
        [
            _arc(17, (256, 280), (125, 165), (0.5, 0.0)),
            _arc(5, (200, 215), (34, 14), (0.55, 0.95)),
            _arc(5, (312, 215), (34, 14), (0.55, 0.95)),
            np.linspace((256, 235), (256, 295), 4),
            _arc(5, (256, 300), (22, 10), (0.45, 0.05)),
            _arc(6, (200, 238), (22, 9), (0.5, 1.333)),
            _arc(6, (312, 238), (22, 9), (0.5, 1.333)),
            _arc(12, (256, 365), (44, 20), (0.5, 1.417)),
            _arc(8, (256, 365), (34, 8), (0.5, 1.375)),
        ]
    )


def _towards_axis(points: Points) -> Points:
    """Move points by 8 % towards the middle of the face."""
    return points - 0.08 * (points - (256, 0)) * (1, 0)


def drags() -> tuple[Case, ...]:
    """List the drags of every table: by hand, without and with a mask, and 68 points."""
    jaw = _face()[1:16]
    down = _EYES + (0, 10)
    apart = _MOUTH + np.array([(0, -4)] * 3 + [(0, 14)] * 3)
    return (
        Case("eyes", _EYES, down),
        Case("eyes, mask", _EYES, down, _EYES_MASK),
        Case("mouth", _MOUTH, apart),
        Case("mouth, mask", _MOUTH, apart, _MOUTH_MASK),
        Case("jaw", jaw, _towards_axis(jaw)),
        Case("jaw, mask", jaw, _towards_axis(jaw), _JAW_MASK),
        Case("68 points", _face(), _towards_axis(_face())),
    )


def by_count() -> tuple[Case, ...]:
    """List drags of 1, 5, 20 and 68 points that lie in one and the same place, the eyes."""
    dice = np.random.default_rng(0)
    corners = np.array([(180, 228), (332, 228), (180, 246), (332, 246)], dtype=np.float64)
    cases = []
    for count in (1, 5, 20, 68):
        # From 5 on the corners are among them, so that all lie in the same rectangle.
        within = dice.uniform(corners.min(0), corners.max(0), (count, 2))
        within[: len(corners)] = corners[:count] if count >= len(corners) else within[: len(corners)]
        cases.append(Case(f"{count} of eyes", within, within + (0, 6)))
    return tuple(cases)


def by_batch() -> tuple[Case, ...]:
    """List the drag of the eyes, several at once."""
    return tuple(Case(f"eyes × {count}", _EYES, _EYES + (0, 10), batch=count) for count in (1, 2, 4, 8))
