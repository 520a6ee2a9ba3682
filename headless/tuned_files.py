"""What tuning changed of a generator, in files: found again by the latent that it draws."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dnnlib.errors import EditorError
from dnnlib.latents import Latent
from headless.needs import Projection, Projector
from headless.tuned import name_of


class TunedFiles:
    """Keeps what was tuned of one generator; where that fails it is said, and the work goes on without.

    Args:
        projector: writes and reads such files.
        folder: where they are kept; None keeps nothing.
        sha256: of the generator's own file.
        remark: tells a person.
    """

    def __init__(
        self, projector: Projector, folder: Path | None, sha256: str, remark: Callable[[str], None]
    ) -> None:
        self._projector, self._folder, self._sha256, self._remark = projector, folder, sha256, remark
        self._beside: dict[bytes, Path] = {}

    def of(self, latent: Latent) -> Path | None:
        """Find the file of what was tuned for a latent; None where nothing was, or it is gone."""
        for path in (self._file(latent), self._beside.get(name_of(latent))):
            if path is not None and path.is_file():
                return path
        return None

    def lies_beside(self, latent: Latent, path: Path) -> None:
        """Say which file, besides those in the folder, holds what was tuned for a latent."""
        self._beside[name_of(latent)] = path

    def keep(self, latent: Latent, step: Projection, photo: str) -> None:
        """Write what tuning to a photograph has changed."""
        path = self._file(latent)
        if path is None or path.is_file():
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._projector.save_tuned(path, step, photo)
        except (EditorError, OSError) as error:
            self._remark(f"The tuned network is not kept for another time: {error}")

    def read(self, latent: Latent) -> Any:
        """Read the tuned generator of a latent again; None where there is none."""
        path = self.of(latent)
        if path is None:
            return None
        try:
            return self._projector.load_tuned(path)
        except EditorError as error:
            self._remark(f"The network as it was tuned to this face cannot be read: {error}")
            return None

    def _file(self, latent: Latent) -> Path | None:
        """Name the file of a tuned generator by the latent that it draws."""
        name = name_of(latent)
        if self._folder is None or not name:
            return None
        return self._folder / f"{hashlib.sha256(name + self._sha256.encode()).hexdigest()[:32]}.safetensors"
