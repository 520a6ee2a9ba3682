"""Every control of every panel has a tooltip: walked, in every state that shows other controls."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.screen import open_window
from tests.viz.conftest import EditorPerson
from tests.viz.fake_catalogue import FakeCatalogue
from tests.viz.fakes import FakeSession
from viz.actions import ChangeDrag, ShowPanel
from viz.panels.table import PANELS
from viz.state import EditorState, PointPair, Tool

_CONTROLS = (
    "arrow_button",
    "begin_combo",
    "begin_menu",
    "button",
    "checkbox",
    "collapsing_header",
    "color_edit3",
    "combo",
    "drag_float",
    "drag_int",
    "image_button",
    "input_float",
    "input_int",
    "input_text",
    "input_text_multiline",
    "input_text_with_hint",
    "list_box",
    "menu_item",
    "progress_bar",
    "radio_button",
    "selectable",
    "slider_float",
    "slider_int",
    "small_button",
    "tree_node_ex",
    "v_slider_float",
)


class Watcher:
    """Notes each control that is drawn, and whether a tooltip was given to it before the next one came."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from imgui_bundle import imgui

        self._imgui = imgui
        self.without: dict[str, str] = {}
        self.seen: set[str] = set()
        self._last: str | None = None
        self._place: tuple[float, ...] = ()
        self.panel = ""
        for name in _CONTROLS:
            monkeypatch.setattr(imgui, name, self._watched(getattr(imgui, name), name))
        monkeypatch.setattr(imgui, "is_item_hovered", self._asked(imgui.is_item_hovered))
        monkeypatch.setattr(imgui, "end", self._ended(imgui.end))

    def _watched(self, function: Any, kind: str) -> Any:
        def watching(label: Any, *rest: Any, **named: Any) -> Any:
            self.settle()
            result = function(label, *rest, **named)
            self._last, self._place = f"{kind} {label}" if isinstance(label, str) else kind, self._rect()
            return result

        return watching

    def _asked(self, function: Any) -> Any:
        def asking(flags: Any = 0) -> Any:
            for_tooltip = int(flags) & int(self._imgui.HoveredFlags_.for_tooltip)
            if for_tooltip and self._last is not None and self._rect() == self._place:
                self.seen.add(self._last)
                self._last = None
            return function(flags)

        return asking

    def _rect(self) -> tuple[float, ...]:
        low, high = self._imgui.get_item_rect_min(), self._imgui.get_item_rect_max()
        return low.x, low.y, high.x, high.y

    def _ended(self, function: Any) -> Any:
        def ending() -> Any:
            self.settle()
            return function()

        return ending

    def settle(self) -> None:
        """Count a control that nothing was said about."""
        if self._last is not None:
            self.without[self._last] = self.panel
            self._last = None


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[EditorPerson]:
    from viz.app import App

    monkeypatch.chdir(tmp_path)
    for name in ("a.pkl", "b.pkl"):
        (tmp_path / name).write_text("")
    session: Any = FakeSession(path=tmp_path / "a.pkl", c_dim=3)
    with open_window(monkeypatch, 900, 700, scale=0.6) as window:
        app = App(window, lambda path, opening: session, catalogue=FakeCatalogue(tmp_path), machine=Machine())
        person = EditorPerson(app, session, monkeypatch)
        app.open(tmp_path / "a.pkl")
        person.wait_for(lambda: app.state.frame is not None)
        yield person
        app.close()


class Machine:
    """A machine with everything."""

    def devices(self) -> tuple[str, ...]:
        return ("cpu", "cuda")

    def chosen(self, wish: str) -> str:
        return "cuda" if wish == "auto" else wish

    def memory(self, device: str) -> tuple[int, int] | None:
        return (1_000_000, 2_000_000) if device == "cuda" else None


def open_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every fold be open and every list pulled down, as far as that draws what is in it."""
    from imgui_bundle import imgui

    for name in ("tree_node_ex", "collapsing_header"):
        function = getattr(imgui, name)

        def opened(*given: Any, function: Any = function, **named: Any) -> Any:
            imgui.set_next_item_open(True)
            return function(*given, **named)

        monkeypatch.setattr(imgui, name, opened)


def states(state: EditorState) -> Iterator[EditorState]:
    """Give the states in which panels show other controls."""
    yield state
    pair = PointPair((10.0, 10.0), (20.0, 20.0))
    for tool in Tool:
        yield replace(state, drag=replace(state.drag, tool=tool, pairs=(pair,)))


def test_every_control_of_every_panel_has_a_tooltip(
    person: EditorPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_everything(monkeypatch)
    watcher = Watcher(monkeypatch)
    person.app.do(ChangeDrag(replace(person.state.drag, tool=Tool.POINTS)))
    person.window.events.on_key(0, 0)
    for panel in PANELS:
        person.app.do(ShowPanel(panel.name))
        person.look(5)
        for state in states(person.state):
            watcher.panel = panel.name
            person.app.state = state
            person.look(2)
    person.session.step_seconds, person.session.steps = 0.01, 10_000
    person.find("Close eyes")
    person.click("Close eyes")
    person.wait_for(lambda: person.state.job is not None and person.state.job.progress is not None)
    for panel in PANELS:
        person.app.do(ShowPanel(panel.name))
        watcher.panel = f"{panel.name}, while an edit runs"
        person.look(5)
    assert len(watcher.seen) > 40, "the panels were walked"
    assert watcher.without == {}


def test_no_tooltip_lies_on_a_menu_that_is_open(
    person: EditorPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imgui_bundle import imgui

    written, write = list[str](), imgui.text_unformatted

    def noted(text: str) -> None:
        written.append(text)
        write(text)

    monkeypatch.setattr(imgui, "text_unformatted", noted)

    def rest() -> None:
        """Let the mouse lie still for as long as tooltips wait."""
        before = imgui.get_time()
        written.clear()
        person.wait_for(lambda: imgui.get_time() > before + 1.0)

    left, top, right, bottom = person.place_of("File##menu")
    person.move((left + right) / 2, (top + bottom) / 2)
    rest()
    assert any(text.startswith("File: ") for text in written), "closed, it has one"
    person.click("File##menu")
    rest()
    assert person.sees("Quit") and not any(text.startswith("File: ") for text in written)
