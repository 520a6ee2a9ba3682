"""The paper's measure of a drag: one face's landmarks are dragged to those of another, and found again.

"Drag Your GAN" (Pan et al., SIGGRAPH 2023), Table 1. What the paper leaves open is set here: the one point
is the tip of the nose, which every face shows and which no lip or lid disturbs; the five are those by which
faces are commonly aligned, with the outer corners for the eyes.
"""

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from drag.engine import drag
from drag.types import DragConfig, DragRequest, DragStep, Generator
from faces.landmarks import LandmarkDetector, Landmarks, Picture
from faces.masks import Mask

# Which landmarks are dragged, by their number.
CASES: Mapping[int, tuple[int, ...]] = {1: (30,), 5: (36, 45, 30, 48, 54), 68: tuple(range(68))}

# What lies further than this from every way that a handle has to go is away: px at 512.
AWAY = 40.0


@dataclasses.dataclass(frozen=True)
class PairTrial:
    """One drag of a pair.

    `before` and `after` are the mean distance of the dragged landmarks from the other face's, px at 512, by
    the detector; `after` is None where it finds no face. `tracked` is what the drag itself says. `drift` is
    the mean absolute change, 0..255, away from the handles' ways. `strayed` is how far w went, in standard
    deviations of the mapping's spread, as the root mean square over its directions.
    """

    pair: int
    points: int
    engine: str
    before: float
    after: float | None
    tracked: float
    drift: float
    strayed: float
    steps: int
    seconds: float
    ended: str


def drag_pair(
    generator: Generator,
    w: Tensor,
    landmarks: tuple[Landmarks, Landmarks],
    points: int,
    config: DragConfig,
    detector: LandmarkDetector,
    directions: Tensor,
    masked: bool = False,
) -> tuple[dict[str, Any], DragStep]:
    """Drag landmarks of the first face to those of the second.

    Args:
        generator: makes both faces.
        w: [num_ws, w_dim], the first face.
        landmarks: of the first face and of the second, [68, 2] px each.
        points: 1, 5 or 68.
        config: how.
        detector: finds the landmarks again.
        directions: [k, w_dim], how w spreads.
        masked: let nothing move away from the handles' ways; the paper's Table 1 lets everything move.

    Returns:
        The fields of a PairTrial from `before` on, and the drag's last step.
    """
    height, width = generator.image_size
    rows = list(CASES[points])
    starts, goals = (some[rows].clip(0, (width - 1, height - 1)) for some in landmarks)
    near = near_ways(starts, goals, generator.image_size)
    request = DragRequest(starts, goals, near if masked else None)
    began = clock(w.device)
    states = list(drag(generator, w, request, config, directions=directions))
    seconds = clock(w.device) - began
    last = states[-1]
    before, after = states[0].frame(), last.frame()
    faces = detector.detect(after)
    scale = 512 / max(generator.image_size)
    held = 1 - near
    change = np.abs(after.astype(np.float32) - before.astype(np.float32)).mean(axis=2)
    ended = last.ended.value if last.ended else ""
    return {
        "before": scale * _mean_distance(starts, goals),
        "after": scale * _mean_distance(faces[0].landmarks[rows], goals) if faces else None,
        "tracked": scale * float(last.distances.mean()),
        "drift": float((change * held).sum() / max(held.sum(), 1)),
        "strayed": strayed(last.w - w, directions),
        "steps": last.index,
        "seconds": seconds,
        "ended": ended,
    }, last


def near_ways(starts: NDArray[Any], goals: NDArray[Any], size: tuple[int, int]) -> Mask:
    """Mark what lies near the straight ways from starts to goals [N, 2]: [H, W], 1 = near."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    reach = AWAY / 512 * max(size)
    near = np.zeros(size, dtype=bool)
    for start, goal in zip(starts, goals, strict=True):
        way = goal - start
        along = ((x - start[0]) * way[0] + (y - start[1]) * way[1]) / max(float(way @ way), 1e-6)
        along = along.clip(0, 1)
        near |= np.hypot(x - start[0] - along * way[0], y - start[1] - along * way[1]) <= reach
    return near.astype(np.float32)


def strayed(moved: Tensor, directions: Tensor) -> float:
    """Measure a move of w [num_ws, w_dim] in standard deviations, averaged over layers."""
    lengths = directions.norm(dim=1)
    used = lengths > 1e-3 * lengths.max()
    axes = directions[used] / lengths[used, None] ** 2
    return float((moved.to(directions) @ axes.t()).square().mean().sqrt())


def clock(device: torch.device) -> float:
    """Read processor seconds of this process, or seconds by the wall where another device computes."""
    return time.process_time() if device.type == "cpu" else time.perf_counter()


def draw(synthesis: Callable[..., Tensor], w: Tensor) -> Picture:
    """Draw w [num_ws, w_dim] as uint8 RGB [H, W, 3]."""
    with torch.no_grad():
        image = synthesis(w[None], noise_mode="const")[0, :3]
    image = image.expand(3, -1, -1) if len(image) == 1 else image
    pixels = (image * 127.5 + 128).clamp(0, 255).to(torch.uint8)
    return np.asarray(pixels.permute(1, 2, 0).contiguous().cpu().numpy())


def _mean_distance(first: NDArray[Any], second: NDArray[Any]) -> float:
    return float(np.linalg.norm(first - second, axis=1).mean())


def table(trials: Sequence[PairTrial]) -> str:
    """Lay trials out as Markdown, one row for each number of points and each engine."""
    lines = [
        "| points | engine | pairs | distance before | after "
        "| drift, of 255 | w strayed, std | steps | seconds | ended |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for points, engine in sorted(
        dict.fromkeys((trial.points, trial.engine) for trial in trials), key=lambda case: case[0]
    ):
        rows = [trial for trial in trials if (trial.points, trial.engine) == (points, engine)]
        after = [row.after for row in rows if row.after is not None]
        lost = f" ({len(rows) - len(after)} without a face)" if len(after) < len(rows) else ""
        mean = {
            name: float(np.mean([getattr(row, name) for row in rows]))
            for name in ("before", "drift", "strayed", "steps", "seconds")
        }
        reached = f"{np.mean(after or [np.nan]):.2f}{lost}"
        lines.append(
            f"| {points} | {engine} | {len(rows)} | {mean['before']:.2f} | {reached} "
            f"| {mean['drift']:.2f} | {mean['strayed']:.2f} | {mean['steps']:.0f} | {mean['seconds']:.2f} "
            f"| {endings(row.ended for row in rows)} |"
        )
    return "\n".join(lines)


def endings(reasons: Iterable[str]) -> str:
    """Count reasons, the commonest first: `reached 97, stalled 3`."""
    return ", ".join(f"{reason} {count}" for reason, count in Counter(reasons).most_common())
