"""Where pictures and films go."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CaptureState:
    """Where pictures and films go."""

    folder: str = "out"
    saved: Path | None = None
