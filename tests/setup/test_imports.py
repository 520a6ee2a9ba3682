"""Rooms that know no screen import without one; what is heavy is imported only when it is asked for."""

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Imports every module of a room with some packages barred, and lists which of others came along.
PROBE = """
import importlib, pkgutil, sys

class Bar:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BARRED:
            raise ModuleNotFoundError(f"no {name} on this machine", name=name)

sys.meta_path.insert(0, Bar())
room = importlib.import_module(ROOM)
names = [ROOM] + [module.name for module in pkgutil.walk_packages(room.__path__, ROOM + ".")]
for name in names:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in OPTIONAL or name not in OPTIONAL[error.name]:
            raise
print(len(names), *sorted({name.split(".")[0] for name in sys.modules} & WATCHED))
"""

SCREEN = {"imgui_bundle", "glfw", "OpenGL"}
# Modules that are nothing without one package.
OPTIONAL = {
    "triton": ["torch_utils.ops.filtered_lrelu_triton"],
    "click": ["dnnlib.click_paths"],  # Paths on the command line alone.
}
HEAVY = {"face_alignment", "cv2", "numba", "skimage"}


def probe(room, barred, watched):
    """Import a room in a fresh interpreter; return how many modules it has and what came along."""
    program = f"ROOM, BARRED, WATCHED, OPTIONAL = {room!r}, {barred!r}, {watched!r}, {OPTIONAL!r}\n{PROBE}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("DISPLAY", None)
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    count, *along = done.stdout.split()
    return int(count), set(along)


def modules_of(room):
    return 1 + sum(1 for _ in pkgutil.walk_packages([str(ROOT / room)]))


@pytest.mark.parametrize("room", ["drag", "faces", "headless"])
def test_a_room_without_a_screen_imports_on_a_machine_without_one(room):
    count, along = probe(room, barred=SCREEN | HEAVY, watched=SCREEN | HEAVY)
    assert count >= modules_of(room)
    assert not along


def test_dnnlib_imports_without_torch_and_without_a_command_line():
    count, along = probe("dnnlib", barred=SCREEN | HEAVY | {"torch", "click", "imageio"}, watched={"torch"})
    assert count >= modules_of("dnnlib") and not along


@pytest.mark.parametrize("room", ["torch_utils", "training"])
def test_networks_need_neither_screen_nor_detectors_nor_triton(room):
    barred = SCREEN | HEAVY | {"drag", "faces", "viz", "gui_utils", "triton"}
    count, _ = probe(room, barred, watched=set())
    assert count >= modules_of(room)
