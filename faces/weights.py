"""The files that the precise detector needs: where they belong, what they are, and how they are fetched.

They are fetched here rather than by face-alignment, because a fetch has to say what it does, must not hang
on a server that does not answer, and must leave no half of a file behind.
"""

import contextlib
import hashlib
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from dnnlib.errors import EditorError
from dnnlib.files import FileError, atomic_write

# A server that says nothing for so long is taken for dead, s.
TIMEOUT = 15.0

Progress = Callable[[str, int, int], None]


class WeightsError(EditorError):
    """A detector's weights are neither on this machine nor to be had."""


class WeightFile(NamedTuple):
    """One file: its name in the folder, its origin, about its size in bytes, the start of its SHA-256.

    `sha256` is empty where the publisher gives none.
    """

    name: str
    url: str
    size: int
    sha256: str = ""

    @property
    def path(self) -> Path:
        """Where it belongs on this machine."""
        return weights_folder() / self.name


_BLAZEFACE = "https://github.com/hollance/BlazeFace-PyTorch/raw/master/"

LANDMARK_WEIGHTS = WeightFile(
    "2DFAN4-11f355bf06.pth.tar",
    "https://www.adrianbulat.com/downloads/python-fan/2DFAN4-11f355bf06.pth.tar",
    95_800_000,
    "11f355bf06",
)
FACE_WEIGHTS = WeightFile("blazeface.pth", _BLAZEFACE + "blazeface.pth", 420_224)
FACE_ANCHORS = WeightFile("anchors.npy", _BLAZEFACE + "anchors.npy", 28_800)

PRECISE_FILES = (LANDMARK_WEIGHTS, FACE_WEIGHTS, FACE_ANCHORS)


def weights_folder() -> Path:
    """Say where torch keeps weights: $TORCH_HOME/hub/checkpoints, by default under ~/.cache/torch."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("TORCH_HOME") or os.path.join(cache, "torch")
    return Path(home).expanduser() / "hub" / "checkpoints"


def missing(files: tuple[WeightFile, ...] = PRECISE_FILES) -> list[WeightFile]:
    """List the files that are not on this machine."""
    return [file for file in files if not file.path.is_file()]


def place_by_hand(files: list[WeightFile]) -> str:
    """Say in one line which files to put where."""
    listed = "; ".join(f"{file.name} ({_size(file.size)}) from {file.url}" for file in files)
    return f"to place them by hand, put into {weights_folder()}: {listed}"


# ----------------------------------------------------------------------------
# Fetching.


def fetch(
    files: tuple[WeightFile, ...] = PRECISE_FILES, progress: Progress | None = None, timeout: float = TIMEOUT
) -> None:
    """Fetch those files that are missing.

    Args:
        files: what is needed.
        progress: called with (file name, bytes so far, bytes in all) as they come; a bar on the terminal if
            None.
        timeout: how long to wait for a silent server, s.

    Raises:
        WeightsError: if one cannot be had. The message says how to place the files by hand.
    """
    wanted = missing(files)
    if not wanted:
        return
    try:
        weights_folder().mkdir(parents=True, exist_ok=True)
        for file in wanted:
            _fetch_one(file, progress, timeout)
    except (OSError, FileError, urllib.error.URLError, WeightsError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        reason = str(getattr(error, "reason", error)).splitlines()[0]
        raise WeightsError(
            f"the precise landmark detector's weights could not be fetched ({reason}); "
            + place_by_hand(missing(files))
        ) from error


def _fetch_one(file: WeightFile, progress: Progress | None, timeout: float) -> None:
    """Fetch one file in one piece, and see that it is what was asked for."""
    with contextlib.ExitStack() as stack:
        answer = stack.enter_context(urllib.request.urlopen(file.url, timeout=timeout))
        total = int(answer.headers.get("Content-Length") or file.size)
        title = f"Fetching {file.name} ({_size(total)}) from {urllib.parse.urlsplit(file.url).netloc}"
        bar = stack.enter_context(
            tqdm(total=total, desc=title, unit="B", unit_scale=True, disable=progress is not None)
        )
        digest, got = hashlib.sha256(), 0
        temporary = stack.enter_context(atomic_write(file.path))
        with temporary.open("wb") as out:
            while block := answer.read(1 << 18):
                out.write(block)
                digest.update(block)
                got += len(block)
                bar.update(len(block))
                if progress is not None:
                    progress(file.name, got, max(total, got))
        if got < total and answer.headers.get("Content-Length"):
            raise WeightsError(f"{file.name}: the connection ended after {_size(got)} of {_size(total)}")
        if not digest.hexdigest().startswith(file.sha256):
            raise WeightsError(f"{file.name}: what came is not the file that was published")


def _size(count: int) -> str:
    """Write a number of bytes for a person."""
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{max(count / 1e3, 1):.0f} kB"
