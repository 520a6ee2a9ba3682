"""The pins are exact, they are what runs, and nothing is imported that is not among them."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "dnnlib",
    "torch_utils",
    "training",
    "drag",
    "faces",
    "gui_utils",
    "viz",
    "headless",
    "tools",
    "pix2pix",
)

# Packages whose modules have another name.
MODULES = {
    "face-alignment": "face_alignment",
    "imgui-bundle": "imgui_bundle",
    "pyopengl": "OpenGL",
    "pillow": "PIL",
    "pillow-heif": "pillow_heif",
    "imageio-ffmpeg": "imageio_ffmpeg",
    "import-linter": "importlinter",
    "lightning-fabric": "lightning_fabric",
    "scikit-image": "skimage",
}


def pins(name):
    """Read a requirements file into {package: version}."""
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    found = {}
    for line in lines:
        if line and not line.startswith("-r "):
            pin = re.fullmatch(r"([A-Za-z0-9_.-]+)==([0-9][0-9A-Za-z.]*)", line)
            assert pin, f"{name}: {line!r} is no exact pin"
            found[pin[1].lower()] = pin[2]
    return found


# What the modules that measure the drag engine from outside may import beyond it.
MEASURING = {
    "drag/benchmark/__main__.py": ("click",),
    "drag/benchmark/networks.py": ("training",),
    "drag/benchmark/theirs.py": ("safetensors",),
    "drag/evaluate.py": ("click", "tqdm", "faces", "training"),
}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-extra.txt", "requirements-dev.txt"])
def test_every_pin_is_exact_and_is_what_is_installed(name):
    for package, version in pins(name).items():
        # A build may add its own mark: 2.13.0+cpu is torch 2.13.0.
        assert importlib.metadata.version(package).split("+")[0] == version, package


def test_a_cpu_build_and_a_cuda_build_of_torch_satisfy_one_pin():
    assert "+" not in pins("requirements.txt")["torch"]


def test_torchvision_and_compilers_are_not_asked_for():
    assert not {"torchvision", "ninja", "setuptools", "cmake"} & set(pins("requirements.txt"))


def imported_by(path):
    """Name the top-level modules that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def sources(*rooms):
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def test_everything_imported_is_ours_python_s_or_pinned():
    ours = {*ROOMS, "visualizer_drag_auto"}
    packages = {**pins("requirements.txt"), **pins("requirements-extra.txt")}
    pinned = {MODULES.get(package, package) for package in packages}
    pinned.add("triton")  # Torch's CUDA builds bring theirs; without it, its one module is not imported.
    for path in [*sources(*ROOMS), *ROOT.glob("*.py")]:
        strangers = set(imported_by(path)) - ours - pinned - set(sys.stdlib_module_names)
        assert not strangers, f"{path.relative_to(ROOT)} imports {strangers}"


def test_the_drag_engine_needs_torch_and_numpy_and_nothing_else():
    engine = {"drag", "dnnlib", "torch", "numpy", *sys.stdlib_module_names} - {"argparse"}
    for path in sources("drag"):
        name = path.relative_to(ROOT).as_posix()
        strangers = set(imported_by(path)) - engine
        assert strangers <= set(MEASURING.get(name, ())), f"{name} imports {strangers}"


def test_conda_installs_the_same_pins():
    text = (ROOT / "environment.yml").read_text()
    assert "- -r requirements.txt" in text and "==" not in text
