"""Between the window and the worker: a box for commands and a box for answers. Any thread may use them.

Commands wait in order, but a question about the picture (Generate, GoTo, Glance, Detect) is dropped when a
newer Generate or GoTo makes it pointless: a flood from a slider leaves its newest value. News waits in order
and is never dropped; of frames there is one, the newest.
"""

import threading
from collections import deque

from drag.config import DragConfig
from drag.request import DragRequest
from viz.answers import Frame, Layer, News
from viz.commands import (
    Adjust,
    CancelLoad,
    Command,
    Detect,
    Drag,
    Generate,
    Glance,
    GoTo,
    Invert,
    Load,
    Pace,
    Regrip,
    Retune,
    Stop,
    Watch,
)

_QUESTIONS = (Generate, GoTo, Glance, Detect)
_CHANGES_PICTURE = (Load, Generate, GoTo, Adjust, Drag, Invert)


class Inbox:
    """The commands that wait for the worker."""

    def __init__(self) -> None:
        self._waiting: deque[Command] = deque()
        self._changed = threading.Condition()
        self._stopped_before = 0
        self._cancelled: set[int] = set()
        self._retuned: Retune | None = None
        self._regripped: Regrip | None = None
        self._pace: Pace | None = None
        self._watch: Watch | None = None
        self._watch_is_new = False
        self._closed = False

    def put(self, command: Command) -> None:
        """Add a command; those that act on what runs (Stop, Pace and the like) wait in no queue."""
        with self._changed:
            if isinstance(command, Stop):
                self._stopped_before = max(self._stopped_before, command.epoch)
            elif isinstance(command, CancelLoad):
                self._cancelled.add(command.load)
            elif isinstance(command, Retune):
                self._retuned = command
            elif isinstance(command, Regrip):
                self._regripped = command
            elif isinstance(command, Pace):
                self._pace = command
            elif isinstance(command, Watch):
                self._watch, self._watch_is_new = command, True
            else:
                self._queue(command)
            self._changed.notify_all()

    def _queue(self, command: Command) -> None:
        if isinstance(command, Generate | GoTo):
            self._waiting = deque(old for old in self._waiting if not isinstance(old, _QUESTIONS))
        self._waiting.append(command)

    def take(self) -> Command | None:
        """Wait for the next command; None when the box is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed or self._watch_is_new)
            if self._closed:
                return None
            return self._waiting.popleft() if self._waiting else self._take_watch()

    def watched(self) -> Watch | None:
        """Give what is watched."""
        with self._changed:
            return self._take_watch()

    def _take_watch(self) -> Watch | None:
        self._watch_is_new = False
        return self._watch

    def rests(self, seconds: float) -> bool:
        """Wait for so long; tell whether nobody asked for anything meanwhile."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._waiting or self._closed, seconds)

    def interrupts(self, epoch: int, *, by_stop: bool = True, by_newer: bool = True) -> bool:
        """Tell whether a job of that epoch is to end: it was stopped, or a newer picture is asked for."""
        with self._changed:
            return self._interrupts(epoch, by_stop=by_stop, by_newer=by_newer)

    def _interrupts(self, epoch: int, *, by_stop: bool = True, by_newer: bool = True) -> bool:
        if self._closed or (by_stop and epoch < self._stopped_before):
            return True
        return by_newer and any(isinstance(command, _CHANGES_PICTURE) for command in self._waiting)

    def lets_go_on(self, epoch: int) -> bool:
        """Tell, once before each step, whether a job of that epoch is to go on; if not, it is to wait."""
        with self._changed:
            return self._goes_on(epoch)

    def wait_to_go_on(self, epoch: int) -> bool:
        """Wait until a job of that epoch may do its next step, or is to end: then give True.

        False: something else is watched meanwhile, and the job goes on waiting.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._watch_is_new or self._goes_on(epoch))
            return not self._watch_is_new

    def _goes_on(self, epoch: int) -> bool:
        pace = self._pace
        if pace is None or pace.epoch != epoch or pace.steps is None or self._interrupts(epoch):
            return True
        if pace.steps == 0:
            return False
        self._pace = Pace(epoch, pace.steps - 1)
        return True

    def ends_load(self, epoch: int) -> bool:
        """Tell whether the load of an epoch is to end: it was cancelled, or another is asked for."""
        with self._changed:
            newer = any(isinstance(command, Load) for command in self._waiting)
            return self._closed or newer or epoch in self._cancelled

    def options(self, epoch: int, config: DragConfig) -> DragConfig:
        """Give the options of the drag of an epoch: those it began with, or newer ones."""
        with self._changed:
            newer = self._retuned
            return newer.config if newer is not None and newer.epoch == epoch else config

    def request(self, epoch: int, request: DragRequest) -> DragRequest:
        """Give the points, targets and mask of the drag of an epoch: those it began with, or newer ones."""
        with self._changed:
            newer = self._regripped
            return newer.request if newer is not None and newer.epoch == epoch else request

    def close(self) -> None:
        """Let the worker end; whatever still waits is forgotten."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Outbox:
    """The answers that wait for the window."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: list[News] = []
        self._frame: Frame | None = None
        self._layer: Layer | None = None

    def say(self, news: News) -> None:
        """Add news."""
        with self._lock:
            self._news.append(news)

    def show(self, frame: Frame) -> None:
        """Put a frame in the place of the one before."""
        with self._lock:
            self._frame = frame

    def show_layer(self, layer: Layer) -> None:
        """Put a picture of features in the place of the one before."""
        with self._lock:
            self._layer = layer

    def wants_frame(self) -> bool:
        """Tell whether the window has taken the last frame."""
        with self._lock:
            return self._frame is None

    def take(self) -> tuple[list[News], Frame | None]:
        """Empty the box: all news in order, and the newest frame if there is one that was not taken yet."""
        with self._lock:
            news, self._news = self._news, []
            frame, self._frame = self._frame, None
            news += [self._layer] if self._layer is not None else []
            self._layer = None
            return news, frame
