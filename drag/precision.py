"""In which float type a drag multiplies."""

from contextlib import AbstractContextManager, nullcontext

import torch

# Processors with one of these multiply bfloat16 at least twice as fast as float32.
_HALF_MULTIPLIERS = ("avx512_bf16", "amx_bf16")


def looking(quick: bool, device: torch.device) -> AbstractContextManager[object]:
    """Say in which float type the generator may multiply while a state is looked at.

    Where it may be quick, on a processor that multiplies bfloat16, the convolutions do; their sums, styles,
    references and the drag's own sums stay float32. Handles go the same way within tenths of a pixel
    (docs/engine.md). On other devices a network's own file says what is computed in half floats.
    """
    if not quick or device.type != "cpu" or not multiplies_half_floats():
        return nullcontext()
    return torch.autocast("cpu", dtype=torch.bfloat16)


def multiplies_half_floats() -> bool:
    """Tell whether this machine's processor multiplies bfloat16 itself, rather than by way of float32."""
    found = torch.cpu.get_capabilities()
    return any(bool(found.get(name)) for name in _HALF_MULTIPLIERS)
