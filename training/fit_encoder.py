"""Train an encoder for a generator: `python -m training.fit_encoder --network FILE --out FILE`.

The pairs come from the generator itself: a w, its picture, and the picture spoilt as photographs are (light,
colour, blur, noise, JPEG, a covered patch, a pixel of shift). For the bundled checkpoint most pictures are
drawn by the renderer, which knows the same latents, is cheaper, and shows expressions far from the middle.

An error of w counts by what it does to the picture: its square in the directions of w, and the mean square
change of the picture that goes with it, to first order.
"""

import dataclasses
import io
import json
import logging
import math
import time
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write, writable_folder
from dnnlib.options import check_options, click_options, from_kwargs, option
from training.checkpoint import load_generator
from training.encoder import INPUT_SIZE, Encoder, save_encoder
from training.generator import GeneratorBase
from training.portraits import Z_DIM, factors_from_scores, render
from training.portraits.stream import sample_scores

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
# Pairs.


def draws_portraits(generator: GeneratorBase) -> bool:
    """Whether a generator's latents are the renderer's: one linear layer from z (see fit_portraits)."""
    mapping = generator.mapping
    return generator.z_dim == Z_DIM and mapping.num_layers == 1 and generator.c_dim == 0


@torch.no_grad()
def pairs(
    generator: GeneratorBase, options: EncoderOptions, random: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Make a batch: pictures [N, 3, 128, 128] in -1..1, and the w [N, w_dim] of each."""
    count = options.batch
    if not draws_portraits(generator):
        z = torch.randn([count, generator.z_dim], generator=random)
        psi = 0.4 + 0.7 * torch.rand([count, 1], generator=random)
        c = torch.zeros(count, generator.c_dim)
        w = generator.mapping.w_avg.lerp(generator.mapping(z, c)[:, 0], psi)
        return picture(generator, w), w
    scores = sample_scores(count, random)
    dense: Any = generator.mapping.get_submodule("fc0")
    w = dense.bias + scores @ (dense.weight * dense.weight_gain).t()
    own = count - round(options.drawn * count)
    drawn = render(factors_from_scores(scores[own:]), INPUT_SIZE).image
    return torch.cat([picture(generator, w[:own]), drawn]), w


def picture(generator: GeneratorBase, w: Tensor) -> Tensor:
    """Draw w [N, w_dim] at the size that the encoder reads."""
    ws = w[:, None].expand(-1, generator.num_ws, -1)
    size = min(generator.img_resolution, INPUT_SIZE)
    rgb = generator.taps(ws, rgb_resolution=size).rgb
    if rgb is None:
        raise ValueError("no picture")
    return F.interpolate(rgb, size=(INPUT_SIZE, INPUT_SIZE), mode="bilinear", antialias=True)


def spoil(rgb: Tensor, random: torch.Generator) -> Tensor:
    """Do to pictures [N, 3, S, S] what cameras and files do."""
    n, size = len(rgb), rgb.shape[-1]

    def some(share: float) -> Tensor:
        return (torch.rand([n, 1, 1, 1], generator=random) < share).float()

    def normal(channels: int = 1) -> Tensor:
        return torch.randn([n, channels, 1, 1], generator=random)

    dx, dy = torch.randint(-1, 2, [2], generator=random).tolist()
    rgb = F.pad(rgb, (1, 1, 1, 1), mode="replicate")[..., 1 + dy : size + 1 + dy, 1 + dx : size + 1 + dx]
    grey = rgb.mean(dim=1, keepdim=True)
    rgb = grey + (rgb - grey) * (1 + 0.15 * normal()).clamp(0.3, 2)
    rgb = rgb * torch.exp(0.12 * normal() + 0.03 * normal(3)) + 0.07 * normal() + 0.03 * normal(3)
    # Light from one side.
    line = torch.linspace(-1, 1, size)
    rgb = rgb + 0.12 * some(0.4) * (normal() * line[None, None, None] + normal() * line[None, None, :, None])
    small = int(torch.randint(size // 3, size, [], generator=random))
    blurred = F.interpolate(
        F.interpolate(rgb, size=(small, small), mode="area"), size=(size, size), mode="bilinear"
    )
    rgb = torch.lerp(rgb, blurred, some(0.4))
    noise = torch.randn(rgb.shape, generator=random)
    rgb = rgb + 0.08 * some(0.4) * torch.rand([n, 1, 1, 1], generator=random) * noise
    centre = torch.rand([n, 2, 1], generator=random)
    half = 0.03 + 0.1 * torch.rand([n, 2, 1], generator=random)
    inside = ((torch.linspace(0, 1, size) - centre).abs() < half).float()
    patch = (inside[:, 0, :, None] * inside[:, 1, None, :])[:, None] * some(0.2)
    rgb = torch.lerp(rgb, normal(3).clamp(-1, 1).expand_as(rgb), patch).clamp(-1, 1)
    return torch.stack([_jpeg(one, random) for one in rgb])


def _jpeg(rgb: Tensor, random: torch.Generator) -> Tensor:
    """Write every third picture as a JPEG of some quality, and read it again."""
    if float(torch.rand([], generator=random)) > 1 / 3:
        return rgb
    quality = int(torch.randint(25, 95, [], generator=random))
    pixels = (rgb * 127.5 + 128).clamp(0, 255).byte().permute(1, 2, 0).contiguous().numpy()
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    back = np.array(Image.open(file), dtype=np.float32)
    return torch.from_numpy(back / 127.5 - 1).permute(2, 0, 1)


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
        rgb, w = pairs(self.generator, options, random)
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
        rgb, _ = pairs(self.generator, dataclasses.replace(self.options, batch=count), random)
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
