"""Dialogs of the system: a path that is chosen arrives, and where there is no dialog that is said."""

import sys
from pathlib import Path
from typing import Any

import pytest

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
@pytest.mark.parametrize(
    "wish", [actions.SaveProject(), actions.AskForFile("Open", (("All", "*"),), actions.OpenProject)]
)
def test_where_there_is_no_dialog_that_is_said(
    editor: EditorPerson, monkeypatch: pytest.MonkeyPatch, wish: Any
) -> None:
    monkeypatch.setattr(errands.shutil, "which", lambda program: None)
    editor.app.do(wish)
    editor.look(2)
    (banner,) = editor.state.banners
    assert "no file dialog" in banner.text and "zenity" in banner.text and "type the path" in banner.text


def test_a_path_that_is_chosen_in_a_dialog_arrives(
    editor: EditorPerson, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(errands.shutil, "which", lambda program: f"/usr/bin/{program}")
    dialog = Dialog(str(tmp_path / "work.zip"))
    monkeypatch.setitem(errands._MAKERS, "save", lambda asked: dialog)
    editor.app.do(actions.SaveProject())
    editor.wait_for(lambda: editor.state.project.path == tmp_path / "work.zip")
    assert (tmp_path / "work.zip").is_file() and editor.state.banners == () and not dialog.killed
