"""Which picture."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LatentState:
    """Which picture: the seed of z, truncation psi, and the class, for a network that knows classes."""

    seed: int = 18
    psi: float = 0.7
    label: int = 0
