"""A photograph on the session's desk: read, its faces found, one brought into the generator and back."""

import dataclasses
import hashlib
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np

from dnnlib.latents import GivenLatent, Latent
from dnnlib.photo_record import MOST_KEPT, PhotoRecord
from dnnlib.photos import Photo, photo_bytes, read_photo
from faces.align import Alignment, cut_out
from faces.landmarks import Face
from faces.masks import Mask
from faces.paste import Paste
from faces.photograph import PhotographFaces, Progress, find_faces
from headless.cutting import Cutter, PhotoDeskError
from headless.needs import Projection, Projector
from headless.picture import Picture
from headless.session import EditSession
from headless.sitting import Sitting, for_the_screen
from headless.tuned_files import TunedFiles


class PhotoDesk:
    """Works on one photograph at a time, on the thread that calls.

    Args:
        session: whose generator is to draw the face.
        projector: brings a frame into that generator.
        keep: a folder for what an interrupted inversion has reached; None keeps nothing.
        tuned: a folder for what tuning changed of the generator, so that a face is drawn by it again whenever
            it comes back, in another session too; None keeps nothing.

    Attributes:
        photo: the photograph; None before the first.
        small: the same for the screen, uint8 [h, w, 3].
        faces: those that were found in it, largest first.
        sitting: the face that was brought into the generator last; None before the first.
        whole_face: put the whole drawn face into the photograph, not only what changed.
    """

    def __init__(
        self,
        session: EditSession,
        projector: Projector,
        keep: Path | None = None,
        tuned: Path | None = None,
    ) -> None:
        self._session, self._projector, self._keep = session, projector, keep
        self._tuned = TunedFiles(projector, tuned, session.sha256, lambda text: session.on_remark(text))
        session.tuned.find = self._tuned.read
        self.photo: Photo | None = None
        self.small: Picture | None = None
        self.faces: Sequence[Face] = ()
        self.sitting: Sitting | None = None
        self.whole_face = False
        self._cutter = Cutter(session)
        self._content: tuple[str, bytes | None] = "", None

    @property
    def budgets(self) -> tuple[str, ...]:
        """How long an inversion may take, by name."""
        return self._projector.budgets

    # ------------------------------------------------------------------------
    # The photograph.

    def open(self, path: Path) -> tuple[Photo, Picture]:
        """Read a photograph, and give it, and the same for the screen; the one before stays if that fails.

        Raises:
            PhotoError: if it is none.
        """
        return self._take(path, photo_bytes(path))

    def _take(self, path: Path, data: bytes) -> tuple[Photo, Picture]:
        photo = read_photo(path, data)
        small = for_the_screen(photo.rgb)
        mark = hashlib.sha256(data).hexdigest()
        self._content = mark, data if len(data) <= MOST_KEPT else None
        self.photo, self.small, self.sitting, self.faces = photo, small, None, ()
        return photo, small

    def look(self, wish: str = "auto", progress: Progress = lambda text, share: None) -> PhotographFaces:
        """Find the faces of the photograph, largest first."""
        found = find_faces(self._photo.rgb, self._session.detector(wish), progress)
        self.faces = found.faces
        return found

    def take_out(self, face: Face) -> tuple[Alignment, Picture]:
        """Cut a face out as the generator's frames are.

        Raises:
            PhotoDeskError: if the generator's frames are not square.
        """
        alignment = self._cutter.alignment(face)
        return alignment, cut_out(self._photo.rgb, alignment)

    # ------------------------------------------------------------------------
    # Into the generator.

    def invert(self, face: Face, budget: str) -> Generator[Projection, None, None]:
        """Bring a face into the generator, state by state; `settle` takes one."""
        _, aligned = self.take_out(face)
        yield from self._projector.project(aligned, budget, self._kept(aligned, budget))

    def _kept(self, aligned: Picture, budget: str) -> Path | None:
        """Name the file in which an interrupted inversion is noted: the same photograph, the same name."""
        if self._keep is None:
            return None
        mark = hashlib.sha256(aligned.tobytes() + self._session.sha256.encode() + budget.encode())
        return self._keep / f"{mark.hexdigest()[:32]}.safetensors"

    def settle(self, face: Face, step: Projection) -> Sitting:
        """Go on with a state of the inversion: the session goes to it, and edits of it can be put back."""
        photo = self._photo
        alignment, aligned = self.take_out(face)
        given = GivenLatent(photo.path.name, w=step.w.detach().cpu().numpy().astype(np.float32))
        latent = dataclasses.replace(Latent(), psi=1.0, given=given)
        self._tuned.keep(latent, step, photo.path.name)
        # What was kept is a little rounded: drawn by it from the first, the face is the same another day.
        kept = self._tuned.read(latent)
        self._session.tuned.keep(latent, step.generator if kept is None else kept)
        self._session.go_to_latent(latent)
        return self._sit(face, latent, alignment, aligned, step)

    def _sit(
        self, face: Face, latent: Latent, alignment: Alignment, aligned: Picture, step: Projection | None
    ) -> Sitting:
        photo, small = self._photo, self.small
        if small is None:
            raise PhotoDeskError("open a photograph first")
        inverted = self._session.frame()
        self.sitting = Sitting.of(photo, small, face, latent, alignment, aligned, inverted, step)
        return self.sitting

    # ------------------------------------------------------------------------
    # Another day.

    def record(self) -> PhotoRecord:
        """Give what has to be remembered of the face that was brought in, to go on with it another day."""
        sitting, (mark, content) = self._sitting, self._content
        given = sitting.latent.given
        if given is None:
            raise PhotoDeskError("the face is not in the generator yet: press Bring in first")
        tuned = self._tuned.of(sitting.latent)
        return PhotoRecord(
            self._photo.path, mark, self._session.sha256, given, sitting.alignment.quad,
            sitting.face.landmarks, content, tuned, meant=self._session.moved_where,
        )  # fmt: skip

    def take_up(self, record: PhotoRecord) -> Sitting:
        """Go on with a face that was brought in before; nothing is looked for again.

        Raises:
            PhotoError: if the photograph cannot be read.
            PhotoDeskError: if it is another one by now.
        """
        data = photo_bytes(record.path) if record.content is None else record.content
        if hashlib.sha256(data).hexdigest() != record.sha256:
            raise PhotoDeskError(
                f"{record.path}: is another file by now than the photograph of this project; "
                "open it and bring the face in again"
            )
        self._take(record.path, data)
        face = Face(record.landmarks, 1.0)
        self.faces = (face,)
        latent = dataclasses.replace(Latent(), psi=1.0, given=record.given)
        if record.tuned is not None:
            self._tuned.lies_beside(latent, record.tuned)
        self._session.go_to_latent(latent)
        if record.tuned_note and self._tuned.of(latent) is None:
            self._session.on_remark(record.tuned_note)
        alignment = Alignment(record.quad, self._session.image_size[0])
        aligned = cut_out(self._photo.rgb, alignment)
        sitting = self._sit(face, latent, alignment, aligned, None)
        self._session.moved_where = record.meant
        return sitting

    def is_of(self, latent: Latent) -> bool:
        """Tell whether a latent is that of the face in the photograph."""
        return (
            self.sitting is not None
            and latent.given is not None
            and latent.given.is_same(self.sitting.latent.given)
        )

    @property
    def in_front(self) -> bool:
        """Whether the picture that the session is at is of the face in the photograph."""
        return self.is_of(self._session.latent)

    @property
    def draws(self) -> bool:
        """Whether the network draws portraits, so that a face becomes a drawn one."""
        return self._session.detector_named == "bundled"

    # ------------------------------------------------------------------------
    # And back.

    def put_back(self, frame: Picture, mask: Mask | None = None) -> Photo:
        """Give the photograph with an edited frame in it; away from the face each pixel is what it was.

        Args:
            frame: uint8 [S, S, 3].
            mask: [S, S], where the edit was meant to be; None: where the session's edits were.
        """
        return self._photo.with_pixels(self._put(self._sitting.full, frame, mask))

    def preview(self, frame: Picture, mask: Mask | None = None) -> Picture:
        """Give the same for the screen, uint8 [h, w, 3]."""
        return np.asarray(self._put(self._sitting.small, frame, mask))

    def _put(self, paste: Paste, frame: Picture, mask: Mask | None) -> np.ndarray:
        if self.whole_face:
            return paste.with_whole_face(frame, self._sitting.mask)
        return paste.with_edit(frame, self._session.moved_where if mask is None else mask)

    def save_tuned(self, path: Path) -> bool:
        """Write what tuning has changed of the generator; False if nothing, and then no file is there."""
        step = self._sitting.step
        return step is not None and self._projector.save_tuned(path, step, self._photo.path.name)

    @property
    def _photo(self) -> Photo:
        if self.photo is None:
            raise PhotoDeskError("there is no photograph yet: open one first")
        return self.photo

    @property
    def _sitting(self) -> Sitting:
        if self.sitting is None:
            raise PhotoDeskError("the face is not in the generator yet: press Bring in first")
        return self.sitting
