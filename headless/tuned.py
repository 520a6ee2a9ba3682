"""Copies of a generator that were tuned, each to the photograph whose latent it draws."""

from collections.abc import Callable

import numpy as np

from dnnlib.latents import Latent
from headless.needs import LoadedGenerator
from headless.noise import WithNoise

_MOST = 3  # In memory; older ones are found again.


class TunedCopies:
    """Keeps the last copies in memory. Whatever comes from no such latent is drawn by the generator itself.

    Attributes:
        find: finds the copy that draws a latent from a file, where there is one; None where nobody can.
    """

    def __init__(self) -> None:
        self.find: Callable[[Latent], LoadedGenerator | None] | None = None
        self._copies: dict[bytes, WithNoise] = {}

    def of(self, latent: Latent) -> WithNoise | None:
        """Give the copy that draws a latent; None if there is none."""
        name = name_of(latent)
        if name and name not in self._copies and self.find is not None:
            found = self.find(latent)
            if found is not None:
                self.keep(latent, found)
        return self._copies.get(name)

    def keep(self, latent: Latent, generator: LoadedGenerator) -> None:
        """Let the pictures of a latent from a file be drawn by a copy from now on."""
        self._copies[name_of(latent)] = WithNoise(generator)
        while len(self._copies) > _MOST:
            del self._copies[next(iter(self._copies))]


def name_of(latent: Latent) -> bytes:
    """Tell latents from files apart by their w; b"" for one that has none."""
    given = latent.given
    return b"" if given is None or given.w is None else given.w.astype(np.float32).tobytes()
