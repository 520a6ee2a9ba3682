"""Answers about the inside of the network."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Layer:
    """Features of the picture shown, as a picture. Of these only the newest counts.

    Attributes:
        picture: uint8 [H, W, 3].
        block: whose features they are.
        shape: of the features: channels, height, width.
        margin: how many cells of them on each side lie beyond the picture (StyleGAN3).
        extent: the least and the greatest value.
    """

    epoch: int
    picture: npt.NDArray[np.uint8]
    block: int
    shape: tuple[int, int, int]
    margin: int
    extent: tuple[float, float]


News = Layer
