"""Commands that keep the work; for the keeper, not the worker."""

from dataclasses import dataclass
from pathlib import Path

from viz.state.history import History


@dataclass(frozen=True, eq=False)
class WriteProject:
    """Write the work as a project."""

    epoch: int
    path: Path
    history: History


@dataclass(frozen=True)
class ReadProject:
    """Read a project."""

    epoch: int
    path: Path


@dataclass(frozen=True)
class FindWork:
    """See what work was left unsaved."""

    epoch: int


@dataclass(frozen=True)
class TakeWork:
    """Read work that was left."""

    epoch: int
    path: Path


@dataclass(frozen=True)
class DiscardWork:
    """Throw work away that was left."""

    epoch: int
    path: Path


@dataclass(frozen=True, eq=False)
class SetAside:
    """Keep work that was not saved, for another project takes its place."""

    epoch: int
    history: History


Command = WriteProject | ReadProject | FindWork | TakeWork | DiscardWork | SetAside
