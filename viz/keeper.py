"""The thread that keeps the work: projects are written, read and autosaved here, while the window goes on.

It touches neither torch nor the screen. Histories never change, so that one can be written while the next is
being made.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from viz import answers, commands
from viz.history_words import changes
from viz.projects.autosave import Autosave
from viz.projects.reading import read_project
from viz.projects.writing import write_project
from viz.state.history import History

logger = logging.getLogger(__name__)

AUTOSAVE_SECONDS = 60.0
_SOON_SECONDS = 0.5  # After a quiet minute, so soon: what a stroke begins, it also ends.
_CLOSE_SECONDS = 20.0


class Keeper:
    """Writes, reads and autosaves.

    Args:
        folder: for work that is not saved; None: there is no autosave.
        on_answer: called in the thread whenever there is something to poll.
    """

    def __init__(self, folder: Path | None, on_answer: Callable[[], None] = lambda: None) -> None:
        self._autosave = Autosave(folder) if folder is not None else None
        self._on_answer = on_answer
        self._changed = threading.Condition()
        self._waiting: deque[commands.project.Command] = deque()
        self._news: list[answers.News] = []
        self._offered: History | None = None
        self._due = float("inf")
        self._written_at = 0.0
        self._failed = False
        self._closing: History | None = None
        self._in_order = True
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)
        self._thread.start()
        self.send(commands.FindWork(0))

    # ------------------------------------------------------------------------
    # For the window. None of these waits, but the last.

    def send(self, command: commands.project.Command) -> None:
        """Ask for something."""
        with self._changed:
            self._waiting.append(command)
            self._changed.notify()

    def offer(self, history: History, *, at_once: bool = False) -> None:
        """Hand over work that is not saved: written within a minute of the last time, or at once."""
        if self._autosave is None:
            return
        with self._changed:
            now = time.monotonic()
            self._offered = history
            self._due = min(self._due, now if at_once else self._next(now))
            self._changed.notify()

    def _next(self, now: float) -> float:
        return max(now + _SOON_SECONDS, self._written_at + AUTOSAVE_SECONDS)

    def poll(self) -> list[answers.News]:
        """Take all news since the last call, in order."""
        with self._changed:
            news, self._news = self._news, []
            return news

    def close(self, unsaved: History | None, *, in_order: bool = True) -> None:
        """End the thread. Work that was not saved stays where the next start finds it.

        Args:
            unsaved: that work, if there is any.
            in_order: a person closed the window; after a fault of the program the next start asks about it.
        """
        with self._changed:
            self._closing, self._in_order, self._closed = unsaved, in_order, True
            self._changed.notify()
        self._thread.join(_CLOSE_SECONDS)

    # ------------------------------------------------------------------------
    # In the thread.

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._waiting or self._closed or time.monotonic() >= self._due):
                    self._changed.wait(self._patience())
                command = self._waiting.popleft() if self._waiting else None
                offered = None
                if command is None and time.monotonic() >= self._due:
                    offered, self._offered, self._due = self._offered, None, float("inf")
                if command is None and self._closed:
                    break
            if command is not None:
                self._try(command)
            elif offered is not None:
                self._write(offered)
        self._end()

    def _patience(self) -> float | None:
        """Give how long to wait for a command before an autosave is due."""
        return None if self._due == float("inf") else max(0.0, self._due - time.monotonic())

    def _try(self, command: commands.project.Command) -> None:
        try:
            self._do(command)
        except EditorError as error:
            self._say(answers.Failed(command.epoch, str(error)))
        except Exception as error:
            logger.exception("%s failed", type(command).__name__)
            words = str(error).strip().splitlines() or [type(error).__name__]
            self._say(answers.Failed(command.epoch, f"{type(command).__name__} failed: {words[0]}"))

    def _do(self, command: commands.project.Command) -> None:
        match command:
            case commands.WriteProject(epoch, path, history):
                writable_folder(path.absolute().parent)
                write_project(path, history)
                self._let_go_of(history)
                self._say(answers.ProjectWritten(epoch, path, history))
            case commands.ReadProject(epoch, path):
                self._say(answers.ProjectRead(epoch, path, read_project(path)))
            case commands.FindWork() if self._autosave is not None:
                self._say(answers.WorkFound(self._autosave.leftovers()))
            case commands.TakeWork(epoch, path) if self._autosave is not None:
                self._say(answers.ProjectRead(epoch, None, self._autosave.take(path)))
                self._say(answers.WorkFound(self._autosave.leftovers()))
            case commands.DiscardWork(_, path) if self._autosave is not None:
                self._autosave.discard(path)
                self._say(answers.WorkFound(self._autosave.leftovers()))
            case commands.SetAside(_, history) if self._autosave is not None:
                with self._changed:
                    self._offered, self._due = None, float("inf")
                self._write(history, closed=True)
                self._autosave.leave()
                self._say(answers.WorkFound(self._autosave.leftovers()))

    def _let_go_of(self, history: History) -> None:
        """Throw the autosave away once all that it holds is saved; what was done meanwhile comes again."""
        with self._changed:
            later = self._offered is not None and _differ(self._offered, history)
            if not later:
                self._offered, self._due = None, float("inf")
        if self._autosave is not None and not later:
            self._autosave.drop()

    def _write(self, history: History, *, closed: bool = False) -> None:
        """Autosave; that it fails is said once, and tried again later all the same."""
        if self._autosave is None or history.here is None:
            return
        self._written_at = time.monotonic()
        try:
            self._autosave.write(history, closed=closed)
            self._failed = False
        except Exception as error:
            if not isinstance(error, EditorError | OSError):
                logger.exception("the autosave failed")
            if not self._failed:
                self._say(answers.Remark(f"The work is not autosaved: {error}. Save it as a project."))
            self._failed = True

    def _end(self) -> None:
        if self._autosave is None:
            return
        if self._closing is not None:
            self._write(self._closing, closed=self._in_order)
        else:
            self._autosave.drop()
        self._autosave.close()

    def _say(self, news: answers.News) -> None:
        with self._changed:
            self._news.append(news)
        self._on_answer()


def _differ(one: History, other: History) -> bool:
    if one.here is None or other.here is None:
        return one.here is not other.here
    return bool(changes(one.here.moment, other.here.moment))
