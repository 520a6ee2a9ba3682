"""The dialog of our own: a file is found, named and taken, and nothing is replaced unasked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from imgui_bundle import imgui  # Before glfw, whose library it brings.

# isort: split
import glfw

from gui_utils.file_dialog import FileDialog
from tests.screen import Person, open_window

KINDS = (("Checkpoints", "*.safetensors *.pkl"), ("All files", "*"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Below").mkdir()
    for name in ("b.pkl", "A.SAFETENSORS", "notes.txt", ".hidden.pkl", "Below/c.pkl"):
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Asked(Person):
    """A person in front of a dialog."""

    dialog: FileDialog | None = None

    def names(self) -> list[str]:
        """The files and folders that are listed."""
        return [label for label, _ in self._seen if label.endswith(("/", ".pkl", ".txt", ".SAFETENSORS"))]

    def ask(self, kind: str = "open", start: str = "") -> FileDialog:
        self.dialog = dialog = FileDialog("Open a checkpoint", KINDS, kind, start)
        self.look(4)
        return dialog


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    with open_window(monkeypatch, 700, 500, scale=0.8) as window:

        def draw() -> None:
            if asked.dialog is not None and not asked.dialog.ready():
                asked.dialog.draw()

        asked = Asked(window, draw, monkeypatch)
        yield asked


def test_folders_come_first_then_the_files_that_are_meant(folder: Path, person: Asked) -> None:
    person.ask()
    assert person.names() == ["Below/", "A.SAFETENSORS", "b.pkl"]


def test_a_file_is_clicked_and_taken(folder: Path, person: Asked) -> None:
    dialog = person.ask()
    person.click("b.pkl")
    assert not dialog.ready()
    person.click("Open")
    assert dialog.ready() and dialog.result() == str(folder / "b.pkl")


def test_a_folder_is_entered_and_left_again(folder: Path, person: Asked) -> None:
    dialog = person.ask()
    left, top, _, bottom = person.place_of("Below/")
    for _ in range(2):
        person.click_at(left + 12, (top + bottom) / 2)
    assert person.names() == ["c.pkl"]
    person.click("Open")
    assert not dialog.ready(), "a double click enters, and takes nothing"
    person.click("Up")
    person.look(2)
    assert "b.pkl" in person.names()
    person.click("Below/")
    person.look(30)
    for _ in range(2):
        person.click("c.pkl")
    assert dialog.result() == str(folder / "Below" / "c.pkl")


def test_a_name_or_a_whole_path_is_typed(folder: Path, person: Asked) -> None:
    for typed in ("notes.txt", str(folder / "Below" / "c.pkl")):
        dialog = person.ask()
        person.type(typed)
        person.key(glfw.KEY_ENTER)
        person.look(2)
        assert dialog.result() == str(folder / typed)


def test_what_is_not_there_is_said_and_the_dialog_stays(folder: Path, person: Asked) -> None:
    dialog = person.ask()
    person.type("gone.pkl")
    person.key(glfw.KEY_ENTER)
    assert not dialog.ready() and dialog._says == "gone.pkl is not there."
    person.key(glfw.KEY_ESCAPE)
    assert dialog.ready() and dialog.result() == ""


def test_what_is_there_is_replaced_only_when_that_is_said_twice(folder: Path, person: Asked) -> None:
    dialog = person.ask("save", str(folder / "b.pkl"))
    person.click("Save")
    person.look(2)
    assert not dialog.ready() and person.sees("Replace it")
    person.click("Replace it")
    assert dialog.result() == str(folder / "b.pkl") and (folder / "b.pkl").read_text() == "b.pkl"


def test_another_name_is_saved_under_at_once(folder: Path, person: Asked) -> None:
    dialog = person.ask("save", str(folder / "new.pkl"))
    person.click("Save")
    assert dialog.result() == str(folder / "new.pkl")


def test_a_folder_is_chosen(folder: Path, person: Asked) -> None:
    dialog = person.ask("folder")
    person.click("Below/")
    person.look(2)
    person.click("Choose")
    assert dialog.result() == str(folder / "Below")


def test_cancel_chooses_nothing_and_leaves_no_popup(folder: Path, person: Asked) -> None:
    dialog = person.ask()
    person.click("Cancel##dialog")
    person.look(3)
    assert dialog.ready() and dialog.result() == ""
    imgui.set_current_context(person.window._context)
    assert not imgui.is_popup_open("", imgui.PopupFlags_.any_popup)
