"""Measure the bundled checkpoint: `python -m tools.evaluate_demo --out out/demo`.

Two questions over seeds that the fit never drew, at psi 0.7: how near is a frame to the portrait that the
renderer draws from the same latent, and how often does an expression at strength 1 do what was asked. The
second is judged twice, never by the guide: by a detector of another shape and training
(checkpoints/judge.safetensors), and by the renderer, whose factors can be read from w, since the mapping is
linear: it says where exactly the landmarks of the portrait are that w stands for.
"""

import json
import logging
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from dnnlib.files import atomic_write, writable_folder
from dnnlib.pictures import save_gif, save_png
from drag.evaluate import EXPRESSIONS as FIVE
from drag.latent import directions_of
from faces.bundled import BundledDetector
from faces.expressions import EXPRESSIONS
from faces.report import report
from faces.trials import Tried, try_expression
from training.checkpoint import load_generator
from training.portraits import Factors, factors_from_latent, factors_from_scores, render
from training.portraits.landmarks import landmarks68

log = logging.getLogger(__name__)

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
PSI = 0.7
FIRST_SEED = 1000

# A seed counts as a success from this share of the way on, with no more change than this outside the mask.
ENOUGH, DRIFT_LIMIT = 0.70, 4.0
# Below this many px there is nothing to do: lips that are closed already. The judge, which errs by
# 0.8 px in an opening, cannot tell less than the second.
NOTHING, JUDGE_NOTHING = 0.5, 1.5


@dataclass(frozen=True)
class Outcome:
    """One expression on one seed, as the judge saw it: px, share of the way, 0..255, seconds.

    `naturalness` is the PSNR in dB of the last frame against the portrait that its w stands for.
    """

    seed: int
    expression: str
    before: float
    asked: float
    achieved: float
    share: float
    renderer_share: float
    renderer_way: float
    naturalness: float
    guide_share: float | None
    drift: float
    steps: int
    seconds: float
    ended: str

    @property
    def still(self) -> bool:
        """Hardly anything changed outside the mask."""
        return self.drift <= DRIFT_LIMIT

    def by_judge(self) -> bool | None:
        """Whether it succeeded by the judge; None where it can measure no way to go."""
        if abs(self.before - self.asked) < JUDGE_NOTHING:
            return None
        return self.share >= ENOUGH and self.still

    def by_renderer(self) -> bool | None:
        """Whether it succeeded by the renderer's factors; None where there was nothing to do."""
        if self.renderer_way < NOTHING:
            return None
        return self.renderer_share >= ENOUGH and self.still


def psnr_of_seed(generator: Any, seed: int) -> float:
    """PSNR in dB of a frame at psi 0.7 against the portrait drawn from the same latent."""
    z = torch.from_numpy(np.random.RandomState(seed).randn(1, generator.z_dim)).float()
    with torch.no_grad():
        frame = generator.synthesis(generator.mapping(z, truncation_psi=PSI), noise_mode="const")
    return psnr(frame, render(factors_from_latent(z, PSI), frame.shape[-1]).image)


def factors_of(generator: Any, w: Tensor) -> Factors:
    """Read the renderer's factors from w [N, w_dim]: the inverse of the demo's linear mapping."""
    dense = generator.mapping.fc0
    matrix = (dense.weight * dense.weight_gain).double()
    return factors_from_scores(torch.linalg.solve(matrix, (w - dense.bias).double().t()).t().float())


def psnr(picture: Tensor, drawn: Tensor) -> float:
    """PSNR in dB of pictures [1, 3, S, S] in -1..1."""
    return float(10 * torch.log10(4 / (picture.clamp(-1, 1) - drawn).square().mean()))


def edit_seed(network: Path, seed: int, expressions: Iterable[str], gifs: Path | None) -> list[Outcome]:
    """Run expressions at strength 1 on one seed."""
    torch.set_num_threads(1)
    generator: Any = load_generator(network)
    detector, judge = BundledDetector.load(), BundledDetector.load(CHECKPOINTS / "judge.safetensors")
    z = torch.from_numpy(np.random.RandomState(seed).randn(1, generator.z_dim)).float()
    with torch.no_grad():
        w = generator.mapping(z, truncation_psi=PSI)
        first = ((generator.synthesis(w)[0] * 127.5 + 128).clamp(0, 255)).byte().permute(1, 2, 0).numpy()
        spread = generator.mapping(
            torch.from_numpy(np.random.RandomState(0).randn(1000, generator.z_dim)).float()
        )
    directions = directions_of(spread[:, 0])
    outcomes = []
    for key in expressions:
        face = detector.detect(first)[0]
        tried = try_expression(generator, w[0], key, 1.0, face, detector, judge, directions)
        if gifs is not None:
            last = tried.states[-1].frame()
            frames = [*(step.frame() for step in tried.states), *[last] * 8]
            save_gif(gifs / f"{key}_{seed}.gif", frames, fps=12)
            save_png(gifs / f"{key}_{seed}.png", np.concatenate([first, last], axis=1))
        outcomes.append(judged(generator, w, tried, seed))
    return outcomes


def judged(generator: Any, w: Tensor, tried: Tried, seed: int) -> Outcome:
    """Add to what the judge told what the renderer's factors say."""
    size, told, last = generator.img_resolution, tried.told, tried.states[-1]
    ends = [factors_of(generator, latent[:1]) for latent in (w[0], last.w)]
    exact = [landmarks68(factors, size)[0].numpy() for factors in ends]
    true = report(tried.adjustment, exact[0], exact[1], last.frame(), last.frame())
    with torch.no_grad():
        naturalness = psnr(generator.synthesis(last.w[None]), render(ends[1], size).image)
    return Outcome(
        seed=seed,
        expression=told.expression,
        before=told.before,
        asked=told.asked,
        achieved=float("nan") if told.achieved is None else told.achieved,
        share=told.share or 0.0,
        renderer_share=true.share or 0.0,
        renderer_way=abs(true.before - true.asked),
        naturalness=naturalness,
        guide_share=told.tracked_share,
        drift=told.drift_outside_mask,
        steps=last.index,
        seconds=tried.seconds,
        ended=last.ended.value if last.ended else "",
    )


def table(outcomes: list[Outcome]) -> str:
    """Lay the outcomes out as Markdown, one row an expression."""
    lines = [
        "| expression | succeeded, by the judge | by the renderer's factors | drift within 4/255 "
        "| median share: judge, renderer | median drift | median PSNR to its own portrait "
        "| median steps | median seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for key in dict.fromkeys(outcome.expression for outcome in outcomes):
        rows = [outcome for outcome in outcomes if outcome.expression == key]
        judged = [row for row in rows if row.by_judge() is not None]
        drawn = [row for row in rows if row.by_renderer() is not None]
        shares = (
            f"{np.median([row.share for row in judged]):.2f}, "
            f"{np.median([row.renderer_share for row in drawn]):.2f}"
        )
        middle = {
            name: float(np.median([getattr(row, name) for row in rows]))
            for name in ("drift", "naturalness", "steps", "seconds")
        }
        lines.append(
            f"| {key} | {_part([bool(row.by_judge()) for row in judged])} "
            f"| {_part([bool(row.by_renderer()) for row in drawn])} | {_part([row.still for row in rows])} "
            f"| {shares} | {middle['drift']:.2f} | {middle['naturalness']:.1f} dB "
            f"| {middle['steps']:.0f} | {middle['seconds']:.1f} |"
        )
    return "\n".join(lines)


def _part(held: list[bool]) -> str:
    return f"{np.mean(held):.0%} of {len(held)}" if held else "none"


@click.command()
@click.option("--network", type=click.Path(path_type=Path), default=CHECKPOINTS / "portraits-256.safetensors")
@click.option("--seeds", default=200, show_default=True, help="How many seeds, from 1000 on.")
@click.option(
    "--expression",
    "expressions",
    multiple=True,
    type=click.Choice(list(EXPRESSIONS)),
    default=FIVE,
    show_default=True,
    help="Which; may be given several times.",
)
@click.option(
    "--gifs", default=0, show_default=True, help="For so many of the seeds, leave a GIF of each edit."
)
@click.option("--workers", default=2, show_default=True, help="Processes, of one thread each.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out/demo"), show_default=True)
def main(network: Path, seeds: int, expressions: tuple[str, ...], gifs: int, workers: int, out: Path) -> None:
    """Measure PSNR and the expressions of the bundled checkpoint over unseen seeds."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = writable_folder(out)
    numbers = range(FIRST_SEED, FIRST_SEED + seeds)
    generator = load_generator(network)
    fidelity = np.array([psnr_of_seed(generator, seed) for seed in tqdm(numbers, desc="psnr", unit="seed")])
    log.info("PSNR over %d seeds: mean %.2f dB, least %.2f dB", seeds, fidelity.mean(), fidelity.min())
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(workers) as pool:
        jobs = [
            pool.submit(edit_seed, network, seed, expressions, folder if seed - FIRST_SEED < gifs else None)
            for seed in numbers
        ]
        for job in tqdm(jobs, desc="edits", unit="seed"):
            outcomes += job.result()
    log.info("%s", table(outcomes))
    with atomic_write(folder / "demo.json") as temporary:
        figures = {"psnr": fidelity.round(3).tolist(), "outcomes": [asdict(outcome) for outcome in outcomes]}
        temporary.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
