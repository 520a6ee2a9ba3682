"""News of files that were written."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Saved:
    """A file was written."""

    epoch: int
    path: Path


News = Saved
