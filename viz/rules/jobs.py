"""Rules of what is under way: how a job begins, goes on, is stopped, ends or fails."""

import dataclasses
import math

import numpy as np

from drag.request import DragRequest
from faces.stack import Layer
from viz import actions, answers, commands
from viz.actions.jobs import Action
from viz.answers import edits, words
from viz.rules import downloads, looking
from viz.rules.stacking import filled
from viz.rules.steps import (
    Result,
    done_loading,
    done_with_project,
    in_face,
    in_job,
    in_picture,
    next_epoch,
    with_banner,
    without_job,
)
from viz.state import AfterLook, Curve, Edit, EditorState, Job, JobKind, Mask, Outcome, PointPair

_MOST_OF_CURVE = 1000


def act(state: EditorState, action: Action) -> Result:
    """Stop what runs, or put away what was read."""
    match action:
        case actions.StopJob():
            return _stop(state)
        case actions.PauseJob():
            return _pause(state)
        case actions.ContinueJob():
            return _go_on(state, None)
        case actions.StepJob():
            return _go_on(state, 1)
        case actions.DismissBanner(number):
            kept = tuple(banner for banner in state.banners if banner.number != number)
            return dataclasses.replace(state, banners=kept), ()


def hear(state: EditorState, news: edits.News | words.News) -> Result:
    """Take in how a job goes; progress of an older one is let go."""
    match news:
        case answers.Planned():
            return in_job(in_face(state, last_mask=news.mask), news.epoch, plan=news), ()
        case answers.Progress():
            return _progressed(state, news), ()
        case answers.Paused(epoch):
            return _paused(state, epoch), ()
        case answers.Ended():
            return _ended(state, news)
        case answers.Waiting(message):
            return dataclasses.replace(state, waiting=message), ()
        case answers.Remark(message):
            return with_banner(state, message, severe=False), ()
        case answers.Failed():
            return _failed(state, news)


def _progressed(state: EditorState, news: answers.Progress) -> EditorState:
    job = state.job
    if job is None or job.epoch != news.epoch:
        return state
    curve = state.curve if not job.kind.changes_picture else _longer(state.curve, news)
    return dataclasses.replace(state, job=dataclasses.replace(job, progress=news), curve=curve)


def _longer(curve: Curve, news: answers.Progress) -> Curve:
    """Add a step; of a curve that grows long, every other one is left out."""
    every = slice(None, None, 2 if len(curve.steps) >= _MOST_OF_CURVE else 1)
    return Curve(
        (*curve.steps[every], news.done),
        (*curve.distances[every], math.nan if news.distance is None else news.distance),
        (*curve.losses[every], math.nan if news.loss is None else news.loss),
    )


def _stop(state: EditorState) -> Result:
    if state.job is None:
        return state, ()
    state = next_epoch(dataclasses.replace(state, job=dataclasses.replace(state.job, stopping=True)))
    return state, (commands.Stop(state.epoch),)


def _pause(state: EditorState) -> Result:
    job = state.job
    if job is None or not job.kind.changes_picture or job.stopping or job.paused:
        return state, ()
    return in_job(state, job.epoch, pausing=True), (commands.Pace(job.epoch, 0),)


def _paused(state: EditorState, epoch: int) -> EditorState:
    """Let points and mask be changed where the drag stands now."""
    job = state.job
    if job is None or job.epoch != epoch:
        return state
    if job.kind is JobKind.DRAG and job.progress is not None and job.progress.points is not None:
        state = _move_points(state, job.progress.points)
    drag = state.drag
    return in_job(state, epoch, paused=True, pausing=False, pairs=drag.pairs, mask=drag.mask)


def _go_on(state: EditorState, steps: int | None) -> Result:
    """Let a paused job go on, with points and mask as they are now."""
    job, drag = state.job, state.drag
    if job is None or not job.paused or job.stopping:
        return state, ()
    asked: list[commands.Command] = []
    if job.kind is JobKind.DRAG and (job.pairs != drag.pairs or job.mask is not drag.mask):
        request = request_of(drag.pairs, drag.mask)
        if state.image_size is not None:
            request.check(state.image_size)
        asked.append(commands.Regrip(job.epoch, request))
    asked.append(commands.Pace(job.epoch, steps))
    return in_job(state, job.epoch, paused=False, pausing=steps is not None), tuple(asked)


def request_of(pairs: tuple[PointPair, ...], mask: Mask | None) -> DragRequest:
    """Ask the engine for these pairs, which have targets."""
    handles = np.array([pair.point for pair in pairs], np.float32)
    targets = np.array([pair.target for pair in pairs], np.float32)
    return DragRequest(handles, targets, mask)


def _ended(state: EditorState, news: answers.Ended) -> Result:
    job = state.job
    if job is None or job.epoch != news.epoch:
        return state, ()
    if not job.kind.changes_picture:
        return dataclasses.replace(state, job=None, notice=news.message), ()
    outcome = Outcome(job.kind, job.title, news.reason, news.message, news.steps, news.seconds, news.report)
    state = dataclasses.replace(state, job=None, edits=state.edits + 1)
    if news.path is not None:
        state = _took(state, job, Edit(job.kind, job.title, news.path, len(news.path) - 1.0, outcome))
    if job.kind is JobKind.DRAG and job.progress is not None and job.progress.points is not None:
        state = _move_points(state, job.progress.points)
    state = in_face(state, faces=news.faces, outcome=outcome)
    if job.place is not None:
        # Of a stack that is replayed: viz/rules/stack.py goes on.
        return dataclasses.replace(state, replay=() if news.reason == "stopped" else job.rest), ()
    return looking.look(state)


def _took(state: EditorState, job: Job, edit: Edit) -> EditorState:
    """Go where an edit has led; its start tells the seed's own w, if no frame has."""
    start, end = edit.path.w_at(0), edit.path.w_at(edit.place)
    own = start if state.picture.w is None else state.picture.own_w
    layers = filled(state.picture.stack, job.layer or Layer(job.title), job.place, edit.path)
    return in_picture(state, w=end, own_w=own, edit=edit, stack=layers)


def _move_points(state: EditorState, points: np.ndarray) -> EditorState:
    """Let the points be where the drag left them, so that Start goes on from there."""
    pairs = tuple(
        PointPair((float(x), float(y)), pair.target)
        for (x, y), pair in zip(points, state.drag.pairs, strict=False)
    )
    return dataclasses.replace(state, drag=dataclasses.replace(state.drag, pairs=pairs))


def _failed(state: EditorState, news: answers.Failed) -> Result:
    state = done_loading(without_job(state, news.epoch), news.epoch)
    state = done_with_project(downloads.ended(state, news.epoch), news.epoch)
    state = dataclasses.replace(state, drag=dataclasses.replace(state.drag, when_seen=AfterLook.NOTHING))
    return with_banner(state, news.message), ()
