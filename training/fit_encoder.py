"""Train an encoder for a generator: `python -m training.fit_encoder --network FILE --out FILE`.

The pairs come from the generator itself: a w, its picture, and the picture spoilt as photographs are (light,
colour, blur, noise, JPEG, a covered patch, a pixel of shift). For the bundled checkpoint most pictures are
drawn by the renderer, which knows the same latents, is cheaper, and shows expressions far from the middle.

An error of w counts by what it does to the picture: its square in the directions of w, and the mean square
change of the picture that goes with it, to first order.
"""

import dataclasses
import json
import logging
import math
import time
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write, writable_folder
from dnnlib.options import check_options, click_options, from_kwargs, option
from training.checkpoint import load_generator
from training.encoder import Encoder, save_encoder
from training.encoder_pairs import pairs, picture, spoil
from training.generator import GeneratorBase

log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class EncoderOptions:
    """How an encoder is trained."""

    pictures: int = option(160_000, "pictures to learn from, each seen once", unit="pictures", low=1)
    batch: int = option(16, "pictures in a step", unit="pictures", low=1, high=256)
    rate: float = option(1e-3, "step size of AdamW at its highest", low=1e-6, high=0.1)
    drawn: float = option(
        0.8, "share of drawn portraits, where the generator is one of them", low=0.0, high=1.0
    )
    spoilt: float = option(0.6, "share of pictures that are spoilt as photographs are", low=0.0, high=1.0)
    seed: int = option(0, "seed of weights, latents and spoiling", low=0)
    threads: int = option(1, "processor threads", low=1)

    def __post_init__(self) -> None:
        """Check the bounds."""
        check_options(self)


# ----------------------------------------------------------------------------
# What an error costs.


@torch.no_grad()
def spread_of(generator: GeneratorBase) -> tuple[Tensor, Tensor]:
    """Find the mean of w [w_dim] and the directions in which it spreads [w_dim, w_dim], one a row."""
    z = torch.from_numpy(np.random.RandomState(0).randn(4000, generator.z_dim)).float()
    w = generator.mapping(z, torch.zeros(len(z), generator.c_dim))[:, 0].double()
    centred = w - w.mean(dim=0)
    variances, axes = torch.linalg.eigh(centred.t() @ centred / (len(w) - 1))
    return w.mean(dim=0).float(), (axes * variances.clamp(min=0).sqrt()).t().flip(0).float()


@torch.no_grad()
def visible(generator: GeneratorBase, centre: Tensor, directions: Tensor, samples: int = 6) -> Tensor:
    """Learn how much a step along two directions changes the picture: their mean product [w_dim, w_dim].

    A step of 0.3 standard deviations, at 64 px, averaged over pictures and scaled to a mean diagonal of 1.
    """
    random = torch.Generator().manual_seed(1)
    total = torch.zeros(len(directions), len(directions))
    for _ in range(samples):
        w = centre + 0.7 * torch.randn([1, len(directions)], generator=random) @ directions
        stepped = torch.cat([w, w + 0.3 * directions])
        ws = stepped[:, None].expand(-1, generator.num_ws, -1)
        frames = [
            generator.taps(part, rgb_resolution=min(64, generator.img_resolution)).rgb
            for part in ws.split(16)
        ]
        flat = torch.cat([frame for frame in frames if frame is not None]).flatten(1)
        change = flat[1:] - flat[:1]
        total += change @ change.t()
    return total / total.diagonal().mean().clamp(min=1e-12)


# ----------------------------------------------------------------------------
# The training.


class Training:
    """Network, its average, optimiser and the count of pictures seen: all that a checkpoint holds."""

    def __init__(self, generator: GeneratorBase, options: EncoderOptions) -> None:
        torch.manual_seed(options.seed)
        self.generator, self.options = generator, options
        self.encoder = Encoder(generator.w_dim)
        centre, directions = spread_of(generator)
        self.encoder.centre.copy_(centre)
        self.encoder.directions.copy_(directions)
        self.encoder = self.encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = torch.optim.swa_utils.AveragedModel(
            self.encoder, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.998)
        )
        self.optimiser = torch.optim.AdamW(self.encoder.parameters(), lr=options.rate, weight_decay=0.01)
        self.visible = visible(generator, centre, directions)
        self.back = torch.linalg.pinv(directions.double()).float()
        self.seen = 0

    def step(self) -> float:
        """Learn from one batch; returns the loss."""
        options = self.options
        random = torch.Generator().manual_seed(options.seed * 1_000_003 + self.seen)
        share = self.seen / options.pictures
        rate = options.rate * min(1.0, share / 0.02 + 0.01) * 0.5 * (1 + math.cos(math.pi * min(share, 1)))
        for group in self.optimiser.param_groups:
            group["lr"] = max(rate, 1e-6)
        rgb, w = pairs(self.generator, options.batch, options.drawn, random)
        is_spoilt = torch.rand(len(rgb), generator=random) < options.spoilt
        rgb = torch.where(is_spoilt[:, None, None, None], spoil(rgb, random), rgb)
        loss = self.loss(self.encoder, rgb, w)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        self.optimiser.step()
        self.average.update_parameters(self.encoder)
        self.seen += len(rgb)
        return float(loss.detach())

    def loss(self, encoder: Encoder, rgb: Tensor, w: Tensor) -> Tensor:
        """Weigh the error of w, in standard deviations, by itself and by what is seen of it."""
        error = encoder.shift(rgb) - (w - self.encoder.centre) @ self.back
        return error.square().mean() + ((error @ self.visible) * error).mean()

    @torch.no_grad()
    def check(self, count: int = 64) -> float:
        """Measure on pictures never learnt from: PSNR in dB of the picture of the w found, at 128 px."""
        random = torch.Generator().manual_seed(10_000_019)
        rgb, _ = pairs(self.generator, count, self.options.drawn, random)
        found = picture(self.generator, self.average.module(rgb))
        error = (found.clamp(-1, 1) - rgb).square().mean(dim=(1, 2, 3))
        return float((10 * torch.log10(4 / error)).mean())

    def save(self, path: Path) -> None:
        """Write everything that going on needs."""
        state = {
            "encoder": self.encoder.state_dict(), "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(), "seen": self.seen,
            "options": json.dumps(dataclasses.asdict(self.options)),
            "generator": self.generator.source_sha256,
        }  # fmt: skip
        with atomic_write(path) as temporary:
            torch.save(state, temporary)

    def load(self, path: Path) -> None:
        """Go on from a file that `save` wrote.

        Raises:
            EditorError: if it belongs to other options or another generator.
        """
        state = torch.load(path, weights_only=True)
        own = json.dumps(dataclasses.asdict(self.options)), self.generator.source_sha256
        if (state["options"], state["generator"]) != own:
            raise EditorError(f"{path}: begun with other options or another network; delete it to start anew")
        self.encoder.load_state_dict(state["encoder"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.seen = state["seen"]


def fit(network: Path, out: Path, options: EncoderOptions, minutes: float) -> float:
    """Train, with a bar and a checkpoint every few minutes, and write the encoder; returns its PSNR in dB."""
    writable_folder(out.parent)
    torch.set_num_threads(options.threads)
    generator = load_generator(network)
    training, state_file = Training(generator, options), out.with_suffix(".state")
    if state_file.is_file():
        training.load(state_file)
    ends, saved = time.monotonic() + 60 * minutes, time.monotonic()
    losses: list[float] = []
    with tqdm(total=options.pictures, initial=training.seen, unit="img", desc=out.name, mininterval=5) as bar:
        while training.seen < options.pictures and time.monotonic() < ends:
            losses.append(training.step())
            bar.update(options.batch)
            if time.monotonic() - saved > 180:
                saved = time.monotonic()
                training.save(state_file)
                bar.write(f"{training.seen}: loss {np.mean(losses[-100:]):.4f} psnr {training.check():.2f}")
    training.save(state_file)
    psnr = training.check(200)
    metadata = {
        "title": f"Encoder for {generator.metadata.get('title', network.stem)}",
        "license": generator.metadata.get("license", ""),
        "training": json.dumps({**dataclasses.asdict(options), "seen": training.seen}),
        "psnr_128": f"{psnr:.2f}",
    }
    module: Any = training.average.module
    save_encoder(out, module, generator.source_sha256, metadata)
    return psnr


@click.command()
@click.option("--network", type=click.Path(path_type=Path), required=True, help="The generator's checkpoint.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The .safetensors file to write.")
@click.option("--minutes", default=600.0, help="Stop after so many minutes; the same command goes on later.")
@click_options(EncoderOptions)
def main(network: Path, out: Path, minutes: float, **chosen: Any) -> None:
    """Train an encoder; an unfinished run beside the file is gone on with."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        psnr = fit(network, out, from_kwargs(EncoderOptions, chosen), minutes)
    except EditorError as error:
        raise click.ClickException(str(error)) from error
    log.info("wrote %s; %.2f dB on pictures never seen", out, psnr)


if __name__ == "__main__":
    main()
