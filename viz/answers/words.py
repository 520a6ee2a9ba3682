"""News that is one line for a person."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """What the worker waits for, in one line; so until it says something else."""

    message: str


@dataclass(frozen=True)
class Remark:
    """Something a person should know, in one line; nothing has failed."""

    message: str


@dataclass(frozen=True)
class Failed:
    """A command could not be done; one line says why."""

    epoch: int
    message: str


News = Waiting | Remark | Failed
