"""Actions on the picture: which seed it is of."""

from dataclasses import dataclass

from viz.state import LatentState


@dataclass(frozen=True)
class ChangeLatent:
    """Another seed or psi: the picture follows."""

    latent: LatentState


@dataclass(frozen=True)
class ScrubEdit:
    """Another place on the way of the last edit, counted in its states."""

    place: float


Action = ChangeLatent | ScrubEdit
