"""A window opens, or says in one line why not."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# isort: split

from tests.screen import start_display

ROOT = Path(__file__).parents[2]
OPEN = """
from dnnlib.errors import EditorError
from gui_utils.errors import check_libraries
try:
    check_libraries()
    from gui_utils.window import Window
    with Window("test", 100, 100):
        pass
except EditorError as error:
    print(type(error).__name__, error, sep=": ")
"""


def opened_in_a_process_of_its_own(**environment: str) -> str:
    """Try to open a window with other surroundings; give what is printed."""
    kept = {
        k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "PYOPENGL_PLATFORM")
    }
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", OPEN],
        env={**kept, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert result.stderr == ""
    return result.stdout.strip()


on_x11 = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X servers are for Linux")


@on_x11
def test_without_a_display_it_says_so_in_one_line() -> None:
    said = opened_in_a_process_of_its_own()
    assert said.startswith("NoDisplayError: no display to open a window on")
    assert "\n" not in said


@on_x11
def test_a_display_that_does_not_answer_is_no_display() -> None:
    assert opened_in_a_process_of_its_own(DISPLAY=":31999").startswith("NoDisplayError")


@on_x11
def test_without_opengl_it_says_so_in_one_line() -> None:
    display = start_display("-screen", "0", "320x240x24", "-extension", "GLX")
    said = opened_in_a_process_of_its_own(DISPLAY=display)
    assert said.startswith("NoOpenGLError: the display has no OpenGL 3.3")
    assert "\n" not in said


@on_x11
@pytest.mark.parametrize(("display", "name"), [("", "NoDisplayError"), (":1", "NoOpenGLError")])
def test_missing_libraries_of_the_system_are_named(display: str, name: str, monkeypatch: Any) -> None:
    from gui_utils import errors

    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setitem(sys.modules, "glfw", None)
    with pytest.raises(errors.WindowError) as caught:
        errors.check_libraries()
    assert type(caught.value).__name__ == name
    assert "glfw" in str(caught.value)
