"""Measure what drags and expressions reach: `python -m drag.evaluate`.

Two tables. The first is the protocol of the DragGAN paper (Table 1): landmarks of one face are dragged to
those of another, found again, and their distance is given at 512 px. The second does each of five expressions
at strength 1. Seconds are the processor's, of one thread; on a GPU those by the wall.

With --json every trial is kept in a file; the same command goes on where it was broken off, and a greater
number of pairs or seeds adds to what is there.
"""

import dataclasses
import json
import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write, sha256_of
from faces import pairs, trials
from faces.bench import Settings, bench, run_pair, run_seed
from faces.pairs import CASES, PairTrial
from faces.trials import ExpressionTrial
from training.checkpoint import load_generator

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
EXPRESSIONS = ("close_eyes", "big_eyes", "close_mouth", "open_mouth", "slim_face")
ENGINES = ("swift", "paper", "published")


class EvaluationError(EditorError):
    """The file that was named holds another evaluation."""


class Record:
    """Trials by the job that made them, in a file if one is named."""

    def __init__(self, path: Path | None, settings: Settings) -> None:
        self.path = path
        self.settings = dataclasses.asdict(settings) | {"network": sha256_of(settings.network)}
        self.jobs: dict[str, list[dict[str, Any]]] = {}
        if path is not None and path.exists():
            self.jobs = self._read(path)

    def _read(self, path: Path) -> dict[str, list[dict[str, Any]]]:
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            settings, jobs = held["settings"], held["jobs"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EvaluationError(f"{path}: holds no evaluation; name another file for --json") from error
        for name, value in self.settings.items():
            if settings.get(name) != value:
                raise EvaluationError(
                    f"{path}: holds trials with {name} {settings.get(name)!r}, not {value!r}; "
                    "name another file for --json"
                )
        return dict(jobs)

    def keep(self, job: str, found: list[Any]) -> None:
        """Add what a job found, and write all down."""
        self.jobs[job] = [dataclasses.asdict(trial) for trial in found]
        if self.path is not None:
            with atomic_write(self.path) as temporary:
                text = json.dumps({"settings": self.settings, "jobs": self.jobs}, indent=1)
                temporary.write_text(text, encoding="utf-8")

    def rows(self, jobs: Iterable[str], kind: str) -> list[dict[str, Any]]:
        """Give the trials of those jobs that are of a kind."""
        return [row for job in jobs if job.startswith(kind) for row in self.jobs[job]]


@click.command()
@click.option("--network", type=click.Path(path_type=Path), default=CHECKPOINTS / "portraits-256.safetensors",
              help="The checkpoint; the demo if not given.")  # fmt: skip
@click.option("--pairs", "pair_count", default=12, show_default=True, help="Pairs of seeds; 0 for none.")
@click.option("--seeds", default=12, show_default=True, help="Seeds for the expressions; 0 for none.")
@click.option("--points", type=click.Choice([str(count) for count in CASES]), multiple=True,
              help="Only so many points.")  # fmt: skip
@click.option("--engine", "engines", type=click.Choice(ENGINES), multiple=True,
              default=("swift", "published"), show_default=True, help="Which presets drag.")  # fmt: skip
@click.option("--expression", "expressions", type=click.Choice(EXPRESSIONS), multiple=True,
              help="Only this expression.")  # fmt: skip
@click.option("--masked", is_flag=True, help="Hold what lies away from the handles' ways.")
@click.option("--max-steps", default=300, show_default=True, help="Of a drag of a pair.")
@click.option("--psi", default=0.7, show_default=True, help="Truncation.")
@click.option("--first-seed", default=2000, show_default=True, help="Seeds are counted from here.")
@click.option("--detector", default="auto", show_default=True, help="auto, bundled or face-alignment.")
@click.option("--device", default="cpu", show_default=True, help="What computes.")
@click.option("--workers", default=1, show_default=True, help="Processes, of one thread each.")
@click.option(
    "--json", "path", type=click.Path(path_type=Path), help="Keep every trial here, and go on from it."
)
def main(
    network: Path,
    pair_count: int,
    seeds: int,
    points: tuple[str, ...],
    engines: tuple[str, ...],
    expressions: tuple[str, ...],
    masked: bool,
    max_steps: int,
    psi: float,
    first_seed: int,
    detector: str,
    device: str,
    workers: int,
    path: Path | None,
) -> None:
    """Measure what drags and expressions reach, in two tables."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    counts = tuple(int(count) for count in points) or tuple(CASES)
    keys = expressions or EXPRESSIONS
    try:
        settings = Settings(str(network), psi, first_seed, max_steps, masked, detector, device)
        record = Record(path, settings)
        bench(settings, load_generator)
        jobs: dict[str, tuple[Any, ...]] = {
            f"pair {pair} {counts} {engines}": (run_pair, pair, counts, engines) for pair in range(pair_count)
        }
        jobs |= {
            f"seed {seed} {keys}": (run_seed, seed, keys) for seed in range(first_seed, first_seed + seeds)
        }
        work_off(
            {job: task for job, task in jobs.items() if job not in record.jobs}, settings, record, workers
        )
    except EditorError as error:
        raise click.ClickException(str(error)) from error
    by_pair = [PairTrial(**row) for row in record.rows(jobs, "pair")]
    by_seed = [ExpressionTrial(**row) for row in record.rows(jobs, "seed")]
    if by_pair:
        click.echo(pairs.table(by_pair))
    if by_seed:
        click.echo(trials.table(by_seed))


def work_off(jobs: Mapping[str, tuple[Any, ...]], settings: Settings, record: Record, workers: int) -> None:
    """Do jobs (a function and its arguments, by name) in processes, and keep what they find as it comes."""
    with ProcessPoolExecutor(workers) as pool:
        running = {
            pool.submit(task[0], settings, load_generator, *task[1:]): job for job, task in jobs.items()
        }
        try:
            for done in tqdm(as_completed(running), total=len(running), unit="job", disable=not running):
                record.keep(running[done], done.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


if __name__ == "__main__":
    main()
