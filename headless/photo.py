"""One edit of a face in a photograph, from beginning to end, and the files that tell of it.

aligned.png  inverted.png  edited.png   the face as it was cut out, as the generator draws it, and edited
photo_before.png  photo_after.png       the whole photograph, at its own size, with all that was known of it
photo.gif or photo.mp4                  the edit on the whole photograph, at the size of a screen
tuned.safetensors                       what tuning changed of the generator, where it changed anything
w.npz                                   w `before` and `after`
photo.json                              how it went
"""

import itertools
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from dnnlib.photo_files import save_photo
from dnnlib.photos import Photo, read_photo
from dnnlib.pictures import save_gif, save_mp4, save_png
from dnnlib.words import duration_text
from faces.landmarks import Face, NoFaceError
from headless.cutting import PhotoDeskError
from headless.edit import FILM_FPS, FILM_HOLD, EditResult, edit_face
from headless.needs import Projection
from headless.options import EditOptions
from headless.photo_desk import PhotoDesk
from headless.photo_options import PhotoOptions
from headless.photo_told import told_of
from headless.session import EditSession, Picture
from headless.sitting import Sitting

DRAWN = (
    "This network draws portraits: the face becomes a drawn one. With one of photographed faces it stays a "
    "photograph (python -m training.download --list)."
)


@dataclass(frozen=True, eq=False)
class PhotoResult:
    """A photograph that was edited.

    `stopped` says that a person broke the inversion or the edit off; what was best until then is here.
    """

    options: PhotoOptions
    photo: Photo
    after: Photo
    face: Face
    faces: int
    note: str
    sitting: Sitting
    step: Projection
    seconds: float
    edited: EditResult
    stopped: bool

    def summary(self) -> str:
        """Say in one line how it went."""
        broken_off = "Stopped by you on the way in. " if self.stopped and not self.edited.stopped else ""
        return broken_off + self.edited.summary()


def run_photo(
    photo: PhotoOptions,
    edit: EditOptions,
    open_session: Callable[[], EditSession],
    out: str | os.PathLike[str],
    say: Callable[[str], None] = lambda line: None,
) -> tuple[PhotoResult, list[Path]]:
    """Edit a face in a photograph, and write what it came to.

    Ctrl-C ends the inversion or the edit and keeps the best so far; an inversion that was broken off is gone
    on from the next time.

    Args:
        photo: which photograph and face.
        edit: what to do with it; its seed, class and truncation do not count.
        open_session: reads the checkpoint; called once the photograph is known to be one.
        out: the folder; made if it is missing.
        say: told in one line what a person should know.

    Raises:
        FileError: if the folder takes no files; before any work is done.
        PhotoError: if the photograph cannot be read; likewise.
        NoFaceError: if there is no such face in it.
        EditorError: whatever loading, inverting and dragging find wrong.
    """
    if photo.photo is None:
        raise PhotoDeskError("no photograph was named; add --photo and its path")
    folder = writable_folder(out)
    read_photo(photo.photo)
    session = open_session()
    desk = session.photos
    if desk is None:
        raise PhotoDeskError(f"{session.path.name}: photographs cannot be brought into this network here")
    result = _work(session, desk, photo, edit, say)
    return result, _write(result, session, desk, folder)


def _work(
    session: EditSession,
    desk: PhotoDesk,
    options: PhotoOptions,
    edit: EditOptions,
    say: Callable[[str], None],
) -> PhotoResult:
    assert options.photo is not None
    photo, _ = desk.open(options.photo)
    if desk.draws:
        say(DRAWN)
    for note in photo.notes:
        say(note)
    face, count, note = _face(desk, options, edit.detector)
    if note:
        say(note)
    began = time.monotonic()
    step, stopped = _invert(desk, face, options.budget)
    seconds = time.monotonic() - began
    desk.whole_face = options.whole_face
    sitting = desk.settle(face, step)
    edited = edit_face(session, edit)
    after = desk.put_back(edited.after, edited.plan.mask)
    return PhotoResult(
        options, photo, after, face, count, note, sitting, step, seconds, edited, stopped or edited.stopped
    )


def _face(desk: PhotoDesk, options: PhotoOptions, wish: str) -> tuple[Face, int, str]:
    """Find the face that is meant, how many there are, and what a person should know."""
    assert options.photo is not None
    form = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}"  # Nobody counts per cent a second.
    with tqdm(total=100, desc="Looking for faces", bar_format=form, leave=False) as bar:

        def told(text: str, share: float) -> None:
            bar.set_description(text)
            bar.update(round(100 * share) - bar.n)

        found = desk.look(wish, told)
    if not found.faces:
        raise NoFaceError(f"{options.photo}: {found.note()}")
    if options.which_face > len(found.faces):
        raise NoFaceError(
            f"{options.photo}: face {options.which_face} was asked for, and there "
            f"{'is one' if len(found.faces) == 1 else f'are {len(found.faces)}'}"
        )
    return found.faces[options.which_face - 1], len(found.faces), found.note()


def _invert(desk: PhotoDesk, face: Face, budget: str) -> tuple[Projection, bool]:
    """Bring a face into the generator, with a bar; give the state that counts, and whether it was stopped."""
    best: Projection | None = None
    with (
        tqdm(desc="Into the generator", unit="step", leave=False) as bar,
        closing(desk.invert(face, budget)) as steps,
    ):
        try:
            for step in steps:
                best = step if step.best or step.ended is not None or best is None else best
                bar.total = step.total
                bar.update(step.done - bar.n)
                left = "" if step.seconds_left is None else f"{duration_text(step.seconds_left)} left"
                bar.set_postfix_str(f"{step.stage} {left}")
        except KeyboardInterrupt:
            if best is None:
                raise
            return best, True
    if best is None:
        raise EditorError("the inversion gave nothing at all")
    return best, False


# ----------------------------------------------------------------------------
# The files.


def _write(result: PhotoResult, session: EditSession, desk: PhotoDesk, folder: Path) -> list[Path]:
    """Write the files, all of them or none: they are made in a folder beside and moved at the end."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".photo-") as name:
        making = Path(name)
        save_png(making / "aligned.png", result.sitting.aligned)
        save_png(making / "inverted.png", result.sitting.inverted)
        save_png(making / "edited.png", result.edited.after)
        save_photo(making / "photo_before.png", result.photo)
        save_photo(making / "photo_after.png", result.after)
        w_after = result.edited.step.w.cpu().numpy()
        np.savez(making / "w.npz", allow_pickle=False, before=result.edited.w_before, after=w_after)
        desk.save_tuned(making / "tuned.safetensors")
        film = f"photo.{result.options.film}"
        save = save_gif if result.options.film == "gif" else save_mp4
        save(making / film, _film(result, session, desk), FILM_FPS)
        names = sorted(path.name for path in making.iterdir())
        record = json.dumps({**told_of(result, session), "files": names}, indent=1, allow_nan=False)
        (making / "photo.json").write_text(record + "\n", encoding="utf-8")
        # The JSON comes last: where it is, the files that it names are there too.
        names.append("photo.json")
        for each in names:
            os.replace(making / each, folder / each)
    return [folder / each for each in names]


def _film(result: PhotoResult, session: EditSession, desk: PhotoDesk) -> Iterable[Picture]:
    draws = tqdm(session.film(), desc="film", unit="frame", leave=False)
    frames = [desk.preview(draw(), result.edited.plan.mask) for draw in draws]
    return itertools.chain(frames, frames[-1:] * FILM_HOLD)
