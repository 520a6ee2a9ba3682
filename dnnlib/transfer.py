"""One address and one part: ask, go on where the part ends, refuse what is no file.

Used by dnnlib/download.py alone.
"""

import contextlib
import shutil
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import urllib3

from dnnlib.errors import EditorError
from dnnlib.partial_file import Edition, PartialFile
from dnnlib.words import size_text

Progress = Callable[[int, int | None], None]

_BLOCK = 1 << 18
_MOST_CUTS = 20  # An address that keeps sending a little and breaking off is given up after so many.
_HTML = (b"<!doctype html", b"<html", b"<head")
WHOLE_DIGEST = 64


class DownloadError(EditorError):
    """A file could not be fetched."""


class DownloadCancelledError(DownloadError):
    """Somebody did not want the file any more; what has come stays, to go on with."""


class AddressError(Exception):
    """This address does not give the file; another may."""


class CutError(AddressError):
    """The connection broke off or fell silent."""


class AfreshError(AddressError):
    """The part that is here is of no use to this address: the file has to come from its beginning."""


@dataclass(frozen=True)
class Wish:
    """What is asked for, apart from where it is."""

    path: Path
    size: int | None
    sha256: str
    check: Callable[[Path], object] | None
    progress: Progress | None
    cancelled: Callable[[], bool] | None
    timeout: float

    def stop_if_cancelled(self) -> None:
        """End the fetch if nobody wants it any more."""
        if self.cancelled is not None and self.cancelled():
            raise DownloadCancelledError(f"{self.path.name}: the download was cancelled")

    def tell(self, got: int, total: int | None) -> None:
        """Say how far it is, in bytes."""
        if self.progress is not None:
            self.progress(got, self.size if total is None else total)


def fetch(session: requests.Session, address: str, part: PartialFile, wish: Wish) -> None:
    """Bring the part to its full length from one address, going on after each cut that brought something."""
    for _ in range(_MOST_CUTS):
        before = _offset(part, address, wish)
        try:
            return _fetch_once(session, address, part, wish)
        except AfreshError:
            continue
        except CutError:
            if part.size <= before or not _offset(part, address, wish):
                raise
    raise CutError("the connection was cut again and again")


def _offset(part: PartialFile, address: str, wish: Wish) -> int:
    """Count the bytes that need not come again: where they are of the same edition, or a digest will tell."""
    same = part.edition.address == address and bool(part.edition.validator)
    told = len(wish.sha256) == WHOLE_DIGEST and part.edition.total is not None
    return part.size if same or told else 0


def _fetch_once(session: requests.Session, address: str, part: PartialFile, wish: Wish) -> None:
    wish.stop_if_cancelled()
    offset, known = _offset(part, address, wish), part.edition
    headers = {"Accept-Encoding": "identity"}  # A packed answer's length would not be the file's.
    if offset:
        headers["Range"] = f"bytes={offset}-"
        if known.address == address and known.validator:
            headers["If-Range"] = known.validator
    with _answer(session, address, headers, wish.timeout) as answer:
        if offset and answer.status_code == 416:
            # All of it is here already, or the part is longer than the file: only a fresh start can tell.
            part.restart(Edition(""))
            raise AfreshError("the server could not go on with the part that is here")
        _refuse_what_is_no_file(answer, address)
        edition = _edition(answer, address)
        if answer.status_code == 206:
            if not _goes_on(answer, offset, edition, known):
                part.restart(Edition(""))
                raise AfreshError("the server sent another part than was asked for")
            part.belongs_to(Edition(address, edition.validator or known.validator, known.total))
        else:
            part.restart(edition)
        total = part.edition.total
        _refuse_wrong_size(total, wish)
        _need_room(wish.path, (total or 0) - part.size)
        _copy(answer, part, total, wish)


@contextlib.contextmanager
def _answer(
    session: requests.Session, address: str, headers: dict[str, str], timeout: float
) -> Iterator[requests.Response]:
    """Ask, and put every way in which a connection fails into one line."""
    try:
        with session.get(address, headers=headers, stream=True, timeout=timeout) as answer:
            yield answer
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
        raise CutError(f"timed out: the server said nothing for {timeout:g} s") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise CutError(_reason(error)) from error


def _refuse_what_is_no_file(answer: requests.Response, address: str) -> None:
    if answer.status_code not in (200, 206):
        raise AddressError(f"answered {answer.status_code} {answer.reason}".strip())
    if address.startswith("https:") and not answer.url.startswith("https:"):
        raise AddressError("leads to an address that is not encrypted")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise AddressError("sent the file packed, which was not asked for")
    if answer.headers.get("Content-Type", "").lower().startswith(("text/html", "application/xhtml")):
        raise AddressError("sent a web page in place of the file")


def _edition(answer: requests.Response, address: str) -> Edition:
    """Read which edition is sent. A weak ETag does not promise the same bytes: the date has to do then."""
    tag = answer.headers.get("ETag", "")
    validator = tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")
    if answer.status_code == 206:
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
    else:
        total = answer.headers.get("Content-Length", "")
    return Edition(address, validator, int(total) if total.isascii() and total.isdigit() else None)


def _goes_on(answer: requests.Response, offset: int, edition: Edition, known: Edition) -> bool:
    """Tell whether a partial answer goes on exactly where the part ends, with the same file."""
    start = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    same = edition.address != known.address or edition.validator in ("", known.validator)
    return offset > 0 and start == str(offset) and same and edition.total in (None, known.total)


def _copy(answer: requests.Response, part: PartialFile, total: int | None, wish: Wish) -> None:
    """Write what comes, as it comes."""
    body: Any = answer.raw
    body.enforce_content_length = False  # Too few bytes are found below, and said in our words.
    most = wish.size if total is None else total
    wish.tell(part.size, total)
    while block := body.read1(_BLOCK, decode_content=False):
        if part.size == 0 and block.lstrip().lower().startswith(_HTML):
            part.restart(Edition(""))
            raise AddressError("sent a web page in place of the file")
        if most is not None and part.size + len(block) > most:
            part.restart(Edition(""))
            raise AddressError(f"sent more than {size_text(most)}")
        part.write(block)
        wish.tell(part.size, total)
        wish.stop_if_cancelled()
    if total is not None and part.size < total:
        raise CutError(f"the connection ended after {size_text(part.size)} of {size_text(total)}")


# ----------------------------------------------------------------------------
# Refusals that need no more than the first line of the answer.


def _refuse_wrong_size(total: int | None, wish: Wish) -> None:
    if wish.size is not None and total is not None and total != wish.size:
        raise AddressError(f"has a file of {total:,} bytes; expected {wish.size:,}")


def _need_room(path: Path, missing: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if missing > free:
        raise DownloadError(
            f"{path.parent}: {size_text(missing)} are needed and {size_text(free)} are free; make room, or "
            "choose another folder"
        )


# ----------------------------------------------------------------------------
# Words.


def host_of(address: str) -> str:
    """Name the machine of an address."""
    return urllib.parse.urlsplit(address).netloc.rpartition("@")[2] or address


def _reason(error: BaseException) -> str:
    """Say in one line why a connection failed, without the wrapping that libraries put around it."""
    while isinstance(inner := error.__cause__ or error.__context__, Exception):
        error = inner
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words).splitlines()[0].lower()
