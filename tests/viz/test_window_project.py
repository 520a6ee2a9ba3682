"""The real window: save, open, drop and recover projects; and kill -9 in the middle of a drag."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import glfw
import pytest

from dnnlib.errors import EditorError
from tests.viz.conftest import EditorPerson
from tests.viz.fakes import FakeSession
from tests.viz.test_window import colour_at
from tests.viz.test_window_history import close_eyes, words
from viz import actions
from viz.projects.reading import read_project


@pytest.fixture
def start(window: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Start an editor, as often as wanted: each is another one in front of the same screen."""
    from viz.app import App

    started: list[EditorPerson] = []
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fake.safetensors").write_bytes(b"fake")
    (tmp_path / "other.pkl").write_bytes(b"other")

    def end(person: EditorPerson) -> None:
        for button in (0, 1):
            person.release(button)
        person.app.close()
        started.remove(person)

    def start(path: Path = Path("fake.safetensors")) -> EditorPerson:
        import hashlib

        session = FakeSession()

        def open_session(path: Path, opening: Any) -> Any:
            if not path.exists():
                raise EditorError(f"{path}: is not there")
            session.path, session.sha256 = path, hashlib.sha256(path.read_bytes()).hexdigest()
            session.title = path.stem
            return session

        app = App(window, open_session, work=tmp_path / "autosave")
        person = EditorPerson(app, session, monkeypatch)
        person.end = lambda: end(person)  # type: ignore[attr-defined]
        started.append(person)
        app.open(path)
        person.wait_for(lambda: app.state.frame is not None)
        person.move(1, 1)
        return person

    yield start
    for person in [*started]:
        end(person)


def work_on(editor: EditorPerson) -> Any:
    """Another seed, a point, a stroke of the brush, an edit; gives all that counts."""
    editor.click("+##seed")
    editor.wait_for(lambda: editor.state.latent.seed == 19 and editor.state.picture.w is not None)
    editor.pull(editor.on_picture(10, 20), editor.on_picture(30, 20))
    editor.click("Mask brush")
    editor.look(2)
    editor.pull(editor.on_picture(20, 40), editor.on_picture(44, 40))
    close_eyes(editor)
    return everything(editor)


def everything(editor: EditorPerson) -> Any:
    state = editor.state
    assert state.picture.w is not None and state.drag.mask is not None
    return (
        state.picture.w.tobytes(),
        state.drag.pairs,
        state.drag.mask.tobytes(),
        state.latent,
        words(editor),
        state.history.at,
    )


def save_to(editor: EditorPerson, name: str) -> None:
    editor.app.do(actions.TypeProject(name))
    editor.find("Save to")
    editor.look()
    editor.click("Save to")
    editor.wait_for(lambda: bool(editor.state.banners) or not editor.state.project.doing)


def test_a_project_is_saved_and_goes_on_in_another_editor_exactly_as_it_was(start, tmp_path):
    editor = start()
    before = work_on(editor)
    picture = colour_at(editor, 50, 50)
    save_to(editor, "work.zip")
    assert editor.state.notice == "Saved work.zip"
    assert list((tmp_path / "autosave").glob("*.zip")) == []
    editor.end()
    editor = start()
    editor.window.events.on_drop([str(tmp_path / "work.zip")])
    editor.wait_for(lambda: editor.state.project.path is not None and editor.state.ready)
    assert everything(editor) == before
    editor.wait_for(lambda: colour_at(editor, 50, 50) == picture)
    editor.key(glfw.KEY_Z, glfw.MOD_CONTROL)
    editor.wait_for(lambda: colour_at(editor, 50, 50)[2] < picture[2] - 30)
    assert editor.session.planned == [], "nothing was run again"


def test_ctrl_s_saves_where_the_project_is(start, tmp_path):
    editor = start()
    save_to(editor, "work.zip")
    editor.click("+##seed")
    editor.look(2)
    editor.key(glfw.KEY_S, glfw.MOD_CONTROL)
    editor.wait_for(lambda: not editor.state.project.doing)
    here = read_project(tmp_path / "work.zip").history.here
    assert here is not None and here.moment.latent.seed == 19


def test_a_file_that_is_there_is_not_written_over(start, tmp_path):
    (tmp_path / "work.zip").write_bytes(b"something dear")
    editor = start()
    save_to(editor, "work.zip")
    assert "is there already" in editor.state.banners[0].text
    assert (tmp_path / "work.zip").read_bytes() == b"something dear"


def test_a_project_of_another_network_loads_that_first(start, tmp_path):
    editor = start(Path("other.pkl"))
    before = work_on(editor)
    save_to(editor, "work.zip")
    editor.end()
    editor = start()
    editor.app.do(actions.OpenProject("work.zip"))
    editor.wait_for(lambda: editor.state.network.loaded.title == "other" and editor.state.ready)
    assert everything(editor) == before


def test_a_project_is_opened_from_the_command_line(start, tmp_path):
    editor = start(Path("other.pkl"))
    before = work_on(editor)
    save_to(editor, "work.zip")
    editor.end()
    editor = start(Path("work.zip"))
    assert everything(editor) == before


def test_a_network_that_is_gone_is_said_and_the_work_shown_once_it_is_found(start, tmp_path):
    editor = start(Path("other.pkl"))
    before = work_on(editor)
    save_to(editor, "work.zip")
    editor.end()
    (tmp_path / "else").mkdir()
    (tmp_path / "other.pkl").rename(tmp_path / "else" / "found.pkl")
    editor = start()
    editor.app.do(actions.OpenProject("work.zip"))
    editor.wait_for(lambda: editor.state.arrival is not None)
    assert "other.pkl is not there" in editor.state.arrival.missing
    assert editor.state.project.path is None, "Save would write what is shown over it"
    editor.look(2)
    assert editor.sees("Find the network …") and editor.sees("Give up")
    assert editor.state.network.loaded.title == "fake" and editor.state.ready, "what was there goes on"
    editor.window.events.on_drop([str(tmp_path / "else" / "found.pkl")])
    editor.wait_for(lambda: editor.state.arrival is None and editor.state.ready)
    assert everything(editor) == before
    assert editor.state.project.path == Path("work.zip")
    editor.look(2)
    assert not editor.sees("Give up")


def test_a_broken_project_leaves_all_as_it_was(start, tmp_path):
    editor = start()
    before = work_on(editor)
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4 nothing")
    editor.window.events.on_drop([str(tmp_path / "bad.zip")])
    editor.wait_for(lambda: bool(editor.state.banners))
    assert editor.state.banners[0].text.startswith("bad.zip: no project")
    assert everything(editor) == before


def test_unsaved_work_that_a_project_takes_the_place_of_can_be_had_again(start, tmp_path):
    editor = start()
    save_to(editor, "work.zip")
    before = work_on(editor)
    editor.app.do(actions.OpenProject("work.zip"))
    editor.wait_for(lambda: editor.state.latent.seed == 18 and bool(editor.state.project.leftovers))
    editor.find("Recover##left0")
    editor.look()
    editor.click("Recover##left0")
    editor.wait_for(lambda: editor.state.latent.seed == 19 and editor.state.ready)
    assert everything(editor) == before


def test_work_of_a_closed_window_waits_in_the_project_panel_and_asks_nobody(start, tmp_path):
    editor = start()
    before = work_on(editor)
    editor.end()
    editor = start()
    editor.wait_for(lambda: bool(editor.state.project.leftovers))
    editor.look(2)
    assert not editor.sees("Later")
    editor.find("Recover##left0")
    editor.look()
    editor.click("Recover##left0")
    editor.wait_for(lambda: editor.state.latent.seed == 19 and editor.state.ready)
    assert everything(editor) == before
