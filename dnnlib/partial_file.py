"""What has come so far of a file that is being fetched: NAME.part, and beside it what it is a part of.

The bytes lie in `NAME.part`. `NAME.part.json` says which edition of which address they belong to, so that a
later attempt, today or tomorrow, goes on where this one was cut off, and never glues two editions together.
"""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from dnnlib.files import FileError

try:  # Not on Windows; there the system itself refuses to rename a file that somebody has open.
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Edition:
    """What some bytes are a part of.

    Attributes:
        address: where they came from.
        validator: the server's ETag or Last-Modified, by which it knows the edition again; empty if it gave
            none.
        total: bytes in all, as far as the server said.
    """

    address: str
    validator: str = ""
    total: int | None = None


class PartialFile:
    """The bytes of a file so far; as a context manager, for one process at a time.

    Args:
        target: where the whole file is to be. Its folder must be there.
        keep: leave the bytes of a fetch that failed also where the server gave no validator.

    Raises:
        FileError: on entering, if another process fetches the same file, or the folder takes no files.
    """

    def __init__(self, target: Path, keep: bool = False) -> None:
        self._target = target
        self.path = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.json")
        self.edition = Edition("")
        self.size = 0
        self._keep = keep
        self._finished = False

    def __enter__(self) -> "PartialFile":
        try:
            self._file = self.path.open("ab")
        except OSError as error:
            raise FileError(f"{self.path}: cannot be written ({error.strerror})") from error
        if fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                self._file.close()
                raise FileError(f"{self._target}: is being fetched already, by another program") from error
            except OSError:
                pass  # A network share that knows no locks.
        if not self.path.exists() or os.fstat(self._file.fileno()).st_ino != self.path.stat().st_ino:
            # Between opening and locking, the other program finished: what is open here is its whole file.
            self._file.close()
            raise FileError(f"{self._target}: was fetched by another program just now; try again")
        self.size = os.fstat(self._file.fileno()).st_size
        self.edition = self._read_note()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave what can be gone on with, and nothing else."""
        with contextlib.suppress(OSError):
            self._file.close()
        if not self._finished and not self._worth_keeping():
            for path in (self.path, self._note):
                with contextlib.suppress(OSError):
                    path.unlink()

    def restart(self, edition: Edition) -> None:
        """Forget what is there, and note what comes now."""
        self._file.seek(0)
        self._file.truncate()
        self.size = 0
        self.belongs_to(edition)

    def belongs_to(self, edition: Edition) -> None:
        """Note what the bytes are a part of."""
        self.edition = edition
        self._note.write_text(json.dumps(asdict(edition)) + "\n", encoding="utf-8")

    def write(self, block: bytes) -> None:
        """Add bytes."""
        self._file.write(block)
        self.size += len(block)

    def settle(self) -> None:
        """Bring everything to the disk, so that `path` can be read."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self.size = os.fstat(self._file.fileno()).st_size

    def finish(self) -> None:
        """Give the whole file its name. The part is gone then."""
        if fcntl is None:
            self._file.close()
        os.replace(self.path, self._target)
        self._finished = True
        self._note.unlink(missing_ok=True)

    def _worth_keeping(self) -> bool:
        return self.size > 0 and (bool(self.edition.validator) or self._keep)

    def _read_note(self) -> Edition:
        """Read what the bytes belong to; a note that is missing or damaged makes them worthless."""
        try:
            note: Any = json.loads(self._note.read_text(encoding="utf-8"))
            edition = Edition(str(note["address"]), str(note["validator"]), note["total"])
        except (OSError, ValueError, KeyError, TypeError):
            return Edition("")
        return edition if edition.total is None or isinstance(edition.total, int) else Edition("")
