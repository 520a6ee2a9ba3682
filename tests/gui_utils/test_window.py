"""The window itself: that it opens or says why not, draws, rests, scales and hands events on."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from imgui_bundle import imgui  # Before glfw, whose library it brings.

# isort: split
import glfw

from tests.screen import Person, open_window, start_display, virtual_display

on_x11 = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X servers are for Linux")


# ----------------------------------------------------------------------------
# With a window.


def test_it_writes_no_file_into_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def draw() -> None:
        imgui.begin("part")
        imgui.end()

    monkeypatch.chdir(tmp_path)
    with open_window(monkeypatch, 200, 100) as window:
        for _ in range(3):
            window.frame(draw)
    assert list(tmp_path.iterdir()) == []


def test_two_windows_after_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        with open_window(monkeypatch, 200, 100) as window:
            assert window.snapshot(lambda: None).shape[2] == 3


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_text_grows_with_the_monitor(monkeypatch: pytest.MonkeyPatch, scale: float) -> None:
    heights = []
    with open_window(monkeypatch, 200, 100, scale=scale) as window:
        window.frame(lambda: heights.append(imgui.get_text_line_height()))
        assert "roboto" in imgui.get_font().get_debug_name().lower()
    assert heights[0] == pytest.approx(15 * scale, abs=1)


def test_the_loop_rests_when_nothing_happens_and_wakes_for_news(monkeypatch: pytest.MonkeyPatch) -> None:
    # It looks around so seldom that only news can wake it.
    monkeypatch.setattr("gui_utils.window._NAP_SECONDS", 60.0)
    if sys.platform.startswith("linux") and os.environ.get("PYOPENGL_PLATFORM") == "egl":
        pytest.skip("GLFW's null platform does not wait for events")
    moments: list[float] = []
    with open_window(monkeypatch, 200, 100) as window:

        def draw() -> None:
            moments.append(time.monotonic())

        def later() -> None:
            # It comes to rest some time after the last event, which a busy machine may bring late.
            wait_until(lambda: bool(moments) and time.monotonic() - moments[-1] > 1.2)
            told["rested"] = len(moments)
            time.sleep(1.0)
            told["still"] = len(moments)
            window.wake()
            wait_until(lambda: len(moments) > told["still"])
            told["woken"] = len(moments)
            window.ask_to_close()
            window.wake()

        told: dict[str, int] = {}
        thread = threading.Thread(target=later)
        thread.start()
        window.run(draw)
        thread.join()
    assert told["rested"] == told["still"] > 0
    assert told["woken"] > told["still"]


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something is so, or for so long."""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)


def test_dropped_files_are_handed_over_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_window(monkeypatch, 200, 100) as window:
        window.events.on_drop(["/a b/ü.pkl", "c.png"])
        assert window.take_dropped() == [Path("/a b/ü.pkl"), Path("c.png")]
        assert window.take_dropped() == []


def test_a_click_between_two_frames_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    clicks = []

    def draw() -> None:
        imgui.set_next_window_pos(imgui.ImVec2(0, 0))
        imgui.begin("part", None, imgui.WindowFlags_.no_decoration)
        if imgui.button("here"):
            clicks.append(1)
        imgui.end()

    with open_window(monkeypatch, 200, 100) as window:
        person = Person(window, draw, monkeypatch)
        person.look(2)
        left, top, _, _ = person.place_of("here")
        window.events.on_mouse(left + 3, top + 3)
        window.events.on_button(0, 1)
        window.events.on_button(0, 0)
        person.look(4)
    assert clicks == [1]


@pytest.mark.parametrize("width", [4, 5, 7])
@pytest.mark.parametrize("channels", [3, 4])
def test_textures_of_any_width_are_shown_as_they_are(
    monkeypatch: pytest.MonkeyPatch, width: int, channels: int
) -> None:
    from gui_utils.texture import Texture

    pixels = np.random.default_rng(0).integers(0, 255, (6, width, channels), dtype=np.uint8)
    if channels == 4:
        pixels[..., 3] = 255

    with open_window(monkeypatch, 64, 64, scale=1.0) as window:
        texture = Texture(pixelated=True)
        texture.upload(pixels)

        def draw() -> None:
            pen = imgui.get_background_draw_list()
            pen.add_image(texture.ref, imgui.ImVec2(0, 0), imgui.ImVec2(width, 6))

        shown = window.snapshot(draw)
        texture.delete()
    assert np.array_equal(shown[:6, :width], pixels[..., :3])


def test_what_is_no_picture_is_no_texture(monkeypatch: pytest.MonkeyPatch) -> None:
    from gui_utils.texture import Texture

    with open_window(monkeypatch, 64, 64), pytest.raises(ValueError, match="found float64"):
        Texture().upload(np.zeros((4, 4, 3)))


@pytest.mark.skipif(shutil.which("xdotool") is None, reason="needs xdotool")
def test_a_true_mouse_and_a_true_keyboard_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    if virtual_display() is None:
        pytest.skip("needs Xvfb")
    clicks, texts = [], [""]

    def draw() -> None:
        imgui.set_next_window_pos(imgui.ImVec2(0, 0))
        imgui.begin("part", None, imgui.WindowFlags_.no_decoration)
        if imgui.button("here"):
            clicks.append(1)
        texts.append(imgui.input_text("##text", texts[-1])[1])
        imgui.end()

    with open_window(monkeypatch, 300, 100) as window:
        person = Person(window, draw, monkeypatch)
        person.look(2)
        for label in ("here", "##text"):
            left, top, _, _ = person.place_of(label)
            place = [str(round(left) + 4), str(round(top) + 4)]
            search = ["search", "--name", "^test$"]
            subprocess.run(
                ["xdotool", *search, "windowfocus", "mousemove", "--window", "%1", *place, "click", "1"],
                check=True,
                timeout=300,
            )
            until = time.monotonic() + 30
            while not (clicks if label == "here" else imgui.get_io().want_text_input):
                assert time.monotonic() < until, f"the click on {label} did not arrive"
                glfw.poll_events()
                person.look()
        subprocess.run(["xdotool", "type", "eyes"], check=True, timeout=60)
        until = time.monotonic() + 60
        while texts[-1] != "eyes" and time.monotonic() < until:
            glfw.poll_events()
            person.look()
    assert clicks == [1]
    assert texts[-1] == "eyes"


def test_ctrl_c_waits_for_the_frame_to_be_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = []

    def draw() -> None:
        imgui.begin("box")
        signal.raise_signal(signal.SIGINT)  # In the middle of a frame, with an end still to come.
        imgui.end()
        whole.append(True)

    before = signal.getsignal(signal.SIGINT)
    with open_window(monkeypatch, 200, 100) as window, pytest.raises(KeyboardInterrupt):
        window.stay_awake(60)
        window.run(draw)
    assert whole == [True]
    assert signal.getsignal(signal.SIGINT) is before


def test_text_is_copied_and_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_window(monkeypatch, 200, 120) as window:
        texts = ["größer ü", ""]

        def draw() -> None:
            imgui.set_next_window_pos(imgui.ImVec2(0, 0))
            imgui.begin("boxes", None, imgui.WindowFlags_.always_auto_resize)
            for index in range(2):
                texts[index] = imgui.input_text(f"##{index}", texts[index])[1]
            imgui.end()

        person = Person(window, draw, monkeypatch)
        person.look(2)
        for index, key in ((0, glfw.KEY_C), (1, glfw.KEY_V)):
            person.click(f"##{index}")
            person.key(glfw.KEY_A, glfw.MOD_CONTROL)
            person.key(key, glfw.MOD_CONTROL)
            person.look(2)
        assert texts[1] == "größer ü"


@on_x11
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs an X server")
def test_a_window_is_no_larger_than_its_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", start_display("-screen", "0", "640x360x24"))
    from gui_utils.window import Window

    with Window("test", 1280, 800) as window:
        window.frame(lambda: None)
        assert window.size == (640, 360)
