"""The command line: what `python visualizer_drag_auto.py` does, says and returns."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

import visualizer_drag_auto as program
from drag.types import EndReason
from tests.headless.stubs import striped_session

ROOT = Path(__file__).parents[2]

# The program with the stripes in place of a checkpoint, in a process of its own.
STRIPES = """
import sys, time
import visualizer_drag_auto as program
from tests.headless.stubs import SmallSteps, StripedGenerator, striped_session
slow = float(sys.argv.pop(1))
true_taps = StripedGenerator.taps
def taps(*given, **named):
    time.sleep(slow)
    return true_taps(*given, **named)
StripedGenerator.taps = taps
program.open_session = lambda path, device: striped_session(kind=SmallSteps)
program.main()
"""


@pytest.fixture
def stripes(monkeypatch):
    monkeypatch.setattr(program, "open_session", lambda path, device: striped_session())


def run(*arguments):
    return CliRunner().invoke(program.main, [str(argument) for argument in arguments])


# The same, and it says when a frame of its window is drawn.
DRAWN = """
from gui_utils.window import Window
frame = Window.frame
def drawn(window, draw):
    frame(window, draw)
    print("drawn", flush=True)
Window.frame = drawn
"""


def start(*arguments, slow=0.0, before="", **environment):
    left_out = ("DISPLAY", "WAYLAND_DISPLAY")
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return subprocess.Popen(
        [sys.executable, "-c", before + STRIPES, str(slow), *map(str, arguments)],
        cwd=ROOT,
        env={**kept, "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def complaints(result):
    """What stands on stderr, without progress bars."""
    return [line for line in result.stderr.replace("\r", "\n").splitlines() if line.startswith("error:")]


def test_a_headless_edit_prints_how_it_went_and_its_files(stripes, tmp_path):
    result = run("--headless", "--seed", 18, "--expression", "close_eyes", "--out", tmp_path)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "lid aperture" in lines[0]
    assert [Path(line).name for line in lines[1:]] == [
        "after.png", "before.png", "edit.gif", "mask.png", "w.npz", "edit.json",
    ]  # fmt: skip
    assert all(Path(line).is_file() for line in lines[1:])


def test_options_reach_the_edit(stripes, tmp_path):
    run("--headless", "--seed", 5, "--expression", "big_eyes", "--strength", 0.4, "--psi", 0.2,
        "--no-automatic-mask", "--out", tmp_path)  # fmt: skip
    record = json.loads((tmp_path / "edit.json").read_text())
    wanted = {"seed": 5, "expression": "big_eyes", "strength": 0.4, "psi": 0.2, "automatic_mask": False}
    assert {name: record[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    "arguments",
    [("--strength", "9"), ("--strength", "nan"), ("--expression", "fly"), ("--seed", "-1"), ("--psi", "x")],
)
def test_a_value_out_of_bounds_ends_before_any_work(arguments):
    result = run("--headless", *arguments)
    assert result.exit_code == 2
    assert arguments[0] in result.stderr.splitlines()[-1]


# ----------------------------------------------------------------------------
# Files that are no checkpoints, and folders that take no files.


def bad_files():
    """Name and content of what people drop."""
    yield "empty.safetensors", b""
    yield "notes.txt", b"a shopping list"
    yield "truncated.safetensors", (200).to_bytes(8, "little") + b'{"a": 1'
    yield "truncated.pkl", b"\x80\x04\x95"
    yield "hostile.pkl", b"\x80\x04cposix\nsystem\nX\x04\x00\x00\x00exit\x85R."
    yield "picture.png", b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.mark.parametrize(("name", "content"), list(bad_files()))
def test_what_is_no_checkpoint_ends_in_one_line(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    result = run(tmp_path / name, "--headless", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert name in result.stderr
    assert len(result.stderr.splitlines()) == len(complaints(result)) == 1
    assert not list((tmp_path / "out").iterdir())


def test_a_missing_checkpoint_ends_in_one_line(tmp_path):
    result = run("--network", tmp_path / "none.pkl", "--headless", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "no such file" in complaints(result)[0]


def test_a_network_with_weights_that_are_not_numbers_ends_in_one_line(tmp_path):
    from training.checkpoint import save_generator
    from training.networks_stylegan2 import Generator

    generator = Generator(4, 0, 8, 8, 3, mapping_kwargs={"num_layers": 1}, channel_base=64, channel_max=8)
    with torch.no_grad():
        next(iter(generator.parameters())).fill_(torch.nan)
    save_generator(tmp_path / "nan.safetensors", generator)
    result = run("--network", tmp_path / "nan.safetensors", "--headless", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == len(complaints(result)) == 1


def test_a_generator_without_faces_ends_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(program, "open_session", lambda path, device: striped_session(faces=False))
    result = run("--headless", "--out", tmp_path)
    assert result.exit_code == 1
    assert "no face" in complaints(result)[0]
    assert not list(tmp_path.iterdir())


def test_a_device_that_is_not_there_ends_in_one_line(tmp_path):
    missing = "mps" if not torch.backends.mps.is_available() else "cuda"
    result = run("--headless", "--device", missing, "--out", tmp_path)
    assert result.exit_code == 1
    assert "use --device cpu" in complaints(result)[0]


def test_an_unwritable_folder_ends_in_one_line(stripes, tmp_path):
    (tmp_path / "file").touch()
    result = run("--headless", "--out", tmp_path / "file")
    assert result.exit_code == 1
    assert "choose another output folder" in complaints(result)[0]


# ----------------------------------------------------------------------------
# Ctrl-C and screens, in processes of their own.


def test_ctrl_c_keeps_what_is_done_so_far(tmp_path):
    process = start("--headless", "--out", tmp_path, slow=0.3)
    seen = ""
    # The bar says when the first steps are done.
    while "2/60" not in seen and process.poll() is None:
        seen += process.stderr.read(1)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 130
    record = json.loads((tmp_path / "edit.json").read_text())
    assert record["end_reason"] == EndReason.STOPPED.value
    assert 1 <= record["steps"] < 60
    assert "edit.json" in said
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_ctrl_c_before_the_first_step_leaves_nothing(monkeypatch, tmp_path):
    def interrupted(path, device):
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "open_session", interrupted)
    result = run("--headless", "--out", tmp_path)
    assert result.exit_code == 130
    assert result.stderr.splitlines() == ["stopped"]
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_without_a_display_the_same_edit_is_done_headless(tmp_path):
    process = start("--out", tmp_path)
    said, complained = process.communicate(timeout=600)
    assert process.returncode == 0
    lines = said.splitlines()
    assert lines[0].startswith("no display to open a window on")
    assert "headless" in lines[0]
    assert {Path(line).name for line in lines[2:]} >= {"before.png", "after.png", "edit.gif", "edit.json"}
    assert "Traceback" not in complained


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X servers are for Linux")
def test_the_window_opens_and_ctrl_c_closes_it(tmp_path):
    from tests.screen import virtual_display

    display = virtual_display()
    if display is None or shutil.which("xdotool") is None:
        pytest.skip("needs Xvfb and xdotool")
    process = start("--seed", "7", before=DRAWN, DISPLAY=display)
    assert process.stdout.readline() == "drawn\n", process.communicate()
    search = ["xdotool", "search", "--name", "Drag Auto"]
    subprocess.run(search, env={**os.environ, "DISPLAY": display}, capture_output=True, check=True)
    process.send_signal(signal.SIGINT)
    _, complained = process.communicate(timeout=600)
    assert process.returncode == 130, complained
    assert "Traceback" not in complained
