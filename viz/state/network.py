"""The network: what is loaded, what is being loaded, what there is to fetch."""

from dataclasses import dataclass
from pathlib import Path

from viz.answers import Fetching, Loading, NetworkInfo
from viz.catalogue import Offer


@dataclass(frozen=True)
class NetworkState:
    """What is loaded, and what is being loaded.

    `typed` is what stands in the path box; `loading` the path that is being read, by the command of
    `loading_epoch`; `nearby` are other checkpoints in the folder, `recent` those that were used before, the
    newest first. `told` is how the loading goes; `device` is what is to compute ("auto": what is best).
    """

    typed: str = ""
    loaded: NetworkInfo | None = None
    loading: Path | None = None
    loading_epoch: int = 0
    told: Loading | None = None
    device: str = "auto"
    nearby: tuple[Path, ...] = ()
    recent: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Fetch:
    """A download under way, by the command of `epoch`."""

    epoch: int
    name: str
    progress: Fetching | None = None
    cancelling: bool = False


@dataclass(frozen=True)
class DownloadState:
    """What there is to fetch, which of it is looked at, and what is being fetched."""

    offers: tuple[Offer, ...] = ()
    chosen: str = ""
    fetch: Fetch | None = None
