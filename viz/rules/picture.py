"""Rules of the picture: which seed is shown, which frames count, and what is seen in them."""

import dataclasses

from dnnlib.errors import EditorError
from drag.request import FloatArray
from faces.stack import composed
from viz import actions, answers, commands
from viz.actions.picture import Action
from viz.answers.picture import News
from viz.rules import latents, looking, points
from viz.rules.stacking import ended_at, left
from viz.rules.steps import Result, in_face, in_picture, next_epoch, numbers, with_banner
from viz.state import EditorState, JobKind, PhotoView, PictureState, PointPair


def act(state: EditorState, action: Action) -> Result:
    """Go to another picture."""
    match action:
        case actions.ChangeLatent(latent):
            return new_picture(dataclasses.replace(state, latent=latent))
        case actions.ChangeWalk(walk):
            return dataclasses.replace(state, walk=walk), ()
        case actions.PassTime(seconds):
            return _pass_time(state, seconds)
        case actions.SaveLatent():
            return latents.save(state)
        case actions.OpenLatent(path):
            return latents.open_file(state, path)
        case actions.ScrubEdit(place):
            return _scrub(state, place)


def hear(state: EditorState, news: News | answers.Frame) -> Result:
    """Take a frame, or what was seen in one; those of an older picture are let go."""
    match news:
        case answers.Frame():
            if news.epoch != state.picture_epoch:
                return state, ()
            photo = dataclasses.replace(state.photo, edited=news.photograph)
            if (
                photo.record is not None
                and news.photograph is not None
                and photo.record.meant is not news.meant
            ):
                photo = dataclasses.replace(photo, record=dataclasses.replace(photo.record, meant=news.meant))
            before = state.frame
            if _brought_in(state) and (before is None or before.epoch != news.epoch):
                photo = dataclasses.replace(photo, view=PhotoView.FACE)
            return looking.look(_known(dataclasses.replace(state, frame=news, photo=photo), news))
        case answers.LatentRead():
            return _read(state, news)
        case answers.Drawn():
            return state, ()
        case answers.Detected() | answers.Glimpsed():
            state = looking.seen(state, news)
            return points.seen(state) if isinstance(news, answers.Detected) else (state, ())


def _brought_in(state: EditorState) -> bool:
    """Tell whether a face of a photograph is on its way into the network."""
    return state.job is not None and state.job.kind is JobKind.INVERT


def _pass_time(state: EditorState, seconds: float) -> Result:
    """Walk on, if the picture that was asked for last is there: a slow network has longer steps, no queue."""
    latent = latents.walked(state, seconds)
    state = latents.waiting(state, seconds)
    if latent is None or not state.walk.playing:
        return state, ()
    return new_picture(
        dataclasses.replace(state, latent=latent, walk=dataclasses.replace(state.walk, waited=0.0))
    )


def _read(state: EditorState, news: answers.LatentRead) -> Result:
    """Show a latent that was read, if it fits."""
    try:
        latent = latents.taken(state, news.given)
    except EditorError as error:
        return with_banner(state, str(error)), ()
    return (state, ()) if latent is None else new_picture(dataclasses.replace(state, latent=latent))


def _known(state: EditorState, frame: answers.Frame) -> EditorState:
    """Learn the w of a new picture from its first frame."""
    if state.picture.w is not None or frame.w is None:
        return state
    return in_picture(state, w=frame.w, own_w=frame.w)


def new_picture(state: EditorState) -> Result:
    """Ask for the picture of the seed. What belonged to the old picture goes with it."""
    if state.network.loaded is None:
        return state, ()
    job = state.job if state.job is not None and not state.job.kind.changes_picture else None
    picture = PictureState(stack=left(state.picture.stack))
    state = next_epoch(state)
    state = dataclasses.replace(state, picture_epoch=state.epoch, edits=0, job=job, picture=picture)
    state = in_face(state, faces=None, glanced=False, outcome=None, click=None, last_mask=None)
    return state, (commands.Generate(state.epoch, state.latent),)


def go_to(state: EditorState, w: FloatArray) -> Result:
    """Ask for the picture of a w. What was seen in the old picture goes with it; an edit under way ends."""
    job = state.job if state.job is not None and not state.job.kind.changes_picture else None
    state = next_epoch(state)
    state = dataclasses.replace(state, picture_epoch=state.epoch, job=job)
    state = in_picture(in_face(state, faces=None, glanced=False), w=w)
    return state, (commands.GoTo(state.epoch, w, state.latent),)


def _scrub(state: EditorState, place: float) -> Result:
    """Go along the last edit; the handles of a drag by hand go along, so that Start goes on from there."""
    edit = state.picture.edit
    if edit is None or not state.ready:
        return state, ()
    place = min(max(place, 0.0), len(edit.path) - 1.0)
    if place == edit.place:
        return state, ()
    stack = ended_at(state.picture.stack, edit.path, place)
    state = in_picture(state, edit=dataclasses.replace(edit, place=place), stack=stack)
    handles, pairs = numbers(edit.path.points_at(place)), state.drag.pairs
    if edit.kind is JobKind.DRAG and len(handles) == len(pairs):
        moved = tuple(PointPair(at, pair.target) for at, pair in zip(handles, pairs, strict=True))
        state = dataclasses.replace(state, drag=dataclasses.replace(state.drag, pairs=moved))
    own = state.picture.own_w
    return go_to(state, edit.path.w_at(place) if own is None else composed(own, stack))
