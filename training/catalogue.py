"""The published checkpoints that the editor can fetch: what training/catalogue.toml says, checked."""

import difflib
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dnnlib.download import Progress, download, size_text
from dnnlib.errors import EditorError
from dnnlib.files import atomic_write, sha256_of

CATALOGUE = Path(__file__).with_name("catalogue.toml")
CHECKPOINTS = Path(__file__).parent.parent / "checkpoints"

_KEYS = {"name", "title", "family", "picture", "licence", "page", "addresses", "about_mb", "size", "sha256"}
_NEEDED = {"name", "title", "family", "picture", "licence", "page", "addresses"}
_DIGEST = re.compile(r"[0-9a-f]{64}")


class CatalogueError(EditorError):
    """The catalogue is not in order, or holds no such checkpoint."""


@dataclass(frozen=True)
class Published:
    """A checkpoint that somebody has published.

    Attributes:
        name: by which it is asked for.
        picture: width and height, px.
        licence: in words.
        page: where its publisher tells of it.
        addresses: of the file, tried in turn.
        about_mb: about how large it is, 10^6 bytes; None where nobody knows.
        size: bytes, as its publisher states; None where that is not stated.
        sha256: as its publisher states; None likewise.
    """

    name: str
    title: str
    family: str
    picture: tuple[int, int]
    licence: str
    page: str
    addresses: tuple[str, ...]
    about_mb: int | None = None
    size: int | None = None
    sha256: str | None = None

    @property
    def size_text(self) -> str:
        """How large the file is, for a person: `about 360 MB`."""
        if self.size is not None:
            return size_text(self.size)
        return "size unknown" if self.about_mb is None else f"about {self.about_mb} MB"

    def path(self, folder: Path = CHECKPOINTS) -> Path:
        """Where its file belongs in a folder."""
        return folder / f"{self.name}.pkl"


# ----------------------------------------------------------------------------
# Reading the catalogue.


def read_catalogue(path: Path = CATALOGUE) -> tuple[Published, ...]:
    """Read a catalogue.

    Raises:
        CatalogueError: naming the entry that is not in order.
    """
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read ({error})") from error
    licences = content.get("licences", {})
    found = tuple(_entry(entry, licences, path) for entry in content.get("checkpoint", []))
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise CatalogueError(f"{path}: {name} stands there twice")
    return found


def _entry(entry: dict[str, Any], licences: dict[str, str], path: Path) -> Published:
    name = entry.get("name", "an entry without a name")
    wrong = sorted((_NEEDED - set(entry)) | (set(entry) - _KEYS))
    if wrong:
        raise CatalogueError(f"{path}: {name}: {wrong[0]} is missing, or not known here")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name):
        raise CatalogueError(f"{path}: {name!r}: a name is made of small letters, digits, . and -")
    if entry["licence"] not in licences:
        raise CatalogueError(f"{path}: {name}: licence {entry['licence']!r} is not under [licences]")
    sha256 = entry.get("sha256")
    if sha256 is not None and not _DIGEST.fullmatch(sha256):
        raise CatalogueError(f"{path}: {name}: a SHA-256 has 64 hexadecimal digits in small letters")
    if not entry["addresses"] or not all(a.startswith("https://") for a in entry["addresses"]):
        raise CatalogueError(f"{path}: {name}: expected addresses that begin with https://")
    width, height = entry["picture"]
    return Published(
        **{**entry, "licence": licences[entry["licence"]], "picture": (width, height)}
        | {"addresses": tuple(entry["addresses"])}
    )


def find(name: str, catalogue: tuple[Published, ...]) -> Published:
    """Find a checkpoint by its name.

    Raises:
        CatalogueError: if there is none; the line says what comes near.
    """
    by_name = {one.name: one for one in catalogue}
    if name in by_name:
        return by_name[name]
    near = difflib.get_close_matches(name, by_name, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "--list shows what there is"
    raise CatalogueError(f"{name}: not in the catalogue; {hint}")


# ----------------------------------------------------------------------------
# Fetching.


def fetch(
    one: Published,
    folder: Path = CHECKPOINTS,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    offline: bool = False,
) -> Path:
    """Bring a published checkpoint to this machine, unless it is here.

    Where its publisher states no digest, the one of the first fetch is written to `NAME.pkl.sha256`, in the
    form that `sha256sum -c` reads, and every later fetch is held to it.

    Args:
        one: of the catalogue.
        folder: where it goes; made if it is missing.
        progress: told bytes so far and bytes in all, or None.
        cancelled: asked now and then; true ends the fetch.
        offline: never touch the network.

    Returns:
        The file.

    Raises:
        DownloadError: if it cannot be had, or is another file than the first time.
        FileError: if the folder takes no files.
    """
    path = one.path(folder)
    recorded = recorded_digest(path)
    download(
        one.addresses,
        path,
        size=one.size,
        sha256=one.sha256 or recorded,
        check=_looks_like_a_network,
        progress=progress,
        cancelled=cancelled,
        offline=offline,
    )
    if recorded is None:
        with atomic_write(_record(path)) as temporary:
            temporary.write_text(f"{sha256_of(path)}  {path.name}\n", encoding="utf-8")
    return path


def is_here(one: Published, folder: Path = CHECKPOINTS) -> bool:
    """Tell whether a checkpoint is on this machine, and is the one that was published or first fetched."""
    path = one.path(folder)
    if not path.is_file() or (one.size is not None and path.stat().st_size != one.size):
        return False
    known = one.sha256 or recorded_digest(path)
    return known is None or sha256_of(path) == known


def recorded_digest(path: Path) -> str | None:
    """Read the digest that was recorded beside a file when it was first fetched; None if there is none.

    Raises:
        CatalogueError: if the record is not in order.
    """
    record = _record(path)
    try:
        text = record.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{record}: cannot be read ({error})") from error
    digest = text.split()[0] if text.strip() else ""
    if not _DIGEST.fullmatch(digest):
        raise CatalogueError(f"{record}: holds no SHA-256; delete it to record it anew")
    return digest


def _record(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _looks_like_a_network(path: Path) -> None:
    """Refuse what cannot be a network before it gets its name; the safe reader looks closer later.

    Raises:
        CatalogueError: if it is neither a pickle, nor .safetensors, nor a zip of torch.save.
    """
    with path.open("rb") as file:
        head = file.read(9)
    pickled = head[:1] == b"\x80" and head[1:2] <= b"\x05"
    if not (pickled or head[8:9] == b"{" or head[:4] == b"PK\x03\x04"):
        raise CatalogueError("what came is no network file")
