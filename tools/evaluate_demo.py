"""Measure the bundled checkpoint: `python -m tools.evaluate_demo --out out/demo`.

Two questions over seeds that the fit never drew, at psi 0.7: how near is a frame to the portrait that the
renderer draws from the same latent, and how often does an expression at strength 1 do what was asked. The
second is judged by a detector that never guided an edit (checkpoints/judge.safetensors).
"""

import json
import logging
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from tqdm import tqdm

from dnnlib.files import atomic_write, writable_folder
from dnnlib.pictures import save_gif, save_png
from drag.engine import drag
from faces.adjust import plan, report
from faces.bundled import BundledDetector
from faces.expressions import EXPRESSIONS
from training.checkpoint import load_generator
from training.portraits import factors_from_latent, render

log = logging.getLogger(__name__)

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
PSI = 0.7
FIRST_SEED = 1000

# A seed counts as a success from this share of the way on, with no more change than this outside the mask.
ENOUGH, DRIFT_LIMIT = 0.70, 4.0
# Below this many px there is nothing to do: lips that are closed already.
NOTHING = 0.5


@dataclass(frozen=True)
class Outcome:
    """One expression on one seed, as the judge saw it: px, share of the way, 0..255, seconds."""

    seed: int
    expression: str
    before: float
    asked: float
    achieved: float
    share: float
    guide_share: float | None
    drift: float
    steps: int
    seconds: float
    ended: str

    @property
    def had_something_to_do(self) -> bool:
        """Whether the face was not there already."""
        return abs(self.before - self.asked) >= NOTHING

    @property
    def succeeded(self) -> bool:
        """Far enough, and hardly anything changed elsewhere."""
        far_enough = self.share >= ENOUGH or not self.had_something_to_do
        return far_enough and self.drift <= DRIFT_LIMIT


def psnr_of_seed(generator: Any, seed: int) -> float:
    """PSNR in dB of a frame at psi 0.7 against the portrait drawn from the same latent."""
    z = torch.from_numpy(np.random.RandomState(seed).randn(1, generator.z_dim)).float()
    with torch.no_grad():
        frame = generator.synthesis(generator.mapping(z, truncation_psi=PSI), noise_mode="const").clamp(-1, 1)
    drawn = render(factors_from_latent(z, PSI), frame.shape[-1]).image
    return float(10 * torch.log10(4 / (frame - drawn).square().mean()))


def edit_seed(network: Path, seed: int, expressions: Iterable[str], gifs: Path | None) -> list[Outcome]:
    """Run expressions at strength 1 on one seed."""
    torch.set_num_threads(1)
    generator: Any = load_generator(network)
    detector = BundledDetector.load()
    judge = BundledDetector.load(CHECKPOINTS / "judge.safetensors")
    z = torch.from_numpy(np.random.RandomState(seed).randn(1, generator.z_dim)).float()
    with torch.no_grad():
        w = generator.mapping(z, truncation_psi=PSI)
    outcomes = []
    for key in expressions:
        began = time.perf_counter()
        frames = []
        step = None
        adjustment = None
        image = generator.synthesis(w, noise_mode="const").clamp(-1, 1)
        first = ((image[0] + 1) * 127.5).byte().permute(1, 2, 0).numpy()
        adjustment = plan(key, 1.0, detector.detect(first)[0].landmarks, generator.image_size, detector)
        for step in drag(generator, w, adjustment.request, adjustment.config, adjustment.guides):
            if gifs is not None:
                frames.append(step.frame())
        if step is None or step.ended is None:
            raise RuntimeError(f"seed {seed}, {key}: the drag ended without saying why")
        seconds = time.perf_counter() - began
        last = step.frame()
        before, after = judge.detect(first), judge.detect(last)
        told = report(
            adjustment, before[0].landmarks, after[0].landmarks if after else None, first, last, step.points
        )
        outcomes.append(
            Outcome(
                seed, key, told.before, told.asked,
                told.achieved if told.achieved is not None else float("nan"),
                told.share if told.share is not None else 0.0,
                told.tracked_share, told.drift_outside_mask, step.index, seconds, step.ended.value,
            )
        )  # fmt: skip
        if gifs is not None:
            save_gif(gifs / f"{key}_{seed}.gif", [*frames, *[last] * 8], fps=12)
            save_png(gifs / f"{key}_{seed}.png", np.concatenate([first, last], axis=1))
    return outcomes


def table(outcomes: list[Outcome]) -> str:
    """Lay the outcomes out as Markdown, one row an expression."""
    lines = [
        "| expression | seeds with something to do | of these moved 70 % or more | drift within 4/255 | both "
        "(all seeds) | median share | median drift | median steps | median seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for key in dict.fromkeys(outcome.expression for outcome in outcomes):
        rows = [outcome for outcome in outcomes if outcome.expression == key]
        busy = [row for row in rows if row.had_something_to_do]
        moved = np.mean([row.share >= ENOUGH for row in busy]) if busy else 1.0
        still = np.mean([row.drift <= DRIFT_LIMIT for row in rows])
        both = np.mean([row.succeeded for row in rows])
        middle = {
            name: float(np.median([getattr(row, name) for row in (busy or rows)]))
            for name in ("share", "drift", "steps", "seconds")
        }
        lines.append(
            f"| {key} | {len(busy)} of {len(rows)} | {moved:.0%} | {still:.0%} | {both:.0%} "
            f"| {middle['share']:.2f} "
            f"| {middle['drift']:.2f} | {middle['steps']:.0f} | {middle['seconds']:.1f} |"
        )
    return "\n".join(lines)


@click.command()
@click.option("--network", type=click.Path(path_type=Path), default=CHECKPOINTS / "portraits-256.safetensors")
@click.option("--seeds", default=200, show_default=True, help="How many seeds, from 1000 on.")
@click.option("--expression", "expressions", multiple=True, type=click.Choice(list(EXPRESSIONS)))
@click.option(
    "--gifs", default=0, show_default=True, help="For so many of the seeds, leave a GIF of each edit."
)
@click.option("--workers", default=2, show_default=True, help="Processes, of one thread each.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out/demo"), show_default=True)
def main(network: Path, seeds: int, expressions: tuple[str, ...], gifs: int, workers: int, out: Path) -> None:
    """Measure PSNR and the expressions of the bundled checkpoint over unseen seeds."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = writable_folder(out)
    keys = expressions or tuple(EXPRESSIONS)
    numbers = range(FIRST_SEED, FIRST_SEED + seeds)
    generator = load_generator(network)
    psnr = np.array([psnr_of_seed(generator, seed) for seed in tqdm(numbers, desc="psnr", unit="seed")])
    log.info("PSNR over %d seeds: mean %.2f dB, least %.2f dB", seeds, psnr.mean(), psnr.min())
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(workers) as pool:
        jobs = [
            pool.submit(edit_seed, network, seed, keys, folder if seed - FIRST_SEED < gifs else None)
            for seed in numbers
        ]
        for job in tqdm(jobs, desc="edits", unit="seed"):
            outcomes += job.result()
    log.info("%s", table(outcomes))
    with atomic_write(folder / "demo.json") as temporary:
        figures = {"psnr": psnr.round(3).tolist(), "outcomes": [asdict(outcome) for outcome in outcomes]}
        temporary.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
