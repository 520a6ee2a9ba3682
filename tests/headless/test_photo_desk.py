"""A face on the desk: cut out, drawn by what was tuned to it, and taken up again another day."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from headless.cutting import PhotoDeskError
from headless.photo import run_photo
from headless.photo_desk import PhotoDesk
from headless.photo_options import PhotoOptions
from tests.headless.striped_photos import EDIT, FACE, StripeProjector, opening
from tests.headless.stubs import SIZE, average_landmarks, brightness, striped_session


def test_an_inversion_is_noted_under_the_name_of_what_it_is_of(tmp_path, picture, seen):
    made: list[Any] = []
    session = opening(keep=tmp_path / "kept", made=made)()
    session.photos.open(picture)
    for budget in ("quick", "quick", "usual"):
        list(session.photos.invert(FACE, budget))
    kept = [asked[2] for asked in made[0][1].asked]
    assert kept[0] == kept[1] != kept[2] and kept[0].parent == tmp_path / "kept"


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
