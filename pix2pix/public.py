"""The public sets: fetched once, checked, unpacked safely, and found again."""

import shutil
import stat
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dnnlib.download import DownloadError, download, terminal_bar
from dnnlib.files import writable_folder
from pix2pix.data import DataError, Sources
from pix2pix.folders import list_pictures

# An archive that unpacks to more than this is none of ours, bytes; the largest set has 8 GB.
LARGEST = 40 * 2**30


def fetch(name: str, row: Mapping[str, Any], sources: Sources) -> Path:
    """Find a public set's folder, fetching and unpacking it first if it is not there.

    Raises:
        DataError: if it cannot be had; the message says how to place it by hand.
    """
    folder = sources.data / name
    if (folder / "train").is_dir():
        return folder
    writable_folder(sources.data)
    archive = sources.data / f"{name}.tar.gz"
    try:
        with terminal_bar(f"Fetching {archive.name}", row.get("bytes")) as progress:
            download(row["addresses"], archive, size=row.get("bytes"), check=check_archive, progress=progress,
                     offline=sources.offline)  # fmt: skip
    except DownloadError as error:
        by_hand = row.get("by_hand") or f"place {archive.name} from {row['addresses'][0]} there by hand"
        raise DataError(f"{folder}: {error}; {by_hand}") from error
    unpack(archive, folder, row.get("counts", {}))
    archive.unlink()
    return folder


def check_archive(path: Path) -> None:
    """Make sure that a file is a tar archive that begins as one.

    Raises:
        DataError: if not.
    """
    try:
        with tarfile.open(path) as archive:
            archive.next()
    except (OSError, tarfile.TarError, EOFError) as error:
        raise DataError(f"{path}: not a readable .tar.gz archive ({error})") from error


def unpack(archive: Path, folder: Path, counts: Mapping[str, int]) -> None:
    """Unpack a set's archive, which holds one folder with train, val or test in it, and check what came.

    Nothing but plain files and folders is taken, none that would lie outside; the folder appears under its
    name only when all is there.

    Args:
        archive: a .tar.gz file.
        folder: what the set's folder is to be called.
        counts: the number of pictures expected in each split.

    Raises:
        DataError: naming the member that is refused, or the split that is short.
    """
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
        try:
            _extract(archive, Path(temporary))
        except (OSError, tarfile.TarError, EOFError) as error:
            raise DataError(
                f"{archive}: cannot be unpacked ({error}); remove it and fetch it again"
            ) from error
        inner = _set_folder(archive, Path(temporary))
        for split, expected in counts.items():
            found = len(list_pictures(inner / split)) if (inner / split).is_dir() else 0
            if found != expected:
                raise DataError(
                    f"{archive}: {found} pictures in {split}, expected {expected}; fetch it again"
                )
        try:
            shutil.move(inner, folder)
        except OSError as error:
            raise DataError(f"{folder}: cannot be written ({error.strerror})") from error


def _extract(archive: Path, folder: Path) -> None:
    """Write the archive's files into a folder, each checked before it is written."""
    total = 0
    with tarfile.open(archive) as opened, tqdm(desc="Unpacking", unit="file", leave=False) as bar:
        for member in opened:
            if not (member.isreg() or member.isdir()):
                raise DataError(
                    f"{archive}: {member.name} is a link or a device; expected files and folders only"
                )
            total += member.size
            if total > LARGEST:
                raise DataError(
                    f"{archive}: unpacks to more than {LARGEST // 2**30} GB; expected a set of pictures"
                )
            member.mode = stat.S_IRWXU if member.isdir() else stat.S_IRUSR | stat.S_IWUSR
            try:
                opened.extract(member, folder, filter="data")
            except tarfile.FilterError as error:
                raise DataError(f"{archive}: {member.name} would lie outside its folder") from error
            bar.update()


def _set_folder(archive: Path, folder: Path) -> Path:
    """Find the folder that holds train/ in what was unpacked."""
    for candidate in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        if (candidate / "train").is_dir():
            return candidate
    raise DataError(f"{archive}: no folder train in it; expected train, and val or test")
