"""What every movement is, and what those of any landmarks have in common."""

import abc
import dataclasses
from typing import Protocol

import numpy as np

from faces.proportions import Points

Indices = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


class Movement(Protocol):
    """One kind of movement, with its figures."""

    @property
    def moving(self) -> Indices:
        """The landmarks that it moves."""

    def offsets(self, p: Points, strength: float) -> Points:
        """Say how far each of the landmarks p [68, 2] goes: [68, 2] px; nowhere at strength 0."""


@dataclasses.dataclass(frozen=True)
class OfLandmarks(abc.ABC):
    """A movement of landmarks that are named; the others stay."""

    landmarks: Indices

    @property
    def moving(self) -> Indices:
        """All of them."""
        return self.landmarks

    def offsets(self, p: Points, strength: float) -> Points:
        """Move them, and nothing else."""
        found = np.zeros_like(p)
        found[list(self.landmarks)] += self.ways(p, strength)
        return found

    @abc.abstractmethod
    def ways(self, p: Points, strength: float) -> Points:
        """Say how far each of the N landmarks that are named goes, [N, 2] px, from all of them p [68, 2]."""
