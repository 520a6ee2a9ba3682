"""Which picture."""

from dataclasses import dataclass

from dnnlib.latents import Latent as LatentState

__all__ = ["LatentState", "WalkState"]


@dataclass(frozen=True)
class WalkState:
    """A walk from seed to seed: whether it goes on, and how fast, in seeds a second (backwards below 0).

    `waited` is the time, s, since the picture that was asked for last.
    """

    playing: bool = False
    speed: float = 0.5
    waited: float = 0.0
