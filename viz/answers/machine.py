"""News of the machine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Computing:
    """What computes, what else could, and bytes in use and in all on it (None: it has none of its own)."""

    device: str
    devices: tuple[str, ...]
    memory: tuple[int, int] | None = None


News = Computing
