"""Rules of photographs: opened, a face chosen and brought into the generator, saved with the edit in it."""

import dataclasses
from pathlib import Path

from dnnlib.errors import EditorError
from dnnlib.latents import GivenLatent
from dnnlib.photo_record import PhotoRecord
from dnnlib.words import duration_text
from viz import actions, answers, commands
from viz.actions.photo import Action
from viz.answers.photo import News
from viz.rules.picture import go_to, new_picture
from viz.rules.steps import Result, begin, next_epoch, with_banner, without_job
from viz.state import EditorState, Job, JobKind, PhotoState, PhotoView

PANEL = "Photo"
DRAWN = (
    "This network draws portraits: the face becomes a drawn one, as near to it as a drawing comes. With a "
    "network of photographed faces (Network, Get a model) it stays a photograph."
)


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about a photograph."""
    match action:
        case actions.OpenPhoto(path):
            return _open(state, path)
        case actions.ChangePhoto(photo):
            return _change(state, photo)
        case actions.BringIn():
            return _bring_in(state)
        case actions.SavePhoto(path):
            return _save(state, path)


def hear(state: EditorState, news: News) -> Result:
    """Take in what became of it."""
    match news:
        case answers.PhotoOpened():
            return _opened(state, news), ()
        case answers.Inverted():
            return _inverted(state, news)
        case answers.TakenUp():
            return _taken_up(state, news), ()
        case answers.PutBack(_, picture):
            return in_photo(state, edited=picture), ()


def in_photo(state: EditorState, **changes: object) -> EditorState:
    """Change what is known of the photograph."""
    return dataclasses.replace(state, photo=dataclasses.replace(state.photo, **changes))  # type: ignore[arg-type]


def in_sight(before: EditorState, after: EditorState) -> EditorState:
    """Bring to the stage what a person has changed: the face, or the photograph with the edit in it."""
    bringing_in = after.job is not None and after.job.kind is JobKind.INVERT
    if after.photo.shown is None or bringing_in:
        return after
    if after.picture_epoch != before.picture_epoch:
        return in_photo(after, view=PhotoView.AFTER if after.of_photo else PhotoView.FACE)
    one, other = before.drag, after.drag
    same = one.pairs == other.pairs and one.mask is other.mask and one.tool is other.tool
    return after if same else in_photo(after, view=PhotoView.FACE)


def _open(state: EditorState, typed: str) -> Result:
    if not typed.strip():
        raise EditorError("No path: choose a photograph, or drop one on the window.")
    if state.network.loaded is None:
        raise EditorError("A photograph needs a network to go into: open a checkpoint first.")
    if state.busy:
        raise EditorError("Something runs: stop it, or wait until it ends, and then open the photograph.")
    state = next_epoch(state)
    path = Path(typed.strip()).expanduser()
    state = dataclasses.replace(state, job=Job(state.epoch, JobKind.PHOTO, f"Looking at {path.name}"))
    closed = state.window.closed - {PANEL}
    state = dataclasses.replace(state, window=dataclasses.replace(state.window, closed=closed))
    return state, (
        commands.OpenPhoto(state.epoch, path, state.face.detector),
        commands.FocusPanel(state.epoch, PANEL),
    )


def _opened(state: EditorState, news: answers.PhotoOpened) -> EditorState:
    state = without_job(state, news.epoch)
    photo = PhotoState(
        news.path, news.picture, news.size, news.faces, news.note, news.drawn,
        budget=state.photo.budget, whole_face=state.photo.whole_face, view=PhotoView.BEFORE,
        record=state.photo.record,  # Until another face is in, a project is of the one before.
        before=_with_present(state.photo),
    )  # fmt: skip
    state = dataclasses.replace(state, photo=photo)
    if not news.faces:
        return with_banner(state, f"{news.path.name}: {news.note}")
    return with_banner(state, DRAWN, severe=False) if news.drawn else state


def take_up(state: EditorState, record: PhotoRecord | None) -> Result:
    """Go on with the photograph of a project, or with none; the picture is to be asked for after this."""
    photo = PhotoState(budget=state.photo.budget)
    if record is None or state.network.loaded is None or record.network != state.network.loaded.sha256:
        return dataclasses.replace(state, photo=dataclasses.replace(photo, record=record)), ()
    state = next_epoch(dataclasses.replace(state, photo=dataclasses.replace(photo, record=record)))
    return state, (commands.TakeUp(state.epoch, record, photo.whole_face),)


def _taken_up(state: EditorState, news: answers.TakenUp) -> EditorState:
    record = news.record
    if state.photo.record is None or not record.given.is_same(state.photo.record.given):
        return state
    return in_photo(
        state, path=record.path, picture=news.picture, size=news.size, faces=news.faces, drawn=news.drawn,
        given=record.given,
    )  # fmt: skip


def _change(state: EditorState, photo: PhotoState) -> Result:
    again = photo.whole_face != state.photo.whole_face
    state = dataclasses.replace(state, photo=photo)
    if not again:
        return state, ()
    state = next_epoch(state)
    return state, (commands.PutBack(state.epoch, photo.whole_face),)


def _bring_in(state: EditorState) -> Result:
    if not state.ready:
        return state, ()
    photo = state.photo
    if photo.face is None:
        raise EditorError("There is no face to bring in: open a photograph that has one.")
    # The photograph stays on the stage until there is a first picture of the face: no other face is seen.
    state = begin(state, JobKind.INVERT, "Bringing the face in")
    return state, (commands.Invert(state.epoch, photo.chosen, photo.budget),)


def _inverted(state: EditorState, news: answers.Inverted) -> Result:
    job = state.job
    if job is None or job.epoch != news.epoch:
        return state, ()
    state = dataclasses.replace(state, job=None)
    if news.latent is None:
        # What is on the screen is of the way that led nowhere: back to the picture before.
        before = state.picture.w
        state, asked = go_to(state, before) if before is not None else new_picture(state)
        return dataclasses.replace(state, notice=news.message), asked
    earlier = _with_present(state.photo)
    state = dataclasses.replace(
        in_photo(state, given=news.latent.given, record=news.record, before=earlier), latent=news.latent
    )
    state = dataclasses.replace(state, drag=dataclasses.replace(state.drag, pairs=(), mask=None))
    state, asked = new_picture(state)
    said = f"{news.message} ({duration_text(news.seconds)}). Now click an expression."
    return dataclasses.replace(state, notice=said), asked


def _with_present(photo: PhotoState) -> tuple[GivenLatent, ...]:
    return photo.before if photo.given is None else (*photo.before, photo.given)


def not_this_one(state: EditorState) -> str:
    """Say in a sentence or two why edits are not put into the photograph; empty where they are."""
    photo, given = state.photo, state.latent.given
    if photo.path is None or photo.face is None or state.frame is None or state.of_photo:
        return ""
    there = next((one.name for one in photo.before if one.is_same(given)), "")
    way = "undo or redo until its face is there" if photo.given is not None else "bring its face in first"
    if not there:
        return f"To save this photograph, {way}."
    if there == photo.path.name:
        return (
            f"The face in the picture was brought in before the present one. To save the photograph, {way}."
        )
    own = f"The face in the picture is that of {there}, and not of this photograph."
    return f"{own} To save this photograph, {way}; for the other, open {there} again and bring its face in."


def left_out(state: EditorState) -> str:
    """Say of which faces in the history a project holds the w alone; empty where there are none."""
    record = state.photo.record
    found = [
        one.name
        for one in state.photo.before
        if (record is None or not one.is_same(record.given))
        and any(one.is_same(entry.moment.latent.given) for entry in state.history.entries)
    ]
    if record is None or not found:
        return ""
    names = ", ".join(dict.fromkeys(found))
    return (
        f"holds {record.path.name} as it was brought in last, with what was tuned to it. Of faces brought in "
        f"before ({names}) it holds the w alone, without photograph and tuned network."
    )


def _save(state: EditorState, typed: str) -> Result:
    if not state.ready:
        return state, ()
    if not state.of_photo:
        why = not_this_one(state) or "No face of a photograph is in the generator: open one, and bring it in."
        raise EditorError(why)
    path = Path(typed).expanduser() if typed else _free_name(state)
    state = next_epoch(state)
    return state, (commands.SavePhoto(state.epoch, path),)


def _free_name(state: EditorState) -> Path:
    """Name a file that is not there yet: nothing is ever written over."""
    folder = Path(state.capture.folder.strip() or ".").expanduser()
    stem = state.photo.path.stem if state.photo.path is not None else "photo"
    number = 1
    while (path := folder / f"{stem}-edited-{number:02d}.png").exists():
        number += 1
    return path
