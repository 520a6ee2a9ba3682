"""A low window, 1280 × 720 at the usual size of text: what a photograph needs is seen without scrolling."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from imgui_bundle import imgui

from tests.screen import open_window
from tests.viz.conftest import EditorPerson
from tests.viz.fakes import FakeSession
from tests.viz.photographs import brought_in, opened
from tests.viz.photographs import photos as photos
from tests.viz.photographs import picture as picture
from tests.viz.test_tooltips import open_everything
from viz.actions import ChangeDrag, ClickExpression, ShowPanel
from viz.panels.table import PANELS
from viz.state import Tool

_PHOTO = ("Open photo …", "quick", "usual", "thorough", "Bring the face in", "Face##view", "Photo##view",
          "Before##view", "Save photo", "Save photo as …", "Film of the photo", "Whole face")  # fmt: skip


@pytest.fixture
def low(session: FakeSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[EditorPerson]:
    from viz.app import App

    monkeypatch.chdir(tmp_path)
    opening: Any = lambda path, opening: session  # noqa: E731
    with open_window(monkeypatch, 1280, 720, scale=1.0) as window:
        app = App(window, opening)
        person = EditorPerson(app, session, monkeypatch)
        app.open(Path("fake.safetensors"))
        person.wait_for(lambda: app.state.frame is not None)
        yield person
        app.close()


def test_all_that_a_photograph_needs_is_seen_without_scrolling(
    low: EditorPerson, photos: Any, picture: Any
) -> None:
    opened(low, picture)
    for again in (False, True):
        if again:
            brought_in(low, photos)
        panel = imgui.internal.find_window_by_name("Photo")
        seen = panel.inner_clip_rect
        for label in _PHOTO:
            left, top, right, bottom = low.place_of(label)
            assert (
                seen.min.x <= left and right <= seen.max.x and seen.min.y <= top and bottom <= seen.max.y
            ), label


def test_the_tabs_of_each_place_have_room_for_their_titles(low: EditorPerson) -> None:
    low.look(3)
    for panel in PANELS:
        window = imgui.internal.find_window_by_name(panel.name)
        bar = window.dock_node.tab_bar
        tab = imgui.internal.tab_bar_find_tab_by_id(bar, window.tab_id)
        assert tab.width >= tab.content_width - 1, panel.name


def test_no_button_cuts_its_words(
    low: EditorPerson, photos: Any, picture: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(low, picture)
    brought_in(low, photos)
    low.app.do(ClickExpression("close_eyes"))
    low.wait_for(lambda: low.state.edits == 1 and low.state.ready)
    low.find("Points")
    cut: set[str] = set()
    seen: set[str] = set()
    plain = imgui.button

    def button(label: str, *rest: Any) -> bool:
        pressed = plain(label, *rest)
        words = label.partition("##")[0]
        seen.add(words)
        room = imgui.get_item_rect_size().x - 2 * imgui.get_style().frame_padding.x
        if imgui.calc_text_size(words).x > room + 0.5:
            cut.add(words)
        return pressed

    monkeypatch.setattr(imgui, "button", button)
    open_everything(monkeypatch)
    for panel in PANELS:
        low.app.do(ShowPanel(panel.name))
        for tool in Tool:
            low.app.do(ChangeDrag(replace(low.state.drag, tool=tool)))
            low.look(4)
    assert len(seen) > 50 and cut == set()
