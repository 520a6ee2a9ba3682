"""Two photographs after each other: the first one's face is never taken for the second's, and it is said."""

import pytest
from PIL import Image

from tests.viz.photographs import brought_in, opened
from tests.viz.photographs import photos as photos
from tests.viz.photographs import picture as picture
from viz import actions
from viz.projects.reading import read_project
from viz.rules.photo import not_this_one


@pytest.fixture
def both(editor, photos, picture):
    """The first, then the second brought in; the face of the first is gone back to."""
    with Image.open(picture) as first:
        first.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(picture.with_name("you.png"))
    opened(editor, picture)
    brought_in(editor, photos)
    opened(editor, picture.with_name("you.png"))
    waits = not_this_one(editor.state)
    brought_in(editor, photos)
    assert editor.state.of_photo and not not_this_one(editor.state)
    at = editor.state.history.at
    while (given := editor.state.latent.given) is None or given.name != "me.png":
        at -= 1
        editor.app.do(actions.GoToEntry(at))
    editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch and editor.state.ready)
    return waits


def test_the_first_one_s_face_is_not_put_into_the_second_and_the_way_back_is_said(editor, both):
    # The second was open, its own face not yet in.
    assert "that of me.png, and not of this photograph" in both and "bring its face in first" in both
    assert not editor.state.of_photo and editor.state.photo.edited is None
    why = not_this_one(editor.state)
    assert "that of me.png" in why and "undo or redo" in why and "open me.png again" in why
    editor.app.do(actions.SavePhoto())
    editor.wait_for(lambda: any(banner.text == why for banner in editor.state.banners))
    assert editor.state.capture.saved is None
    editor.app.do(actions.GoToEntry(len(editor.state.history.entries) - 1))
    editor.wait_for(lambda: editor.state.of_photo and editor.state.ready)
    assert not not_this_one(editor.state)


def test_a_project_says_which_photograph_it_does_not_hold(editor, both, tmp_path):
    editor.app.do(actions.SaveProjectAs(str(tmp_path / "both.zip")))
    editor.wait_for(lambda: any("holds you.png as it was" in one.text for one in editor.state.banners))
    (said,) = (banner for banner in editor.state.banners if "both.zip" in banner.text)
    assert "before (me.png) it holds the w alone" in said.text and not said.severe
    kept = read_project(tmp_path / "both.zip").history
    assert kept.photo is not None and kept.photo.path.name == "you.png"


def test_the_same_photograph_brought_in_twice_is_not_called_another(editor, photos, picture):
    opened(editor, picture)
    brought_in(editor, photos)
    first = editor.state.history.at
    editor.click("Before##view")
    brought_in(editor, photos)
    editor.app.do(actions.GoToEntry(first))
    editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch and editor.state.ready)
    why = not_this_one(editor.state)
    assert "brought in before the present one" in why and "another" not in why and "not of this" not in why
