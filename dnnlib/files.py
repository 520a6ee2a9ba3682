"""Files that are whole or not there: atomic writes, hashes, folders that can be written to."""

import contextlib
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dnnlib.errors import EditorError


class FileError(EditorError):
    """A file or folder could not be read or written."""


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Write a file in one piece: the block writes a temporary file beside it, which is renamed at the end.

    Whatever interrupts the block, an older file of that name stays as it was, and nothing half-written stays.

        with atomic_write("out/edit.json") as temporary:
            temporary.write_text(text)

    Yields:
        The temporary file's path, in the same folder and with the same suffix; the block is to make it.

    Raises:
        FileError: if the file cannot be written (no such folder, no permission, disk full).
    """
    target = Path(path)
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.tmp{target.suffix}")
    try:
        # Making it once shows, before any work is done, that it can be made, and what permissions it gets:
        # some writers give a file to its owner alone.
        temporary.touch()
        permissions = stat.S_IMODE(temporary.stat().st_mode)
        temporary.unlink()
        yield temporary
        temporary.chmod(permissions)
        # Renaming before the bytes are on the disk could leave an empty file after a power cut.
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        raise FileError(f"{target}: cannot be written ({_reason(error)})") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def sha256_of(path: str | os.PathLike[str]) -> str:
    """Hash a file's content.

    Returns:
        64 hexadecimal digits.

    Raises:
        FileError: if the file cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({_reason(error)})") from error


def writable_folder(path: str | os.PathLike[str]) -> Path:
    """Make sure, before any work starts, that a folder exists and takes files; make it if it is missing.

    Raises:
        FileError: if it cannot be made, is no folder, or takes no files.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Permission bits do not tell the whole story (root, read-only disks): try it.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FileError(
            f"{folder}: cannot be written to ({_reason(error)}); choose another output folder"
        ) from error
    return folder


def _reason(error: OSError) -> str:
    """Say why the system refused, in its own words and on one line."""
    return (error.strerror or str(error) or type(error).__name__).splitlines()[0].lower()
