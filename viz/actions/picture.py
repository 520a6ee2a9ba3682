"""Actions on the picture: which seed it is of."""

from dataclasses import dataclass

from viz.state import LatentState, WalkState


@dataclass(frozen=True)
class ChangeLatent:
    """Another seed or psi: the picture follows."""

    latent: LatentState


@dataclass(frozen=True)
class ScrubEdit:
    """Another place on the way of the last edit, counted in its states."""

    place: float


@dataclass(frozen=True)
class ChangeWalk:
    """Play or stop the walk from seed to seed, or another speed."""

    walk: WalkState


@dataclass(frozen=True)
class PassTime:
    """So many seconds have passed since the last frame of the window: a walk goes on."""

    seconds: float


@dataclass(frozen=True)
class SaveLatent:
    """Write the w of the picture as it is now."""


@dataclass(frozen=True)
class OpenLatent:
    """Show the picture of a latent from a file."""

    path: str


Action = ChangeWalk | PassTime | SaveLatent | OpenLatent | ChangeLatent | ScrubEdit
