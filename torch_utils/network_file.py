"""A file that is read piece by piece, never mapped: whatever happens to it meanwhile is an error in words.

A mapped file that another program cuts short, or whose network share goes away, ends the whole process
(SIGBUS). Here every read is one that can fail, and only what is wanted is brought into memory.
"""

import contextlib
import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from torch_utils.errors import CheckpointError

_READABLE = "a .safetensors file of this editor, or a network file (.pkl, .pt) of StyleGAN2 or StyleGAN3"
_PIECE = 1 << 20


class Region:
    """Bytes that are read when they are wanted: a file, a part of one, or a piece of memory.

    Attributes:
        source: the file's name, and what part of it this is, for messages.
        size: number of bytes.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], size: int, source: str, start: int = 0) -> None:
        self.source = source
        self.size = size
        self._fetch = fetch
        self._start = start

    @classmethod
    def of_bytes(cls, content: bytes, source: str) -> "Region":
        """Make a region of a piece of memory."""
        return cls(lambda start, count: content[start : start + count], len(content), source)

    def read(self, offset: int = 0, count: int | None = None) -> bytes:
        """Read `count` bytes from `offset`, or all from there.

        Raises:
            CheckpointError: if there are not so many, or the file cannot be read.
        """
        count = self.size - offset if count is None else count
        self._check(offset, count)
        found = self._fetch(self._start + offset, count)
        if len(found) != count:
            raise CheckpointError(f"{self.source}: became shorter while it was read; wait until it is whole")
        return found

    def part(self, offset: int, count: int, what: str = "") -> "Region":
        """Give a part of this region; `what` it is goes into messages.

        Raises:
            CheckpointError: if it reaches beyond the end.
        """
        self._check(offset, count)
        source = f"{self.source}: {what}" if what else self.source
        return Region(self._fetch, count, source, self._start + offset)

    def _check(self, offset: int, count: int) -> None:
        if offset < 0 or count < 0 or offset + count > self.size:
            raise CheckpointError(
                f"{self.source}: cut off: {count} bytes are announced at byte {offset}, "
                f"but there are {self.size}; download or copy it again"
            )

    def sha256(self, progress: Callable[[int, int], None] = lambda done, total: None) -> str:
        """Hash all bytes: 64 hexadecimal digits; `progress` is told bytes done, and bytes in all."""
        digest = hashlib.sha256()
        for offset in range(0, self.size, _PIECE):
            digest.update(self.read(offset, min(_PIECE, self.size - offset)))
            progress(min(offset + _PIECE, self.size), self.size)
        return digest.hexdigest()


@contextlib.contextmanager
def open_network_file(path: str | os.PathLike[str]) -> Iterator[Region]:
    """Open a file to be read in the block.

    Yields:
        All of it as a region.

    Raises:
        CheckpointError: if it is missing, empty, no plain file, cannot be read, or changed while it was read.
    """
    path = Path(path)
    with _in_words(path):
        # Looked at before it is opened: to open a pipe waits for somebody to write into it.
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise CheckpointError(f"{path}: is a folder; choose {_READABLE}")
        if not stat.S_ISREG(kind):
            raise CheckpointError(f"{path}: is a pipe or a device, not a file; choose {_READABLE}")
        file = path.open("rb", buffering=0)
    with file:
        with _in_words(path):
            before = os.fstat(file.fileno())
        if before.st_size == 0:
            raise CheckpointError(f"{path}: the file is empty; download or copy it again")
        yield Region(lambda start, count: _read(file, path, start, count), before.st_size, str(path))
        with _in_words(path):
            after = os.fstat(file.fileno())
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise CheckpointError(
                f"{path}: was changed while it was read; wait until it is whole, then open it"
            )


def _read(file: io.FileIO, path: Path, start: int, count: int) -> bytes:
    """Read from a file; fewer bytes than asked for only where it has no more."""
    pieces = []
    with _in_words(path):
        file.seek(start)
        while count > 0 and (piece := file.read(count)):
            pieces.append(piece)
            count -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@contextlib.contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Turn what the system says about a file into one line."""
    try:
        yield
    except FileNotFoundError as error:
        raise CheckpointError(f"{path}: no such file; choose {_READABLE}") from error
    except PermissionError as error:
        raise CheckpointError(f"{path}: may not be read (no permission)") from error
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise CheckpointError(f"{path}: cannot be read ({reason.splitlines()[0].lower()})") from error
