"""A photograph goes in and comes out without a screen, changed in the face alone."""

import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from dnnlib.photos import PhotoError, read_photo
from faces.landmarks import NoFaceError
from faces.photograph import PhotographFaces
from headless.photo import run_photo
from headless.photo_options import PhotoOptions
from tests.headless.striped_photos import EDIT, FACE, FILES, opening


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
    assert result.summary().startswith("Stopped by you on the way in. ")
    assert made[0][1].closed == 1
    assert not (tmp_path / "out" / "tuned.safetensors").exists()


def test_ctrl_c_before_the_first_state_leaves_nothing(tmp_path, picture, seen):
    with pytest.raises(KeyboardInterrupt):
        run_photo(PhotoOptions(photo=picture), EDIT, opening(0), tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_no_face_and_no_such_face_are_said_and_nothing_is_written(tmp_path, picture, seen):
    with pytest.raises(NoFaceError, match=r"me\.png: face 2 was asked for, and there is one"):
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
