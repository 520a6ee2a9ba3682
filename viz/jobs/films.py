"""Job: to write an edit as a film: GIF, MP4, or a folder of numbered pictures."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from dnnlib.errors import EditorError
from dnnlib.files import FileError, writable_folder
from dnnlib.pictures import save_gif, save_mp4, save_png
from viz import answers, commands
from viz.drawn_points import with_points
from viz.jobs.desk import Desk
from viz.state import FilmKind

FILM_FRAMES = (24, 60)  # A film has at least and at most so many, spread evenly along the edit.
_HOLD_SECONDS = 0.7  # The last frame of a film stays so long.

Film = Sequence[np.ndarray]


def save_film(desk: Desk, command: commands.SaveFilm) -> None:
    """Draw the frames of an edit again, and write them; a film that is stopped is not written."""
    edit, path, epoch = command.edit, command.path, command.epoch
    if path.exists():
        raise EditorError(f"{path}: is there already; nothing is written over.")
    writable_folder(path.parent)
    places, frames = edit.evenly(*FILM_FRAMES), list[np.ndarray]()
    for index, place in enumerate(places):
        if desk.inbox.interrupts(epoch, by_newer=False):
            return desk.say(_stopped(command, index))
        frame = desk.session.draw(edit.w_at(place))
        if command.photo:
            frame = _in_photograph(desk, frame)
        elif command.points:
            frame = with_points(frame, edit.points_at(place), edit.targets)
        frames.append(frame)
        desk.say(answers.Progress(epoch, index + 1, len(places), share=(index + 1) / len(places)))
    if desk.inbox.interrupts(epoch, by_newer=False):
        return desk.say(_stopped(command, len(places)))
    _WRITERS[command.kind](path, frames, command.fps)
    desk.say(answers.Saved(epoch, path))


def _in_photograph(desk: Desk, frame: np.ndarray) -> np.ndarray:
    """Put a frame into the photograph, at the size of a screen."""
    photos = desk.session.photos
    if photos is None or not photos.in_front:
        raise EditorError("The picture is not of the photograph any more: undo until it is, and save again.")
    return photos.preview(frame)


def _stopped(command: commands.SaveFilm, frames: int) -> answers.Ended:
    message = f"Stopped: {command.path.name} was not written."
    return answers.Ended(command.epoch, "stopped", message, frames, 0.0)


# ----------------------------------------------------------------------------
# The forms.


def _held(frames: Film, fps: int) -> list[np.ndarray]:
    """Let the last frame stay for a while."""
    return [*frames, *[frames[-1]] * round(_HOLD_SECONDS * fps)]


def _save_frames(folder: Path, frames: Film, fps: int) -> None:
    """Write numbered pictures into a new folder, all of them or none."""
    making = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".frames-"))
    try:
        for index, frame in enumerate(frames, start=1):
            save_png(making / f"frame-{index:04d}.png", frame)
        making.chmod(0o755)
        os.rename(making, folder)
    except OSError as error:
        raise FileError(f"{folder}: cannot be written ({(error.strerror or str(error)).lower()})") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


_WRITERS: dict[FilmKind, Callable[[Path, Film, int], None]] = {
    FilmKind.GIF: lambda path, frames, fps: save_gif(path, _held(frames, fps), fps),
    FilmKind.MP4: lambda path, frames, fps: save_mp4(path, _held(frames, fps), fps),
    FilmKind.FRAMES: _save_frames,
}
