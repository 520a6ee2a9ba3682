"""The command: `python -m drag.benchmark`."""

import json
import platform
from pathlib import Path

import click

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write
from drag.benchmark.cases import Case, Network, by_batch, by_count, drags
from drag.benchmark.measure import Plan, Row, run
from drag.benchmark.tables import growth, table

DEMO = Path(__file__).resolve().parents[2] / "checkpoints" / "portraits-256.safetensors"
RESOLUTIONS = (256, 512, 1024)


@click.command()
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write the rows to this file.")
@click.option("--quick", is_flag=True, help="One resolution (512 px), few steps: within a minute.")
@click.option(
    "--published",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a checkout of the published code, to be timed in turn.",
)
@click.option(
    "--resolution", "resolutions", type=int, multiple=True, help="Of random weights, px; repeatable."
)
@click.option("--case", "names", multiple=True, help="Only cases of this name.")
@click.option(
    "--preset",
    "presets",
    multiple=True,
    default=("swift", "paper"),
    show_default=True,
    type=click.Choice(["swift", "paper", "published"]),
)
@click.option(
    "--threads", default=2, show_default=True, type=click.IntRange(1, 256), help="Processor threads."
)
@click.option(
    "--steps", default=10, show_default=True, type=click.IntRange(1, 1000), help="Of ours, at most."
)
@click.option(
    "--their-steps", default=3, show_default=True, type=click.IntRange(1, 1000), help="Of the published code."
)
@click.option(
    "--on",
    "which",
    type=click.Choice(["random", "bundled", "both"]),
    default="both",
    show_default=True,
    help="Random weights of full size, the bundled checkpoint, or both.",
)
def main(
    json_path: Path | None,
    quick: bool,
    published: Path | None,
    resolutions: tuple[int, ...],
    names: tuple[str, ...],
    presets: tuple[str, ...],
    threads: int,
    steps: int,
    their_steps: int,
    which: str,
) -> None:
    """Time drags of eyes, mouth, jaw and 68 points, and say what memory they need.

    Random weights have the size of the published FFHQ networks. Each case runs in a process of its own.
    """
    if quick:
        presets, steps, their_steps = presets[:1], 3, 1
    plan = Plan(presets, published, threads, steps, their_steps)
    rows: list[Row] = []
    try:
        for network, cases in _jobs(quick, resolutions, which):
            chosen = [case for case in cases if not names or case.name in names]
            for row in run(network, chosen, plan):
                rows.append(row)
                click.echo(
                    f"{row.network} {row.resolution} px, {row.case}, {row.engine}: "
                    f"{row.seconds_per_step:.3f} s a step, {row.peak_mb:.0f} MB",
                    err=True,
                )
    except EditorError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{platform.machine()}, {threads} threads\n\n{table(rows)}\n\n{growth(rows)}")
    if json_path is not None:
        with atomic_write(json_path) as temporary:
            temporary.write_text(json.dumps([row.as_json() for row in rows], indent=1), encoding="utf-8")


def _jobs(quick: bool, resolutions: tuple[int, ...], which: str) -> list[tuple[Network, tuple[Case, ...]]]:
    """List the networks and what is dragged on each."""
    jobs: list[tuple[Network, tuple[Case, ...]]] = []
    if which != "bundled":
        for resolution in resolutions or ((512,) if quick else RESOLUTIONS):
            cases = tuple(case for case in drags() if case.mask is None) if quick else drags()
            jobs.append((Network(resolution), cases))
        if not quick:
            jobs.append((Network((resolutions or (512,))[0]), (*by_count(), *by_batch())))
    if which == "bundled" or (which == "both" and not quick):
        jobs.append((Network(256, DEMO), drags()))
    return jobs


if __name__ == "__main__":
    main()
