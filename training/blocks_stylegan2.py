"""Layers and blocks of StyleGAN2's synthesis (Karras et al. 2020), named as in NVIDIA's releases."""

import math
from typing import NamedTuple

import torch
from torch import nn

from torch_utils.ops.activations import find_activation
from torch_utils.ops.fused_layer_end import layer_end
from torch_utils.ops.kept_conv2d import KeptForms
from torch_utils.ops.modulated_conv2d import modulated_conv2d, upsampling_conv2d, weight_energy
from torch_utils.ops.pixel_product import pixel_product
from torch_utils.ops.upfirdn2d import make_filter, upfirdn2d
from training.layers import FullyConnectedLayer, normal, working_dtype


class BlockOptions(NamedTuple):
    """What all blocks of one synthesis network have in common; the names are those of NVIDIA's arguments."""

    w_dim: int
    img_channels: int
    architecture: str
    resample_filter: tuple[float, ...]
    conv_clamp: float | None
    use_noise: bool
    activation: str
    square: bool


# ----------------------------------------------------------------------------
# Layers.


class SynthesisLayer(nn.Module):
    """Modulated convolution, noise, bias and activation; doubles the size where `up` is 2."""

    noise_const: torch.Tensor
    resample_filter: torch.Tensor

    def __init__(
        self, in_channels: int, out_channels: int, resolution: int, up: int, options: BlockOptions
    ) -> None:
        super().__init__()
        self.up = up
        self.use_noise = options.use_noise
        find_activation(options.activation)
        self.activation = options.activation
        self.conv_clamp = options.conv_clamp
        self.size = (resolution, resolution if options.square else resolution // 2)
        self.affine = FullyConnectedLayer(options.w_dim, in_channels, bias_init=1)
        self.weight = nn.Parameter(normal([out_channels, in_channels, 3, 3]))
        self.register_buffer("resample_filter", make_filter(options.resample_filter))
        if self.use_noise:
            self.register_buffer("noise_const", normal(self.size))
            self.noise_strength = nn.Parameter(torch.zeros([]))
        self.bias = nn.Parameter(torch.zeros([out_channels]))
        self.forms = KeptForms()

    def forward(self, x: torch.Tensor, w: torch.Tensor, noise_mode: str, gain: float = 1.0) -> torch.Tensor:
        """Map x [N, I, H, W] and w [N, w_dim] to [N, O, H * up, W * up]; `gain` scales the result."""
        styles = self.affine(w)
        x, scale = modulated_conv2d(
            x, self.weight, styles, self.up, self.resample_filter, self.energy(), self.forms
        )
        clamp = None if self.conv_clamp is None else self.conv_clamp * gain
        noise = self._noise(len(x), noise_mode)
        return layer_end(x, scale, self.bias, noise, self.activation, gain, clamp)

    def energy(self) -> torch.Tensor:
        """What `weight_energy` says of the weights; kept while they are not trained and stay the same."""
        if self.weight.requires_grad:
            return weight_energy(self.weight)
        return self.forms.get(self.weight, "energy", weight_energy)

    def _noise(self, batch: int, noise_mode: str) -> torch.Tensor | None:
        if not self.use_noise or noise_mode == "none":
            return None
        if noise_mode == "const":
            return (self.noise_const * self.noise_strength)[None, None]
        return torch.randn([batch, 1, *self.size], device=self.bias.device) * self.noise_strength


class ToRGBLayer(nn.Module):
    """From features to a picture: a modulated 1 x 1 convolution without demodulation."""

    def __init__(self, in_channels: int, options: BlockOptions) -> None:
        super().__init__()
        self.conv_clamp = options.conv_clamp
        self.affine = FullyConnectedLayer(options.w_dim, in_channels, bias_init=1)
        self.weight = nn.Parameter(normal([options.img_channels, in_channels, 1, 1]))
        self.bias = nn.Parameter(torch.zeros([options.img_channels]))
        self.weight_gain = 1.0 / math.sqrt(in_channels)

    def forward(self, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        """Map features [N, C, H, W] to a picture [N, img_channels, H, W]."""
        # With 3 rows to a picture, weights of its own cost less than a pass over the features would.
        styles = self.affine(w) * self.weight_gain
        own = self.weight[None, :, :, 0, 0] * styles[:, None]
        picture = pixel_product(x, own, self.bias)
        return picture if self.conv_clamp is None else picture.clamp(-self.conv_clamp, self.conv_clamp)


class ResidualLayer(nn.Module):
    """The shortcut of the resnet architecture: a plain 1 x 1 convolution that doubles the size."""

    resample_filter: torch.Tensor

    def __init__(self, in_channels: int, out_channels: int, options: BlockOptions) -> None:
        super().__init__()
        self.conv_clamp = options.conv_clamp
        self.weight = nn.Parameter(normal([out_channels, in_channels, 1, 1]))
        self.register_buffer("resample_filter", make_filter(options.resample_filter))
        self.weight_gain = 1.0 / math.sqrt(in_channels)

    def forward(self, x: torch.Tensor, gain: float) -> torch.Tensor:
        """Map x [N, I, H, W] to [N, O, 2H, 2W], scaled by `gain`."""
        x = upsampling_conv2d(x, self.weight * (self.weight_gain * gain), 2, self.resample_filter)
        clamp = None if self.conv_clamp is None else self.conv_clamp * gain
        return x if clamp is None else x.clamp(-clamp, clamp)


# ----------------------------------------------------------------------------
# One resolution.


class SynthesisBlock(nn.Module):
    """All layers of one resolution: from features and picture at half the size to both at this one."""

    resample_filter: torch.Tensor

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        resolution: int,
        is_last: bool,
        use_fp16: bool,
        options: BlockOptions,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.resolution = resolution
        self.use_fp16 = use_fp16
        self.architecture = options.architecture
        self.has_rgb = is_last or options.architecture == "skip"
        self.num_conv = 1 if in_channels == 0 else 2
        self.register_buffer("resample_filter", make_filter(options.resample_filter))
        if in_channels == 0:
            width = resolution if options.square else resolution // 2
            self.const = nn.Parameter(normal([out_channels, resolution, width]))
        else:
            self.conv0 = SynthesisLayer(in_channels, out_channels, resolution, 2, options)
        self.conv1 = SynthesisLayer(out_channels, out_channels, resolution, 1, options)
        if self.has_rgb:
            self.torgb = ToRGBLayer(out_channels, options)
        if in_channels > 0 and options.architecture == "resnet":
            self.skip = ResidualLayer(in_channels, out_channels, options)

    def features(
        self,
        x: torch.Tensor | None,
        ws: torch.Tensor,
        noise_mode: str,
        start: torch.dtype = torch.float32,
    ) -> torch.Tensor:
        """Compute the features [N, C, r, r] from those of the block before; ws [N, >= num_conv, w_dim].

        The first block begins in the float type `start`; bfloat16 is kept from there to the end.
        """
        dtype = working_dtype(self.use_fp16, ws.device)
        if x is None:
            dtype = start if start == torch.bfloat16 else dtype
            return self.conv1(self._start(len(ws), ws.device).to(dtype), ws[:, 0], noise_mode)
        x = x if x.dtype == torch.bfloat16 else x.to(dtype)
        if self.architecture != "resnet":
            return self.conv1(self.conv0(x, ws[:, 0], noise_mode), ws[:, 1], noise_mode)
        # Two branches of equal variance are added: each is scaled by sqrt(1/2).
        half = math.sqrt(0.5)
        shortcut = self.skip(x, half)
        return shortcut + self.conv1(self.conv0(x, ws[:, 0], noise_mode), ws[:, 1], noise_mode, gain=half)

    def picture(self, img: torch.Tensor | None, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor | None:
        """Enlarge the picture of the block before, and add what this block's features say."""
        if img is not None:
            img = upfirdn2d(img, self.resample_filter, up=2, padding=self._padding(), gain=4)
        if not self.has_rgb:
            return img
        own = self.torgb(x, w).float()
        return own if img is None else img + own

    def _start(self, batch: int, device: torch.device) -> torch.Tensor:
        return self.const[None].expand(batch, -1, -1, -1).contiguous(memory_format=_layout(device))

    def _padding(self) -> tuple[int, int, int, int]:
        taps = self.resample_filter.shape[0]
        return ((taps + 1) // 2, (taps - 2) // 2) * 2


# ----------------------------------------------------------------------------
# Memory layout.


def _layout(device: torch.device) -> torch.memory_format:
    """How feature maps lie in memory: on a CPU the convolutions are fastest with channels last."""
    return torch.channels_last if device.type == "cpu" else torch.contiguous_format
