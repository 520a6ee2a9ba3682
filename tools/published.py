"""The catalogue of published checkpoints, for the window."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dnnlib.errors import EditorError
from viz.catalogue import Offer

CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"


class PublishedCheckpoints:
    """What training/catalogue.toml lists. The network's libraries are imported when something is asked.

    Args:
        folder: where files are looked for, and land.
    """

    def __init__(self, folder: Path = CHECKPOINTS) -> None:
        self.folder = folder

    def offers(self) -> tuple[Offer, ...]:
        """List what there is, and what of it is on this machine."""
        from training.catalogue import read_catalogue

        offers = []
        for one in read_catalogue():
            path = one.path(self.folder)
            here = path if path.is_file() else None
            offers.append(Offer(one.name, one.title, one.family, one.size_text, one.licence, one.page, here))
        return tuple(offers)

    def fetch(
        self, name: str, progress: Callable[[int, int | None], None], cancelled: Callable[[], bool]
    ) -> Path | None:
        """Bring one to this machine; None if that was cancelled."""
        from dnnlib.download import DownloadCancelledError
        from training.catalogue import fetch, find, read_catalogue

        try:
            return fetch(find(name, read_catalogue()), self.folder, progress=progress, cancelled=cancelled)
        except DownloadCancelledError:
            return None

    def fetch_address(
        self, address: str, progress: Callable[[int, int | None], None], cancelled: Callable[[], bool]
    ) -> Path | None:
        """Bring a file of any address to this machine, under the name that it has there."""
        from dnnlib.download import DownloadCancelledError, download

        name = Path(unquote(urlsplit(address).path)).name
        if not name or name in (".", ".."):
            raise EditorError(f"{address}: names no file; expected the address of a checkpoint")
        try:
            return download([address], self.folder / name, progress=progress, cancelled=cancelled)
        except DownloadCancelledError:
            return None
