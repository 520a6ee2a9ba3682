"""What a person types wrongly ends in one clear line and a non-zero exit, before any work is done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]


def run(*arguments):
    from visualizer_drag_auto import main

    return CliRunner().invoke(main, ["--headless", *map(str, arguments)])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--strength", "99"), "Invalid value for '--strength': expected 0 to 3, found 99.0"),
        (("--strength", "nan"), "Invalid value for '--strength': expected a finite number, found nan"),
        (("--seed", "-1"), "Invalid value for '--seed': expected 0 to"),
        (("--seed", "1.5"), "Invalid value for '--seed'"),
        (("--label", "-1"), "Invalid value for '--label': expected at least 0, found -1"),
        (("--psi", "3"), "Invalid value for '--psi': expected -2 to 2, found 3.0"),
        (("--expression", "sneer"), "Invalid value for '--expression': 'sneer' is not one of"),
        (("--detector", "eyes"), "Invalid value for '--detector': 'eyes' is not one of"),
        (("--sed", "1"), "No such option"),
        (("--network", ""), "Invalid value for '--network': expected a path, found an empty one"),
        (("--photo", " "), "Invalid value for '--photo': expected a path, found an empty one"),
        (("",), "Invalid value for '[CHECKPOINT]': expected a path, found an empty one"),
        (("--out", ""), "Invalid value for '--out': expected a path, found an empty one"),
    ],
)
def test_an_option_out_of_bounds_is_named_with_its_bounds(tmp_path, arguments, says):
    result = run("--out", tmp_path / "out", *arguments)
    assert result.exit_code == 2
    last = result.output.strip().splitlines()[-1]
    assert last.startswith("Error: ") and says in last
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_takes_no_files_is_said_before_anything_is_loaded(tmp_path):
    in_the_way = tmp_path / "out"
    in_the_way.write_text("mine")
    # The checkpoint is not there either: that the folder is complained of shows that it was looked at first.
    result = run("--network", tmp_path / "missing.safetensors", "--out", in_the_way)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: {in_the_way}: cannot be written to")
    assert len(result.stderr.splitlines()) == 1
    assert in_the_way.read_text() == "mine"


def test_a_class_that_the_network_does_not_know_is_named(tmp_path):
    result = run("--label", "3", "--out", tmp_path / "out")
    assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1
    assert "label 3: this network knows no classes" in result.stderr


@pytest.mark.parametrize("content", [None, b"", b"no checkpoint at all", b"\x80\x04cos\nsystem\n."])
def test_a_file_that_is_no_checkpoint_ends_in_one_line_and_leaves_no_pictures(tmp_path, content):
    path = tmp_path / "network.pkl"
    if content is not None:
        path.write_bytes(content)
    result = run("--network", path, "--out", tmp_path / "out")
    assert result.exit_code == 1, result.output
    assert str(path) in result.stderr and len(result.stderr.splitlines()) == 1
    assert not list((tmp_path / "out").iterdir())


def test_help_is_there_without_a_screen_and_without_waiting_for_torch():
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    program = (
        "import runpy, sys\n"
        "sys.argv = ['visualizer_drag_auto.py', '--help']\n"
        "try:\n    runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "assert not {'torch', 'imgui_bundle', 'glfw', 'OpenGL', 'face_alignment'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "--expression" in done.stdout and "close_eyes" in done.stdout
