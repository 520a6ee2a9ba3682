"""Fetching files: the one way in which anything in this project comes from the network.

A file arrives whole and checked, or not at all. A fetch that was cut goes on where it stopped; where one
address fails, the next is asked. Proxies are taken from the environment (HTTPS_PROXY, NO_PROXY).
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import requests
from tqdm import tqdm

from dnnlib.errors import EditorError
from dnnlib.files import sha256_of, writable_folder
from dnnlib.partial_file import Edition, PartialFile
from dnnlib.transfer import (
    WHOLE_DIGEST,
    AddressError,
    DownloadCancelledError,
    DownloadError,
    Progress,
    Wish,
    fetch,
    host_of,
)
from dnnlib.words import size_text

__all__ = [
    "DownloadCancelledError",
    "DownloadError",
    "Progress",
    "download",
    "host_of",
    "size_text",
    "terminal_bar",
]

# A server that says nothing for so long is taken for dead, s.
TIMEOUT = 15.0


def download(
    addresses: Sequence[str],
    path: Path,
    *,
    size: int | None = None,
    sha256: str | None = None,
    check: Callable[[Path], object] | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    offline: bool = False,
    timeout: float = TIMEOUT,
) -> Path:
    """Fetch a file, unless it is there already.

    Args:
        addresses: of the same file, tried in turn; http or https.
        path: where it is to be. While it comes it is called NAME.part.
        size: in bytes, if it is known; a file of another size is refused.
        sha256: hexadecimal; only its beginning where no more is published. A file with another is refused.
        check: called with the whole file before it gets its name; refuses it by raising EditorError.
        progress: called with bytes so far, and bytes in all or None where nobody knows.
        cancelled: asked between blocks; true ends the fetch, and what has come stays.
        offline: never touch the network.
        timeout: how long a server may say nothing, s.

    Returns:
        `path`.

    Raises:
        DownloadError: if no address gave the file; one line says why for each, and nothing is at `path`
            (or what was there before).
        DownloadCancelledError: if it was cancelled.
        FileError: if the folder takes no files.
    """
    wish = Wish(Path(path), size, (sha256 or "").lower(), check, progress, cancelled, timeout)
    if _is_there(wish):
        return wish.path
    if offline:
        what = "is not the file that was asked for" if wish.path.is_file() else "is not on this machine"
        raise DownloadError(f"{wish.path}: {what}, and offline nothing is fetched")
    writable_folder(wish.path.parent)
    complaints = []
    keep = len(wish.sha256) == WHOLE_DIGEST  # The digest will tell whether the parts belong together.
    with requests.Session() as session, PartialFile(wish.path, keep) as part:
        for address in addresses:
            try:
                resumed = part.size > 0
                fetch(session, address, part, wish)
                try:
                    _verify(part, wish)
                except AddressError:
                    if not resumed:
                        raise
                    # What was here already may have been the fault.
                    fetch(session, address, part, wish)
                    _verify(part, wish)
                part.finish()
                return wish.path
            except AddressError as error:
                complaints.append(f"{host_of(address)}: {error}")
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise DownloadError(f"{wish.path}: cannot be written ({reason})") from error
    reasons = "; ".join(dict.fromkeys(complaints)) or "no address is known"
    raise DownloadError(f"{wish.path.name} could not be fetched: {reasons}")


def _is_there(wish: Wish) -> bool:
    """Tell whether the file is on the disk as it was asked for."""
    if not wish.path.is_file() or (wish.size is not None and wish.path.stat().st_size != wish.size):
        return False
    return not wish.sha256 or sha256_of(wish.path).startswith(wish.sha256)


# ----------------------------------------------------------------------------
# Is it what was asked for?


def _verify(part: PartialFile, wish: Wish) -> None:
    """Check the whole file; one that is refused is thrown away, for more of it would not mend it."""
    part.settle()
    try:
        total = part.edition.total if wish.size is None else wish.size
        if total is not None and part.size != total:
            raise AddressError(f"{part.size:,} bytes came; expected {total:,}")
        if part.size == 0:
            raise AddressError("sent an empty file")
        if wish.sha256 and not (digest := sha256_of(part.path)).startswith(wish.sha256):
            raise AddressError(
                f"what came is not the file that was published (SHA-256 {digest[:12]}…, expected "
                f"{wish.sha256[:12]}…)"
            )
        if wish.check is not None:
            wish.check(part.path)
    except EditorError as error:
        part.restart(Edition(""))
        raise AddressError(str(error)) from error
    except AddressError:
        part.restart(Edition(""))
        raise


# ----------------------------------------------------------------------------
# A bar.


@contextlib.contextmanager
def terminal_bar(title: str, total: int | None = None) -> Iterator[Progress]:
    """Show a bar with bytes, speed and time left on the terminal, from the first byte on.

    Args:
        title: stands before the bar.
        total: bytes in all, for a server that does not say.

    Yields:
        What is to be handed to `download` as its `progress`.
    """
    bars: list[tqdm] = []

    def tell(got: int, said: int | None) -> None:
        in_all = total if said is None else said
        if not bars:
            size = "" if in_all is None else f" ({size_text(in_all)})"
            # What was here before says nothing about the speed.
            bars.append(tqdm(total=in_all, initial=got, desc=title + size, unit="B", unit_scale=True))
        bar = bars[0]
        bar.total = in_all
        if got < bar.n:  # It began again.
            bar.reset(in_all)
        bar.update(got - bar.n)

    try:
        yield tell
    finally:
        for bar in bars:
            bar.close()
