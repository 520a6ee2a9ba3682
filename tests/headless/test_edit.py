"""One edit without a screen: the files that it leaves, and those that it does not."""

import json
import os

import numpy as np
import pytest
import torch
from PIL import Image

from dnnlib.errors import EditorError
from drag.config import DragConfig
from drag.engine import drag
from drag.request import DragRequest
from faces.landmarks import Face, NoFaceError
from headless import edit as editing
from headless.edit import run_edit
from headless.options import EditOptions
from tests.headless.stubs import SmallSteps, StripedGenerator, brightness, striped_session

OPTIONS = EditOptions(seed=18, expression="close_eyes")
FILES = {"before.png", "after.png", "mask.png", "edit.gif", "edit.json", "w.npz"}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """An edit that was done: result, and the folder."""
    folder = tmp_path_factory.mktemp("edit") / "new" / "out"
    result, files = run_edit(OPTIONS, striped_session, folder)
    assert files[-1].name == "edit.json"
    assert {file.name for file in files} == FILES
    return result, folder


def record_of(folder):
    return json.loads((folder / "edit.json").read_text())


def picture(path):
    return np.array(Image.open(path).convert("RGB"))


def interrupted_after(monkeypatch, steps):
    """Press Ctrl-C in the middle of a drag."""

    def adjust(self, plan, face):
        for step in true_adjust(self, plan, face):
            if step.index == steps:
                raise KeyboardInterrupt
            yield step

    true_adjust = editing.EditSession.adjust
    monkeypatch.setattr(editing.EditSession, "adjust", adjust)


def test_it_leaves_pictures_a_film_and_the_figures(done):
    _, folder = done
    assert {path.name for path in folder.iterdir()} == FILES
    assert brightness(picture(folder / "after.png")) < brightness(picture(folder / "before.png")) - 60
    with Image.open(folder / "edit.gif") as film:
        assert getattr(film, "n_frames", 1) > 3


def test_the_json_tells_how_it_went(done):
    record = record_of(done[1])
    assert record["end_reason"] == "reached"
    assert record["steps"] > 0
    assert record["seconds"] > 0
    assert np.shape(record["landmarks_before"]) == np.shape(record["landmarks_after"]) == (68, 2)
    assert record["measure_name"] == "lid aperture"
    assert record["achieved"] < 0.3 * record["before"]
    assert record["asked"] == pytest.approx(0, abs=1e-4)
    assert 0 <= record["drift_outside_mask"] < 12
    assert record["network_sha256"] == "cd" * 32
    assert (record["seed"], record["psi"], record["expression"]) == (18, 0.7, "close_eyes")


def test_the_json_is_enough_to_repeat_the_edit(done):
    folder = done[1]
    record = record_of(folder)
    arrays = np.load(folder / record["w_file"], allow_pickle=False)
    session = striped_session()
    session.generate(record["seed"], record["psi"])
    assert np.array_equal(session.w.numpy(), arrays["before"])
    face = Face(np.array(record["landmarks_before"], np.float32), 1.0)
    plan = session.plan(record["expression"], record["strength"], face)
    request = DragRequest(record["points"], record["targets"], arrays["mask"])
    config = DragConfig(**record["config"])
    directions = torch.from_numpy(arrays["directions"])
    steps = list(drag(StripedGenerator(), session.w, request, config, plan.guides, directions))
    assert steps[-1].w.numpy() == pytest.approx(arrays["after"], abs=1e-3)
    assert steps[-1].index == record["steps"]


def test_the_mask_picture_is_white_where_it_may_move(done):
    record = record_of(done[1])
    mask = picture(done[1] / record["mask_file"])
    arrays = np.load(done[1] / "w.npz")
    assert np.abs(mask[..., 0] / 255 - arrays["mask"]).max() < 0.003
    x, y = np.round(record["points"][0]).astype(int)
    assert mask[y, x, 0] == 255


def test_without_a_mask_there_is_no_mask_file(tmp_path):
    run_edit(EditOptions(automatic_mask=False), striped_session, tmp_path)
    assert not (tmp_path / "mask.png").exists()
    assert record_of(tmp_path)["mask_file"] is None


def test_strength_0_has_nothing_to_do(tmp_path):
    result, _ = run_edit(EditOptions(strength=0.0), striped_session, tmp_path)
    assert np.array_equal(result.before, result.after)


# ----------------------------------------------------------------------------
# Ctrl-C.


def test_ctrl_c_in_the_middle_keeps_the_best_so_far(tmp_path, monkeypatch):
    interrupted_after(monkeypatch, 3)
    result, _ = run_edit(OPTIONS, lambda: striped_session(kind=SmallSteps), tmp_path)
    record = record_of(tmp_path)
    assert result.stopped and result.summary().startswith("Stopped by you. ")
    assert (record["end_reason"], record["steps"]) == ("stopped", 2)
    assert {path.name for path in tmp_path.iterdir()} == FILES
    assert brightness(result.after) < brightness(result.before)
    assert np.array_equal(picture(tmp_path / "after.png"), result.after)


def test_ctrl_c_before_the_first_step_leaves_nothing(tmp_path, monkeypatch):
    interrupted_after(monkeypatch, 0)
    with pytest.raises(KeyboardInterrupt):
        run_edit(OPTIONS, striped_session, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failure", [KeyboardInterrupt, EditorError])
def test_what_fails_while_files_are_written_leaves_the_folder_as_it_was(tmp_path, monkeypatch, failure):
    (tmp_path / "after.png").write_text("old")

    def save_gif(*_):
        raise failure("in the middle")

    monkeypatch.setattr(editing, "save_gif", save_gif)
    with pytest.raises(failure):
        run_edit(OPTIONS, striped_session, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["after.png"]
    assert (tmp_path / "after.png").read_text() == "old"


# ----------------------------------------------------------------------------
# Bad input.


def test_an_unwritable_folder_is_found_before_any_work(tmp_path):
    (tmp_path / "file").touch()

    def never():
        raise AssertionError("the checkpoint was read")

    with pytest.raises(EditorError, match="cannot be written to"):
        run_edit(OPTIONS, never, tmp_path / "file" / "out")


def test_a_picture_without_a_face_leaves_nothing(tmp_path):
    with pytest.raises(NoFaceError):
        run_edit(OPTIONS, lambda: striped_session(faces=False), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_face_that_is_lost_on_the_way_is_said_in_the_figures(tmp_path, monkeypatch):
    session = striped_session()
    true_detect, calls = session.detect, []

    def detect(wish="auto"):
        calls.append(wish)
        return true_detect(wish) if len(calls) == 1 else []

    monkeypatch.setattr(session, "detect", detect)
    run_edit(OPTIONS, lambda: session, tmp_path)
    record = record_of(tmp_path)
    assert record["landmarks_after"] is None
    assert record["achieved"] is None
    assert record["tracked"] is not None


def test_nothing_is_left_behind_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_edit(OPTIONS, striped_session, "out")
    assert os.listdir(tmp_path) == ["out"]
