"""The one thread that works: it loads, generates, detects, drags and saves, and says how it goes.

The window sends commands (viz/commands.py) and polls for answers (viz/answers.py); neither ever waits for the
other. Nothing but the session, which lives in this thread alone, touches torch.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from dnnlib.pictures import save_gif
from faces.landmarks import choose_face
from viz import answers, commands
from viz.mailbox import Inbox, Outbox
from viz.session import OpenSession, Session

if TYPE_CHECKING:
    from drag.types import DragStep
    from faces.adjust import AdjustmentReport

logger = logging.getLogger(__name__)

FILM_FPS = 15
_FILM_HOLD = 10  # Times that the last frame of a film is repeated.
_RATE_OVER = 8  # Steps a second are counted over so many steps.
_CHECKPOINTS = (".safetensors", ".pkl", ".pt", ".pth")
_HEADER = 1 << 16  # Bytes of a .safetensors in which a network names its class.
_CLOSE_SECONDS = 20.0
_WAIT_EVERY = 0.1  # s
_GLANCE_AFTER = 0.4  # s: who runs through seeds is not kept waiting by looks at each.


class NoNetworkError(EditorError):
    """Something was asked of a network before one was loaded."""


class Worker:
    """Does one command after the other, in a thread of its own.

    Args:
        open_session: reads a checkpoint; called in the thread.
        on_answer: called in the thread whenever there is something to poll.
    """

    def __init__(self, open_session: OpenSession, on_answer: Callable[[], None] = lambda: None) -> None:
        self._open_session = open_session
        self._on_answer = on_answer
        self._inbox = Inbox()
        self._outbox = Outbox()
        self._session: Session | None = None
        self._waited_at = 0.0
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
                self._say(answers.Failed(command.epoch, str(error)))
            except Exception as error:
                logger.exception("%s failed", type(command).__name__)
                words = str(error).strip().splitlines() or [type(error).__name__]
                self._say(answers.Failed(command.epoch, f"{type(command).__name__} failed: {words[0]}"))

    def _do(self, command: commands.Command) -> None:
        match command:
            case commands.Load(epoch, path):
                self._load(epoch, path)
            case commands.Generate(epoch, seed, psi, label):
                session = self._needed_session()
                session.generate(seed, psi, label)
                self._show(answers.Frame(epoch, session.frame()))
            case commands.Glance(epoch):
                if self._inbox.rests(_GLANCE_AFTER):
                    self._say(answers.Glimpsed(epoch, self._needed_session().glance()))
            case commands.Detect(epoch, detector):
                self._say(answers.Detected(epoch, tuple(self._needed_session().detect(detector))))
            case commands.Adjust():
                self._adjust(command)
            case commands.Drag(epoch, request, config):
                steps = self._needed_session().drag(request, lambda: self._inbox.options(epoch, config))
                self._say(self._follow(epoch, steps, config.max_steps))
            case commands.SaveFilm(epoch, path):
                self._save_film(epoch, path)

    def _load(self, epoch: int, path: Path) -> None:
        """Replace the session only when the new one is there: a failure leaves the old network in use."""
        session = self._open_session(path)
        session.on_remark = lambda text: self._say(answers.Remark(text))
        session.on_wait = self._wait
        self._session = session
        height, width = session.image_size
        network = answers.NetworkInfo(
            session.path, session.title, session.sha256, width, height,
            session.num_ws, session.w_dim, session.num_blocks, session.c_dim,
        )  # fmt: skip
        self._say(answers.Loaded(epoch, network, _checkpoints_beside(session.path)))

    def _adjust(self, command: commands.Adjust) -> None:
        session, epoch, began = self._needed_session(), command.epoch, time.monotonic()
        faces = session.detect(command.detector)
        face = choose_face(faces, command.face)
        plan = session.plan(
            command.expression,
            command.strength,
            face,
            command.detector,
            automatic_mask=command.automatic_mask,
            mask=command.mask,
        )
        request = plan.request
        self._say(answers.Planned(epoch, face, request.points, request.targets, request.mask))
        ended = self._follow(epoch, session.adjust(plan, face), plan.config.max_steps, began)
        # Somebody who waits for another picture is not kept waiting for figures about this one.
        superseded = self._inbox.interrupts(epoch, by_stop=False)
        found = [] if superseded else session.detect(command.detector)
        after = choose_face(found, command.face) if found else None
        report = None if superseded else _in_words(session.report(plan, after))
        self._say(
            answers.Ended(
                epoch,
                ended.reason,
                ended.message,
                ended.steps,
                ended.seconds,
                report,
                None if superseded else tuple(found),
            )
        )

    def _follow(
        self, epoch: int, steps: "Iterator[DragStep]", total: int, began: float | None = None
    ) -> answers.Ended:
        """Go through the steps of a drag, showing each, until it ends or somebody wants something else."""
        began = time.monotonic() if began is None else began
        times: deque[float] = deque(maxlen=_RATE_OVER + 1)
        for step in steps:
            times.append(time.monotonic())
            interrupted = step.ended is None and self._inbox.interrupts(epoch)
            step = step.stopped() if interrupted else step
            distance = float(step.distances.max()) if len(step.distances) else None
            share = min(1.0, max(0.0, 1.0 - step.remaining))
            self._say(answers.Progress(epoch, step.index, total, share, distance, _rate(times), step.points))
            # A step that made things worse is taken back by the next: nobody needs to see it.
            if step.ended is not None or (step.best and self._outbox.wants_frame()):
                self._show(answers.Frame(epoch, step.frame(), step.index))
            if step.ended is not None:
                seconds = time.monotonic() - began
                return answers.Ended(epoch, step.ended.value, step.message, step.index, seconds)
        raise RuntimeError("a drag ended without saying why")

    def _save_film(self, epoch: int, path: Path) -> None:
        draws = self._needed_session().film()
        if not draws:
            raise EditorError("No edit to save yet: click an expression, or drag a point, first.")
        writable_folder(path.parent)
        frames = []
        for index, draw in enumerate(draws):
            if self._inbox.interrupts(epoch, by_newer=False):
                message = f"Stopped: {path.name} was not written."
                return self._say(answers.Ended(epoch, "stopped", message, index, 0.0))
            frames.append(draw())
            self._say(answers.Progress(epoch, index + 1, len(draws), share=(index + 1) / len(draws)))
        save_gif(path, frames + frames[-1:] * _FILM_HOLD, FILM_FPS)
        self._say(answers.Saved(epoch, path))

    # ------------------------------------------------------------------------

    def _needed_session(self) -> Session:
        if self._session is None:
            raise NoNetworkError("No network is loaded: open a checkpoint first.")
        return self._session

    def _wait(self, text: str) -> None:
        """Tell what is waited for, now and then."""
        now = time.monotonic()
        if now - self._waited_at > _WAIT_EVERY:
            self._waited_at = now
            self._say(answers.Waiting(text))

    def _say(self, news: answers.News) -> None:
        self._outbox.say(news)
        self._on_answer()

    def _show(self, frame: answers.Frame) -> None:
        self._outbox.show(frame)
        self._on_answer()


def _rate(times: deque[float]) -> float:
    """Count steps a second from the moments of the last ones."""
    passed = times[-1] - times[0]
    return (len(times) - 1) / passed if passed > 0 else 0.0


def _in_words(report: "AdjustmentReport") -> answers.Report:
    """Keep the part of a report that the window shows."""
    return answers.Report(
        measure=report.measure_name,
        before=report.before,
        asked=report.asked,
        achieved=report.achieved,
        share=report.share,
        tracked=report.tracked,
        drift=report.drift_outside_mask,
    )


def _checkpoints_beside(path: Path) -> tuple[Path, ...]:
    """List the files in a checkpoint's folder that may be checkpoints too: their content decides, later."""
    try:
        return tuple(sorted(file for file in path.parent.iterdir() if _may_be_network(file)))
    except OSError:
        return ()


def _may_be_network(file: Path) -> bool:
    """Tell whether a file is worth offering: a detector's weights are tensors too, but name no class."""
    if file.suffix != ".safetensors":
        return file.suffix in _CHECKPOINTS
    try:
        with file.open("rb") as opened:
            return b'"class_name"' in opened.read(_HEADER)
    except OSError:
        return False
