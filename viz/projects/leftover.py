"""Work that was left, as a list tells of it: read without its arrays."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from viz.projects.arrays import check_claims


@dataclass(frozen=True)
class Leftover:
    """Work that was left.

    Attributes:
        path: of its file.
        saved_at: seconds since 1970.
        title: of the network.
        words: what was done last.
        entries: how many entries its history has.
        closed: its window was closed in good order.
        fault: why it cannot be read; empty if it can.
    """

    path: Path
    saved_at: float
    title: str = ""
    words: str = ""
    entries: int = 0
    closed: bool = False
    fault: str = ""


class _Named(msgspec.Struct, frozen=True):
    title: str


class _Said(msgspec.Struct, frozen=True):
    words: str


class _Outline(msgspec.Struct, frozen=True):
    networks: tuple[_Named, ...]
    entries: tuple[_Said, ...]
    at: int
    closed: bool = False


def leftover(path: Path) -> Leftover:
    """Look at a file; one that cannot be read is told with its fault."""
    saved_at = 0.0
    try:
        saved_at = path.stat().st_mtime
        with zipfile.ZipFile(path) as archive:
            check_claims(archive)
            outline = msgspec.json.decode(archive.read("project.json"), type=_Outline)
        title = outline.networks[0].title if outline.networks else ""
        words = outline.entries[min(max(outline.at, 0), len(outline.entries) - 1)].words
        return Leftover(path, saved_at, title, words, len(outline.entries), outline.closed)
    except (OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile, msgspec.DecodeError) as error:
        lines = str(error).splitlines() or [type(error).__name__]
        return Leftover(path, saved_at, fault=lines[0])
