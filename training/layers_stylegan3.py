"""Layers of StyleGAN3 (Karras et al. 2021): the Fourier input, and the alias-free synthesis layer."""

import math
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from torch_utils.ops.filtered_lrelu import filtered_lrelu
from torch_utils.ops.lowpass import lowpass_filter
from torch_utils.ops.modulated_conv2d import demodulation, weight_energy
from torch_utils.ops.upfirdn2d import Padding
from training.layers import FullyConnectedLayer, NetworkError, normal, working_dtype

_MOST_TAPS, _MOST_TAPS_RADIAL = 512, 96


class Signal(NamedTuple):
    """What is known of the continuous signal between two layers, and of its samples.

    Attributes:
        channels: number of channels.
        size: samples on a side, margins included.
        sampling_rate: samples for each side of the picture.
        cutoff: up to which frequency it carries detail, in cycles for each side of the picture.
        half_width: half the transition band of its filter, in the same units.
    """

    channels: int
    size: int
    sampling_rate: int
    cutoff: float
    half_width: float


class SynthesisInput(nn.Module):
    """A map of sine waves, turned and shifted as w and the user's transform say (section 3.2, appendix F).

    Attributes:
        transform: [3, 3], maps picture coordinates to those of the input; the inverse of what the picture is
            to do.
    """

    freqs: torch.Tensor
    phases: torch.Tensor
    transform: torch.Tensor

    def __init__(self, w_dim: int, signal: Signal) -> None:
        super().__init__()
        self.signal = signal
        channels = signal.channels
        self.weight = nn.Parameter(normal([channels, channels]))
        self.affine = FullyConnectedLayer(w_dim, 4)
        nn.init.zeros_(self.affine.weight)
        self.affine.bias = nn.Parameter(torch.tensor([1.0, 0.0, 0.0, 0.0]))
        self.register_buffer("transform", torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
        self.register_buffer("freqs", torch.as_tensor(_frequencies(channels, signal.cutoff)))
        self.register_buffer("phases", torch.as_tensor(_phases(channels)))

    def forward(self, w: torch.Tensor) -> torch.Tensor:
        """Make the map [N, C, size, size] for w [N, w_dim]."""
        signal = self.signal
        transform = self._motion(w) @ self.transform
        phases = self.phases + (self.freqs @ transform[:, :2, 2:]).squeeze(2)
        freqs = self.freqs @ transform[:, :2, :2]

        # What the transform moved beyond the sampling rate's limit fades out, so that it cannot alias.
        room = signal.sampling_rate / 2 - signal.cutoff
        amplitudes = (1 - (freqs.norm(dim=2) - signal.cutoff) / room).clamp(0, 1)

        waves = torch.einsum("hwd,ncd->nhwc", self._grid(w.device), freqs) + phases[:, None, None]
        x = torch.sin(waves * (2 * math.pi)) * amplitudes[:, None, None]
        x = x @ (self.weight / math.sqrt(signal.channels)).t()
        return x.permute(0, 3, 1, 2)

    def _motion(self, w: torch.Tensor) -> torch.Tensor:
        """The rotation and shift [N, 3, 3] that w asks for."""
        t = self.affine(w)
        t = t / t[:, :2].norm(dim=1, keepdim=True)
        cos, sin, x, y = t.unbind(1)
        zero, one = torch.zeros_like(cos), torch.ones_like(cos)
        turn = torch.stack([cos, -sin, zero, sin, cos, zero, zero, zero, one], dim=1).reshape(-1, 3, 3)
        shift = torch.stack([one, zero, -x, zero, one, -y, zero, zero, one], dim=1).reshape(-1, 3, 3)
        return turn @ shift

    def _grid(self, device: torch.device) -> torch.Tensor:
        """Coordinates (x, y) [size, size, 2] of the samples, the picture being -0.5..0.5."""
        size = self.signal.size
        line = (torch.arange(size, device=device) + 0.5 - size / 2) / self.signal.sampling_rate
        y, x = torch.meshgrid(line, line, indexing="ij")
        return torch.stack([x, y], dim=2)


def _frequencies(channels: int, cutoff: float) -> np.ndarray:
    """Frequencies [channels, 2] (x, y) spread evenly over the disk below the cutoff.

    If r is the radius of a normal distribution, a share s^2 of all exp(-r^2 / 4) is below s, as in an even
    disk.
    """
    freqs = torch.randn([channels, 2], device="cpu")
    radii = freqs.square().sum(1, keepdim=True).sqrt()
    return (freqs / (radii * radii.square().exp().pow(0.25)) * cutoff).numpy()


def _phases(channels: int) -> np.ndarray:
    return (torch.rand([channels], device="cpu") - 0.5).numpy()


class LayerOptions(NamedTuple):
    """What all layers of one synthesis network have in common; the names are those of NVIDIA's arguments."""

    w_dim: int
    conv_kernel: int = 3
    filter_size: int = 6
    lrelu_upsampling: int = 2
    use_radial_filters: bool = False
    conv_clamp: float | None = 256.0
    magnitude_ema_beta: float = 0.999


class SynthesisLayer(nn.Module):
    """Modulated convolution and alias-free leaky ReLU, from one signal to the next; or the last, to RGB."""

    up_filter: torch.Tensor | None
    down_filter: torch.Tensor | None
    magnitude_ema: torch.Tensor

    def __init__(
        self,
        before: Signal,
        after: Signal,
        is_torgb: bool,
        is_critically_sampled: bool,
        use_fp16: bool,
        options: LayerOptions,
    ) -> None:
        super().__init__()
        self.is_torgb = is_torgb
        self.use_fp16 = use_fp16
        self.conv_clamp = options.conv_clamp
        self.magnitude_ema_beta = options.magnitude_ema_beta
        self.conv_kernel = 1 if is_torgb else options.conv_kernel
        shape = [after.channels, before.channels, self.conv_kernel, self.conv_kernel]
        self.affine = FullyConnectedLayer(options.w_dim, before.channels, bias_init=1)
        self.weight = nn.Parameter(normal(shape))
        self.bias = nn.Parameter(torch.zeros([after.channels]))
        self.register_buffer("magnitude_ema", torch.ones([]))

        # The activation works at a higher rate than the signals on either side.
        rate = max(before.sampling_rate, after.sampling_rate)
        rate *= 1 if is_torgb else options.lrelu_upsampling
        self.up = rate // before.sampling_rate
        self.down = rate // after.sampling_rate
        up_taps = options.filter_size * self.up if self.up > 1 and not is_torgb else 1
        down_taps = options.filter_size * self.down if self.down > 1 and not is_torgb else 1
        radial = options.use_radial_filters and not is_critically_sampled
        if max(up_taps, down_taps) > (_MOST_TAPS_RADIAL if radial else _MOST_TAPS):
            raise NetworkError(f"filters of {up_taps} and {down_taps} taps; published networks have 24")
        up_filter = lowpass_filter(up_taps, before.cutoff, 2 * before.half_width, rate)
        down_filter = lowpass_filter(down_taps, after.cutoff, 2 * after.half_width, rate, radial)
        self.register_buffer("up_filter", _as_buffer(up_filter))
        self.register_buffer("down_filter", _as_buffer(down_filter))
        self.padding = _padding(
            before.size + self.conv_kernel - 1, after.size, self.up, self.down, up_taps + down_taps
        )

    def forward(self, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        """Map x [N, C, H, W] and w [N, w_dim] to the next signal; its margins are kept."""
        if self.training:
            with torch.no_grad():
                magnitude = x.float().square().mean()
                self.magnitude_ema.copy_(magnitude.lerp(self.magnitude_ema, self.magnitude_ema_beta))
        x = x.to(working_dtype(self.use_fp16, x.device))
        x = self._convolve(x, self.affine(w))
        gain, slope = (1.0, 1.0) if self.is_torgb else (2.0**0.5, 0.2)
        return filtered_lrelu(
            x,
            self.bias,
            self.up_filter,
            self.down_filter,
            self.up,
            self.down,
            self.padding,
            gain,
            slope,
            self.conv_clamp,
        )

    def _convolve(self, x: torch.Tensor, styles: torch.Tensor) -> torch.Tensor:
        """Modulated convolution of the whole batch: scale the input channels before, the output after."""
        fan_in = math.sqrt(self.weight[0].numel())
        weight: torch.Tensor = self.weight / fan_in
        scale = None
        if not self.is_torgb:
            # Unit variance first, for the sake of half floats; demodulation takes both out again.
            weight = self.weight * self.weight.square().mean([1, 2, 3], keepdim=True).rsqrt()
            styles = styles * styles.square().mean().rsqrt()
            scale = demodulation(weight_energy(weight), styles) * fan_in
            weight = weight / fan_in
        # The tracked magnitude of the input brings it to unit variance.
        styles = styles * self.magnitude_ema.rsqrt()
        x = x * styles.to(x.dtype)[:, :, None, None]
        x = F.conv2d(x, weight.to(x.dtype), padding=self.conv_kernel - 1)
        return x if scale is None else x * scale.to(x.dtype)


def _as_buffer(kernel: np.ndarray | None) -> torch.Tensor | None:
    return None if kernel is None else torch.as_tensor(kernel, dtype=torch.float32)


def _padding(size: int, wanted: int, up: int, down: int, taps: int) -> Padding:
    """Samples to add (or, below zero, to cut off) after up-sampling, so that `wanted` are left at the end."""
    total = (wanted - 1) * down + 1 - size * up + taps - 2
    low = (total + up) // 2
    return low, total - low, low, total - low
