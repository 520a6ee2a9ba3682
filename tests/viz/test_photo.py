"""A photograph in the real window: dropped, a face clicked, brought in, edited, seen whole, saved."""

import dataclasses
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dnnlib.latents import Latent
from dnnlib.photos import read_photo
from tests.viz.photographs import brought_in, opened
from tests.viz.photographs import photos as photos
from tests.viz.photographs import picture as picture
from viz import actions, answers, commands
from viz.editor import act, hear
from viz.state import EditorState, JobKind, PhotoView


def test_a_photograph_goes_in_is_edited_and_comes_out_changed_in_the_face_alone(
    editor, session, photos, picture, tmp_path
):
    opened(editor, picture)
    assert editor.state.photo.view is PhotoView.BEFORE
    assert any("draws portraits" in banner.text and not banner.severe for banner in editor.state.banners)
    # The picture on the stage is the photograph; a click on the smaller face chooses it.
    editor.click_at(*editor.app.photo_stage.view.to_screen((160, 60)))
    assert editor.state.photo.chosen == 1
    brought_in(editor, photos)
    assert photos.asked[0][0] is photos.faces[1] and photos.asked[0][1] == "usual"
    editor.app.do(actions.ClickExpression("close_eyes"))
    editor.wait_for(lambda: editor.state.edits == 1 and editor.state.ready)
    editor.click("Photo##view")
    edited = editor.state.photo.edited
    assert edited is not None and (edited != read_photo(picture).pixels).any()
    seen = editor.picture()
    editor.click("Before##view")
    assert (editor.picture() != seen).any()
    editor.click("Save photo")
    editor.wait_for(lambda: editor.state.capture.saved is not None)
    saved = read_photo(editor.state.capture.saved)
    before = read_photo(picture).pixels
    changed = (saved.pixels != before).any(axis=2)
    assert changed[50:70, 150:170].all() and not changed[:, :130].any()
    assert editor.state.capture.saved.name == "me-edited-01.png"
    assert (read_photo(picture).pixels == before).all()


def test_no_other_face_is_seen_while_one_is_brought_in(editor, photos, picture):
    opened(editor, picture)
    first = threading.Event()
    begin = photos.invert
    photos.invert = lambda *asked: (first.wait(60), begin(*asked))[1]
    editor.click("Bring the face in")
    editor.look(3)
    assert editor.state.job is not None and view_of(editor) is PhotoView.BEFORE
    first.set()
    editor.wait_for(lambda: view_of(editor) is PhotoView.FACE)
    assert (editor.state.frame.picture == 0).all()
    # Whoever wants to see the photograph meanwhile is left to it.
    editor.click("Before##view")
    photos.go.release()
    editor.wait_for(lambda: _done(editor.state) == 1)
    editor.look(3)
    assert view_of(editor) is PhotoView.BEFORE
    photos.go.release(4)
    editor.wait_for(lambda: editor.state.job is None)
    assert [entry.words for entry in editor.state.history.entries][-1] == "Face from me.png"


def view_of(editor) -> PhotoView:
    view: PhotoView = editor.state.photo.view
    return view


def test_the_picture_comes_nearer_and_a_cancel_keeps_the_best_so_far(editor, photos, picture):
    opened(editor, picture)
    editor.click("Bring the face in")
    for index in (1, 2, 3):
        photos.go.release()
        editor.wait_for(lambda index=index: _done(editor.state) == index)
    editor.look(2)
    assert editor.state.photo.view is PhotoView.FACE
    assert "into W, 0:02 left" in editor.state.job.progress.words
    editor.click("Cancel")
    photos.go.release()
    editor.wait_for(lambda: editor.state.job is None)
    assert photos.closed == 1
    # Step 4 was being looked at when it was stopped, and 3 was worse than 2.
    assert editor.state.photo.given.w[0, 2] in (2, 4)
    assert "best so far" in editor.state.notice


def _done(state):
    return state.job.progress.done if state.job is not None and state.job.progress is not None else -1


def test_it_can_be_paused_and_gone_on_with(editor, photos, picture):
    opened(editor, picture)
    editor.click("Bring the face in")
    editor.wait_for(lambda: _done(editor.state) == 0)
    editor.look(2)
    editor.click("Pause##photo")
    photos.go.release()
    editor.wait_for(lambda: editor.state.job.paused)
    for _ in range(4):
        photos.go.release()
    editor.look(5)
    assert _done(editor.state) <= 1
    editor.click("Continue##photo")
    editor.wait_for(lambda: editor.state.job is None)
    assert editor.state.of_photo


def test_an_inversion_that_fails_goes_back_to_the_picture_before(editor, session, photos, picture):
    from dnnlib.errors import EditorError

    opened(editor, picture)
    before = editor.state.picture.w
    photos.fails = EditorError("there is not enough memory for this network")
    editor.click("Bring the face in")
    for _ in range(3):
        photos.go.release()
    editor.wait_for(lambda: any("not enough memory" in banner.text for banner in editor.state.banners))
    editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch and editor.state.ready)
    assert editor.state.picture.w is before and not editor.state.of_photo


def test_undo_leads_back_to_the_seed_and_redo_to_the_photograph(editor, photos, picture):
    opened(editor, picture)
    brought_in(editor, photos)
    editor.app.do(actions.Undo())
    editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch)
    assert not editor.state.of_photo and editor.state.photo.edited is None
    editor.click("Save photo")  # It is grey.
    editor.look(3)
    assert editor.state.capture.saved is None
    editor.app.do(actions.Redo())
    editor.wait_for(lambda: editor.state.of_photo)


def test_the_whole_face_can_be_put_in(editor, photos, picture):
    opened(editor, picture)
    brought_in(editor, photos)
    editor.click("Whole face")
    editor.wait_for(
        lambda: editor.state.photo.edited is not None and editor.state.photo.edited[60, 70, 0] == 255
    )


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_a_drop_that_is_no_photograph_is_said_in_a_line_and_leaves_all_as_it_was(
    editor, photos, tmp_path, content
):
    path = tmp_path / "broken.jpg"
    if content is not None:
        path.write_bytes(content)
    epoch = editor.state.picture_epoch
    editor.window.events.on_drop([str(path)])
    editor.look()
    editor.wait_for(lambda: bool(editor.state.banners) and not editor.state.busy)
    text = editor.state.banners[-1].text
    assert "broken.jpg" in text and "\n" not in text
    assert editor.state.photo.path is None and editor.state.picture_epoch == epoch


def test_a_photograph_without_a_face_is_shown_and_cannot_be_brought_in(editor, photos, tmp_path):
    Image.new("RGB", (100, 80)).save(tmp_path / "dark.png")
    opened(editor, tmp_path / "dark.png")
    assert "No face was found" in editor.state.banners[-1].text
    editor.click("Bring the face in")
    editor.look(3)
    assert not photos.asked and not editor.state.busy


def test_a_checkpoint_is_still_opened_when_it_is_dropped(editor, photos, tmp_path):
    editor.window.events.on_drop([str(tmp_path / "other.safetensors")])
    editor.look(2)
    assert editor.state.photo.path is None and editor.state.network.typed.endswith("other.safetensors")


# ----------------------------------------------------------------------------
# The rules alone.


def test_without_a_network_or_while_something_runs_a_photograph_waits():
    state, asked = act(EditorState(), actions.OpenPhoto("me.jpg"))
    assert not asked and "open a checkpoint first" in state.banners[-1].text
    state, asked = act(EditorState(), actions.OpenPhoto(" "))
    assert not asked and "No path" in state.banners[-1].text


def test_news_of_an_inversion_that_was_given_up_is_let_go():
    state, asked = hear(EditorState(), answers.Inverted(7, Latent(), "Late."))
    assert state.photo.given is None and not asked
    assert JobKind.INVERT.changes_picture and not JobKind.PHOTO.changes_picture


def test_a_saved_photograph_never_writes_over_another(tmp_path):
    from viz.rules.photo import _free_name

    (tmp_path / "me-edited-01.png").write_text("mine")
    state: Any = EditorState()
    state = dataclasses.replace(
        state,
        capture=dataclasses.replace(state.capture, folder=str(tmp_path)),
        photo=dataclasses.replace(state.photo, path=Path("me.jpg")),
    )
    assert _free_name(state) == tmp_path / "me-edited-02.png"
    assert commands.SavePhoto(1, _free_name(state)).path.suffix == ".png"
