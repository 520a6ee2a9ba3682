"""Pictures and films: whole or not at all, nothing written over, with and without points."""

import dataclasses
import subprocess
from pathlib import Path
from typing import Any

import glfw
import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from drag.path import EditPath
from tests.viz.conftest import EditorPerson
from tests.viz.desk import Desk
from tests.viz.desk import desk as desk
from tests.viz.test_window_history import close_eyes
from viz import actions, answers, commands
from viz.drawn_points import with_points
from viz.jobs.films import FILM_FRAMES
from viz.state import FilmKind


def w_of(blue: float) -> Any:
    w = np.zeros((8, 16), np.float32)
    w[:, :3] = (30, 60, blue)
    return w


STEPS = [*range(0, 210, 10)]
EDIT = EditPath.of(
    STEPS,
    [w_of(blue) for blue in STEPS],
    [np.array([[10 + step / 10, 32]]) for step in STEPS],
    np.array([[50, 32]]),
)


def saved(desk: Desk, path: Path, kind: FilmKind, *, points: bool = False, fps: int = 15) -> Path:
    desk.worker.send(commands.SaveFilm(2, path, EDIT, kind, points, fps))
    return desk.wait_for(answers.Saved, 2).path


def test_a_gif_goes_from_the_first_state_to_the_last_at_its_rate(desk, tmp_path):
    path = saved(desk, tmp_path / "new" / "edit.gif", FilmKind.GIF, fps=25)
    film: Any
    with Image.open(path) as film:
        assert film.n_frames >= FILM_FRAMES[0]
        assert film.info["duration"] == 40
        assert np.abs(np.asarray(film.convert("RGB"))[0, 0].astype(int) - (30, 60, 0)).max() < 12
        film.seek(film.n_frames - 1)
        assert np.abs(np.asarray(film.convert("RGB"))[0, 0].astype(int) - (30, 60, 200)).max() < 12


def test_an_mp4_is_a_film_that_can_be_read_again(desk, tmp_path):
    path = saved(desk, tmp_path / "edit.mp4", FilmKind.MP4)
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path]
    raw = subprocess.run(
        [*ffmpeg, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True
    ).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, 64, 64, 3)
    assert len(frames) >= FILM_FRAMES[0]
    assert np.abs(frames[0][5, 5].astype(int) - (30, 60, 0)).max() < 12
    assert np.abs(frames[-1][5, 5].astype(int) - (30, 60, 200)).max() < 12


def test_frames_are_a_folder_of_numbered_pictures_without_loss(desk, tmp_path):
    folder = saved(desk, tmp_path / "edit-01", FilmKind.FRAMES)
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"frame-{index:04d}.png" for index in range(1, len(files) + 1)]
    assert len(files) == FILM_FRAMES[0]
    shades = [int(np.asarray(Image.open(file))[0, 0, 2]) for file in files]
    assert shades[0] == 0 and shades[-1] == 200 and shades == sorted(shades)
    assert [file.name for file in tmp_path.iterdir()] == ["edit-01"]


def test_points_are_drawn_where_they_were(desk, tmp_path):
    folder = saved(desk, tmp_path / "edit-01", FilmKind.FRAMES, points=True)
    first, last = (
        np.asarray(Image.open(file)) for file in (folder / "frame-0001.png", max(folder.iterdir()))
    )
    assert first[32, 10, 0] > 150 and last[32, 10, 0] == 30, "the handle has gone on"
    assert last[32, 30, 0] > 150
    assert first[32, 50, 2] > 180 and last[32, 50, 2] > 180, "the target stays"
    assert first[60, 60].tolist() == [30, 60, 0]


def test_a_handle_that_was_lost_is_left_out():
    picture = np.zeros((64, 64, 3), np.uint8)
    assert np.array_equal(with_points(picture, np.array([[np.nan, 3]]), np.array([[9.0, 9.0]])), picture)
    assert with_points(picture, np.array([[20.0, 20.0]]), np.array([[9.0, 9.0]])).any()
    assert not picture.any(), "a copy is drawn on"


def draw_through_gate(session: Any) -> None:
    """Let each picture of a film go through the session's gate."""
    drawing = session.draw
    session.draw = lambda w: (session.gate.go_through(), drawing(w))[1]


@pytest.mark.parametrize("kind", FilmKind)
def test_a_film_that_is_stopped_leaves_nothing(desk, tmp_path, kind):
    draw_through_gate(desk.session)
    desk.session.gate.shut()
    desk.session.gate.let(3)
    desk.worker.send(commands.SaveFilm(2, tmp_path / f"edit{kind.suffix}", EDIT, kind))
    desk.wait_for(answers.Progress, 2)
    desk.worker.send(commands.Stop(3))
    desk.session.gate.open()
    assert "was not written" in desk.wait_for(answers.Ended, 2).message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", FilmKind)
def test_nothing_is_written_over(desk, tmp_path, kind):
    path = tmp_path / f"edit{kind.suffix}"
    path.write_bytes(b"dear")
    desk.worker.send(commands.SaveFilm(2, path, EDIT, kind))
    assert "is there already" in desk.wait_for(answers.Failed, 2).message
    assert path.read_bytes() == b"dear"


@pytest.mark.parametrize("kind", FilmKind)
def test_a_folder_that_takes_no_files_is_said_in_one_line(desk, tmp_path, kind):
    (tmp_path / "file").touch()
    desk.worker.send(commands.SaveFilm(2, tmp_path / "file" / f"edit{kind.suffix}", EDIT, kind))
    assert "cannot be written" in desk.wait_for(answers.Failed, 2).message


# ----------------------------------------------------------------------------
# In the window.


@pytest.mark.parametrize(
    ("form", "label", "suffix"),
    [
        ("GIF", "Save the edit (GIF)", ".gif"),
        ("MP4", "Save the edit (MP4)", ".mp4"),
        ("PNGs", "Save the edit (PNGs)", ""),
    ],
)
def test_an_edit_is_saved_in_the_form_that_is_chosen(
    editor: EditorPerson, form: str, label: str, suffix: str
) -> None:
    close_eyes(editor)
    editor.find("Window (PNG)")
    editor.look(2)
    editor.click(form)
    editor.look(2)
    editor.click("Points on the film")
    editor.look()
    editor.click(label)
    editor.wait_for(lambda: editor.state.capture.saved is not None or bool(editor.state.banners))
    path = editor.state.capture.saved
    assert path is not None and path.exists() and path.suffix == suffix
    assert editor.state.capture.points
    editor.look(2)
    editor.click(label)
    editor.wait_for(lambda: editor.state.capture.saved != path)
    assert path.exists()


def test_the_window_is_saved_as_it_is_seen(editor: EditorPerson) -> None:
    editor.find("Window (PNG)")
    editor.look(3)
    editor.key(glfw.KEY_E, glfw.MOD_CONTROL | glfw.MOD_SHIFT)
    editor.wait_for(lambda: editor.state.capture.saved is not None)
    seen = np.asarray(Image.open(editor.state.capture.saved))
    assert seen.shape == (800, 600, 3)
    x, y = editor.on_picture(32, 32)
    assert seen[round(y), round(x)].tolist() == [18, 70, 0]


def test_a_film_that_takes_long_shows_a_bar_and_is_stopped(editor: EditorPerson) -> None:
    close_eyes(editor)
    draw_through_gate(editor.session)
    editor.session.gate.shut()
    editor.session.gate.let(3)
    editor.app.do(actions.SaveEditFilm())
    editor.wait_for(lambda: editor.state.job is not None and editor.state.job.progress is not None)
    editor.look(2)
    editor.click("Stop")
    editor.session.gate.open()
    editor.wait_for(lambda: not editor.state.busy)
    assert "was not written" in editor.state.notice
    assert not Path("out").exists() or list(Path("out").iterdir()) == []


def test_a_film_ends_at_the_picture_that_is_shown_after_an_amount_was_moved(editor: EditorPerson) -> None:
    close_eyes(editor)
    left, top, right, bottom = editor.place_of("##amount")
    width, middle = right - left, (top + bottom) / 2
    editor.pull((left + 0.8 * width, middle), (left + 0.6 * width, middle))
    editor.wait_for(lambda: bool(editor.state.frame.picture[0, 0, 2] < 150))
    editor.click("PNGs")
    editor.click("Points on the film")
    editor.look(2)
    editor.click("Save the edit (PNGs)")
    editor.wait_for(lambda: editor.state.capture.saved is not None)
    frames = sorted(editor.state.capture.saved.iterdir())
    assert len(frames) >= FILM_FRAMES[0] and np.asarray(Image.open(frames[0]))[0, 0].tolist() == [18, 70, 0]
    assert (np.asarray(Image.open(frames[-1])) == editor.state.frame.picture).all()


def test_a_film_of_an_edit_that_was_undone_and_redone_is_the_same(editor: EditorPerson) -> None:
    close_eyes(editor)
    editor.app.do(actions.ChangeCapture(dataclasses.replace(editor.state.capture, film=FilmKind.FRAMES)))
    for action in (actions.Undo(), actions.Redo(), actions.SaveEditFilm()):
        editor.app.do(action)
        editor.look(3)
    editor.wait_for(lambda: editor.state.capture.saved is not None)
    folder = editor.state.capture.saved
    assert folder is not None
    assert np.asarray(Image.open(max(folder.iterdir())))[0, 0].tolist() == [18, 70, 200]
