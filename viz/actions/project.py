"""Actions that keep the work: projects, and what was left unsaved."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SaveProject:
    """Save where the project is; where it has no place yet, one is asked for."""


@dataclass(frozen=True)
class SaveProjectAs:
    """Save under a path; with `over`, in the place of what is there, for the person was asked."""

    path: str
    over: bool = False


@dataclass(frozen=True)
class OpenProject:
    """Go on with a project. Unsaved work is set aside, and can be had again."""

    path: str


@dataclass(frozen=True)
class TypeProject:
    """The project's path box was typed into."""

    text: str


@dataclass(frozen=True)
class RecoverWork:
    """Go on with work that was left unsaved."""

    path: Path


@dataclass(frozen=True)
class DiscardWork:
    """Throw work away that was left unsaved."""

    path: Path


@dataclass(frozen=True)
class PutOffWork:
    """Decide later about what was left; it stays in the Project panel."""


@dataclass(frozen=True)
class GiveUpArrival:
    """Do not wait any longer for the network of a project."""


Action = (
    SaveProject
    | SaveProjectAs
    | OpenProject
    | TypeProject
    | RecoverWork
    | DiscardWork
    | PutOffWork
    | GiveUpArrival
)
