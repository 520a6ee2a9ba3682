"""Where a run computes, and with which numbers."""

import logging
import os
from typing import Literal, get_args

import torch
from lightning_fabric import Fabric

from dnnlib.options import OptionError
from pix2pix.options import Precision

Device = Literal["auto", "cpu", "cuda", "mps"]
DEVICES: tuple[Device, ...] = get_args(Device)

_FABRIC_PRECISION = {"fp32": "32-true", "bf16": "bf16-mixed", "fp16": "16-mixed"}


def pick_device(device: Device) -> str:
    """Say which device `auto` means here: CUDA, else MPS, else the CPU.

    Raises:
        OptionError: if the one asked for is not there.
    """
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if device == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[device]:
        raise OptionError(f"device: {device} is not available to PyTorch here; expected cpu or auto")
    return device


def pick_precision(precision: Precision, device: str) -> Precision:
    """Say which numbers `auto` means here: bf16 where the device multiplies it natively, else fp32.

    Raises:
        OptionError: if the numbers asked for do not work on the device.
    """
    if precision == "fp16" and device != "cuda":
        raise OptionError(
            "precision: fp16 needs a CUDA device, whose losses are scaled for it; expected bf16 or fp32"
        )
    if precision != "auto":
        return precision
    if device == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    if device == "mps":
        return "fp32"
    can = torch.cpu.get_capabilities()
    return "bf16" if can.get("avx512_bf16") or can.get("amx_bf16") else "fp32"


def start_fabric(device: str, precision: Precision) -> Fabric:
    """Join the processes that torchrun started, or run alone.

    torchrun says how many there are by its environment: on one machine or several, each process finds its
    device by itself.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    logging.getLogger("lightning.fabric").setLevel(logging.WARNING)  # It tells what we tell ourselves.
    fabric = Fabric(
        accelerator=device,
        devices=local,
        num_nodes=max(1, world // local),
        strategy="ddp" if world > 1 else "auto",
        precision=_FABRIC_PRECISION[precision],  # type: ignore[arg-type]
    )
    fabric.launch()
    return fabric
