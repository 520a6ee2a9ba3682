"""An edited photograph is filmed, and kept in a project."""

import dataclasses

import numpy as np
from PIL import Image, ImageSequence

from dnnlib.latents import Latent
from dnnlib.photos import read_photo
from tests.viz.fakes import SIZE
from tests.viz.photographs import FakePhotographs, brought_in, opened
from tests.viz.photographs import photos as photos
from tests.viz.photographs import picture as picture
from tests.viz.test_capture import draw_through_gate
from tests.viz.test_photo import _done
from viz import actions
from viz.projects.reading import read_project
from viz.state import PhotoState


def test_the_edit_is_filmed_on_the_whole_photograph_and_the_film_can_be_stopped(
    editor, session, photos, picture, tmp_path
):
    opened(editor, picture)
    brought_in(editor, photos)
    editor.app.do(actions.ClickExpression("close_eyes"))
    editor.wait_for(lambda: editor.state.edits == 1 and editor.state.ready)
    editor.look(2)
    editor.click("Film of the photo")
    editor.wait_for(lambda: editor.state.capture.saved is not None and editor.state.ready)
    film = editor.state.capture.saved
    assert film.name == "photo-seed9-01.gif"
    with Image.open(film) as frames:
        seen = [np.asarray(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(frames)]
    assert seen[0].shape == (120, 220, 3) and len(seen) > 10
    apart = np.abs(seen[0] - seen[-1]).max(axis=2)
    left, top, right, bottom = (round(v) for v in photos.faces[0].box)
    assert apart[top:bottom, left:right].mean() > 10 > apart[:, right + 1 :].mean()
    editor.app.do(actions.ChangeCapture(dataclasses.replace(editor.state.capture, photo=False)))
    editor.app.do(actions.SaveEditFilm())
    editor.wait_for(lambda: editor.state.capture.saved != film and editor.state.ready)
    with Image.open(editor.state.capture.saved) as frames:
        assert frames.size == (SIZE, SIZE)
    # One that is stopped leaves nothing.
    draw_through_gate(session)
    session.gate.shut()
    session.gate.let(4)
    editor.app.do(actions.SaveEditFilm(photo=True))
    editor.wait_for(lambda: _done(editor.state) > 2)
    editor.app.do(actions.StopJob())
    session.gate.open()
    editor.wait_for(lambda: editor.state.job is None)
    assert not film.with_name("photo-seed9-02.gif").exists() and "was not written" in editor.state.notice


def test_a_project_remembers_its_photograph_and_goes_on_with_it(editor, session, photos, picture, tmp_path):
    opened(editor, picture)
    brought_in(editor, photos)
    editor.app.do(actions.ClickExpression("close_eyes"))
    editor.wait_for(lambda: editor.state.edits == 1 and editor.state.ready)
    edited = editor.state.photo.edited
    editor.app.do(actions.SaveProjectAs(str(tmp_path / "work.zip")))
    editor.wait_for(lambda: editor.state.project.path is not None)
    content = read_photo(picture).pixels
    # Another start: nothing of the photograph is known, and its file is gone.
    session.photos = FakePhotographs(session)
    editor.app.state = dataclasses.replace(editor.app.state, photo=PhotoState())
    editor.app.do(actions.ChangeLatent(Latent(seed=3)))
    editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch)
    picture.unlink()
    editor.app.do(actions.OpenProject(str(tmp_path / "work.zip")))
    editor.wait_for(lambda: editor.state.of_photo and editor.state.photo.edited is not None)
    assert (editor.state.photo.edited == edited).all() and (editor.state.photo.picture == content).all()
    assert len(editor.state.photo.faces) == 1 and not any(one.severe for one in editor.state.banners)
    editor.look(2)
    editor.click("Save photo")
    editor.wait_for(lambda: editor.state.capture.saved is not None)
    assert (read_photo(editor.state.capture.saved).pixels == edited).all()
    assert not is_saved_without(editor, tmp_path)


def is_saved_without(editor, folder):
    """Save again under another name, and tell whether the photograph is missed there."""
    editor.app.do(actions.SaveProjectAs(str(folder / "again.zip")))
    editor.wait_for(lambda: editor.state.project.path == folder / "again.zip")
    photo = read_project(folder / "again.zip").history.photo
    return photo is None or photo.content is None
