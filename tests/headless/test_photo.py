"""A photograph goes in and comes out without a screen, changed in the face alone."""

import json
from collections import namedtuple
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image

from dnnlib.errors import EditorError
from dnnlib.photos import PhotoError, read_photo
from faces.landmarks import Face, NoFaceError
from faces.photograph import PhotographFaces
from headless import photo_desk
from headless.cutting import PhotoDeskError
from headless.options import EditOptions
from headless.photo import run_photo
from headless.photo_desk import PhotoDesk
from headless.photo_options import PhotoOptions
from tests.headless.stubs import SIZE, StripedGenerator, average_landmarks, brightness, striped_session

EDIT = EditOptions(expression="close_eyes")
FACE = Face((average_landmarks().numpy() * 160 + (90, 40)).astype(np.float32), 1.0)
FILES = {
    "aligned.png", "inverted.png", "edited.png", "photo_before.png", "photo_after.png", "photo.gif",
    "w.npz", "photo.json", "tuned.safetensors",
}  # fmt: skip


class Step(namedtuple("Step", "stage done total w best seconds_left ended message generator distance")):
    def frame(self):
        ws = self.w[None]
        pixels = (self.generator.synthesis(ws)[0] * 127.5 + 128).clamp(0, 255).to(torch.uint8)
        return pixels.permute(1, 2, 0).contiguous().numpy()


class StripeProjector:
    """Comes from dark eyes to bright ones in some steps; the last one has a tuned generator."""

    budgets = ("quick", "usual", "thorough")

    def __init__(self, generator, stop_after=None):
        self.generator, self.stop_after, self.asked, self.closed = generator, stop_after, [], 0

    def project(self, target, budget, keep):
        self.asked.append((target, budget, keep))
        w = torch.zeros(4, 8)
        try:
            for index in range(5):
                if index == self.stop_after:
                    raise KeyboardInterrupt
                w = w.clone()
                w[:, 0] = index / 8
                last = index == 4
                generator = StripedGenerator({"title": "Tuned"}) if last else self.generator
                yield Step(
                    "tuning" if last else "w", index, 4, w, index != 2, 4.0 - index,
                    "done" if last else None, f"Step {index}.", generator, 1.0 - index / 5,
                )  # fmt: skip
        finally:
            self.closed += 1

    def save_tuned(self, path, step, photo):
        if step.generator is self.generator:
            return False
        path.write_bytes(photo.encode())
        return True

    def load_tuned(self, path):
        if path.read_bytes() != b"me.png":
            raise EditorError(f"{path.name}: not a tuned generator")
        return StripedGenerator({"title": "Read again"})


@pytest.fixture
def picture(tmp_path):
    noise = np.random.default_rng(0).integers(90, 160, (260, 320, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    Image.fromarray(noise).save(tmp_path / "me.png", exif=exif)
    return tmp_path / "me.png"


@pytest.fixture
def seen(monkeypatch):
    """What is found in the photograph: one face, unless a test says otherwise."""
    found = [PhotographFaces((FACE,))]
    monkeypatch.setattr(photo_desk, "find_faces", lambda rgb, detector, progress: found[-1])
    return found


def opening(stop_after=None, keep=None, made=None, tuned=None):
    def open_session():
        session = striped_session()
        projector = StripeProjector(session._own._generator, stop_after)
        session.photos = PhotoDesk(session, projector, keep, tuned)
        if made is not None:
            made.append((session, projector))
        return session

    return open_session


def test_it_leaves_the_whole_photograph_changed_in_the_face_alone(tmp_path, picture, seen):
    out = tmp_path / "new" / "out"
    made: list[Any] = []
    result, files = run_photo(PhotoOptions(photo=picture), EDIT, opening(made=made), out)
    assert {path.name for path in out.iterdir()} == FILES == {path.name for path in files}
    assert files[-1].name == "photo.json"
    before, after = read_photo(out / "photo_before.png"), read_photo(out / "photo_after.png")
    original = read_photo(picture)
    assert (before.pixels == original.pixels).all() and after.exif == original.exif != b""
    changed = (after.pixels != original.pixels).any(axis=2)
    left, top, right, bottom = (round(v) for v in FACE.box)
    inside = np.zeros_like(changed)
    inside[top - 20 : bottom + 20, left - 20 : right + 20] = True
    assert changed.any() and not changed[~inside].any()
    eyes = np.round(FACE.landmarks[36:48].mean(axis=0)).astype(int)
    patch = np.s_[eyes[1] - 2 : eyes[1] + 3, eyes[0] - 20 : eyes[0] + 20]
    assert after.pixels[patch].mean() < original.pixels[patch].mean() - 20
    record = json.loads((out / "photo.json").read_text())
    assert record["photo_size"] == [260, 320] and record["bits"] == 8
    assert record["changed_pixels"] == changed.sum()
    assert record["inversion"]["stage"] == "tuning" and not record["stopped"]
    assert record["edit"]["expression"] == "close_eyes"
    with Image.open(out / "photo.gif") as film:
        assert film.size == (320, 260) and getattr(film, "n_frames", 1) > 5
    # The edit was done with the tuned generator.
    session, projector = made[0]
    assert session._generator is not session._own and projector.closed == 1


def test_an_mp4_and_a_photograph_of_sixteen_bits(tmp_path, seen):
    from dnnlib.deep_pictures import save_deep_png

    deep = np.random.default_rng(0).integers(20000, 40000, (260, 320, 3), dtype=np.uint16)
    save_deep_png(tmp_path / "deep.png", deep)
    options = PhotoOptions(photo=tmp_path / "deep.png", film="mp4")
    run_photo(options, EDIT, opening(), tmp_path / "out")
    after = read_photo(tmp_path / "out" / "photo_after.png")
    assert after.full == 65535 and (tmp_path / "out" / "photo.mp4").stat().st_size > 1000
    changed = (after.pixels != deep).any(axis=2)
    assert 0 < changed.mean() < 0.3


def test_the_whole_drawn_face_can_be_put_in(tmp_path, picture, seen):
    small, _ = run_photo(PhotoOptions(photo=picture), EDIT, opening(), tmp_path / "a")
    whole, _ = run_photo(PhotoOptions(photo=picture, whole_face=True), EDIT, opening(), tmp_path / "b")

    def changed(result):
        return int((result.after.pixels != result.photo.pixels).any(axis=2).sum())

    assert changed(whole) > 2 * changed(small)


def test_ctrl_c_in_the_inversion_goes_on_with_the_best_so_far(tmp_path, picture, seen):
    made: list[Any] = []
    result, _ = run_photo(PhotoOptions(photo=picture), EDIT, opening(3, made=made), tmp_path / "out")
    # Step 2 was worse than step 1.
    assert result.stopped and result.step.done == 1
    assert made[0][1].closed == 1
    assert not (tmp_path / "out" / "tuned.safetensors").exists()


def test_ctrl_c_before_the_first_state_leaves_nothing(tmp_path, picture, seen):
    with pytest.raises(KeyboardInterrupt):
        run_photo(PhotoOptions(photo=picture), EDIT, opening(0), tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_an_inversion_is_noted_under_the_name_of_what_it_is_of(tmp_path, picture, seen):
    made: list[Any] = []
    session = opening(keep=tmp_path / "kept", made=made)()
    session.photos.open(picture)
    for budget in ("quick", "quick", "usual"):
        list(session.photos.invert(FACE, budget))
    kept = [asked[2] for asked in made[0][1].asked]
    assert kept[0] == kept[1] != kept[2] and kept[0].parent == tmp_path / "kept"


def test_no_face_and_no_such_face_are_said_and_nothing_is_written(tmp_path, picture, seen):
    with pytest.raises(NoFaceError, match=r"me\.png: face 2 was asked for, and 1 were found"):
        run_photo(PhotoOptions(photo=picture, which_face=2), EDIT, opening(), tmp_path / "out")
    seen.append(PhotographFaces(()))
    with pytest.raises(NoFaceError, match=r"me\.png: No face was found"):
        run_photo(PhotoOptions(photo=picture), EDIT, opening(), tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_a_file_that_is_no_photograph_is_said_before_anything_is_loaded(tmp_path):
    (tmp_path / "words.jpg").write_text("words")

    def never():
        raise AssertionError("loaded")

    with pytest.raises(PhotoError, match="is no picture"):
        run_photo(PhotoOptions(photo=tmp_path / "words.jpg"), EDIT, never, tmp_path / "out")
    from visualizer_drag_auto import main

    arguments = ["--headless", "--photo", str(tmp_path / "words.jpg"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1 and len(done.stderr.splitlines()) == 1 and "words.jpg" in done.stderr
    assert not list((tmp_path / "out").iterdir())


def test_a_network_whose_pictures_are_not_square_is_said():
    session = striped_session()
    session.image_size = (64, 32)
    desk = PhotoDesk(session, StripeProjector(None))
    with pytest.raises(PhotoDeskError, match="32 × 64; a face of a photograph needs"):
        desk.take_out(FACE)
    with pytest.raises(PhotoDeskError, match="open one first"):
        desk.look()


def test_a_seed_after_a_photograph_is_drawn_by_the_generator_itself(tmp_path, picture, seen):
    made: list[Any] = []
    run_photo(PhotoOptions(photo=picture), EDIT, opening(made=made), tmp_path / "out")
    session, latent = made[0][0], made[0][0].photos.sitting.latent
    tuned = session._generator
    session.generate(3, 0.7)
    assert session._generator is session._own and session.title == "Stripes"
    session.go_to_latent(latent)
    assert session._generator is tuned
    assert brightness(session.frame()) == brightness(session.photos.sitting.inverted)
    assert session.photos.is_of(latent)


def test_a_face_is_drawn_by_its_tuned_generator_in_another_session_too(tmp_path, picture, seen):
    first = opening(tuned=tmp_path / "tuned")()
    first.photos.open(picture)
    last = list(first.photos.invert(FACE, "quick"))[-1]
    latent = first.photos.settle(FACE, last).latent
    (kept,) = (tmp_path / "tuned").iterdir()
    remarks: list[str] = []
    second = opening(tuned=tmp_path / "tuned")()
    second.on_remark = remarks.append
    second.generate(1, 0.5)
    second.go_to(latent.given.w, latent)
    assert second._generator.metadata["title"] == "Read again" and not remarks
    second.generate(1, 0.5)
    assert second._generator is second._own
    # A file that has become something else is said, and the network itself draws.
    kept.write_bytes(b"something else")
    third = opening(tuned=tmp_path / "tuned")()
    third.on_remark = remarks.append
    third.go_to_latent(latent)
    assert third._generator is third._own and "cannot be read" in remarks[0]


def test_a_face_is_taken_up_another_day_and_put_back_exactly_as_before(tmp_path, picture, seen):
    first = opening(tuned=tmp_path / "tuned")()
    first.photos.open(picture)
    last = list(first.photos.invert(FACE, "quick"))[-1]
    first.photos.settle(FACE, last)
    # What was kept draws it from the first, rounded as it is: the face is the same another day.
    assert first._generator.metadata["title"] == "Read again"
    first.moved_where = np.ones((SIZE, SIZE), np.float32)
    record = first.photos.record()
    edited = 255 - first.frame()
    picture.unlink()
    # Elsewhere: its own folder of tuned networks is empty, and the file lies beside the project.
    remarks: list[str] = []
    second = opening(tuned=tmp_path / "elsewhere")()
    second.on_remark = remarks.append
    second.photos.take_up(record)
    assert second._generator.metadata["title"] == "Read again" and not remarks and second.photos.in_front
    assert (second.photos.put_back(edited).pixels == first.photos.put_back(edited).pixels).all()
    assert second.moved_where is record.meant
    # Where that file is gone it is said, and the network itself draws.
    third = opening(tuned=tmp_path / "elsewhere")()
    third.on_remark = remarks.append
    third.photos.take_up(replace(record, tuned=None, tuned_note="me.tuned: is missing."))
    assert third._generator is third._own and remarks == ["me.tuned: is missing."]
    with pytest.raises(PhotoDeskError, match=r"me\.png: is another file by now"):
        third.photos.take_up(replace(record, content=b"something else"))


def test_the_face_is_cut_out_as_the_generator_s_own_faces_stand(tmp_path, picture, seen):
    session = opening()()
    session.photos.open(picture)
    alignment, aligned = session.photos.take_out(FACE)
    assert aligned.shape == (SIZE, SIZE, 3)
    # The stub sees the average face in its own average picture, so that face comes out there.
    own = average_landmarks().numpy() * SIZE - 0.5
    assert np.abs(alignment.to_frame(FACE.landmarks) - own).max() < 2.5
