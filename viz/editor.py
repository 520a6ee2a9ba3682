"""The rules of the editor: what a person's action, or news from the worker, makes of the state.

    state, commands = act(state, action)
    state, commands = hear(state, news)

Both are plain functions of what they are given, so that they can be tested without a screen and undone later.
"""

import dataclasses
from pathlib import Path

import numpy as np

from dnnlib.errors import EditorError
from drag.request import DragRequest
from faces.expressions import EXPRESSIONS
from viz import actions, answers, commands, downloads, looking
from viz.brush import paint
from viz.state import (
    DragState,
    EditorState,
    FaceState,
    Job,
    JobKind,
    Outcome,
    PointPair,
)
from viz.steps import done_loading, in_face, in_job, in_network, next_epoch, with_banner, without_job

Result = tuple[EditorState, tuple[commands.Command, ...]]

_OF_THE_FETCHER = (answers.Offered, answers.Fetching, answers.Fetched)


# ----------------------------------------------------------------------------
# What a person does.


def act(state: EditorState, action: actions.Action) -> Result:
    """Do what was asked; what cannot be done becomes a banner."""
    try:
        return _act(dataclasses.replace(state, notice=""), action)
    except EditorError as error:
        return with_banner(state, str(error)), ()


def _act(state: EditorState, action: actions.Action) -> Result:
    match action:
        case actions.ChangeLatent(latent):
            return _new_picture(dataclasses.replace(state, latent=latent))
        case actions.ChangeFace(face):
            return _change_face(state, face)
        case actions.ChangeDrag(drag):
            return _change_drag(state, drag)
        case actions.ChangeCapture(capture):
            return dataclasses.replace(state, capture=capture), ()
        case actions.TypePath(text):
            return in_network(state, typed=text), ()
        case actions.OpenNetwork(path):
            return _open(state, path)
        case actions.ChooseOffer() | actions.StartDownload() | actions.CancelDownload():
            return downloads.act(state, action)
        case actions.DropFiles(paths):
            return _open(state, str(paths[0])) if paths else (state, ())
        case actions.LookForFaces():
            return looking.look_closely(state)
        case actions.ClickExpression(expression):
            return _adjust(state, expression)
        case actions.ResetFace():
            face = dataclasses.replace(state.face, strengths=FaceState().strengths, click=None)
            drag = dataclasses.replace(state.drag, pairs=(), mask=None)
            return _new_picture(dataclasses.replace(state, face=face, drag=drag))
        case actions.StartDrag():
            return _drag(state)
        case actions.StopJob():
            return _stop(state)
        case actions.Paint(start, end, erase):
            return _paint(state, start, end, erase), ()
        case actions.SavePicture():
            return _save_picture(state)
        case actions.SaveEditFilm():
            return _save_film(state)
        case actions.DismissBanner(number):
            kept = tuple(banner for banner in state.banners if banner.number != number)
            return dataclasses.replace(state, banners=kept), ()


def _open(state: EditorState, typed: str) -> Result:
    if not typed.strip():
        raise EditorError("No path: type the path of a checkpoint, or drop a file on the window.")
    path = Path(typed.strip()).expanduser()
    state = next_epoch(state)
    state = in_network(state, typed=str(path), loading=path, loading_epoch=state.epoch)
    return state, (commands.Load(state.epoch, path),)


def _new_picture(state: EditorState) -> Result:
    """Ask for the picture of the seed. What belonged to the old picture goes with it."""
    if state.network.loaded is None:
        return state, ()
    job = state.job if state.job is not None and state.job.kind is JobKind.FILM else None
    state = next_epoch(state)
    state = dataclasses.replace(state, picture_epoch=state.epoch, edits=0, job=job)
    state = in_face(state, faces=None, glanced=False, outcome=None, click=None, last_mask=None)
    latent = state.latent
    return state, (commands.Generate(state.epoch, latent.seed, latent.psi, latent.label),)


def _change_face(state: EditorState, face: FaceState) -> Result:
    if face.detector != state.face.detector:
        face = dataclasses.replace(face, faces=None)
    return looking.look(dataclasses.replace(state, face=face))


def _change_drag(state: EditorState, drag: DragState) -> Result:
    """Take other points, mask or options; new options act on the drag that runs, too."""
    job, retuned = state.job, drag.config != state.drag.config
    state = dataclasses.replace(state, drag=drag)
    if not retuned or job is None or job.kind is not JobKind.DRAG:
        return state, ()
    return state, (commands.Retune(job.epoch, drag.config),)


def _adjust(state: EditorState, expression: str) -> Result:
    if not state.ready:
        return state, ()
    face = state.face
    state = _begin(state, JobKind.ADJUST, EXPRESSIONS[expression].title)
    command = commands.Adjust(
        state.epoch,
        expression,
        face.strengths[expression],
        face.detector,
        face.automatic_mask,
        face=face.click,
        mask=None if face.automatic_mask else state.drag.mask,
    )
    return state, (command,)


def _drag(state: EditorState) -> Result:
    if not state.ready:
        return state, ()
    pairs, size = state.complete_pairs, state.image_size
    if not pairs or size is None:
        raise EditorError("Nothing to drag: click on the picture for a point, and again for its target.")
    points = np.array([pair.point for pair in pairs], np.float32)
    targets = np.array([pair.target for pair in pairs], np.float32)
    request = DragRequest(points, targets, state.drag.mask)
    request.check(size)
    state = _begin(state, JobKind.DRAG, "Drag")
    # A point without a target would not know what it belongs to once the others have moved.
    state = dataclasses.replace(state, drag=dataclasses.replace(state.drag, pairs=pairs))
    return state, (commands.Drag(state.epoch, request, state.drag.config),)


def _begin(state: EditorState, kind: JobKind, title: str) -> EditorState:
    """Note a job that changes the picture."""
    state = next_epoch(state)
    state = dataclasses.replace(state, picture_epoch=state.epoch, job=Job(state.epoch, kind, title))
    return in_face(state, faces=None, glanced=False, outcome=None)


def _stop(state: EditorState) -> Result:
    if state.job is None:
        return state, ()
    state = next_epoch(dataclasses.replace(state, job=dataclasses.replace(state.job, stopping=True)))
    return state, (commands.Stop(state.epoch),)


def _paint(
    state: EditorState, start: tuple[float, float], end: tuple[float, float], erase: bool
) -> EditorState:
    size, drag = state.image_size, state.drag
    if size is None or state.busy:
        return state
    mask = paint(drag.mask, size, start, end, drag.brush_radius, moves=drag.brush_moves != erase)
    return dataclasses.replace(state, drag=dataclasses.replace(drag, mask=mask))


def _save_picture(state: EditorState) -> Result:
    frame = state.frame
    if frame is None:
        raise EditorError("No picture to save yet: load a network first.")
    path = _free_name(state, "picture", ".png")
    state = next_epoch(state)
    return state, (commands.WritePicture(state.epoch, path, frame.picture),)


def _save_film(state: EditorState) -> Result:
    if not state.ready:
        return state, ()
    if state.edits == 0:
        raise EditorError("No edit to save yet: click an expression, or drag a point, first.")
    path = _free_name(state, "edit", ".gif")
    state = next_epoch(state)
    state = dataclasses.replace(state, job=Job(state.epoch, JobKind.FILM, "Saving the GIF"))
    return state, (commands.SaveFilm(state.epoch, path),)


def _free_name(state: EditorState, word: str, suffix: str) -> Path:
    """Name a file that is not there yet: nothing is ever written over."""
    folder = Path(state.capture.folder.strip() or ".").expanduser()
    number = 1
    while (path := folder / f"{word}-seed{state.latent.seed}-{number:02d}{suffix}").exists():
        number += 1
    return path


# ----------------------------------------------------------------------------
# What the worker says.


def hear(state: EditorState, news: answers.News | answers.Frame) -> Result:
    """Take news in; frames and progress of an older picture are let go."""
    if not isinstance(news, _OF_THE_FETCHER):
        state = dataclasses.replace(state, waiting="")
    match news:
        case answers.Waiting(message):
            return dataclasses.replace(state, waiting=message), ()
        case answers.Frame():
            if news.epoch != state.picture_epoch:
                return state, ()
            return looking.look(dataclasses.replace(state, frame=news))
        case answers.Loaded():
            return _loaded(state, news)
        case answers.Detected() | answers.Glimpsed():
            return looking.seen(state, news), ()
        case answers.Planned():
            return in_job(in_face(state, last_mask=news.mask), news.epoch, plan=news), ()
        case answers.Progress():
            return in_job(state, news.epoch, progress=news), ()
        case answers.Ended():
            return _ended(state, news)
        case answers.Saved(epoch, path):
            capture = dataclasses.replace(state.capture, saved=path)
            state = dataclasses.replace(without_job(state, epoch), capture=capture)
            return dataclasses.replace(state, notice=f"Saved {path}"), ()
        case answers.Offered() | answers.Fetching():
            return downloads.hear(state, news), ()
        case answers.Fetched():
            return _fetched(state, news)
        case answers.Remark(message):
            return with_banner(state, message, severe=False), ()
        case answers.Failed():
            return _failed(state, news)


def _loaded(state: EditorState, news: answers.Loaded) -> Result:
    state = done_loading(state, news.epoch)
    state = in_network(state, loaded=news.network, nearby=news.nearby)
    label = min(state.latent.label, max(0, news.network.c_dim - 1))
    state = dataclasses.replace(state, latent=dataclasses.replace(state.latent, label=label))
    state = dataclasses.replace(state, drag=dataclasses.replace(state.drag, pairs=(), mask=None))
    return _new_picture(in_face(state, glimpse=None))


def _ended(state: EditorState, news: answers.Ended) -> Result:
    job = state.job
    if job is None or job.epoch != news.epoch:
        return state, ()
    if job.kind is JobKind.FILM:
        return dataclasses.replace(state, job=None, notice=news.message), ()
    outcome = Outcome(job.kind, job.title, news.reason, news.message, news.steps, news.seconds, news.report)
    state = dataclasses.replace(state, job=None, edits=state.edits + 1)
    if job.kind is JobKind.DRAG and job.progress is not None and job.progress.points is not None:
        state = _move_points(state, job.progress.points)
    return looking.look(in_face(state, faces=news.faces, outcome=outcome))


def _move_points(state: EditorState, points: np.ndarray) -> EditorState:
    """Let the points be where the drag left them, so that Start goes on from there."""
    pairs = tuple(
        PointPair((float(x), float(y)), pair.target)
        for (x, y), pair in zip(points, state.drag.pairs, strict=False)
    )
    return dataclasses.replace(state, drag=dataclasses.replace(state.drag, pairs=pairs))


def _fetched(state: EditorState, news: answers.Fetched) -> Result:
    """Open what was fetched, unless an edit runs, which that would end."""
    state = downloads.ended(state, news.epoch)
    if news.path is None:
        return dataclasses.replace(state, notice="The download was cancelled; what has come stays."), ()
    if state.busy:
        return dataclasses.replace(state, notice=f"Downloaded {news.path.name}: open it when you like."), ()
    return _open(state, str(news.path))


def _failed(state: EditorState, news: answers.Failed) -> Result:
    state = done_loading(without_job(state, news.epoch), news.epoch)
    state = downloads.ended(state, news.epoch)
    return with_banner(state, news.message), ()
