"""The files that the precise detector needs: where they belong, what they are, and how they are fetched:
`python -m faces.weights`.

They are fetched here rather than by face-alignment, because a fetch has to say what it does, must not hang
on a server that does not answer, and must leave no half of a file behind.
"""

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click

from dnnlib.download import TIMEOUT, download, host_of, size_text, terminal_bar
from dnnlib.errors import EditorError

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
    listed = "; ".join(f"{file.name} ({size_text(file.size)}) from {file.url}" for file in files)
    return f"to place them by hand, put into {weights_folder()}: {listed}"


# ----------------------------------------------------------------------------
# Fetching.


def fetch(
    files: tuple[WeightFile, ...] = PRECISE_FILES,
    progress: Progress | None = None,
    timeout: float = TIMEOUT,
    offline: bool = False,
) -> None:
    """Fetch those files that are missing; one that was cut before goes on where it stopped.

    Args:
        files: what is needed.
        progress: called with (file name, bytes so far, bytes in all) as they come; a bar on the terminal if
            None.
        timeout: how long to wait for a silent server, s.
        offline: never touch the network.

    Raises:
        WeightsError: if one cannot be had. The message says how to place the files by hand.
    """
    try:
        for file in missing(files):
            _fetch_one(file, progress, timeout, offline)
    except EditorError as error:
        raise WeightsError(
            f"the precise landmark detector's weights could not be fetched ({error}); "
            + place_by_hand(missing(files))
        ) from error


def _fetch_one(file: WeightFile, progress: Progress | None, timeout: float, offline: bool) -> None:
    """Fetch one file. Its size is known only roughly: the digest alone decides whether it is the one."""
    with contextlib.ExitStack() as stack:
        if progress is None:
            title = f"Fetching {file.name} from {host_of(file.url)}"
            tell = stack.enter_context(terminal_bar(title))
        else:
            tell = _told(file, progress)
        download([file.url], file.path, sha256=file.sha256, progress=tell, timeout=timeout, offline=offline)


def _told(file: WeightFile, progress: Progress) -> Callable[[int, int | None], None]:
    """Turn bytes into what `fetch` tells: with the name, and never more than there is in all."""
    return lambda got, total: progress(file.name, got, max(total or file.size, got))


# ----------------------------------------------------------------------------
# The command.


@click.command()
@click.option("--offline", is_flag=True, help="Never touch the network: only say what is missing.")
def main(offline: bool) -> None:
    """Fetch the weights of the precise landmark detector (96 MB), where they are missing."""
    try:
        fetch(offline=offline)
    except WeightsError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    for file in PRECISE_FILES:
        click.echo(file.path)


if __name__ == "__main__":
    main()
