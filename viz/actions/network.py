"""Actions on the network: which one draws, and where it is fetched from."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TypePath:
    """The path box was typed into."""

    text: str


@dataclass(frozen=True)
class OpenNetwork:
    """Load a checkpoint: from the path box, the list, or a drop."""

    path: str


@dataclass(frozen=True)
class CancelLoading:
    """Leave off opening a checkpoint; the one in use stays."""


@dataclass(frozen=True)
class ChooseDevice:
    """Compute on another device: the network is read again, onto it."""

    device: str


@dataclass(frozen=True)
class ChooseOffer:
    """A published checkpoint was pointed at in the list."""

    name: str


@dataclass(frozen=True)
class StartDownload:
    """Fetch a published checkpoint, and open it."""

    name: str


@dataclass(frozen=True)
class CancelDownload:
    """End the download."""


@dataclass(frozen=True)
class DropFiles:
    """Files were dropped on the window."""

    paths: tuple[Path, ...]


Action = (
    TypePath
    | OpenNetwork
    | CancelLoading
    | ChooseDevice
    | ChooseOffer
    | StartDownload
    | CancelDownload
    | DropFiles
)
