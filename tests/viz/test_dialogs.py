"""Dialogs of the system: a path that is chosen arrives; where there are none, the window draws its own."""

import sys
from pathlib import Path

import glfw
import pytest

from tests.screen import Person
from tests.viz.conftest import EditorPerson
from viz import actions, errands


class Dialog:
    """A dialog in which somebody chooses after a while."""

    def __init__(self, chosen: str) -> None:
        self.chosen, self.asked, self.killed = chosen, 0, False

    def ready(self, patience: int) -> bool:
        self.asked += 1
        return self.asked > 3

    def result(self) -> str:
        return self.chosen

    def kill(self) -> None:
        self.killed = True


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have dialogs")
def test_where_the_system_has_no_dialog_the_window_draws_one(
    editor: EditorPerson, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(errands.shutil, "which", lambda program: None)
    editor.app.do(actions.SaveProject())
    editor.look(4)
    seed, proposed = editor.state.latent.seed, editor.state.project.typed
    editor.key(glfw.KEY_PAGE_DOWN)
    assert editor.state.latent.seed == seed, "it is in front of everything"
    Person.click(editor, "Save", -1)
    editor.wait_for(lambda: editor.state.project.path is not None)
    assert editor.state.project.path == (tmp_path / proposed) and editor.state.banners == ()
    editor.app.do(actions.AskForFile("Open", (("All", "*"),), actions.OpenProject))
    editor.look(4)
    Person.click(editor, "Cancel##dialog")
    editor.look(2)
    assert not editor.app.errands.dialog_in_front and editor.state.banners == ()


def test_a_path_that_is_chosen_in_a_dialog_arrives(
    editor: EditorPerson, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(errands.shutil, "which", lambda program: f"/usr/bin/{program}")
    dialog = Dialog(str(tmp_path / "work.zip"))
    monkeypatch.setitem(errands._MAKERS, "save", lambda asked: dialog)
    editor.app.do(actions.SaveProject())
    editor.wait_for(lambda: editor.state.project.path == tmp_path / "work.zip")
    assert (tmp_path / "work.zip").is_file() and editor.state.banners == () and not dialog.killed
