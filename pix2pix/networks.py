"""The two networks of pix2pix (Isola et al., CVPR 2017): a U-Net that paints, a PatchGAN that judges.

python pix2pix/networks.py --generator unet256            # layers, shapes, parameters, multiply-adds
python pix2pix/networks.py --picture unet.png             # the generator's structure as a picture
"""

import sys
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

if __name__ == "__main__":  # Started as a file: the project's folder takes the place of this one.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from pix2pix.layers import Conv, Norm, UpConv, initialise, make_norm

GeneratorName = Literal["unet5", "unet256"]
LEVELS: dict[GeneratorName, int] = {"unet5": 5, "unet256": 8}

_WIDEST = 512  # Channels double at each halving of the size, up to this many times width / 64.


class UNet(nn.Module):
    """An encoder and a decoder, each level of the one joined to its like of the other by a skip connection.

    Each level down halves the size (4×4 convolution, stride 2, leaky ReLU 0.2) and each level up doubles it
    (4×4 transposed convolution, ReLU). With `stem`, a 3×3 convolution first widens the picture at full size,
    and a 3×3 convolution at full size makes the picture in the end; without it, as in the paper, the first
    and the last level do so themselves. The innermost map is not normalised (it may be a single pixel).
    Levels up to maps of a sixteenth of the picture's side or less, but for the innermost, drop features out
    in training: three of `unet256`, none of `unet5`. Dropped from wider maps, features are missing from
    details, which then come out as a grid of dots.

    Forward: pictures [N, in_channels, H, W] in -1..1 -> [N, out_channels, H, W] in -1..1; H and W are
    multiples of `multiple`.

    Args:
        depth: levels down, at least 1.
        width: channels of the first map.
        stem: whether the first map has full size.
        norm: see make_norm.
        dropout: the share of features that is dropped in training, 0..1.
        in_channels, out_channels: of the pictures.
    """

    def __init__(
        self,
        depth: int = 5,
        width: int = 64,
        stem: bool = True,
        norm: Norm = "instance",
        dropout: float = 0.5,
        in_channels: int = 3,
        out_channels: int = 3,
    ) -> None:
        super().__init__()
        if depth < 1 or width < 1:
            raise ValueError(
                f"a U-Net has at least 1 level and 1 channel, found depth {depth}, width {width}"
            )
        self.multiple = 2**depth
        widest = _WIDEST * width // 64 or width
        first = 0 if stem else 1
        maps = [in_channels, *(min(width * 2**i, widest) for i in range(depth + 1 - first))]
        self.stem = Conv(in_channels, width, 3, padding=1) if stem else None
        if stem:
            maps = maps[1:]

        self.down = nn.ModuleList()
        self.up = nn.ModuleList()
        for level in range(depth):
            into, out = maps[level], maps[level + 1]
            outermost, innermost = level == 0, level == depth - 1
            self.down.append(
                nn.Sequential(
                    nn.Identity() if outermost and not stem else nn.LeakyReLU(0.2),
                    Conv(into, out, 4, stride=2, padding=1),
                    nn.Identity() if innermost or (outermost and not stem) else make_norm(norm, out),
                )
            )
            last = outermost and not stem
            self.up.append(
                nn.Sequential(
                    nn.ReLU(),
                    UpConv(out if innermost else 2 * out, out_channels if last else into, 4, 2, 1),
                    nn.Identity() if last else make_norm(norm, into),
                    nn.Dropout(dropout) if 4 <= level < depth - 1 else nn.Identity(),
                )
            )
        self.head = nn.Sequential(nn.ReLU(), Conv(2 * width, out_channels, 3, padding=1)) if stem else None
        initialise(self)

    def forward(self, picture: Tensor) -> Tensor:
        """Paint the other kind of picture."""
        if picture.shape[-1] % self.multiple or picture.shape[-2] % self.multiple:
            raise ValueError(
                f"pictures of {picture.shape[-1]}×{picture.shape[-2]} px, expected "
                f"multiples of {self.multiple}"
            )
        maps = [picture if self.stem is None else self.stem(picture)]
        for down in self.down:
            maps.append(down(maps[-1]))
        x = maps.pop()
        for level in range(len(self.up) - 1, -1, -1):
            x = self.up[level](x)
            if level > 0 or self.head is not None:
                x = torch.cat([x, maps[level]], dim=1)
        return torch.tanh(x if self.head is None else self.head(x))


class PatchGAN(nn.Module):
    """The 70×70 discriminator: for each patch of the pair, a score for being real.

    Three 4×4 convolutions of stride 2 and two of stride 1, so that each score sees 70×70 pixels.

    Forward: pairs [N, in_channels, H, W] (input and output joined along the channels) -> scores
    [N, 1, H / 8 - 2, W / 8 - 2], before any sigmoid.
    """

    def __init__(self, width: int = 64, norm: Norm = "instance", in_channels: int = 6) -> None:
        super().__init__()
        layers: list[nn.Module] = [Conv(in_channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for into, out, stride in ((1, 2, 2), (2, 4, 2), (4, 8, 1)):
            layers += [
                Conv(into * width, out * width, 4, stride, 1),
                make_norm(norm, out * width),
                nn.LeakyReLU(0.2),
            ]
        self.layers = nn.Sequential(*layers, Conv(8 * width, 1, 4, 1, 1))
        initialise(self)

    def forward(self, pair: Tensor) -> Tensor:
        """Score each patch."""
        return self.layers(pair)


def make_generator(
    name: GeneratorName,
    width: int = 64,
    depth: int | None = None,
    norm: Norm = "instance",
    dropout: float = 0.5,
) -> UNet:
    """Make a generator by name: `unet5` (full-size first map, 5 levels) or the paper's `unet256` (8 levels).

    `depth` replaces the name's own number of levels.
    """
    return UNet(depth or LEVELS[name], width, name == "unet5", norm, dropout)


if __name__ == "__main__":
    from pix2pix.structure import main

    main()
