"""The catalogue of published checkpoints, for the window."""

from collections.abc import Callable
from pathlib import Path

from viz.catalogue import Offer


class PublishedCheckpoints:
    """What training/catalogue.toml lists. The network's libraries are imported when something is asked."""

    def offers(self) -> tuple[Offer, ...]:
        """List what there is, and what of it is on this machine."""
        from training.catalogue import read_catalogue

        return tuple(
            Offer(
                one.name,
                one.title,
                one.family,
                one.size_text,
                one.licence,
                one.page,
                one.path() if one.path().is_file() else None,
            )
            for one in read_catalogue()
        )

    def fetch(
        self, name: str, progress: Callable[[int, int | None], None], cancelled: Callable[[], bool]
    ) -> Path | None:
        """Bring one into checkpoints/; None if that was cancelled."""
        from dnnlib.download import DownloadCancelledError
        from training.catalogue import fetch, find, read_catalogue

        try:
            return fetch(find(name, read_catalogue()), progress=progress, cancelled=cancelled)
        except DownloadCancelledError:
            return None
