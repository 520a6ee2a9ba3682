"""LPIPS (Zhang et al. 2018), where its weights are on this machine: `python -m training.lpips` fetches them.

Two files are needed, torchvision's VGG16 and the channel weights of LPIPS 0.1. They are looked for where
torch keeps weights, read as numbers alone, and never fetched unless that command is given.
"""

import os
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click
import torch
import torch.nn.functional as F
from torch import Tensor

from dnnlib.download import download, host_of, size_text, terminal_bar
from dnnlib.errors import EditorError
from torch_utils.errors import CheckpointError
from training.distances import FeatureDistance


class WeightFile(NamedTuple):
    """A file: its name, where it is to be had, about its size in bytes, and the start of its SHA-256."""

    name: str
    url: str
    size: int
    sha256: str = ""


FILES = (
    WeightFile(
        "vgg16-397923af.pth",
        "https://download.pytorch.org/models/vgg16-397923af.pth",
        553_433_881,
        "397923af",
    ),
    WeightFile(
        "lpips-vgg-v0.1.pth",
        "https://github.com/richzhang/PerceptualSimilarity/raw/master/lpips/weights/v0.1/vgg.pth",
        7_300,
    ),
)

# VGG16's convolutions by their place in torchvision's list; each stage gives a map, and pooling follows it.
_STAGES = ((0, 2), (5, 7), (10, 12, 14), (17, 19, 21), (24, 26, 28))
# ImageNet's mean and spread, for pictures in -1..1.
_MEAN, _SPREAD = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)


def weights_folder() -> Path:
    """Say where torch keeps weights: $TORCH_HOME/hub/checkpoints, by default under ~/.cache/torch."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("TORCH_HOME") or os.path.join(cache, "torch")
    return Path(home).expanduser() / "hub" / "checkpoints"


def missing(folder: Path | None = None) -> list[WeightFile]:
    """List the files that are not on this machine."""
    return [file for file in FILES if not ((folder or weights_folder()) / file.name).is_file()]


def load_lpips(folder: Path | None = None, device: torch.device | str = "cpu") -> FeatureDistance:
    """Read LPIPS with VGG16.

    Raises:
        CheckpointError: if a file is missing, damaged or something else.
    """
    folder = folder or weights_folder()
    network, linear = (_read(folder / file.name) for file in FILES)
    try:
        convolutions = {
            index: (
                network[f"features.{index}.weight"].to(device),
                network[f"features.{index}.bias"].to(device),
            )
            for stage in _STAGES
            for index in stage
        }
        weights = [linear[f"lin{i}.model.1.weight"].reshape(-1).to(device) for i in range(len(_STAGES))]
        for stage, weight in zip(_STAGES, weights, strict=True):
            if len(weight) != len(convolutions[stage[-1]][1]):
                raise ValueError("channels that do not fit together")
    except (KeyError, ValueError) as error:
        raise CheckpointError(f"{folder}: the weights of LPIPS do not fit together ({error})") from error
    mean = torch.tensor(_MEAN, device=device)[:, None, None]
    spread = torch.tensor(_SPREAD, device=device)[:, None, None]

    def features(rgb: Tensor) -> Sequence[Tensor]:
        x, maps = (rgb - mean) / spread, []
        for number, stage in enumerate(_STAGES):
            x = F.max_pool2d(x, 2) if number else x
            for index in stage:
                x = F.relu(F.conv2d(x, *convolutions[index], padding=1))
            maps.append(x)
        return maps

    return FeatureDistance(features, weights)


def _read(path: Path) -> dict[str, Tensor]:
    if not path.is_file():
        raise CheckpointError(f"{path}: no such file; `python -m training.lpips` fetches it")
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"{path}: is not a file of weights; delete it and fetch it again") from error
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        raise CheckpointError(f"{path}: is not a file of weights; delete it and fetch it again")
    return {name: value.float() for name, value in found.items()}


@click.command()
@click.option("--offline", is_flag=True, help="Never touch the network: only say what is missing.")
def main(offline: bool) -> None:
    """Fetch the weights of LPIPS (553 MB), where they are missing, for nearer photographs."""
    folder = weights_folder()
    for file in missing(folder):
        try:
            with terminal_bar(f"Fetching {file.name} from {host_of(file.url)}") as bar:
                download([file.url], folder / file.name, sha256=file.sha256, progress=bar, offline=offline)
        except EditorError as error:
            hint = f"put {file.name} ({size_text(file.size)}) from {file.url} into {folder} by hand"
            click.echo(f"error: {error}; or {hint}", err=True)
            sys.exit(1)
    for file in FILES:
        click.echo(folder / file.name)


if __name__ == "__main__":
    main()
