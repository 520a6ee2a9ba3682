"""Whether Triton may compute the filtered leaky ReLU: it is asked once, and held to the plain form.

A kernel is compiled on the machine it runs on, by whatever versions are there. So before a device's first use
it computes a small example, forwards and backwards. If that fails, or differs from PyTorch's own operators,
the log says so in one line and PyTorch's operators do the work. DRAG_AUTO_TRITON=0 in the environment leaves
it out.
"""

import functools
import importlib
import logging
import os
import subprocess
from collections.abc import Callable

import torch
import torch.nn.functional as F

from torch_utils.ops.upfirdn2d import upfirdn2d

logger = logging.getLogger(__name__)

Form = Callable[..., torch.Tensor]
SWITCH = "DRAG_AUTO_TRITON"


@functools.cache
def triton_form(device_index: int) -> Form | None:
    """Give Triton's form of the operator, or None where PyTorch's operators are to be used.

    Args:
        device_index: which CUDA device.
    """
    if os.environ.get(SWITCH, "1") == "0":
        return None
    try:
        module = importlib.import_module("torch_utils.ops.filtered_lrelu_triton")
    except ImportError:
        logger.info("Triton is not installed: StyleGAN3 is drawn with PyTorch's own operators")
        return None
    form: Form = module.filtered_lrelu_triton
    return form if is_sound(form, torch.device("cuda", device_index)) else None


def is_sound(form: Form, device: torch.device) -> bool:
    """Whether a form gives, on this device, what PyTorch's operators give; if not, the log says why."""
    try:
        differences = [
            max(_differences(form, device, torch.float32)) / 1e-4,
            _differences(form, device, torch.float16)[0] / 1e-2,  # Rounding flips derivatives at the clamp.
        ]
    # What a compiler on somebody else's machine can come to: there is none, it fails, the card is too small.
    except (RuntimeError, OSError, ValueError, TypeError, AttributeError, LookupError, ImportError) as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0]
        logger.warning("Triton cannot be used (%s): StyleGAN3 is drawn with PyTorch's operators", said)
        return False
    except subprocess.SubprocessError as error:
        logger.warning("Triton's compiler failed (%s): StyleGAN3 is drawn with PyTorch's operators", error)
        return False
    if not max(differences) <= 1:
        logger.warning("Triton gives other numbers: StyleGAN3 is drawn with PyTorch's operators")
        return False
    return True


def _differences(form: Form, device: torch.device, dtype: torch.dtype) -> list[float]:
    """Largest differences of a small example's result and gradients, relative to the largest values."""
    make = functools.partial(torch.randn, generator=torch.Generator().manual_seed(0))
    x, bias = make([2, 3, 9, 11]).to(device, dtype), make([3]).to(device)
    up_filter, down_filter = make([12]).abs().to(device), make([12, 12]).abs().to(device)
    up_filter, down_filter = up_filter / up_filter.sum(), down_filter / down_filter.sum()
    results = []
    for one in (form, _plain):
        own_x, own_bias = x.detach().requires_grad_(), bias.detach().requires_grad_()
        y = one(own_x, own_bias, up_filter, down_filter, 2, 2, (9, 8, 7, 10), 1.5, 0.2, 0.8)
        weights = torch.linspace(-1, 1, y.numel(), device=device).reshape(y.shape)
        grads = torch.autograd.grad((y.float() * weights).sum(), (own_x, own_bias))
        results.append([value.detach().float() for value in (y, *grads)])
    pairs = zip(*results, strict=True)
    return [float((a - b).abs().max() / b.abs().max().clamp_min(1e-6)) for a, b in pairs]


def _plain(
    x: torch.Tensor,
    bias: torch.Tensor,
    up_filter: torch.Tensor,
    down_filter: torch.Tensor,
    up: int,
    down: int,
    padding: tuple[int, int, int, int],
    gain: float,
    slope: float,
    clamp: float,
) -> torch.Tensor:
    """The same from PyTorch's operators, in float32."""
    y = upfirdn2d(x.float() + bias[:, None, None], up_filter, up=up, padding=padding, gain=up * up * gain)
    return upfirdn2d(F.leaky_relu(y, slope).clamp(-clamp, clamp), down_filter, down=down)
