"""What a job works with: the session, a way to be heard, and a way to learn that it is to end."""

import time
from collections.abc import Callable

from dnnlib.errors import EditorError
from viz import answers
from viz.mailbox import Inbox, Outbox
from viz.session import OpenSession, Session

_WAIT_EVERY = 0.1  # s


class NoNetworkError(EditorError):
    """Something was asked of a network before one was loaded."""


class Desk:
    """The worker's desk. Used in the worker's thread alone.

    Args:
        open_session: reads a checkpoint.
        inbox: where commands wait.
        outbox: where answers go.
        on_answer: called whenever there is something to poll.

    Attributes:
        loaded: the session in use; None before the first.
    """

    def __init__(
        self, open_session: OpenSession, inbox: Inbox, outbox: Outbox, on_answer: Callable[[], None]
    ) -> None:
        self.open_session, self.inbox = open_session, inbox
        self.loaded: Session | None = None
        self._outbox, self._on_answer = outbox, on_answer
        self._waited_at = 0.0

    @property
    def session(self) -> Session:
        """The session in use.

        Raises:
            NoNetworkError: if there is none yet.
        """
        if self.loaded is None:
            raise NoNetworkError("No network is loaded: open a checkpoint first.")
        return self.loaded

    def say(self, news: answers.News) -> None:
        """Tell news, which is never lost."""
        self._outbox.say(news)
        self._on_answer()

    def show(self, frame: answers.Frame) -> None:
        """Show a frame; one that nobody has seen yet gives way to it."""
        self._outbox.show(frame)
        self._on_answer()

    def wants_frame(self) -> bool:
        """Tell whether the last frame was taken: if not, the next may be left out."""
        return self._outbox.wants_frame()

    def wait(self, text: str) -> None:
        """Tell what is waited for, now and then."""
        now = time.monotonic()
        if now - self._waited_at > _WAIT_EVERY:
            self._waited_at = now
            self.say(answers.Waiting(text))
