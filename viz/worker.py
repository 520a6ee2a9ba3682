"""The one thread that works: it loads, generates, detects, drags and saves, and says how it goes.

The window sends commands (viz/commands) and polls for answers (viz/answers); neither ever waits for the
other. Nothing but the session, which lives in this thread alone, touches torch. What is done for a command
stands in viz/jobs.
"""

import logging
import threading
from collections.abc import Callable

from dnnlib.errors import EditorError
from viz import answers, commands
from viz.jobs import dragging, films, layers, loading, photos, showing
from viz.jobs.desk import Desk, NoNetworkError
from viz.machine import Machine
from viz.mailbox import Inbox, Outbox
from viz.session import OpenSession

__all__ = ["NoNetworkError", "Worker"]

logger = logging.getLogger(__name__)

_CLOSE_SECONDS = 20.0


class Worker:
    """Does one command after the other, in a thread of its own.

    Args:
        open_session: reads a checkpoint; called in the thread.
        on_answer: called in the thread whenever there is something to poll.
        machine: what there is to compute on.
    """

    def __init__(
        self,
        open_session: OpenSession,
        on_answer: Callable[[], None] = lambda: None,
        machine: Machine | None = None,
    ) -> None:
        self._inbox = Inbox()
        self._outbox = Outbox()
        self._desk = Desk(open_session, self._inbox, self._outbox, on_answer, machine)
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------------------
    # For the window. None of these waits.

    def send(self, command: commands.Command) -> None:
        """Ask for something."""
        self._inbox.put(command)

    def poll(self) -> tuple[list[answers.News], answers.Frame | None]:
        """Take all news since the last call, in order, and the newest frame."""
        return self._outbox.take()

    def close(self) -> None:
        """End the thread: a drag ends within one step, and the process does not wait for ever."""
        self._inbox.close()
        self._thread.join(_CLOSE_SECONDS)

    # ------------------------------------------------------------------------
    # In the thread.

    def _work(self) -> None:
        while (command := self._inbox.take()) is not None:
            try:
                self._do(command)
            except EditorError as error:
                self._desk.say(answers.Failed(command.epoch, str(error)))
            except Exception as error:
                logger.exception("%s failed", type(command).__name__)
                words = str(error).strip().splitlines() or [type(error).__name__]
                self._desk.say(answers.Failed(command.epoch, f"{type(command).__name__} failed: {words[0]}"))

    def _do(self, command: commands.Command) -> None:
        match command:
            case commands.Load():
                loading.load(self._desk, command)
            case commands.Generate():
                showing.generate(self._desk, command)
            case commands.GoTo():
                showing.go_to(self._desk, command)
            case commands.OpenPhoto():
                photos.open_photo(self._desk, command)
            case commands.Invert():
                photos.invert(self._desk, command)
            case commands.PutBack():
                photos.put_back(self._desk, command)
            case commands.SavePhoto():
                photos.save(self._desk, command)
            case commands.TakeUp():
                photos.take_up(self._desk, command)
            case commands.Draw():
                showing.draw(self._desk, command)
            case commands.Glance():
                showing.glance(self._desk, command)
            case commands.Detect():
                showing.detect(self._desk, command)
            case commands.Adjust():
                dragging.adjust(self._desk, command)
            case commands.Drag():
                dragging.drag(self._desk, command)
            case commands.Watch():
                layers.look(self._desk)
            case commands.SaveFilm():
                films.save_film(self._desk, command)
