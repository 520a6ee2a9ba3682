"""Joins a checkpoint to the engine and the detectors, for every entry point."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path, user_data_path

from dnnlib.errors import EditorError
from dnnlib.words import size_text
from viz.opening import Opening

if TYPE_CHECKING:
    from headless.session import EditSession

Progress = Callable[[str, int, int], None]
CHECKPOINT = Path(__file__).parent.parent / "checkpoints" / "portraits-256.safetensors"
DEVICES = ("auto", "cpu", "cuda", "mps")


class DeviceError(EditorError):
    """A device was asked for that this machine does not have."""


def open_for_window(path: Path, opening: Opening) -> "EditSession":
    """Read a checkpoint as the window asks for it: on a device, with somebody told who may end it."""
    return open_session(path, opening.device, opening.tell)


def open_session(
    path: Path, device: str = "auto", progress: Progress = lambda stage, done, total: None
) -> "EditSession":
    """Read a checkpoint and make a session of it. Torch is imported here: a window need not wait for it.

    Args:
        path: the checkpoint.
        device: one of DEVICES; "auto" takes CUDA where it is there, otherwise the CPU.
        progress: told a stage, bytes done and bytes in all; ends the reading by raising an EditorError.

    Raises:
        DeviceError: if the device is not there.
        EditorError: if the checkpoint cannot be used.
    """
    from faces.choose import DetectorChoice, choose_detector
    from headless.photo_desk import PhotoDesk
    from headless.session import EditSession
    from tools.projecting import GeneratorProjector
    from training.checkpoint import load_generator

    chosen = choose_device(device)
    generator: Any = load_generator(
        path, device=chosen, progress=progress
    )  # The parts of a torch module have no types.

    def choose(metadata: Mapping[str, str], wish: str) -> DetectorChoice:
        return choose_detector(metadata, chosen, wish, progress=_told(session.on_wait))

    session = EditSession(generator, path, choose)
    kept = user_cache_path("drag-auto", appauthor=False) / "inversions"
    tuned = user_data_path("drag-auto", appauthor=False) / "tuned"
    session.photos = PhotoDesk(session, GeneratorProjector(generator), kept, tuned)
    return session


def _told(on_wait: Callable[[str], None] | None) -> Callable[[str, int, int], None] | None:
    """Put the fetching of a detector's weights into words, for who wants to hear them."""
    if on_wait is None:
        return None
    return lambda name, got, total: on_wait(f"Fetching {name}: {size_text(got)} of {size_text(total)}")


def choose_device(wish: str) -> str:
    """Name the device to work on, as torch calls it.

    Raises:
        DeviceError: if it is not there.
    """
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wish == "auto":
        return "cuda" if there["cuda"] else "cpu"
    if not there.get(wish, False):
        raise DeviceError(f"device {wish}: this machine has none that torch can use; use --device cpu")
    return wish
