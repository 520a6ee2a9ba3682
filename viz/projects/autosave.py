"""Work that was not saved: kept in a folder, one file for each editor, until it is saved or thrown away.

An editor holds the lock of its file as long as it lives; the system lets it go however the process ends. What
nobody holds was left: by a crash, or by somebody who closed the window.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from dnnlib.files import writable_folder
from viz.history_words import changes
from viz.projects.arrays import ProjectError
from viz.projects.leftover import Leftover, leftover
from viz.projects.reading import Project, read_project
from viz.projects.writing import write_project
from viz.state.history import History, Moment

_HALF_SECONDS = 3600.0
DISCARDED = "discarded"  # The folder, below that of the autosaves, of what was thrown away last.
MOST_DISCARDED = 5
_PATIENCE = 1.0  # s: another editor, looking at what was left, holds each lock for a moment.
MOST_CLOSED = 12  # Files of windows that were closed in good order; older ones are thrown away.


class Autosave:
    """The file of this editor, and those that others left. Used in one thread.

    Args:
        folder: for all editors of a person; made if it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._lock: FileLock | None = None
        self._taken: dict[Path, tuple[FileLock, Moment]] = {}

    @property
    def path(self) -> Path | None:
        """Where this editor's work is; None before it was written first."""
        return self._path

    def write(self, history: History, *, closed: bool = False) -> None:
        """Write the work in the place of what this editor wrote before.

        Raises:
            FileError: if it cannot be written.
        """
        if self._path is None:
            writable_folder(self._folder)
            name = f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{secrets.token_hex(3)}.zip"
            path = self._folder / name
            self._lock = _locked(path)
            self._path = path
        write_project(self._path, history, closed=closed, autosave=True)
        # What was taken over may go once it is safe in this editor's own file.
        for path, (lock, moment) in list(self._taken.items()):
            if any(changes(moment, entry.moment) <= {"mask"} for entry in history.entries):
                del self._taken[path]
                self._remove(path, lock)

    def leave(self) -> None:
        """Leave the file as it is, for whoever comes; the next one is written under a new name."""
        if self._lock is not None:
            self._lock.release()
        self._path, self._lock = None, None

    def drop(self) -> None:
        """Throw this editor's file away: the work is saved elsewhere, or there is none."""
        if self._path is not None and self._lock is not None:
            self._remove(self._path, self._lock)
        self._path, self._lock = None, None

    def close(self) -> None:
        """Let go of all that is held; what was taken but not yet written anew stays for the next one."""
        self.leave()
        for lock, _ in self._taken.values():
            lock.release()
        self._taken.clear()

    # ------------------------------------------------------------------------
    # What others left.

    def leftovers(self) -> tuple[Leftover, ...]:
        """List what was left, the newest first."""
        found = []
        for path in self._files():
            with _lock_of(path) as mine:
                if mine:
                    found.append(leftover(path))
        found.sort(key=lambda left: left.saved_at, reverse=True)
        for old in [left for left in found if left.closed][MOST_CLOSED:]:
            found.remove(old)
            self._remove(old.path, _locked(old.path))
        return tuple(found)

    def _files(self) -> list[Path]:
        """List the files; half of one, which a killed editor was writing, goes once it is old."""
        found = []
        with contextlib.suppress(OSError):
            for path in self._folder.glob("*.zip"):
                if not path.name.startswith("."):
                    found.append(path)
                elif time.time() - path.stat().st_mtime > _HALF_SECONDS:
                    path.unlink()
        return found

    def take(self, path: Path) -> Project:
        """Read what was left, and hold it until this editor has written it anew.

        Raises:
            ProjectError: it cannot be read, or another editor has it.
        """
        if path in self._taken:
            return read_project(path)
        lock = _locked(path, _PATIENCE)
        try:
            project = read_project(path)
        except ProjectError:
            lock.release()
            raise
        self._taken[path] = lock, project.history.entries[project.history.at].moment
        return project

    def discard(self, path: Path) -> None:
        """Put what was left out of sight; a wrong click can be mended for a while, for the last few stay.

        Raises:
            ProjectError: another editor has it.
        """
        taken = self._taken.pop(path, None)
        lock = _locked(path, _PATIENCE) if taken is None else taken[0]
        with contextlib.suppress(OSError):
            thrown = self._folder / DISCARDED
            thrown.mkdir(exist_ok=True)
            path.touch()
            os.replace(path, thrown / path.name)
            kept = sorted(thrown.glob("*.zip"), key=lambda file: file.stat().st_mtime, reverse=True)
            for old in kept[MOST_DISCARDED:]:
                old.unlink()
        self._remove(path, lock)

    @staticmethod
    def _remove(path: Path, lock: FileLock) -> None:
        with contextlib.suppress(OSError):
            path.unlink()
        with contextlib.suppress(OSError):
            Path(lock.lock_file).unlink()
        lock.release()


def _lock_file(path: Path) -> Path:
    return path.with_suffix(".lock")


def _locked(path: Path, patience: float = 0.0) -> FileLock:
    """Take the lock of a file.

    Args:
        path: of the file.
        patience: how long to wait for another editor to let go of it, s.

    Raises:
        ProjectError: another editor holds it.
    """
    lock = FileLock(_lock_file(path), timeout=patience, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise ProjectError(f"{path.name}: another editor works on it") from None
    return lock


@contextlib.contextmanager
def _lock_of(path: Path) -> Iterator[bool]:
    """Hold the lock of a file for a moment; yields whether it could be had."""
    try:
        lock = _locked(path)
    except (ProjectError, OSError):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
