"""Actions on what is under way, and on what it has left to be read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StopJob:
    """End what is running."""


@dataclass(frozen=True)
class DismissBanner:
    """An error was read."""

    number: int


Action = StopJob | DismissBanner
