"""Joins a checkpoint to the engine and the detectors, for every entry point."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dnnlib.errors import EditorError

if TYPE_CHECKING:
    from headless.session import EditSession

CHECKPOINT = Path(__file__).parent.parent / "checkpoints" / "portraits-256.safetensors"
DEVICES = ("auto", "cpu", "cuda", "mps")


class DeviceError(EditorError):
    """A device was asked for that this machine does not have."""


def open_session(path: Path, device: str = "auto") -> "EditSession":
    """Read a checkpoint and make a session of it. Torch is imported here: a window need not wait for it.

    Args:
        path: the checkpoint.
        device: one of DEVICES; "auto" takes CUDA where it is there, otherwise the CPU.

    Raises:
        DeviceError: if the device is not there.
        EditorError: if the checkpoint cannot be used.
    """
    from faces.choose import choose_detector
    from headless.session import EditSession
    from training.checkpoint import load_generator

    chosen = choose_device(device)
    generator: Any = load_generator(path, device=chosen)  # The parts of a torch module have no types.
    return EditSession(generator, path, lambda metadata, wish: choose_detector(metadata, chosen, wish))


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
