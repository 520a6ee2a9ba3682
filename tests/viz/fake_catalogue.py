"""Published checkpoints that are fetched from nowhere."""

import threading
from collections.abc import Callable
from pathlib import Path

from dnnlib.errors import EditorError
from viz.catalogue import Offer


class FakeCatalogue:
    """Looks like a viz.catalogue.Catalogue: two checkpoints, which come in blocks of a tenth."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.threads: set[int] = set()
        self.go = threading.Event()
        self.fails = ""

    def offers(self) -> tuple[Offer, ...]:
        self.threads.add(threading.get_ident())
        return tuple(
            Offer(
                name,
                f"The {name} ones",
                "StyleGAN2",
                "about 10 MB",
                "CC0 1.0",
                "https://fake.example",
                path if (path := self.folder / f"{name}.pkl").exists() else None,
            )
            for name in ("first", "second")
        )

    def fetch(
        self, name: str, progress: Callable[[int, int | None], None], cancelled: Callable[[], bool]
    ) -> Path | None:
        self.threads.add(threading.get_ident())
        for tenth in range(11):
            progress(tenth * 1_000_000, 10_000_000)
            while tenth == 5 and not self.go.wait(0.01):
                if cancelled():
                    return None
            if self.fails:
                raise EditorError(self.fails)
        path = self.folder / f"{name}.pkl"
        path.touch()
        return path

    def fetch_address(
        self, address: str, progress: Callable[[int, int | None], None], cancelled: Callable[[], bool]
    ) -> Path | None:
        return self.fetch(address.rpartition("/")[2].removesuffix(".pkl"), progress, cancelled)
