"""Jobs that change the picture step by step: a drag by hand, and an expression."""

import dataclasses
import time
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from faces.landmarks import choose_face
from viz import answers, commands
from viz.jobs import layers
from viz.jobs.desk import Desk
from viz.jobs.shutter import Shutter

if TYPE_CHECKING:
    from drag.types import DragStep
    from faces.report import AdjustmentReport

_RATE_OVER = 8  # Steps a second are counted over so many steps.


def drag(desk: Desk, command: commands.Drag) -> None:
    """Drag points by hand, with the options as they are when a step begins."""
    epoch, config, request, inbox = command.epoch, command.config, command.request, desk.inbox
    steps = desk.session.drag(
        request, lambda: inbox.options(epoch, config), lambda: inbox.request(epoch, request)
    )
    desk.say(follow(desk, epoch, steps, config.max_steps))


def adjust(desk: Desk, command: commands.Adjust) -> None:
    """Do an expression from beginning to end: detect, plan, drag, detect again, report."""
    session, epoch, began = desk.session, command.epoch, time.monotonic()
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
    desk.say(answers.Planned(epoch, face, request.points, request.targets, request.mask))
    ended = follow(desk, epoch, session.adjust(plan, face), plan.config.max_steps, began)
    # Somebody who waits for another picture is not kept waiting for figures about this one.
    superseded = desk.inbox.interrupts(epoch, by_stop=False)
    found = [] if superseded else session.detect(command.detector)
    after = choose_face(found, command.face) if found else None
    report = None if superseded else _in_words(session.report(plan, after))
    desk.say(
        answers.Ended(
            epoch,
            ended.reason,
            ended.message,
            ended.steps,
            ended.seconds,
            report,
            None if superseded else tuple(found),
            ended.path,
        )
    )


def follow(
    desk: Desk, epoch: int, steps: "Iterator[DragStep]", total: int, began: float | None = None
) -> answers.Ended:
    """Go through the steps of a drag, showing each, until it ends or somebody wants something else."""
    began = time.monotonic() if began is None else began
    times: deque[float] = deque(maxlen=_RATE_OVER + 1)
    shutter = Shutter()
    for step in steps:
        times.append(time.monotonic())
        desk.measure()
        interrupted = step.ended is None and desk.inbox.interrupts(epoch)
        step = step.stopped() if interrupted else step
        shown = _tell(desk, epoch, step, total, _rate(times), shutter)
        if step.ended is None and not desk.inbox.lets_go_on(epoch):
            _pause(desk, epoch, step, shown=shown)
            times.clear()
            if desk.inbox.interrupts(epoch):
                step = step.stopped()
                _tell(desk, epoch, step, total, 0.0, shutter)
        if step.ended is not None:
            seconds = time.monotonic() - began
            path = desk.session.path_of_edit()
            return answers.Ended(epoch, step.ended.value, step.message, step.index, seconds, path=path)
    raise RuntimeError("a drag ended without saying why")


def _tell(desk: Desk, epoch: int, step: "DragStep", total: int, rate: float, shutter: Shutter) -> bool:
    """Tell how a step stands, and show it if somebody would see it; say whether it was shown."""
    distance = float(step.distances.max()) if len(step.distances) else None
    share = min(1.0, max(0.0, 1.0 - step.remaining))
    progress = answers.Progress(epoch, step.index, total, share, distance, rate, step.points)
    desk.say(dataclasses.replace(progress, loss=step.loss))
    # A step that made things worse is taken back by the next: nobody needs to see it.
    shown = step.ended is not None or (step.best and desk.wants_frame() and shutter.is_open)
    if shown:
        with shutter:
            desk.show(answers.Frame(epoch, step.frame(), step.index))
    return shown


def _pause(desk: Desk, epoch: int, step: "DragStep", *, shown: bool) -> None:
    """Show the very step that a job stands at, and wait until it may go on, or is to end."""
    if not shown:
        desk.show(answers.Frame(epoch, step.frame(), step.index))
    desk.say(answers.Paused(epoch))
    while not desk.inbox.wait_to_go_on(epoch):
        layers.look(desk)


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
        unit=report.unit,
        closed=report.closed,
        members=tuple(
            answers.MemberReport(
                one.title, one.measure_name, one.unit, one.before, one.asked, one.achieved, one.share
            )
            for one in report.members
        ),
    )
