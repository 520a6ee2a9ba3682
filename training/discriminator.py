"""A checkpoint's own discriminator as a judge of likeness: it has learnt what matters in such pictures.

Only its blocks are built, with NVIDIA's names (Karras et al. 2020): their features are compared, the verdict
at its end is not asked for. NVIDIA's network pickles hold one beside the generator; our own do not.
"""

import math
import os
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from torch_utils.errors import CheckpointError, UnknownNetworkError
from torch_utils.network_file import open_network_file
from torch_utils.ops.activations import bias_act
from torch_utils.ops.upfirdn2d import make_filter, upfirdn2d
from torch_utils.safe_pickle import PickledNetwork, read_pickled_network
from torch_utils.safe_tensors import is_safetensors
from torch_utils.stored_tensor import check_total
from training.distances import FeatureDistance
from training.layers import Kwargs, NetworkError

ARCHITECTURES = ("orig", "skip", "resnet")


class ConvLayer(nn.Module):
    """Convolution with an equalised learning rate, bias and leaky ReLU; halves the size where `down` is 2."""

    resample_filter: Tensor

    def __init__(self, in_channels: int, out_channels: int, kernel: int, bias: bool, down: int = 1) -> None:
        super().__init__()
        self.down, self.kernel = down, kernel
        self.weight = nn.Parameter(torch.empty([out_channels, in_channels, kernel, kernel]))
        if bias:
            self.bias = nn.Parameter(torch.empty([out_channels]))
        self.has_bias = bias
        self.weight_gain = 1 / math.sqrt(in_channels * kernel * kernel)
        self.register_buffer("resample_filter", make_filter((1, 3, 3, 1)))

    def forward(self, x: Tensor, gain: float = 1.0) -> Tensor:
        """Map [N, I, H, W] to [N, O, H / down, W / down]."""
        weight = self.weight * self.weight_gain
        if self.down == 1:
            x = nn.functional.conv2d(x, weight, padding=self.kernel // 2)
        else:
            # The filter's surplus is laid evenly on both sides, with that of the convolution.
            taps = self.resample_filter.shape[0]
            before, after = (taps - self.down + 1) // 2, (taps - self.down) // 2
            edge = self.kernel // 2
            x = upfirdn2d(x, self.resample_filter, padding=(before + edge, after + edge) * 2)
            x = nn.functional.conv2d(x, weight, stride=self.down)
        if not self.has_bias:
            return x * gain
        return bias_act(x, self.bias, "lrelu", gain * math.sqrt(2))


class DiscriminatorBlock(nn.Module):
    """All layers of one resolution, down to half of it."""

    resample_filter: Tensor

    def __init__(
        self, first: bool, own_channels: int, out_channels: int, img_channels: int, architecture: str
    ) -> None:
        super().__init__()
        self.architecture = architecture
        self.register_buffer("resample_filter", make_filter((1, 3, 3, 1)))
        self.reads_rgb = first or architecture == "skip"
        if self.reads_rgb:
            self.fromrgb = ConvLayer(img_channels, own_channels, 1, bias=True)
        self.conv0 = ConvLayer(own_channels, own_channels, 3, bias=True)
        self.conv1 = ConvLayer(own_channels, out_channels, 3, bias=True, down=2)
        if architecture == "resnet":
            self.skip = ConvLayer(own_channels, out_channels, 1, bias=False, down=2)

    def forward(self, x: Tensor | None, img: Tensor) -> tuple[Tensor, Tensor]:
        """Take features (None before the first block) and the picture at this size to both at half of it."""
        if self.reads_rgb:
            read = self.fromrgb(img)
            x = read if x is None else x + read
            img = upfirdn2d(img, self.resample_filter, down=2, padding=(1, 1, 1, 1))
        if x is None:
            raise NetworkError("the first block of a discriminator reads the picture")
        if self.architecture != "resnet":
            return self.conv1(self.conv0(x)), img
        half = math.sqrt(0.5)
        return self.skip(x, half) + self.conv1(self.conv0(x), half), img


class DiscriminatorFeatures(nn.Module):
    """The blocks of a discriminator, down to 8 px.

    Args:
        img_resolution: side of the pictures, px.
        img_channels: their channels.
        architecture: "orig", "skip" or "resnet".
        channel_base: channels times resolution where `channel_max` does not limit them.
        channel_max: most channels of a block.
    """

    def __init__(
        self,
        img_resolution: int,
        img_channels: int,
        architecture: str = "resnet",
        channel_base: int = 32768,
        channel_max: int = 512,
    ) -> None:
        super().__init__()
        if not 8 <= img_resolution <= 2**12 or img_resolution & (img_resolution - 1):
            raise NetworkError(f"img_resolution is {img_resolution}; expected a power of two from 8 to 4096")
        if architecture not in ARCHITECTURES:
            raise NetworkError(
                f"architecture is {architecture!r}; expected one of {', '.join(ARCHITECTURES)}"
            )
        self.img_resolution, self.img_channels = img_resolution, img_channels
        self.sizes = [2**i for i in range(img_resolution.bit_length() - 1, 2, -1)]
        for size in self.sizes:
            own, out = (min(channel_base // s, channel_max) for s in (size, size // 2))
            if own < 1:
                raise NetworkError(f"channel_base is {channel_base}; that leaves a block without channels")
            block = DiscriminatorBlock(size == img_resolution, own, out, img_channels, architecture)
            self.add_module(f"b{size}", block)

    def forward(self, rgb: Tensor) -> list[Tensor]:
        """See pictures [N, 3, H, W], about -1..1, of any height: features at each size, the finest first."""
        img = rgb[:, :1] if self.img_channels == 1 else rgb[:, : self.img_channels]
        if img.shape[2:] != (self.img_resolution, self.img_resolution):
            img = nn.functional.interpolate(img, [self.img_resolution] * 2, mode="bilinear", antialias=True)
        x: Tensor | None = None
        seen = []
        for size in self.sizes:
            x, img = self.get_submodule(f"b{size}")(x, img)
            seen.append(x)
        return seen


# ----------------------------------------------------------------------------
# Reading.


def load_discriminator(
    path: str | os.PathLike[str], device: torch.device | str = "cpu"
) -> DiscriminatorFeatures | None:
    """Read a checkpoint's discriminator, as safely as its generator; None if the file holds none.

    Raises:
        CheckpointError: if the file cannot be read, or what it holds does not fit together.
        UnknownNetworkError: if its discriminator is of another kind.
    """
    with open_network_file(path) as file:
        if is_safetensors(file):
            return None
        try:
            network = read_pickled_network(file, "D")
        except CheckpointError as error:
            if "has no network D" in str(error):
                return None
            raise
        if not isinstance(network, PickledNetwork):
            return None  # TensorFlow's form keeps it in a shape that is not read.
        if network.class_name != "Discriminator":
            raise UnknownNetworkError(f"{file.source}: D is a {network.class_name}; expected a Discriminator")
        blocks = {
            name: one for name, one in network.state.items() if not name.startswith(("b4.", "mapping."))
        }
        try:
            with torch.device("meta"):
                found = DiscriminatorFeatures(**_arguments(network))
            expected = {name: tuple(value.shape) for name, value in found.state_dict().items()}
        except (TypeError, ValueError, NetworkError, RuntimeError) as error:
            reason = str(error).splitlines()[0][:200]
            raise UnknownNetworkError(f"{file.source}: its D is not known ({reason})") from error
        given = {name: one.shape for name, one in blocks.items()}
        if given != expected:
            odd = sorted(set(given.items()) ^ set(expected.items()))[0][0]
            raise CheckpointError(f"{file.source}: its D does not fit together ({odd[:100]})")
        check_total(blocks.values(), file)
        state = {name: one.load().float() for name, one in blocks.items()}
        for name, value in state.items():
            if not bool(torch.isfinite(value).all()):
                raise CheckpointError(f"{file.source}: D: {name} holds NaN or infinity")
        found.load_state_dict(state, assign=True)
    return found.eval().requires_grad_(False).to(device)


def discriminator_distance(network: DiscriminatorFeatures, coarsest: int = 16) -> FeatureDistance:
    """Compare pictures by a discriminator's features, down to blocks of a size in px."""
    count = max(1, sum(size >= 2 * coarsest for size in network.sizes))

    def features(rgb: Tensor) -> Sequence[Tensor]:
        return network(rgb)[:count]

    return FeatureDistance(features)


def _arguments(network: PickledNetwork) -> Kwargs:
    """Take the arguments that shape the blocks; how they compute on a GPU is ours to say."""
    told = {**dict(zip(("c_dim", "img_resolution", "img_channels"), network.init_args, strict=False))}
    told.update(network.init_kwargs)
    known = ("img_resolution", "img_channels", "architecture", "channel_base", "channel_max")
    found = {name: told[name] for name in known if name in told}
    if not all(type(value) in (int, str) for value in found.values()):
        raise TypeError("arguments that are no numbers")
    return found
