"""Measure expressions on the bundled checkpoint: `python -m tools.expression_figures --seeds 20`.

For each expression at strength 1, over seeds that the fit never drew, at psi 0.7: what was asked and achieved
by the bundled detector, and by the renderer, whose factors can be read from w exactly; how much changed
outside the mask; how it ended. With --amounts: how evenly an edit grows when its amount is moved afterwards,
on the straight line from its start to its end, and along the way that the optimiser took.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from tqdm import tqdm

from dnnlib.files import atomic_write, writable_folder
from drag.engine import drag
from drag.latent import directions_of
from drag.path import EditPath
from faces.adjust import plan
from faces.bundled import BundledDetector
from faces.expressions import EXPRESSIONS
from faces.report import report
from tools.evaluate_demo import CHECKPOINTS, FIRST_SEED, PSI, factors_of
from training.checkpoint import load_generator
from training.portraits.landmarks import landmarks68

_AMOUNTS = (0.1, 0.25, 0.5, 0.75, 0.9)


class Measurer:
    """Edits seeds of the bundled checkpoint."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self._generator: Any = load_generator(CHECKPOINTS / "portraits-256.safetensors")
        self._detector = BundledDetector.load()
        z = np.random.RandomState(0).randn(1000, self._generator.z_dim)
        self._directions = directions_of(self._w(z, 1.0)[:, 0])

    def measure(self, key: str, seed: int) -> dict[str, Any]:
        """Do an expression to a seed; give its figures."""
        generator, detector = self._generator, self._detector
        w = self._w(np.random.RandomState(seed).randn(1, generator.z_dim), PSI)
        with torch.no_grad():
            first = (generator.synthesis(w)[0] * 127.5 + 128).clamp(0, 255).byte().permute(1, 2, 0).numpy()
        landmarks = detector.detect(first)[0].landmarks
        adjustment = plan(key, 1.0, landmarks, generator.image_size, detector)
        found = drag(generator, w, adjustment.request, adjustment.config, adjustment.guides, self._directions)
        steps = [step for step in found if step.best or step.ended is not None]
        last, seen = steps[-1].frame(), detector.detect(steps[-1].frame())
        told = report(adjustment, landmarks, seen[0].landmarks if seen else None, first, last)
        start, end = self._drawn(steps[0].w), self._drawn(steps[-1].w)
        true = report(adjustment, start, end, first, last)
        path = EditPath.of(
            [step.index for step in steps],
            [step.w.numpy() for step in steps],
            [step.points for step in steps],
            adjustment.request.targets,
        )
        return {
            "expression": key, "seed": seed, "before": told.before, "asked": told.asked,
            "achieved": told.achieved, "share": told.share, "renderer_share": true.share,
            "drift": told.drift_outside_mask, "steps": steps[-1].index,
            "ended": steps[-1].ended.value if steps[-1].ended else "",
            "straight": [self._grown(key, path, w) for w in _straight(path)],
            "along": [self._grown(key, path, w) for w in _along(path)],
        }  # fmt: skip

    def _w(self, z: np.ndarray, psi: float) -> torch.Tensor:
        with torch.no_grad():
            found: torch.Tensor = self._generator.mapping(torch.from_numpy(z).float(), truncation_psi=psi)
        return found

    def _drawn(self, w: torch.Tensor | np.ndarray) -> np.ndarray:
        """Read the landmarks [68, 2] of the portrait that w [num_ws, w_dim] stands for."""
        factors = factors_of(self._generator, torch.tensor(np.array(w))[:1])
        return landmarks68(factors, self._generator.img_resolution)[0].numpy()

    def _grown(self, key: str, path: EditPath, w: np.ndarray) -> float:
        """Measure what share of an edit's whole effect is there at a w."""
        measure = EXPRESSIONS[key].measure
        before, after = measure(self._drawn(path.ws[0])), measure(self._drawn(path.ws[-1]))
        return (
            (measure(self._drawn(w)) - before) / (after - before)
            if abs(after - before) > 0.3
            else float("nan")
        )


def _straight(path: EditPath) -> Iterator[np.ndarray]:
    """Give w at shares of the straight line from the start to the end."""
    for amount in _AMOUNTS:
        yield path.ws[0] + np.float32(amount) * (path.ws[-1] - path.ws[0])


def _along(path: EditPath) -> Iterator[np.ndarray]:
    """Give w at shares of the length of the way that the optimiser took."""
    ways = np.linalg.norm(np.diff(path.ws, axis=0), axis=(1, 2))
    marks = np.concatenate([[0.0], np.cumsum(ways)])
    for amount in _AMOUNTS:
        yield path.w_at(float(np.interp(amount * marks[-1], marks, np.arange(len(marks)))))


def table(rows: list[dict[str, Any]]) -> str:
    """Lay the figures out as Markdown, medians over seeds."""
    lines = [
        "| expression | before, asked, achieved | share by the detector | share by the renderer "
        "| 70 % and more, by the renderer | outside the mask | steps | ended |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for key in dict.fromkeys(row["expression"] for row in rows):
        mine = [row for row in rows if row["expression"] == key]
        unit = EXPRESSIONS[key].measured.unit

        def middle(name: str, mine: list[dict[str, Any]] = mine) -> float:
            return float(np.median([row[name] for row in mine if row[name] is not None]))

        enough = sum(row["renderer_share"] >= 0.7 for row in mine)
        ends = ", ".join(
            f"{word} {count}" for word, count in Counter(row["ended"] for row in mine).most_common()
        )
        lines.append(
            f"| {key} | {middle('before'):.1f}, {middle('asked'):.1f}, {middle('achieved'):.1f} {unit} "
            f"| {middle('share'):.2f} | {middle('renderer_share'):.2f} | {enough} of {len(mine)} "
            f"| {middle('drift'):.1f} | {middle('steps'):.0f} | {ends} |"
        )
    return "\n".join(lines)


def amounts(rows: list[dict[str, Any]]) -> str:
    """Lay out how an edit grows with its amount: medians, and how often more of it was less."""
    lines = [
        f"| expression | {' | '.join(map(str, _AMOUNTS))} | goes back |",
        "|---" * (len(_AMOUNTS) + 2) + "|",
    ]
    for key in dict.fromkeys(row["expression"] for row in rows):
        for name in ("straight", "along"):
            grown = np.array([row[name] for row in rows if row["expression"] == key], np.float64)
            grown = grown[np.isfinite(grown).all(axis=1)]
            if len(grown) == 0:
                continue
            back = int((np.diff(grown, axis=1) < -0.01).any(axis=1).sum())
            shares = " | ".join(f"{share:.2f}" for share in np.median(grown, axis=0))
            lines.append(f"| {key}, {name} | {shares} | {back} of {len(grown)} |")
    return "\n".join(lines)


@click.command(help=__doc__.splitlines()[0] if __doc__ else None)
@click.option("--seeds", default=20, show_default=True, help="How many seeds, from 1000 on.")
@click.option("--expression", "expressions", multiple=True, type=click.Choice(list(EXPRESSIONS)))
@click.option("--amounts", "with_amounts", is_flag=True, help="Say how edits grow with their amount, too.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out/expressions"), show_default=True)
def main(seeds: int, expressions: tuple[str, ...], with_amounts: bool, out: Path) -> None:
    """Measure expressions; what is measured is kept after each seed."""
    folder, measurer = writable_folder(out), Measurer()
    rows: list[dict[str, Any]] = []
    for seed in tqdm(range(FIRST_SEED, FIRST_SEED + seeds), unit="seed"):
        rows += [measurer.measure(key, seed) for key in expressions or tuple(EXPRESSIONS)]
        with atomic_write(folder / "figures.json") as temporary:
            temporary.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    click.echo(table(rows))
    if with_amounts:
        click.echo(amounts(rows))


if __name__ == "__main__":
    main()
