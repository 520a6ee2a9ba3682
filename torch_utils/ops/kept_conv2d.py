"""3×3 convolutions with weights that stay the same, for networks that are looked through and not trained.

What can be made of the weights once (the turned form that the backward pass multiplies with, another float
type, the order that a product of matrices wants) is made once and kept: on a CPU that work takes longer than
the convolution itself where maps are small. Backward passes give the slope of the input alone.
"""

import math
import weakref
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch.autograd.function import once_differentiable

from torch_utils.ops.trained_conv2d import trained_conv2d, trained_spread_conv2d
from torch_utils.ops.winograd import pays, transformed, winograd_conv2d

# Up to so many cells a convolution is done as one product of matrices: PyTorch's own is made for larger maps.
AS_MATRICES = 300
# Up to so many cells of many channels a transposed convolution is quicker as four.
AS_FOUR = 1024

Margins = tuple[int, int, int, int]


class KeptForms:
    """Forms of one weight, kept until the weight is changed, replaced or moved."""

    def __init__(self) -> None:
        # Which weight they were made of, and its state: memory that is freed is soon another weight's.
        self._weight: weakref.ref[torch.Tensor] | None = None
        self._state: Hashable = None
        self._forms: dict[Hashable, torch.Tensor] = {}

    def __reduce__(self) -> tuple[type["KeptForms"], tuple[()]]:
        """Copied or pickled with a network, it begins afresh."""
        return KeptForms, ()

    def get(
        self, weight: torch.Tensor, name: Hashable, make: Callable[[torch.Tensor], torch.Tensor]
    ) -> torch.Tensor:
        """Give the form `name`, made by `make(weight)` if it is not known yet."""
        state = (weight.data_ptr(), weight._version, weight.device, weight.dtype)
        if self._weight is None or self._weight() is not weight or state != self._state:
            self._weight, self._state, self._forms = weakref.ref(weight), state, {}
        if name not in self._forms:
            with torch.no_grad():
                self._forms[name] = make(weight)
        return self._forms[name]


def kept_conv2d(x: torch.Tensor, weight: torch.Tensor, forms: KeptForms, margins: Margins) -> torch.Tensor:
    """Convolve x [N, I, H, W], padded with zeros, with weight [O, I, k, k].

    Args:
        x: what is convolved, in the float type to compute in.
        weight: as it is stored, in any float type.
        forms: what is kept of it while it is not trained.
        margins: (left, right, top, bottom) zeros to add; negative values crop.

    Returns:
        [N, O, H + top + bottom - k + 1, W + left + right - k + 1]. Where forms are used it is differentiable
        once, and in x alone.
    """
    if _worth_keeping(x, weight, math.inf if pays(x, weight) else AS_MATRICES):
        return _Plain.apply(x, weight, forms, margins)
    left, right, top, bottom = margins
    if weight.requires_grad and weight.shape[2] == 3 and margins == (1, 1, 1, 1):
        return trained_conv2d(x, weight)
    if left == right >= 0 and top == bottom >= 0:
        return F.conv2d(x, weight.to(x.dtype), padding=(top, left))
    return F.conv2d(F.pad(x, margins), weight.to(x.dtype))


def kept_spread_conv2d(x: torch.Tensor, weight: torch.Tensor, forms: KeptForms) -> torch.Tensor:
    """Compute `F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)` for weight [O, I, k, k].

    Returns:
        [N, O, 2 H + k - 2, 2 W + k - 2]. Where forms are used it is differentiable once, and in x alone.
    """
    if weight.shape[2] == 3 and _worth_keeping(x, weight, AS_FOUR if pays(x, weight) else AS_MATRICES):
        return _Spread.apply(x, weight, forms)
    if weight.requires_grad and weight.shape[2] == 3:
        return trained_spread_conv2d(x, weight)
    return F.conv_transpose2d(x, weight.to(x.dtype).transpose(0, 1), stride=2)


def _worth_keeping(x: torch.Tensor, weight: torch.Tensor, most: float) -> bool:
    """Tell whether forms gain anything: on a CPU, for up to `most` cells or in another float type."""
    if weight.requires_grad or x.device.type != "cpu":
        return False
    return x.dtype != weight.dtype or len(x) * x.shape[2] * x.shape[3] <= most


class _Plain(torch.autograd.Function):
    """A convolution; backward it is one too, with the weights turned round."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, weight: torch.Tensor, forms: KeptForms, margins: Margins
    ) -> torch.Tensor:
        ctx.weight, ctx.forms, ctx.margins = weight, forms, margins
        return _convolve(_padded(x, margins), weight, forms, _AS_IT_IS)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        reach = ctx.weight.shape[2] - 1
        left, right, top, bottom = (reach - margin for margin in ctx.margins)
        grad = _padded(grad, (left, right, top, bottom))
        return _convolve(grad, ctx.weight, ctx.forms, _TURNED), None, None, None


class _Spread(torch.autograd.Function):
    """A transposed convolution of stride 2, as four: for even and odd rows and columns of the result."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, forms: KeptForms) -> torch.Tensor:
        ctx.weight, ctx.forms = weight, forms
        n, _, height, width = x.shape
        out = x.new_empty([n, 2 * height + 1, 2 * width + 1, len(weight)]).permute(0, 3, 1, 2)
        for (odd_row, odd_column), form in _PHASES.items():
            # An even sample hears of two cells, by the outer weights; an odd one of one, by the middle.
            around = _padded(x, (1 - odd_column, 1 - odd_column, 1 - odd_row, 1 - odd_row))
            out[:, :, odd_row::2, odd_column::2] = _convolve(around, weight, forms, form)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        return _convolve(grad, ctx.weight, ctx.forms, _BACK, stride=2), None, None


# ----------------------------------------------------------------------------
# Forms of a weight.


class _Form(NamedTuple):
    """Which of the weights [O, I, k, k] a convolution uses, and how it lays them out."""

    name: str
    make: Callable[[torch.Tensor], torch.Tensor]


def _phase(odd_row: int, odd_column: int) -> _Form:
    """Choose the weights that even (0) or odd (1) rows and columns of a spread map hear by."""
    rows, columns = ([1] if odd else [2, 0] for odd in (odd_row, odd_column))
    return _Form(f"phase {odd_row} {odd_column}", lambda weight: weight[:, :, rows][:, :, :, columns])


_AS_IT_IS = _Form("as it is", lambda weight: weight)
_TURNED = _Form("turned", lambda weight: weight.transpose(0, 1).flip(2, 3))
_BACK = _Form("back", lambda weight: weight.transpose(0, 1))
_PHASES = {(row, column): _phase(row, column) for row in (0, 1) for column in (0, 1)}


# ----------------------------------------------------------------------------
# One convolution without padding.


def _convolve(
    x: torch.Tensor, weight: torch.Tensor, forms: KeptForms, form: _Form, stride: int = 1
) -> torch.Tensor:
    """Convolve x [N, I, H, W] with a form of the weight, in the float type of x."""
    if form in (_AS_IT_IS, _TURNED) and x.device.type == "cpu" and pays(x, weight):
        return winograd_conv2d(x, forms.get(weight, "winograd", transformed), turned=form is _TURNED)
    kernel = form.make(weight[:1, :1]).shape[2:]
    rows, columns = ((x.shape[2 + i] - kernel[i]) // stride + 1 for i in (0, 1))
    if x.device.type == "cpu" and len(x) * rows * columns <= AS_MATRICES:
        matrix = forms.get(
            weight, (form.name, x.dtype, "matrix"), lambda values: _as_matrix(form.make(values).to(x.dtype))
        )
        flat = _windows(x, kernel[0], kernel[1], stride) @ matrix
        return flat.unflatten(0, (len(x), rows, columns)).permute(0, 3, 1, 2)
    layout = torch.channels_last if x.device.type == "cpu" else torch.contiguous_format
    kept = forms.get(
        weight,
        (form.name, x.dtype),
        lambda values: form.make(values).to(x.dtype).contiguous(memory_format=layout),
    )
    return F.conv2d(x, kept, stride=stride)


def _as_matrix(kernel: torch.Tensor) -> torch.Tensor:
    """Lay a kernel [O, I, kh, kw] out as [kh kw I, O]."""
    return kernel.permute(2, 3, 1, 0).flatten(0, 2).contiguous()


def _windows(x: torch.Tensor, height: int, width: int, stride: int) -> torch.Tensor:
    """Lay the windows of x [N, I, H, W] out as rows [N rows columns, height width I]."""
    cells = x.permute(0, 2, 3, 1).unfold(1, height, stride).unfold(2, width, stride)
    return cells.permute(0, 1, 2, 4, 5, 3).flatten(3).flatten(0, 2)


def _padded(x: torch.Tensor, margins: Margins) -> torch.Tensor:
    return F.pad(x, margins) if any(margins) else x
