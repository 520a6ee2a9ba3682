"""Fit the bundled StyleGAN2 generator to the drawn portraits: `python -m training.fit_portraits --out FILE`.

A latent determines its portrait, so no adversary is needed: the generator is fitted by regression, on
pictures and on their gradients, from 32 over 64 and 128 to 256 px (the skip branch gives a picture at every
size). The mapping is one linear layer from z to a w of the same width: every w is a portrait, and a straight
line in w changes the factors along a straight line, which is what keeps edits in w natural.
"""

import copy
import csv
import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import torch
from torch import Tensor
from tqdm import tqdm

from dnnlib.files import atomic_write
from training.checkpoint import save_generator
from training.networks_stylegan2 import Generator
from training.portraits import Z_DIM, factors_from_latent, render
from training.portraits.stream import Pairs, PortraitStream

log = logging.getLogger(__name__)

INIT_KWARGS: dict[str, Any] = {
    "z_dim": Z_DIM, "c_dim": 0, "w_dim": Z_DIM, "img_resolution": 256, "img_channels": 3,
    "mapping_kwargs": {"num_layers": 1, "activation": "linear", "lr_multiplier": 1.0},
    "channel_base": 4096, "channel_max": 256, "num_fp16_res": 0, "conv_clamp": None,
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A stretch of the fit: the size in px, how many pictures, the batch, the step size at its start and
    its end.
    """

    size: int
    pictures: int
    batch: int
    lr: float
    lr_end: float
    repeats: int = 1


STAGES = (
    Stage(32, 40_000, 8, 2.0e-2, 1.5e-2),
    Stage(64, 16_000, 8, 1.5e-2, 1.0e-2),
    Stage(128, 16_000, 8, 1.0e-2, 6.0e-3, repeats=2),
    Stage(256, 44_000, 8, 6.0e-3, 2.0e-4, repeats=3),
)


class Fit:
    """Network, average of the network, optimiser and random state: all that a checkpoint holds."""

    def __init__(self, seed: int, half: bool) -> None:
        torch.manual_seed(seed)
        self.network = Generator(**INIT_KWARGS).train()
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        # A portrait has no noise in it: its strengths stay at 0.
        learned = [p for name, p in self.network.named_parameters() if not name.endswith("noise_strength")]
        self.optimiser = torch.optim.Adam(learned, lr=1e-3, betas=(0.9, 0.99), fused=True)
        self.random = torch.Generator().manual_seed(seed)
        self.half = half
        self.stage = 0
        self.seen = 0

    def step(self, pairs: Pairs, size: int, lr: float) -> float:
        """One update at a size; returns the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = lr
        ws = self._latents(self.network, pairs)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            rgb = picture(self.network, ws, size)
        loss = portrait_loss(rgb.float(), pairs)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self._follow(0.998 if self.seen > 20_000 else 0.99)
        return float(loss.detach())

    def _latents(self, network: Generator, pairs: Pairs) -> Tensor:
        """W of each pair, truncated by its own psi about the mapping's bias, which is the mean of a linear
        mapping.
        """
        centre = network.mapping.get_parameter("fc0.bias")
        return centre + pairs.psi[:, :, None] * (network.mapping(pairs.z) - centre)

    @torch.no_grad()
    def _follow(self, decay: float) -> None:
        for kept, new in zip(self.average.parameters(), self.network.parameters(), strict=True):
            kept.lerp_(new, 1 - decay)
        self.average.mapping.w_avg.copy_(self.average.mapping.get_parameter("fc0.bias"))

    @torch.no_grad()
    def psnr(self, size: int, count: int = 32, psi: float = 0.7) -> float:
        """Mean PSNR in dB of the averaged network against the renderer on seeds that the fit never draws."""
        z = torch.randn([count, Z_DIM], generator=torch.Generator().manual_seed(10_000_019))
        drawn = render(factors_from_latent(z, psi), size).image
        rgb = picture(self.average, self.average.mapping(z, truncation_psi=psi), size)
        error = (rgb.clamp(-1, 1) - drawn).square().mean(dim=(1, 2, 3))
        return float((10 * torch.log10(4 / error)).mean())

    def save(self, path: Path) -> None:
        """Write everything that going on needs."""
        state = {
            "network": self.network.state_dict(), "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(), "random": self.random.get_state(),
            "stage": self.stage, "seen": self.seen,
        }  # fmt: skip
        with atomic_write(path) as temporary:
            torch.save(state, temporary)

    def load(self, path: Path) -> None:
        """Go on from a file that `save` wrote."""
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.random.set_state(state["random"])
        self.stage, self.seen = state["stage"], state["seen"]


def picture(network: Generator, ws: Tensor, size: int) -> Tensor:
    """The skip branch's picture [N, 3, size, size] for ws; noise is left out, for a portrait has none."""
    rgb = network.taps(ws, rgb_resolution=size, noise_mode="none").rgb
    if rgb is None:
        raise ValueError(f"no picture of {size} px")
    return rgb


def portrait_loss(rgb: Tensor, pairs: Pairs) -> Tensor:
    """Weighted L1 on the pictures [N, 3, S, S] plus L1 on their horizontal and vertical differences."""
    error = rgb - pairs.image
    weight = pairs.weight
    across = (error[..., :, 1:] - error[..., :, :-1]).abs() * weight[..., :, 1:]
    down = (error[..., 1:, :] - error[..., :-1, :]).abs() * weight[..., 1:, :]
    return (error.abs() * weight).mean() + across.mean() + down.mean()


def halve(pairs: Pairs) -> Pairs:
    """The same pairs at half the size."""
    pool = torch.nn.functional.avg_pool2d
    return pairs._replace(image=pool(pairs.image, 2), weight=pool(pairs.weight, 2))


def fit(state: Fit, stages: tuple[Stage, ...], folder: Path, minutes: float) -> None:
    """Run the stages that are left, with a bar, a log and a checkpoint every few minutes."""
    ends = time.monotonic() + minutes * 60
    while state.stage < len(stages):
        stage = stages[state.stage]
        stream = PortraitStream(stage.size, stage.batch, state.random, stage.repeats)
        saved = time.monotonic()
        bar = tqdm(
            total=stage.pictures, initial=state.seen, unit="img", desc=f"{stage.size} px", mininterval=5
        )
        for turn, pairs in enumerate(stream):
            share = state.seen / stage.pictures
            warm = min(1.0, (turn + 1) / 50)
            lr = stage.lr_end + (stage.lr - stage.lr_end) * (1 + math.cos(math.pi * min(share, 1))) / 2
            # One step in four is made at half the size, which keeps the skip branch's smaller picture true.
            if turn % 4 == 3:
                loss = state.step(halve(pairs), stage.size // 2, lr * warm)
            else:
                loss = state.step(pairs, stage.size, lr * warm)
            state.seen += stage.batch
            bar.update(stage.batch)
            done, over = state.seen >= stage.pictures, time.monotonic() > ends
            if done or over or time.monotonic() - saved > 180:
                saved = time.monotonic()
                psnr = state.psnr(stage.size)
                bar.set_postfix(loss=f"{loss:.4f}", psnr=f"{psnr:.2f}")
                with (folder / "log.csv").open("a", newline="") as file:
                    csv.writer(file).writerow(
                        [stage.size, state.seen, f"{loss:.5f}", f"{psnr:.3f}", f"{lr:.6f}"]
                    )
                state.save(folder / "latest.pt")
            if done or over:
                break
        bar.close()
        if state.seen < stage.pictures:
            log.warning("time is up at %d px, %d of %d pictures", stage.size, state.seen, stage.pictures)
            return
        state.stage, state.seen = state.stage + 1, 0


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The .safetensors file to write.")
@click.option(
    "--work",
    type=click.Path(path_type=Path),
    default=Path("out/fit_portraits"),
    help="Log and checkpoints; an existing run there goes on.",
)
@click.option("--seed", default=0, help="Seed of the weights and of the portraits drawn.")
@click.option("--minutes", default=600.0, help="Stop after so many minutes; the same command goes on later.")
@click.option("--half/--full", default=True, help="bfloat16 where the processor has it, or float32.")
def main(out: Path, work: Path, seed: int, minutes: float, half: bool) -> None:
    """Fit the demo generator and write it as .safetensors (weights in float16)."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    work.mkdir(parents=True, exist_ok=True)
    state = Fit(seed, half)
    if (work / "latest.pt").exists():
        state.load(work / "latest.pt")
    fit(state, STAGES, work, minutes)
    metadata = {
        "title": "Drawn portraits (demo)", "detector": "bundled", "license": "CC0-1.0",
        "made_by": "python -m training.fit_portraits", "psnr_256": f"{state.psnr(256):.2f}",
    }  # fmt: skip
    save_generator(out, state.average, metadata, half=True)
    log.info("wrote %s", out)


if __name__ == "__main__":
    main()
