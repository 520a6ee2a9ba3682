"""What a job works with: the session, a way to be heard, and a way to learn that it is to end."""

import dataclasses
import time
from collections.abc import Callable

from dnnlib.errors import EditorError
from viz import answers
from viz.jobs import layers
from viz.machine import Machine
from viz.mailbox import Inbox, Outbox
from viz.session import OpenSession, Session

_WAIT_EVERY = 0.1  # s
_MEASURE_EVERY = 1.0  # s


class NoNetworkError(EditorError):
    """Something was asked of a network before one was loaded."""


class Desk:
    """The worker's desk. Used in the worker's thread alone.

    Args:
        open_session: reads a checkpoint.
        inbox: where commands wait.
        outbox: where answers go.
        on_answer: called whenever there is something to poll.
        machine: what there is to compute on, if that is to be told.

    Attributes:
        loaded: the session in use; None before the first.
    """

    def __init__(
        self,
        open_session: OpenSession,
        inbox: Inbox,
        outbox: Outbox,
        on_answer: Callable[[], None],
        machine: Machine | None = None,
    ) -> None:
        self.open_session, self.inbox, self._machine = open_session, inbox, machine
        self._wish = "auto"
        self._measured_at = 0.0
        self.loaded: Session | None = None
        self._outbox, self._on_answer = outbox, on_answer
        self._said_at: dict[type, float] = {}

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
        """Show a frame, and the features of it that are watched; what nobody has seen yet gives way."""
        photos = self.loaded.photos if self.loaded is not None else None
        if photos is not None and photos.in_front:
            frame = dataclasses.replace(
                frame, photograph=photos.preview(frame.picture), meant=self.session.moved_where
            )
        self._outbox.show(frame)
        self._on_answer()
        layers.look(self)

    def computes_on(self, wish: str) -> None:
        """Note what computes from now on, and tell it."""
        self._wish, self._measured_at = wish, 0.0
        self.measure()

    def measure(self) -> None:
        """Tell, now and then, what computes and how much of its memory is in use."""
        now = time.monotonic()
        if self._machine is None or now - self._measured_at < _MEASURE_EVERY:
            return
        self._measured_at = now
        device = self._machine.chosen(self._wish)
        self.say(answers.Computing(device, self._machine.devices(), self._machine.memory(device)))

    def show_layer(self, layer: answers.Layer) -> None:
        """Show a picture of features; one that nobody has seen yet gives way to it."""
        self._outbox.show_layer(layer)
        self._on_answer()

    def wants_frame(self) -> bool:
        """Tell whether the last frame was taken: if not, the next may be left out."""
        return self._outbox.wants_frame()

    def wait(self, text: str) -> None:
        """Tell what is waited for, now and then."""
        self.say_now_and_then(answers.Waiting(text))

    def say_now_and_then(self, news: answers.News) -> None:
        """Tell what is told again and again: not more often than anybody reads."""
        now = time.monotonic()
        if now - self._said_at.get(type(news), 0.0) > _WAIT_EVERY:
            self._said_at[type(news)] = now
            self.say(news)
