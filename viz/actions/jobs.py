"""Actions on what is under way, and on what it has left to be read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StopJob:
    """End what is running."""


@dataclass(frozen=True)
class PauseJob:
    """Let what runs wait after this step."""


@dataclass(frozen=True)
class ContinueJob:
    """Let what waits go on."""


@dataclass(frozen=True)
class StepJob:
    """Let what waits do one step, and wait again."""


@dataclass(frozen=True)
class DismissBanner:
    """An error was read."""

    number: int


Action = StopJob | PauseJob | ContinueJob | StepJob | DismissBanner
