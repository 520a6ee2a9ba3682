"""StyleGAN3's generator, T and R (Karras et al. 2021), with the names and arguments of NVIDIA's releases."""

from typing import Any, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from training.generator import Cut, GeneratorBase, Taps, checked_block, checked_noise_mode, checked_ws
from training.layers import Kwargs, MappingNetwork, NetworkError
from training.layers_stylegan3 import LayerOptions, Signal, SynthesisInput, SynthesisLayer


class SynthesisNetwork(nn.Module):
    """From w to a picture, through layers whose cutoff frequency rises geometrically (section 3.2, figure 4).

    Args:
        w_dim: length of w.
        img_resolution: width and height of the picture.
        img_channels: channels of the picture.
        channel_base: channels times cutoff times two where `channel_max` does not limit them.
        channel_max: most channels of a layer.
        num_layers: layers besides the input and toRGB.
        num_critical: so many of the last are critically sampled, up to the picture's own limit.
        first_cutoff: cutoff of the first layer, in cycles for each side of the picture.
        first_stopband: where its stopband begins, in the same units.
        last_stopband_rel: where the last layer's stopband begins, as a multiple of its cutoff.
        margin_size: samples beyond the picture on every side.
        output_scale: factor of the picture.
        num_fp16_res: layers within so many doublings of the full sampling rate run in half floats on a GPU.
        layer_kwargs: conv_kernel, filter_size, lrelu_upsampling, use_radial_filters, conv_clamp,
            magnitude_ema_beta.
    """

    def __init__(
        self,
        w_dim: int,
        img_resolution: int,
        img_channels: int,
        channel_base: int = 32768,
        channel_max: int = 512,
        num_layers: int = 14,
        num_critical: int = 2,
        first_cutoff: float = 2.0,
        first_stopband: float = 2.0**2.1,
        last_stopband_rel: float = 2.0**0.3,
        margin_size: int = 10,
        output_scale: float = 0.25,
        num_fp16_res: int = 4,
        **layer_kwargs: Any,
    ) -> None:
        super().__init__()
        if not 1 <= num_critical < num_layers <= 64:
            raise NetworkError(f"num_layers is {num_layers}; expected more than num_critical and at most 64")
        if not 4 <= img_resolution <= 2**16:
            raise NetworkError(f"img_resolution is {img_resolution}; expected 4 or more")
        self.w_dim = w_dim
        self.img_resolution = img_resolution
        self.num_ws = num_layers + 2
        self.output_scale = output_scale

        # Cutoffs and stopbands rise geometrically up to the layers that are critically sampled.
        rise = np.minimum(np.arange(num_layers + 1) / (num_layers - num_critical), 1)
        last_cutoff = img_resolution / 2
        cutoffs = first_cutoff * (last_cutoff / first_cutoff) ** rise
        stopbands = first_stopband * (last_cutoff * last_stopband_rel / first_stopband) ** rise
        rates = np.exp2(np.ceil(np.log2(np.minimum(stopbands * 2, img_resolution))))
        half_widths = np.maximum(stopbands, rates / 2) - cutoffs
        sizes = rates + margin_size * 2
        sizes[-2:] = img_resolution
        channels = np.rint(np.minimum(channel_base / 2 / cutoffs, channel_max))
        channels[-1] = img_channels
        if not channels.min() >= 1:
            raise NetworkError(f"channel_base is {channel_base}; that leaves a layer without channels")

        signals = [
            Signal(int(c), int(size), int(rate), float(cutoff), float(half_width))
            for c, size, rate, cutoff, half_width in zip(
                channels, sizes, rates, cutoffs, half_widths, strict=True
            )
        ]
        options = LayerOptions(w_dim, **layer_kwargs)
        self.input = SynthesisInput(w_dim, signals[0])
        self.layer_names: list[str] = []
        self.margins: list[int] = []
        for index, signal in enumerate(signals):
            layer = SynthesisLayer(
                before=signals[max(index - 1, 0)],
                after=signal,
                is_torgb=index == num_layers,
                is_critically_sampled=index >= num_layers - num_critical,
                use_fp16=signal.sampling_rate * 2**num_fp16_res > img_resolution,
                options=options,
            )
            self.layer_names.append(f"L{index}_{signal.size}_{signal.channels}")
            self.margins.append((signal.size - signal.sampling_rate) // 2)
            self.add_module(self.layer_names[-1], layer)

    @property
    def num_blocks(self) -> int:
        """How many layers there are to take features from, toRGB included."""
        return len(self.layer_names)

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of the picture, in px."""
        return self.img_resolution, self.img_resolution

    def forward(self, ws: torch.Tensor, noise_mode: str = "const") -> torch.Tensor:
        """Make pictures [N, img_channels, H, W], about -1..1, from ws [N, num_ws, w_dim]."""
        return cast(torch.Tensor, self.taps(ws, None, self.img_resolution, noise_mode).rgb)

    def taps(
        self,
        ws: torch.Tensor,
        feature_block: int | None = None,
        rgb_resolution: int | None = None,
        noise_mode: str = "const",
        cut: Cut | None = None,
    ) -> Taps:
        """Compute the features of a layer and a picture, and no further than is needed.

        Args:
            ws: [N, num_ws, w_dim].
            feature_block: the layer whose output is wanted, margins included; the last is toRGB before its
                scale.
            rgb_resolution: side in px of the picture wanted; the full picture is averaged down to it.
            noise_mode: "const", "none" or "random": all the same, for there is no noise.
            cut: not used: the filters of these layers reach so far that a cut saves little.

        Raises:
            NetworkError: if there is no such layer, resolution or noise mode, or ws has another shape.
        """
        last_feature = -1 if feature_block is None else checked_block(feature_block, self.num_blocks)
        if rgb_resolution is not None and not 1 <= rgb_resolution <= self.img_resolution:
            raise NetworkError(f"rgb_resolution is {rgb_resolution}; expected 1 to {self.img_resolution}")
        margin = 0 if feature_block is None else self.margins[last_feature]
        last = last_feature if rgb_resolution is None else self.num_blocks - 1
        ws = checked_ws(ws, self.num_ws, self.w_dim)
        checked_noise_mode(noise_mode)
        if last < 0:
            return Taps(None, None)

        # Its filters are made for full floats: a caller's wish to multiply in half floats is not followed.
        with torch.autocast(ws.device.type, enabled=False):
            x, features = self.input(ws[:, 0]), None
            for index, name in enumerate(self.layer_names[: last + 1]):
                x = cast(SynthesisLayer, self.get_submodule(name))(x, ws[:, index + 1])
                if index == last_feature:
                    features = x
        if rgb_resolution is None:
            return Taps(features, None, margin)
        img = x.float() * self.output_scale
        if rgb_resolution != self.img_resolution:
            img = F.interpolate(img, size=(rgb_resolution, rgb_resolution), mode="area")
        return Taps(features, img, margin)


class Generator(GeneratorBase):
    """StyleGAN3: `mapping` takes z to w, `synthesis` takes w to a picture.

    Args:
        z_dim: length of z.
        c_dim: length of the label, 0 for none.
        w_dim: length of w.
        img_resolution: width and height of the picture.
        img_channels: channels of the picture.
        mapping_kwargs: further arguments of MappingNetwork; there are 2 layers by default.
        kwargs: further arguments of SynthesisNetwork.
    """

    def __init__(
        self,
        z_dim: int,
        c_dim: int,
        w_dim: int,
        img_resolution: int,
        img_channels: int,
        mapping_kwargs: Kwargs | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            {
                "z_dim": z_dim,
                "c_dim": c_dim,
                "w_dim": w_dim,
                "img_resolution": img_resolution,
                "img_channels": img_channels,
                "mapping_kwargs": dict(mapping_kwargs or {}),
                **kwargs,
            }
        )
        self.synthesis = SynthesisNetwork(w_dim, img_resolution, img_channels, **kwargs)
        mapping = {"num_layers": 2, **(mapping_kwargs or {})}
        self.mapping = MappingNetwork(z_dim, c_dim, w_dim, self.num_ws, **mapping)
