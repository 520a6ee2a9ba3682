"""News of the network."""

from dataclasses import dataclass
from pathlib import Path

from viz.catalogue import Offer


@dataclass(frozen=True)
class NetworkInfo:
    """The network that is loaded: where from, its sizes (pictures in px), and how many classes it knows."""

    path: Path
    title: str
    sha256: str
    width: int
    height: int
    num_ws: int
    w_dim: int
    num_blocks: int
    c_dim: int = 0
    z_dim: int = 0
    has_noise: bool = True


@dataclass(frozen=True)
class Loaded:
    """A checkpoint was read and is used from now on; `nearby` are others in its folder."""

    epoch: int
    network: NetworkInfo
    nearby: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Loading:
    """How a load stands: what is being done, bytes of it that are done, bytes in all (0: nobody knows)."""

    epoch: int
    stage: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class LoadCancelled:
    """A load was ended by a person."""

    epoch: int


@dataclass(frozen=True)
class Offered:
    """What there is to fetch, and what of it is here."""

    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Fetching:
    """How a download stands: bytes so far, bytes in all if the server said, bytes a second."""

    epoch: int
    got: int
    total: int | None
    rate: float = 0.0


@dataclass(frozen=True)
class Fetched:
    """A download is over; no path: it was cancelled."""

    epoch: int
    path: Path | None


News = Loaded | Loading | LoadCancelled | Offered | Fetching | Fetched
