"""Where the panels are and how the window looks, remembered between two starts of the real window."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import glfw
import numpy as np
import pytest

from gui_utils.placing import Placement
from tests.screen import open_window
from tests.viz.conftest import EditorPerson
from tests.viz.fakes import FakeSession
from viz.actions import HidePanel, ResetLayout, Undo
from viz.canvas import GREETING
from viz.preferences import Preferences
from viz.state import EditorState


@contextmanager
def started(monkeypatch: pytest.MonkeyPatch, settings: Path | None) -> Iterator[EditorPerson]:
    """Start the editor as a program would, with its own window."""
    from viz.app import App

    with open_window(monkeypatch, 900, 600, scale=0.6) as window, pytest.MonkeyPatch.context() as watched:
        session: Any = FakeSession()
        app = App(window, lambda path, opening: session, settings=settings)
        person = EditorPerson(app, session, watched)
        app.open(Path("fake.safetensors"))
        person.wait_for(lambda: app.state.frame is not None)
        person.look(4)
        yield person
        app.close()


def stage_left(editor: EditorPerson) -> float:
    return editor.place_of("canvas")[0]


def test_a_layout_is_remembered_and_reset_puts_it_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with started(monkeypatch, tmp_path) as editor:
        first = stage_left(editor)
        edge = first - theme_padding(editor)
        editor.pull((edge - 1, 300), (edge + 59, 300))
        editor.look(3)
        wide = stage_left(editor)
        assert wide == pytest.approx(first + 60, abs=4)
        editor.app.do(HidePanel("Capture"))
        editor.look(2)
    kept = json.loads((tmp_path / "window.json").read_text())
    assert kept["closed"] == ["Capture"]
    with started(monkeypatch, tmp_path) as editor:
        assert stage_left(editor) == pytest.approx(wide, abs=2)
        assert editor.state.window.closed == {"Capture"}
        editor.app.do(ResetLayout())
        editor.look(4)
        assert stage_left(editor) == pytest.approx(first, abs=2)
        assert editor.state.window.closed == frozenset()


def test_a_layout_grows_with_the_scale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with started(monkeypatch, tmp_path) as editor:
        small = stage_left(editor)
    kept = json.loads((tmp_path / "window.json").read_text())
    (tmp_path / "window.json").write_text(json.dumps({**kept, "scale": kept["scale"] / 1.4}))
    with started(monkeypatch, tmp_path) as editor:
        assert stage_left(editor) == pytest.approx(small * 1.4, rel=0.08)


@pytest.mark.skipif(os.environ.get("PYOPENGL_PLATFORM") == "egl", reason="the null platform has no places")
def test_the_window_comes_back_where_it_was_and_as_large(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with started(monkeypatch, tmp_path) as editor:
        assert editor.window.size == (900, 600), "nothing is known at the first start"
        editor.window.where.put(Placement((20, 30), (800, 500)))
        editor.look(2)
        # At the last moment it is moved by hand.
        glfw.set_window_size(editor.window._handle, 1000, 720)
        glfw.set_window_pos(editor.window._handle, 120, 80)
        glfw.poll_events()
    assert json.loads((tmp_path / "window.json").read_text())["place"]["width"] == 1000
    with started(monkeypatch, tmp_path) as editor:
        assert editor.window.size == (1000, 720)
        assert glfw.get_window_pos(editor.window._handle) == (120, 80)


@pytest.mark.parametrize(
    "place",
    [3, {}, {"width": "x", "height": 5}, {"width": 0, "height": 0}, {"width": True, "height": 2},
     {"left": 1, "width": 10**9, "height": 700}],
)  # fmt: skip
def test_a_place_that_is_none_leaves_the_window_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Any
) -> None:
    (tmp_path / "window.json").write_text(json.dumps({"place": place}))
    with open_window(monkeypatch, 640, 400) as window:
        Preferences(tmp_path).restore_place(window)
        glfw.poll_events()
        window.frame(lambda: None)
        assert window.size == (640, 400)


def theme_padding(editor: EditorPerson) -> float:
    from imgui_bundle import imgui

    return float(imgui.get_style().window_padding.x)


@pytest.mark.parametrize(
    "content", ["", "{", "[1, 2]", '{"theme": 3, "size": "x", "closed": 4, "recent": [1]}']
)
def test_damaged_settings_start_the_window_as_at_first(tmp_path: Path, content: str) -> None:
    (tmp_path / "window.json").write_text(content)
    state = Preferences(tmp_path).remembered(EditorState())
    assert state.window == EditorState().window
    assert state.network.recent == ()


def test_settings_that_cannot_be_kept_are_said_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with started(monkeypatch, tmp_path / "file" / "below") as editor:
        editor.app.preferences._kept_at = -10.0
        editor.app.do(HidePanel("Capture"))
        editor.look(3)
        (banner,) = editor.state.banners
        assert "not kept" in banner.text


# ----------------------------------------------------------------------------
# The first start, and a window that nobody touches.


def test_the_first_start_says_in_three_words_what_to_click_until_it_was_clicked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with started(monkeypatch, tmp_path) as editor:
        editor.wait_for(lambda: editor.state.face.glanced)
        greeted = editor.picture().astype(int)
        assert len(GREETING.split()) == 3
        title = GREETING.split(maxsplit=1)[1].strip("“”")
        editor.click(title)
        editor.wait_for(lambda: editor.state.edits == 1)
        editor.app.do(Undo())
        editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch)
        left, top, right, bottom = (round(value) for value in editor.place_of("canvas"))
        stage = slice(top, bottom), slice(left, right)
        changed = np.abs(editor.picture().astype(int)[stage] - greeted[stage]).max(axis=2) > 60
        assert 200 < changed.sum() < 0.2 * changed.size, "the words are gone, and nothing else is"
    with started(monkeypatch, tmp_path) as editor:
        assert editor.state.window.greeted


def test_a_window_that_nobody_touches_draws_nothing_and_costs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with started(monkeypatch, None) as editor:
        editor.wait_for(lambda: editor.state.face.glanced)
        seen: list[float] = []
        figures: list[tuple[float, float, int]] = []

        def draw() -> None:
            editor.app.draw()
            seen.append(time.monotonic())

        def watch() -> None:
            until = time.monotonic() + 60
            # It comes to rest some time after the last event, which a busy machine may bring late.
            while (not seen or time.monotonic() - seen[-1] < 1.5) and time.monotonic() < until:
                time.sleep(0.02)
            for _ in range(2):
                figures.append((time.monotonic(), time.process_time(), len(seen)))
                time.sleep(2.5)
            editor.window.ask_to_close()
            editor.window.wake()

        threading.Thread(target=watch, name="watch", daemon=True).start()
        editor.window.run(draw)
        (began, cpu, frames), (ended, more_cpu, more_frames) = figures
        assert more_frames == frames > 0
        assert (more_cpu - cpu) / (ended - began) < 0.05
