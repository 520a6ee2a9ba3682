"""Commands about the picture: to show one, and to look for faces in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Generate:
    """Show the picture of a seed. The newest one replaces those that wait."""

    epoch: int
    seed: int
    psi: float
    label: int = 0


@dataclass(frozen=True)
class Glance:
    """See whether there seems to be a face, if nobody wants anything for a moment."""

    epoch: int


@dataclass(frozen=True)
class Detect:
    """Find the faces in the picture that is shown."""

    epoch: int
    detector: str


Command = Generate | Glance | Detect
