"""Time the drag engine: `python -m tools.time_drag`; seconds a step by handles, preset and network.

Without a network it times random weights of the given size, which cost what trained ones cost.
"""

import time
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch

from drag.session import DragSession
from drag.types import DragConfig, DragRequest, Generator
from training.checkpoint import load_generator
from training.networks_stylegan2 import Generator as StyleGAN2

HANDLES = (1, 5, 20, 68)


@click.command()
@click.option("--network", type=click.Path(path_type=Path), help="A checkpoint to time instead.")
@click.option("--resolution", default=256, show_default=True, help="Of the random network, px.")
@click.option("--channel-base", default=4096, show_default=True, help="Of the random network.")
@click.option("--channel-max", default=256, show_default=True, help="Of the random network.")
@click.option("--threads", default=1, show_default=True, help="Processor threads.")
@click.option("--steps", default=8, show_default=True, help="Timed steps of each kind.")
def main(
    network: Path | None, resolution: int, channel_base: int, channel_max: int, threads: int, steps: int
) -> None:
    """Print the least processor seconds of a step for each preset and number of handles."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    if network is None:
        sizes: dict[str, Any] = {"channel_base": channel_base, "channel_max": channel_max}
        generator: Any = StyleGAN2(512, 0, 512, resolution, 3, **sizes).eval().requires_grad_(False)
    else:
        generator = load_generator(network)
    w = generator.mapping(torch.randn(1, generator.z_dim))
    click.echo(f"{'preset':10} " + " ".join(f"{n:>3} handles" for n in HANDLES) + "   68 against 1")
    for preset in (DragConfig.paper(), DragConfig.published()):
        sessions = [_session(generator, w, count, preset) for count in HANDLES]
        seconds = _least_seconds(sessions, steps)
        line = " ".join(f"{1000 * value:8.0f} ms" for value in seconds)
        click.echo(f"{preset.preset:10} {line}   {seconds[-1] / seconds[0]:9.2f} ×")


def _session(generator: Generator, w: torch.Tensor, count: int, config: DragConfig) -> DragSession:
    """Start a drag with handles all over the middle of the picture."""
    random = np.random.default_rng(0)
    height, width = generator.image_size
    points = random.uniform(0.2, 0.8, (count, 2)) * (width, height)
    targets = points + random.normal(0, 0.05, (count, 2)) * (width, height)
    session = DragSession(generator, w, DragRequest(points, targets.clip(0, (width - 1, height - 1))), config)
    session.step()
    return session


def _least_seconds(sessions: list[DragSession], steps: int) -> list[float]:
    """Step all drags in turn, so that whatever else the machine does meets them alike."""
    taken = np.zeros((steps, len(sessions)))
    for index in range(steps):
        for column, session in enumerate(sessions):
            start = time.process_time()
            session.step()
            taken[index, column] = time.process_time() - start
    return [float(value) for value in taken.min(axis=0)]


if __name__ == "__main__":
    main()
