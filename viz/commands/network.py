"""Commands about the network."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Load:
    """Read a checkpoint; the old network stays until the new one is there."""

    epoch: int
    path: Path
    device: str = "auto"


@dataclass(frozen=True)
class CancelLoad:
    """End the load of an epoch, whether it waits or is under way; the network in use stays."""

    epoch: int
    load: int


@dataclass(frozen=True)
class FetchAddress:
    """Bring a file to this machine from an address. For the fetcher."""

    epoch: int
    address: str


@dataclass(frozen=True)
class Fetch:
    """Bring a published checkpoint to this machine. For the fetcher, not the worker."""

    epoch: int
    name: str


@dataclass(frozen=True)
class CancelFetch:
    """End the fetch that is under way. For the fetcher."""

    epoch: int


Command = Load | CancelLoad | Fetch | FetchAddress | CancelFetch
