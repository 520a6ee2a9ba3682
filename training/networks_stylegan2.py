"""StyleGAN2's generator (Karras et al. 2020), with the names and arguments of NVIDIA's releases."""

from typing import Any, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import nn

from training.blocks_stylegan2 import BlockOptions, SynthesisBlock
from training.generator import Cut, GeneratorBase, Taps, checked_block, checked_noise_mode, checked_ws
from training.layers import Kwargs, MappingNetwork, NetworkError, dtype_asked_for
from training.region_synthesis import WORTH_A_CUT, parts_on, work_of
from training.regions import Region

ARCHITECTURES = ("skip", "resnet", "orig")


class Begun(NamedTuple):
    """The lowest blocks computed: how many, their features [N, C, h, w] and their picture, or None."""

    blocks: int
    x: torch.Tensor | None
    img: torch.Tensor | None


# ----------------------------------------------------------------------------
# Networks.


class SynthesisNetwork(nn.Module):
    """From w to a picture, through blocks of 4 px to `img_resolution`.

    Args:
        w_dim: length of w.
        img_resolution: height of the picture, a power of two from 4.
        img_channels: channels of the picture.
        channel_base: channels times resolution where `channel_max` does not limit them.
        channel_max: most channels of a block.
        num_fp16_res: so many of the largest blocks run in half floats on a GPU.
        conv_clamp: limit of the absolute value of every layer's result (with any float type), or None.
        architecture: "skip", "resnet" or "orig".
        resample_filter: taps of the up-sampling filter.
        use_noise: False leaves the noise inputs out.
        activation: one of ACTIVATIONS.
        square: False makes pictures half as wide as high (StyleGAN-Human).
        fused_modconv_default, fp16_channels_last: taken and not used; they choose how the same is computed.
    """

    def __init__(
        self,
        w_dim: int,
        img_resolution: int,
        img_channels: int,
        channel_base: int = 32768,
        channel_max: int = 512,
        num_fp16_res: int = 4,
        conv_clamp: float | None = 256.0,
        architecture: str = "skip",
        resample_filter: tuple[float, ...] = (1, 3, 3, 1),
        use_noise: bool = True,
        activation: str = "lrelu",
        square: bool = True,
        fused_modconv_default: bool | str = True,
        fp16_channels_last: bool = False,
    ) -> None:
        super().__init__()
        if not 4 <= img_resolution <= 2**16 or img_resolution & (img_resolution - 1):
            raise NetworkError(f"img_resolution is {img_resolution}; expected a power of two from 4 to 65536")
        if architecture not in ARCHITECTURES:
            known = ", ".join(ARCHITECTURES)
            raise NetworkError(f"architecture is {architecture!r}; expected one of {known}")
        self.w_dim = w_dim
        self.img_resolution = img_resolution
        self.img_channels = img_channels
        self.architecture = architecture
        self.square = square
        self.block_resolutions = [2**i for i in range(2, img_resolution.bit_length())]
        taps = tuple(resample_filter)
        options = BlockOptions(
            w_dim, img_channels, architecture, taps, conv_clamp, use_noise, activation, square
        )
        in_channels = 0
        for index, resolution in enumerate(self.block_resolutions):
            out_channels = int(min(channel_base // resolution, channel_max))
            if out_channels < 1:
                raise NetworkError(f"channel_base is {channel_base}; that leaves a block without channels")
            from_end = len(self.block_resolutions) - index
            use_fp16 = from_end <= num_fp16_res and resolution > 4
            block = SynthesisBlock(in_channels, out_channels, resolution, from_end == 1, use_fp16, options)
            self.add_module(f"b{resolution}", block)
            in_channels = out_channels
        self.num_ws = 2 * len(self.block_resolutions)

    @property
    def blocks(self) -> list[SynthesisBlock]:
        """The blocks, from 4 px upwards."""
        return [cast(SynthesisBlock, self.get_submodule(f"b{r}")) for r in self.block_resolutions]

    @property
    def num_blocks(self) -> int:
        """How many blocks there are to take features from."""
        return len(self.block_resolutions)

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of the picture, in px."""
        return self.img_resolution, self.img_resolution if self.square else self.img_resolution // 2

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
        """Compute features and a picture on the way, and no further than is needed.

        Args:
            ws: [N, num_ws, w_dim].
            feature_block: the block whose features (before its toRGB) are wanted; 0 is 4 px, 1 is 8 px, ...
            rgb_resolution: height in px of the picture wanted, the resolution of a block. The skip form
                has a picture at every block; for the others the full picture is averaged down to it.
            noise_mode: "const", "none" or "random".
            cut: ((top, left, bottom, right), ...), height: which rectangles of the features (in cells), or of
                the picture (in px) if no features are asked for, are wanted, and up to which height whole
                maps besides. They alone are computed and given where that saves work; not where features
                and a picture are asked for, and a picture only from the skip form.

        Raises:
            NetworkError: if there is no such block, resolution or noise mode, or ws has another shape.
        """
        blocks = self.blocks
        last_rgb = -1 if rgb_resolution is None else self._last_block_for(rgb_resolution)
        last_feature = -1 if feature_block is None else checked_block(feature_block, len(blocks))
        ws = checked_ws(ws, self.num_ws, self.w_dim)
        checked_noise_mode(noise_mode)
        start = dtype_asked_for(ws.device)
        with torch.autocast(ws.device.type, enabled=False):
            if cut is not None and noise_mode == "const" and self._can_cut(last_feature, last_rgb, ws.device):
                lower = blocks[: max(last_feature, last_rgb) + 1]
                regions = [Region(*cells) for cells in cut[0]]
                if work_of(lower, regions, cut[1]) < WORTH_A_CUT:
                    parts = parts_on(lower, ws, regions, cut[1], with_rgb=last_rgb >= 0, start=start)
                    return Taps(None, None, cut=parts)
            x, img, features = None, None, None
            for index, block in enumerate(blocks[: max(last_rgb, last_feature) + 1]):
                x = block.features(x, ws[:, max(2 * index - 1, 0) :], noise_mode, start)
                if index == last_feature:
                    features = x
                if index <= last_rgb:
                    img = block.picture(img, x, ws[:, 2 * index + 1])
            if img is not None and img.shape[2] != rgb_resolution:
                img = F.avg_pool2d(img, img.shape[2] // (rgb_resolution or 1))
            return Taps(features, img)

    # ------------------------------------------------------------------------
    # In two halves: what is not trained need be computed once.

    @torch.no_grad()
    def begin(self, ws: torch.Tensor) -> Begun:
        """Compute the blocks below the first with a parameter that is trained, for ws [N, num_ws, w_dim]."""
        trained = [any(value.requires_grad for value in block.parameters()) for block in self.blocks]
        count = trained.index(True) if True in trained else len(trained)
        return self._through(ws, Begun(0, None, None), count)

    def end(self, ws: torch.Tensor, begun: Begun) -> torch.Tensor:
        """Make the pictures that `forward` makes, from what `begin` gave for the same ws."""
        return cast(torch.Tensor, self._through(ws, begun, self.num_blocks).img)

    def _through(self, ws: torch.Tensor, begun: Begun, until: int) -> Begun:
        """Go on through the blocks before `until`."""
        ws = checked_ws(ws, self.num_ws, self.w_dim)
        _, x, img = begun
        start = dtype_asked_for(ws.device)
        with torch.autocast(ws.device.type, enabled=False):
            for index, block in list(enumerate(self.blocks))[begun.blocks : until]:
                x = block.features(x, ws[:, max(2 * index - 1, 0) :], "const", start)
                img = block.picture(img, x, ws[:, 2 * index + 1])
        return Begun(until, x, img)

    def _can_cut(self, last_feature: int, last_rgb: int, device: torch.device) -> bool:
        """Whether rectangles can be given: of features or of a picture that has no larger one above it."""
        if (last_feature >= 0) == (last_rgb >= 0) or (last_rgb >= 0 and self.architecture != "skip"):
            return False
        return not (device.type == "cuda" and self.blocks[max(last_feature, last_rgb)].use_fp16)

    def _last_block_for(self, rgb_resolution: int) -> int:
        """The block after which the picture of that height is known."""
        if rgb_resolution not in self.block_resolutions:
            known = ", ".join(map(str, self.block_resolutions))
            raise NetworkError(f"rgb_resolution is {rgb_resolution}; expected one of {known}")
        in_passing = self.architecture == "skip"
        return self.block_resolutions.index(rgb_resolution) if in_passing else len(self.block_resolutions) - 1


class Generator(GeneratorBase):
    """StyleGAN2: `mapping` takes z to w, `synthesis` takes w to a picture.

    Args:
        z_dim: length of z.
        c_dim: length of the label, 0 for none.
        w_dim: length of w.
        img_resolution: height of the picture.
        img_channels: channels of the picture.
        mapping_kwargs: further arguments of MappingNetwork.
        synthesis_kwargs: further arguments of SynthesisNetwork, in the nested form of stylegan2-ada-pytorch.
            There the defaults of num_fp16_res and conv_clamp are 0 and None.
        square: False makes pictures half as wide as high.
        kwargs: further arguments of SynthesisNetwork, in the flat form of the stylegan3 repository.
    """

    synthesis: SynthesisNetwork

    def __init__(
        self,
        z_dim: int,
        c_dim: int,
        w_dim: int,
        img_resolution: int,
        img_channels: int,
        mapping_kwargs: Kwargs | None = None,
        synthesis_kwargs: Kwargs | None = None,
        square: bool = True,
        **kwargs: Any,
    ) -> None:
        forms: Kwargs = {} if synthesis_kwargs is None else {"synthesis_kwargs": dict(synthesis_kwargs)}
        if not square:
            forms["square"] = False
        super().__init__(
            {
                "z_dim": z_dim,
                "c_dim": c_dim,
                "w_dim": w_dim,
                "img_resolution": img_resolution,
                "img_channels": img_channels,
                "mapping_kwargs": dict(mapping_kwargs or {}),
                **forms,
                **kwargs,
            }
        )
        if synthesis_kwargs is not None:
            kwargs = {"num_fp16_res": 0, "conv_clamp": None, **synthesis_kwargs, **kwargs}
        self.synthesis = SynthesisNetwork(w_dim, img_resolution, img_channels, square=square, **kwargs)
        self.mapping = MappingNetwork(z_dim, c_dim, w_dim, self.num_ws, **(mapping_kwargs or {}))
