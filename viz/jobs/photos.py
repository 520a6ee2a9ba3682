"""Jobs about a photograph: to read it, to bring a face of it into the generator, to put edits back."""

import time
from collections.abc import Sequence
from contextlib import closing

import numpy as np

from dnnlib.errors import CancelledError, EditorError
from dnnlib.files import writable_folder
from dnnlib.photo_files import save_photo
from dnnlib.projection import ProjectionState
from dnnlib.words import duration_text
from faces.landmarks import Face
from viz import answers, commands
from viz.jobs.desk import Desk
from viz.photographs import Photographs

_FRAME_EVERY = 0.25  # s: drawing a state for the screen costs about a step.
_STAGES = {"start": "looking for a start", "w": "into W", "w+": "into W+", "tuning": "tuning the network"}


def open_photo(desk: Desk, command: commands.OpenPhoto) -> None:
    """Read a photograph, and find its faces."""
    epoch, photos = command.epoch, _photos(desk)

    def tell(text: str, share: float) -> None:
        if desk.inbox.interrupts(epoch):
            raise CancelledError("cancelled")
        desk.say(answers.Progress(epoch, round(100 * share), 100, words=text))

    photo, small = photos.open(command.path)
    try:
        found = photos.look(command.detector, tell)
    except CancelledError:
        return desk.say(answers.Ended(epoch, "stopped", "The search for faces was stopped.", 0, 0.0))
    faces = _on_screen(found.faces, small.shape[1] / photo.size[1])
    note = " ".join(text for text in (found.note(), *photo.notes) if text)
    desk.say(answers.PhotoOpened(epoch, command.path, small, photo.size, faces, note, photos.draws))


def invert(desk: Desk, command: commands.Invert) -> None:
    """Bring a face into the generator, showing it as it comes nearer; a stop keeps the best so far."""
    epoch, photos, began = command.epoch, _photos(desk), time.monotonic()
    try:
        if command.face >= len(photos.faces):
            raise EditorError("There is no face to bring in: open a photograph that has one.")
        face = photos.faces[command.face]
        best = _follow(desk, epoch, photos, face, command.budget)
        if best is None or desk.inbox.interrupts(epoch, by_stop=False):
            return desk.say(answers.Inverted(epoch, None, "Stopped before anything was reached."))
        sitting = photos.settle(face, best)
    except EditorError as error:
        desk.say(answers.Inverted(epoch, None, ""))
        return desk.say(answers.Failed(epoch, str(error)))
    seconds = time.monotonic() - began
    words = "The face is in" if best.ended is not None else "Stopped: this is the best so far"
    desk.say(
        answers.Inverted(
            epoch, sitting.latent, f"{words}: {best.message.rstrip('.')}", seconds, photos.record()
        )
    )


def _follow(desk: Desk, epoch: int, photos: Photographs, face: Face, budget: str) -> ProjectionState | None:
    """Go through the states, and give the best; closing the iterator notes where it stands."""
    best: ProjectionState | None = None
    shown_at = 0.0
    with closing(photos.invert(face, budget)) as steps:
        for step in steps:
            best = step if step.best or step.ended is not None or best is None else best
            words = _STAGES.get(step.stage, step.stage)
            if step.seconds_left is not None:
                words += f", {duration_text(step.seconds_left)} left"
            desk.say(answers.Progress(epoch, step.done, step.total, words=words))
            due = time.monotonic() - shown_at > _FRAME_EVERY and step is best
            if step.ended is not None or (due and desk.wants_frame()):
                desk.show(answers.Frame(epoch, np.asarray(best.frame()), step.done))
                shown_at = time.monotonic()
            if step.ended is None and not desk.inbox.lets_go_on(epoch):
                desk.say(answers.Paused(epoch))
                desk.inbox.wait_to_go_on(epoch)
            if desk.inbox.interrupts(epoch):
                break
    return best


def take_up(desk: Desk, command: commands.TakeUp) -> None:
    """Go on with the photograph of a project."""
    photos, record = _photos(desk), command.record
    desk.wait(f"Taking up {record.path.name} again …")
    photos.whole_face = command.whole_face
    photos.take_up(record)
    if photos.photo is None or photos.small is None:
        return
    size, small = photos.photo.size, photos.small
    faces = _on_screen(photos.faces, small.shape[1] / size[1])
    desk.say(answers.TakenUp(command.epoch, record, small, size, faces, photos.draws))


def _on_screen(faces: Sequence[Face], scale: float) -> tuple[Face, ...]:
    """Find the faces of a photograph in the one of the screen."""
    return tuple(Face((face.landmarks + 0.5) * scale - 0.5, face.score) for face in faces)


def put_back(desk: Desk, command: commands.PutBack) -> None:
    """Show the photograph with the present picture in it."""
    photos = _photos(desk)
    photos.whole_face = command.whole_face
    if photos.in_front:
        desk.say(answers.PutBack(command.epoch, photos.preview(desk.session.frame())))


def save(desk: Desk, command: commands.SavePhoto) -> None:
    """Write the photograph with the present picture in it, whole or not at all."""
    photos = _photos(desk)
    if not photos.in_front:
        raise EditorError(
            "The picture is not of the photograph any more: undo until it is, or bring the face in again."
        )
    writable_folder(command.path.parent)
    save_photo(command.path, photos.put_back(desk.session.frame()))
    desk.say(answers.Saved(command.epoch, command.path))


def _photos(desk: Desk) -> Photographs:
    photos = desk.session.photos
    if photos is None:
        raise EditorError("Photographs cannot be brought into this network.")
    return photos
