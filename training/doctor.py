"""What this machine has for the editor, what that means, and how to mend it: `python -m training.doctor`.

Nothing is fetched and nothing is changed. Exit code 1 where something keeps the editor from working.
"""

import importlib.metadata
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click

from dnnlib.errors import EditorError
from dnnlib.words import size_text
from training.catalogue import CHECKPOINTS, is_here, read_catalogue
from training.probes import DETECTOR, OPENGL, ROOT, ask

Verdict = Literal["good", "note", "bad"]
Ask = Callable[[str], tuple[dict[str, Any], str]]

BUNDLED = ("portraits-256.safetensors", "landmarks.safetensors")
PYTHONS = ((3, 11), (3, 14))
# As it is typed in the repository's folder.
_EXECUTABLE = Path(sys.executable)
PYTHON = str(_EXECUTABLE.relative_to(ROOT) if _EXECUTABLE.is_relative_to(ROOT) else _EXECUTABLE)
INSTALL = f"{PYTHON} -m pip install -r requirements.txt"
SCREEN_PACKAGES = "sudo apt-get install -y libgl1 libegl1 libgl1-mesa-dri libx11-6"
_ROOM = 1_000_000_000  # Bytes: two of the larger checkpoints.


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        verdict: "good"; "note", where something is missing that one can do without; "bad".
        has: what there is.
        means: what that means for the person; may be empty where all is good.
        mend: one line to type, or to do, that mends it; empty where there is nothing to mend.
    """

    verdict: Verdict
    subject: str
    has: str
    means: str = ""
    mend: str = ""


# ----------------------------------------------------------------------------
# Python and its packages.


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Look at the Python that runs."""
    has = ".".join(map(str, version))
    if PYTHONS[0] <= tuple(version[:2]) <= PYTHONS[1]:
        return Finding("good", "Python", f"{has} on {platform.system()} {platform.machine()}")
    means = "the pinned packages are made for Python 3.11 to 3.14"
    return Finding("bad", "Python", has, means, "make run PYTHON=python3.12")


def check_packages(requirements: Path = ROOT / "requirements.txt") -> Finding:
    """Compare what is installed with the pins."""
    pins = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    wrong = []
    for name, version in pins:
        try:
            found = importlib.metadata.version(name).split("+")[0]
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
        else:
            wrong += [] if found == version else [f"{name} is {found}, not {version}"]
    if not wrong:
        return Finding("good", "Packages", f"all {len(pins)} as pinned")
    means = "the editor was tried with other versions, or cannot start"
    return Finding("bad", "Packages", "; ".join(wrong), means, INSTALL)


# ----------------------------------------------------------------------------
# What computes.


def check_torch(torch: Any, has_nvidia: bool) -> list[Finding]:
    """Look at torch (None where it cannot be imported) and at what it can compute on."""
    if torch is None:
        return [Finding("bad", "torch", "cannot be imported", "no network can be opened", INSTALL)]
    found = [Finding("good", "torch", f"{torch.__version__}, {torch.get_num_threads()} threads")]
    if torch.cuda.is_available():
        device = torch.cuda.get_device_properties(0)
        has = f"CUDA: {device.name}, {size_text(device.total_memory)}"
        return [
            *found,
            Finding("good", "Computes on", has, "chosen by itself; --device cpu keeps away from it"),
        ]
    if torch.backends.mps.is_available():
        means = "chosen with --device mps; without it the processor computes"
        return [*found, Finding("good", "Computes on", "the processor; Apple's GPU is there too", means)]
    if has_nvidia:
        means = "there is an NVIDIA GPU, but this torch, or its driver, cannot use it"
        version = torch.__version__.split("+")[0]
        mend = f"{PYTHON} -m pip install --force-reinstall torch=={version}"
        return [*found, Finding("note", "Computes on", "the processor", means, mend)]
    means = "all works; pictures of 512 px and more are slow to edit"
    return [*found, Finding("good", "Computes on", f"the processor, {os.cpu_count()} cores", means)]


# ----------------------------------------------------------------------------
# The window.


def check_window(environment: Mapping[str, str], system: str, ask_python: Ask) -> list[Finding]:
    """See whether there is a display, and OpenGL on it."""
    display = environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY") or ""
    if system == "Linux" and not display:
        means = "no window can be opened; edits are done headless, and their files are left under out/"
        mend = "start the editor in a desktop session, or type: xvfb-run -a make run"
        return [Finding("note", "Display", "none", means, mend)]
    found = [Finding("good", "Display", display or f"that of {system}")]
    told, reason = ask_python(OPENGL)
    if reason:
        means = f"the window cannot be drawn ({reason}); headless edits work"
        return [*found, Finding("bad", "OpenGL", "none of version 3.3", means, SCREEN_PACKAGES)]
    by_processor = re.search(r"llvmpipe|softpipe|swrast", told["renderer"], re.IGNORECASE) is not None
    means = "the processor draws the window: slower, but all of it works" if by_processor else ""
    return [*found, Finding("good", "OpenGL", f"{told['version']}, {told['renderer']}", means)]


# ----------------------------------------------------------------------------
# Weights.


def check_detectors(ask_python: Ask, folder: Path = CHECKPOINTS) -> list[Finding]:
    """Look at the two landmark detectors."""
    found = [_bundled(folder, "landmarks.safetensors", "Detector, bundled", "no face can be found")]
    told, reason = ask_python(DETECTOR)
    reason = reason or told["reason"]
    subject = "Detector, precise"
    means = "the bundled detector does the work; it is less precise on photographs"
    if reason:
        mend = "sudo apt-get install -y libgl1 libglib2.0-0" if "lib" in reason else INSTALL
        return [*found, Finding("note", subject, f"does not load ({reason})", means, mend)]
    if told["missing"]:
        has = f"without {', '.join(told['missing'])} in {told['folder']}"
        mend = f"{PYTHON} -m faces.weights"
        return [*found, Finding("note", subject, has, f"{means}; fetched when it is first asked for", mend)]
    return [*found, Finding("good", subject, f"face-alignment, its weights in {told['folder']}")]


def check_checkpoints(folder: Path = CHECKPOINTS) -> list[Finding]:
    """Look at the demo, at what was downloaded, and at the room for more."""
    found = [_bundled(folder, BUNDLED[0], "Checkpoint, demo", "the editor has nothing to open at its start")]
    catalogue = {one.path(folder): one for one in read_catalogue()}
    files = sorted(folder.glob("*")) if folder.is_dir() else []
    for path in files:
        if path.suffix == ".part":
            known = catalogue.get(path.with_suffix(""))
            mend = f"{PYTHON} -m training.download {known.name}" if known else f"rm {path}"
            means = "a download that was cut; it goes on where it stopped"
            found.append(Finding("note", "Checkpoint", path.name, means, mend))
        elif path.suffix in (".pkl", ".safetensors") and path.name not in (*BUNDLED, "judge.safetensors"):
            found.append(_checkpoint(path, catalogue.get(path)))
    if len(found) == 1:
        means = "only the drawn portraits of the demo can be edited"
        mend = f"{PYTHON} -m training.download --list"
        found.append(Finding("note", "Checkpoint", "none but the demo", means, mend))
    free = shutil.disk_usage(folder if folder.is_dir() else ROOT).free
    if free < _ROOM:
        means = "a published checkpoint takes 200 to 400 MB"
        return [*found, Finding("note", "Disk", f"{size_text(free)} free", means, f"make room on {folder}")]
    return [*found, Finding("good", "Disk", f"{size_text(free)} free")]


def _bundled(folder: Path, name: str, subject: str, means: str) -> Finding:
    if (folder / name).is_file():
        return Finding("good", subject, f"checkpoints/{name}")
    return Finding(
        "bad", subject, f"checkpoints/{name} is missing", means, f"git checkout -- checkpoints/{name}"
    )


def _checkpoint(path: Path, known: Any) -> Finding:
    has = f"{path.name}, {size_text(path.stat().st_size)}"
    if known is None or is_here(known, path.parent):
        return Finding("good", "Checkpoint", has if known is None else f"{has}, {known.title}")
    means = "not the file that was first fetched: changed, or damaged"
    mend = f"{PYTHON} -m training.download {known.name}"
    return Finding("bad", "Checkpoint", has, means, mend)


# ----------------------------------------------------------------------------
# The command.


def examine() -> list[Finding]:
    """Look at everything.

    Raises:
        EditorError: if the catalogue of checkpoints is not in order.
    """
    try:
        import torch
    except (ImportError, OSError):
        torch = None  # type: ignore[assignment]
    return [
        check_python(),
        check_packages(),
        *check_torch(torch, shutil.which("nvidia-smi") is not None),
        *check_window(os.environ, platform.system(), ask),
        *check_detectors(ask),
        *check_checkpoints(),
    ]


def in_words(finding: Finding) -> str:
    """Write a finding: what there is on the first line, what it means and what mends it below."""
    mark = {"good": "ok", "note": "note", "bad": "BAD"}[finding.verdict]
    lines = [f"{mark:5}{finding.subject}: {finding.has}"]
    lines += [f"     {finding.means}"] if finding.means else []
    lines += [f"     mend: {finding.mend}"] if finding.mend else []
    return "\n".join(lines)


@click.command()
def main() -> None:
    """Say what this machine has for the editor, what that means, and how to mend it."""
    try:
        found = examine()
    except EditorError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    for finding in found:
        click.echo(in_words(finding))
    bad = sum(finding.verdict == "bad" for finding in found)
    notes = sum(finding.verdict == "note" for finding in found)
    click.echo(f"{bad} to mend, {notes} to know." if bad or notes else "All is well.")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
