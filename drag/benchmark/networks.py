"""The networks that are timed. The one place here that knows where networks come from."""

from typing import Any

import torch

from drag.benchmark.cases import Network
from training.checkpoint import load_generator
from training.networks_stylegan2 import Generator


def open_network(network: Network) -> Any:
    """Load the checkpoint, or make random weights of full size; frozen, in eval mode, on the processor."""
    if network.checkpoint is not None:
        return load_generator(network.checkpoint)
    torch.manual_seed(0)
    return Generator(512, 0, 512, network.resolution, 3).eval().requires_grad_(False)
