"""Where a window is: remembered, and put back so that all of it can be seen."""

import os
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imgui_bundle import imgui  # noqa: F401  (before glfw, whose library it brings)

# isort: split
import glfw

from gui_utils.placing import Area, Placement, fitted
from tests.screen import open_window

MAIN: Area = (0, 25, 1920, 1055)
SECOND: Area = (1920, 0, 2560, 1440)
FRAME: Area = (2, 30, 2, 2)


def test_a_window_that_fits_is_put_where_it_was() -> None:
    for corner in ((100, 200), (2000, 90)):
        wanted = Placement(corner, (1200, 800))
        assert fitted(wanted, [MAIN, SECOND], FRAME) == wanted


def test_on_a_monitor_that_is_gone_nobody_looks_for_it() -> None:
    wanted = Placement((2000, 90), (2400, 1300), maximised=True)
    found = fitted(wanted, [MAIN], FRAME)
    assert found == Placement(None, (1916, 1023), maximised=True)
    assert fitted(wanted, []) == Placement(None, (2400, 1300), maximised=True)


def test_of_a_window_that_hangs_over_the_edge_all_is_seen_again() -> None:
    assert fitted(Placement((1500, 900), (800, 600)), [MAIN], FRAME).corner == (1118, 478)
    assert fitted(Placement((-700, -20), (800, 600)), [MAIN], FRAME).corner == (2, 55), "and its title bar"
    assert fitted(Placement((-790, 100), (800, 600)), [MAIN], FRAME).corner is None, (
        "hardly anything was seen"
    )


def test_where_places_are_not_told_the_size_is_remembered() -> None:
    assert fitted(Placement(None, (1200, 800)), [MAIN]) == Placement(None, (1200, 800))


NUMBERS = st.integers(-100_000, 100_000)
AREAS = st.tuples(
    st.integers(-5000, 5000), st.integers(-5000, 5000), st.integers(640, 8000), st.integers(400, 5000)
)


@given(
    st.tuples(NUMBERS, NUMBERS) | st.none(),
    st.tuples(st.integers(1, 100_000), st.integers(1, 100_000)),
    st.lists(AREAS, min_size=1, max_size=3),
)
def test_whatever_was_remembered_the_window_is_wholly_on_a_monitor(
    corner: tuple[int, int] | None, size: tuple[int, int], areas: list[Area]
) -> None:
    found = fitted(Placement(corner, size), areas, FRAME)
    rooms = [(area[2] - 4, area[3] - 32) for area in areas]
    assert any(found.size[0] <= width and found.size[1] <= height for width, height in rooms)
    assert min(found.size) >= 320
    if found.corner is not None:
        (left, top), (width, height) = found.corner, found.size
        assert any(
            area[0] + 2 <= left
            and area[1] + 30 <= top
            and left + width + 2 <= area[0] + area[2]
            and top + height + 2 <= area[1] + area[3]
            for area in areas
        )


# ----------------------------------------------------------------------------
# The real window.

on_a_display = pytest.mark.skipif(
    sys.platform.startswith("linux") and os.environ.get("PYOPENGL_PLATFORM") == "egl",
    reason="GLFW's null platform has no places",
)


@on_a_display
def test_a_window_says_where_it_is_and_goes_where_it_is_put(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui_utils.placing._EVERY_SECONDS", 0.0)
    with open_window(monkeypatch, 640, 400) as window:
        window.where.put(Placement((60, 40), (700, 500)))
        glfw.poll_events()
        window.frame(lambda: None)
        assert window.where.now() == Placement((60, 40), (700, 500))
        assert window.size == (700, 500)
        window.where.put(Placement((60, 40), (9000, 9000)))
        glfw.poll_events()
        left, top, width, height = glfw.get_monitor_workarea(glfw.get_primary_monitor())
        assert window.where.now() == Placement((left, top), (width, height))


@on_a_display
def test_one_that_is_maximised_remembers_its_place_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui_utils.placing._EVERY_SECONDS", 0.0)
    states = {glfw.MAXIMIZED: 0, glfw.ICONIFIED: 0}
    maximised: list[Any] = []
    with open_window(monkeypatch, 640, 400) as window:
        window.where.put(Placement((60, 40), (700, 500)))
        glfw.poll_events()
        assert window.where.now() == Placement((60, 40), (700, 500))
        # There is nobody on a bare screen who would do it.
        monkeypatch.setattr(glfw, "get_window_attrib", lambda handle, name: states[name])
        monkeypatch.setattr(glfw, "maximize_window", maximised.append)
        states[glfw.MAXIMIZED] = 1
        glfw.set_window_size(window._handle, 1600, 1300)
        glfw.poll_events()
        assert window.where.now() == Placement((60, 40), (700, 500), maximised=True)
        states[glfw.ICONIFIED] = 1
        assert window.where.now() == Placement((60, 40), (700, 500), maximised=True)
        window.where.put(window.where.now())
        assert maximised == [window._handle]
