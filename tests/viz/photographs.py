"""Photographs that bring faces in step by step, as a test lets them, and how they come into the window."""

import hashlib
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dnnlib.latents import GivenLatent, Latent
from dnnlib.photo_record import PhotoRecord
from dnnlib.photos import read_photo
from faces.landmarks import Face
from faces.photograph import PhotographFaces
from tests.viz.fakes import SIZE, face_at


class FakePhotographs:
    """Finds two faces; brings one in by steps, each waiting for `go`; pastes the frame's colour on it."""

    def __init__(self, session, drawn=True):
        self.session, self.draws = session, drawn
        self.whole_face = False
        self.given: Any = None
        self.faces: tuple[Any, ...] = ()
        self.photo: Any = None
        self.fails, self.asked, self.closed = None, [], 0
        self.go = threading.Semaphore(0)
        self.latent, go_to, go_to_latent = Latent(), session.go_to, session.go_to_latent

        def follow(latent, go, *where):
            self.latent = latent
            go(*where, latent)

        session.go_to = lambda w, latent: follow(latent, go_to, w)
        session.go_to_latent = lambda latent: follow(latent, go_to_latent)

    @property
    def in_front(self):
        return self.given is not None and self.given.is_same(self.latent.given)

    def open(self, path):
        self.photo = read_photo(path)
        self.small = self.photo.rgb
        return self.photo, self.small

    def look(self, wish, progress):
        progress("Looking for faces", 0.0)
        self.faces = (face_at(70, 60, 30), face_at(160, 60, 20))
        return PhotographFaces(self.faces if self.photo.rgb.mean() > 20 else ())

    def invert(self, face, budget):
        self.asked.append((face, budget))
        try:
            for index in range(6):
                if index:
                    assert self.go.acquire(timeout=60)
                if self.fails is not None and index == 2:
                    raise self.fails
                picture = np.full((SIZE, SIZE, 3), 40 * index, np.uint8)
                yield SimpleNamespace(
                    stage="w", done=index, total=5, best=index != 3, seconds_left=5.0 - index,
                    ended="done" if index == 5 else None, message=f"Step {index}.",
                    frame=lambda picture=picture: picture,
                )  # fmt: skip
        finally:
            self.closed += 1

    def settle(self, face, step):
        w = np.zeros((8, 16), np.float32)
        w[:, :4] = (9, 70, step.done, len(self.asked))  # Another one each time.
        self.given = GivenLatent(self.photo.path.name, w)
        return SimpleNamespace(latent=Latent(seed=9, psi=1.0, given=self.given))

    def record(self):
        path = self.photo.path
        quad = np.array([(0.0, 0), (0, 9), (9, 9), (9, 0)])
        mark = hashlib.sha256(path.read_bytes()).hexdigest()
        landmarks = self.asked[-1][0].landmarks
        return PhotoRecord(path, mark, self.session.sha256, self.given, quad, landmarks, path.read_bytes())

    def take_up(self, record):
        assert hashlib.sha256(record.content).hexdigest() == record.sha256
        self.photo = read_photo(record.path, record.content)
        self.small, self.faces = self.photo.rgb, (Face(record.landmarks, 1.0),)
        self.asked.append((self.faces[0], "none"))
        self.given = record.given

    def put_back(self, frame):
        return self.photo.with_pixels(np.asarray(self.preview(frame)))

    def preview(self, frame):
        face = self.asked[-1][0]
        left, top, right, bottom = (round(v) for v in face.box)
        pixels = self.photo.pixels.copy()
        pixels[top:bottom, left:right] = frame[0, 0] if not self.whole_face else 255
        return pixels


@pytest.fixture
def photos(session):
    session.photos = FakePhotographs(session)
    return session.photos


@pytest.fixture
def picture(tmp_path):
    noise = np.random.default_rng(0).integers(60, 200, (120, 220, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "me.png")
    return tmp_path / "me.png"


def opened(editor, picture):
    editor.window.events.on_drop([str(picture)])
    editor.look()
    editor.wait_for(lambda: editor.state.photo.path is not None and not editor.state.busy)
    editor.look(2)


def brought_in(editor, photos):
    editor.click("Bring the face in")
    for _ in range(5):
        photos.go.release()
    editor.wait_for(lambda: editor.state.of_photo and editor.state.ready)
    editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch)
    editor.look(2)
