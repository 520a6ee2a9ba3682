"""Actions on the picture: which seed it is of."""

from dataclasses import dataclass

from viz.state import LatentState


@dataclass(frozen=True)
class ChangeLatent:
    """Another seed or psi: the picture follows."""

    latent: LatentState


Action = ChangeLatent
