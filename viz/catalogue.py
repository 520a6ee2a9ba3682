"""Published checkpoints that can be fetched: what the window knows of them, handed in by the entry point."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Offer:
    """One published checkpoint.

    Attributes:
        size: how large its file is, in words.
        licence: in words.
        page: where its publisher tells of it.
        path: of its file on this machine, if it is here; else None.
    """

    name: str
    title: str
    family: str
    size: str
    licence: str
    page: str
    path: Path | None = None


class Catalogue(Protocol):
    """What there is to fetch. Called in a thread that is neither the window's nor the worker's."""

    def offers(self) -> tuple[Offer, ...]:
        """List what there is."""

    def fetch(
        self, name: str, progress: Callable[[int, int | None], None], cancelled: Callable[[], bool]
    ) -> Path | None:
        """Bring one to this machine.

        Args:
            name: of the offer.
            progress: told bytes so far, and bytes in all or None.
            cancelled: asked between blocks; true ends the fetch.

        Returns:
            Its file, or None if it was cancelled.

        Raises:
            EditorError: if it cannot be had.
        """

    def fetch_address(
        self, address: str, progress: Callable[[int, int | None], None], cancelled: Callable[[], bool]
    ) -> Path | None:
        """Bring a file of any address to this machine, as `fetch` does; one that is here already is taken.

        Raises:
            EditorError: if it cannot be had, or its address names no file.
        """
