"""Time projection beside the published code: `python -m tools.time_projection --published DIR ...`.

Both sides draw with the same weights and compare with the same distance (means of pixels: the published one's
LPIPS and VGG16 have to be fetched, and cost both sides the same). Steps alternate, so that whatever else the
machine does meets both alike; what counts is processor time.
"""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch import Tensor

from tools.published_projection import flat_means
from training.networks_stylegan2 import Generator
from training.projection_config import ProjectorConfig
from training.projection_step import as_pixels
from training.projector import project


class Means:
    """The distance that both sides take: squares of differences of means, summed."""

    def __call__(self, target: Tensor) -> Callable[[Tensor], Tensor]:
        """Prepare for a target [1, 3, H, W]."""
        wanted = flat_means(target)
        return lambda rgb: (flat_means(rgb) - wanted).square().sum()


def network(resolution: int, channel_base: int, channel_max: int) -> tuple[Generator, dict[str, Any]]:
    """Make a network of random weights, and say how the published code makes the same."""
    torch.manual_seed(0)
    synthesis = {"channel_base": channel_base, "channel_max": channel_max, "num_fp16_res": 0}
    kwargs: dict[str, Any] = {
        "z_dim": 512, "c_dim": 0, "w_dim": 512, "img_resolution": resolution, "img_channels": 3,
        "mapping_kwargs": {"num_layers": 8}, "synthesis_kwargs": synthesis,
    }  # fmt: skip
    return Generator(**kwargs).eval().requires_grad_(False), kwargs


def our_steps(generator: Generator, target: np.ndarray, stage: str, locality: bool, published: bool) -> Any:
    """Give a function that takes one step of a stage, and the processor seconds that it took.

    Args:
        generator: to project into.
        target: uint8 [H, W, 3].
        stage: "w" or "tuning".
        locality: whether tuning looks at other w besides, which the published defaults do not.
        published: whether W is sought at the full comparing size throughout, as published.
    """
    config = ProjectorConfig(w_steps=0, plus_steps=0, tuning_steps=0, seeds=0, patience=10_000)
    if stage == "w":
        config = replace(config, w_steps=1200)
    else:
        config = replace(config, tuning_steps=1200, locality=config.locality if locality else 0.0)
    if stage == "w" and published:
        config = replace(config, w_steps=3, plus_steps=1200)
    steps = project(generator, target, config, distance=Means())
    next(steps)

    def step() -> float:
        began = time.process_time()
        next(steps)
        return time.process_time() - began

    if stage == "w" and published:
        for _ in range(3):
            step()
    return step


@click.command()
@click.option(
    "--published", type=click.Path(path_type=Path, exists=True), required=True, help="Checkout of PTI."
)
@click.option(
    "--networks",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="Source of the published generator (networks.py of stylegan2-ada-pytorch); pickles hold it.",
)
@click.option("--resolution", default=256, show_default=True, help="Of the random network, px.")
@click.option("--channel-base", default=16384, show_default=True, help="Of the random network.")
@click.option("--channel-max", default=512, show_default=True, help="Of the random network.")
@click.option("--threads", default=1, show_default=True, help="Processor threads.")
@click.option(
    "--steps", default=10, show_default=True, help="Timed steps of each; one in ten looks at another w."
)
@click.option("--stage", "stages", multiple=True, type=click.Choice(["w", "tuning"]), help="By default both.")
def main(
    published: Path,
    networks: Path,
    resolution: int,
    channel_base: int,
    channel_max: int,
    threads: int,
    steps: int,
    stages: tuple[str, ...],
) -> None:
    """Print processor seconds a step of both sides, and their ratio."""
    torch.set_num_threads(threads)
    generator, kwargs = network(resolution, channel_base, channel_max)
    with torch.no_grad():
        other = generator.mapping(torch.randn(1, 512))
        target = as_pixels(generator.synthesis(other))
    rgb = torch.tensor(target).permute(2, 0, 1)[None].float() / 127.5 - 1
    click.echo(f"{resolution} px, channel_base {channel_base}, {threads} thread(s), processor seconds a step")
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "weights.pt"
        torch.save({"state": generator.state_dict(), "kwargs": kwargs, "target": rgb}, weights)
        for stage in stages or ("w", "tuning"):
            with _Published(published, networks, weights, stage, threads) as theirs:
                same = our_steps(generator, target, stage, locality=False, published=True)
                ours = our_steps(generator, target, stage, locality=True, published=False)
                rows = np.array([[theirs.step(), same(), ours()] for _ in range(steps + 1)])[1:]
            least, as_is = rows.min(axis=0), rows.mean(axis=0)
            click.echo(
                f"{stage:7} published {least[0]:.2f}, the same work here {least[1]:.2f} "
                f"({least[0] / least[1]:.1f} x); "
                f"as set here {as_is[2]:.2f} (means: {as_is[0] / as_is[2]:.1f} x)"
            )


class _Published:
    """The published side in its own process."""

    def __init__(self, pti: Path, networks: Path, weights: Path, stage: str, threads: int) -> None:
        module = Path(__file__).with_name("published_projection.py")
        command = [sys.executable, str(module), str(pti), str(networks), str(weights), stage, str(threads)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def __enter__(self) -> "_Published":
        return self

    def step(self) -> float:
        """Let it take one step; the processor seconds that it took."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # What ended it is told below.
            self._process.stdin.write("step\n")
            self._process.stdin.flush()
        while line := self._process.stdout.readline():
            try:
                return float(line)
            except ValueError:
                continue  # Something else that it says.
        assert self._process.stderr is not None
        raise click.ClickException(f"the published code ended: {self._process.stderr.read()[-500:]}")

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.communicate()


if __name__ == "__main__":
    main()
