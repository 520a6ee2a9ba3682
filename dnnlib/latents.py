"""Which picture, in words that every room understands: a frozen description of a latent.

Seeds lie on a lattice of `COLUMNS` columns: the next seed is one step to the right, the seed `COLUMNS`
farther is one step down. Between the seeds w is interpolated bilinearly (w, not z: what lies between two
pictures then is a picture between them, and each step of the same length changes about as much).
"""

import dataclasses
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from dnnlib.errors import EditorError

SEEDS = 2**31
COLUMNS = 100
NoiseMode = Literal["const", "none", "random"]
NOISE_MODES: tuple[NoiseMode, ...] = ("const", "none", "random")

FloatArray = npt.NDArray[np.float32]


class LatentError(EditorError):
    """A latent does not fit: its file, or the network that is to draw it."""


@dataclass(frozen=True, eq=False)
class GivenLatent:
    """A latent from a file; at least one of w and z is there, and w counts where both are.

    Attributes:
        name: of the file.
        w: [num_ws, w_dim] float32, or [w_dim], which every layer takes.
        z: [z_dim] float32.
        seed: that z was drawn from, where that is known.
    """

    name: str
    w: FloatArray | None = None
    z: FloatArray | None = None
    seed: int | None = None

    def is_same(self, other: "GivenLatent | None") -> bool:
        """Tell whether another one has the same w, to the bit; one that was read again has."""
        if self is other:
            return True
        return (
            other is not None
            and self.w is not None
            and other.w is not None
            and np.array_equal(self.w, other.w)
        )

    def check(self, num_ws: int, w_dim: int, z_dim: int) -> None:
        """See that it fits a network.

        Raises:
            LatentError: in one line that names the file, its shape and the shape that the network takes.
        """
        if self.w is not None:
            if self.w.shape not in ((num_ws, w_dim), (w_dim,)):
                raise LatentError(
                    f"{self.name}: w is {list(self.w.shape)}; this network takes [{num_ws}, {w_dim}] "
                    f"or [{w_dim}]: open the network that it was saved from"
                )
        elif self.z is None or self.z.shape != (z_dim,):
            found = "missing" if self.z is None else f"{list(self.z.shape)}"
            raise LatentError(
                f"{self.name}: z is {found}; this network takes [{z_dim}]: "
                "open the network that it was saved from"
            )


@dataclass(frozen=True)
class Latent:
    """Which picture.

    Attributes:
        seed: of z, which numpy's RandomState draws for it.
        psi: truncation; 0 is the average face, 1 leaves w as it is.
        label: the class, of a network that knows classes.
        cutoff: only the first so many layers are truncated; None truncates all.
        east: how far, 0 to 1, towards the next seed.
        south: how far, 0 to 1, towards the seed `COLUMNS` farther.
        mix_seed: the second seed, from which `mix_layers` are taken (style mixing).
        mix_layers: layers of w, counted from 0; those that a network has not are let be.
        noise: "const" is the noise stored in the file, "none" leaves it out, "random" draws it anew.
        noise_seed: what "random" is drawn from.
        given: a latent from a file, in place of the seed; w as it was saved is not truncated again.
    """

    seed: int = 18
    psi: float = 0.7
    label: int = 0
    cutoff: int | None = None
    east: float = 0.0
    south: float = 0.0
    mix_seed: int = 0
    mix_layers: tuple[int, ...] = ()
    noise: NoiseMode = "const"
    noise_seed: int = 0
    given: GivenLatent | None = None

    def corners(self) -> tuple[tuple[int, float], ...]:
        """Give the seeds around the place on the lattice, each with its bilinear weight, of 1 in all."""
        found = (
            (self.seed, (1 - self.east) * (1 - self.south)),
            (self.seed + 1, self.east * (1 - self.south)),
            (self.seed + COLUMNS, (1 - self.east) * self.south),
            (self.seed + COLUMNS + 1, self.east * self.south),
        )
        return tuple((seed % SEEDS, weight) for seed, weight in found if weight > 0)

    def moved(self, columns: float, rows: float) -> "Latent":
        """Go so far over the lattice, to the right and down; it has no edge. A latent from a file is left."""
        right, east = _split(self.east, columns)
        down, south = _split(self.south, rows)
        seed = (self.seed + right + COLUMNS * down) % SEEDS
        return dataclasses.replace(self, seed=seed, east=east, south=south, given=None)

    def at_seed(self, seed: int) -> "Latent":
        """Go to a seed itself; a seed that there is not becomes the nearest that there is."""
        return dataclasses.replace(self, seed=min(max(seed, 0), SEEDS - 1), east=0.0, south=0.0, given=None)


def z_of(seed: int, z_dim: int) -> npt.NDArray[np.float64]:
    """Draw the z [z_dim] of a seed, as NVIDIA's tools do."""
    return np.random.RandomState(seed).randn(1, z_dim)[0]


def _split(place: float, way: float) -> tuple[int, float]:
    """Go a way from a place between two whole ones: so many whole steps, and the rest, 0 to just below 1."""
    steps = math.floor(way)
    place += way - steps
    over = math.floor(place)
    return steps + over, place - over
