"""Movements of pairs: lids and lips."""

import dataclasses
import math
from typing import ClassVar

import numpy as np

from faces.movements.kind import Indices, Pairs
from faces.proportions import Points, Unit, face_down, lengths


def _split(pairs: Pairs) -> tuple[list[int], list[int]]:
    first, second = zip(*pairs, strict=True)
    return list(first), list(second)


def _flat(pairs: Pairs) -> Indices:
    return tuple(index for pair in pairs for index in pair)


@dataclasses.dataclass(frozen=True)
class Meet:
    """Let the two landmarks of each pair meet; past strength 1 there is nothing further to close.

    `share` is the part of the way that the first of a pair goes: 1 puts it onto the second.
    """

    kind: ClassVar[str] = "meet"
    pairs: Pairs
    share: float = 0.5

    @property
    def moving(self) -> Indices:
        """Both of a pair, unless the second one stays."""
        return _flat(self.pairs) if self.share < 1 else tuple(first for first, _ in self.pairs)

    def offsets(self, p: Points, strength: float) -> Points:
        """Go towards each other."""
        first, second = _split(self.pairs)
        found = np.zeros_like(p)
        way = min(strength, 1.0) * (p[second] - p[first])
        found[first] += self.share * way
        found[second] -= (1 - self.share) * way
        return found


@dataclasses.dataclass(frozen=True)
class Part:
    """Move the landmarks of each pair apart about their middle, each pair by itself.

    At strength 1 the gap grows by `by` of itself, or to `to` units. It grows by `least` units at least (a gap
    that is shut has nothing to grow by), and not past `most` units, but for `past` units that are granted to
    a gap that is wide already.
    """

    kind: ClassVar[str] = "part"
    pairs: Pairs
    by: float = 0.0
    to: float = 0.0
    least: float = 0.0
    most: float = math.inf
    past: float = 0.0
    unit: Unit = "eye_width"

    @property
    def moving(self) -> Indices:
        """Both of a pair."""
        return _flat(self.pairs)

    def offsets(self, p: Points, strength: float) -> Points:
        """Go away from each other."""
        first, second = _split(self.pairs)
        found = np.zeros_like(p)
        unit = lengths(p, self.unit, tuple(first))
        across = p[second] - p[first]
        gap = np.linalg.norm(across, axis=1, keepdims=True)
        # Lids that touch have no direction of their own: then down the face it is.
        away = np.where(gap > 1e-3 * unit, across / np.maximum(gap, 1e-9), face_down(p))
        grow = np.maximum(self.by * gap, self.to * unit - gap).clip(min=self.least * unit)
        grow = strength * np.minimum(grow, np.maximum(self.most * unit - gap, self.past * unit))
        found[first] -= 0.5 * grow * away
        found[second] += 0.5 * grow * away
        return found


@dataclasses.dataclass(frozen=True)
class Follow:
    """Landmarks that go along with an opening, by a share of it down the face; up if it is negative."""

    landmarks: Indices
    share: float


@dataclasses.dataclass(frozen=True)
class Open:
    """Open a gap down the face as a whole: at strength 1 to `to` units, by `least` units at least.

    The gap is the mean distance of the pairs; `follow` says who goes how far.
    """

    kind: ClassVar[str] = "open"
    pairs: Pairs
    follow: tuple[Follow, ...]
    to: float
    least: float = 0.0
    unit: Unit = "mouth_width"

    @property
    def moving(self) -> Indices:
        """All that follow."""
        return tuple(index for follow in self.follow for index in follow.landmarks)

    def offsets(self, p: Points, strength: float) -> Points:
        """Go down the face, or up."""
        first, second = _split(self.pairs)
        found = np.zeros_like(p)
        unit = float(lengths(p, self.unit, tuple(first)).mean())
        gap = float(np.linalg.norm(p[second] - p[first], axis=1).mean())
        grow = strength * max(self.to * unit - gap, self.least * unit) * face_down(p)
        for follow in self.follow:
            found[list(follow.landmarks)] += follow.share * grow
        return found
