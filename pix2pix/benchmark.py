"""Time the step of training against the plain one, side by side in one run.

python pix2pix/benchmark.py                      # plain step, our steps, and each lever by itself
python pix2pix/benchmark.py --growth             # how time and memory grow with batch and size
"""

import json
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import click

if __name__ == "__main__":  # Started as a file: the project's folder takes the place of this one.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import torch

from dnnlib.files import atomic_write
from pix2pix.devices import pick_device, pick_precision, start_fabric
from pix2pix.layers import Norm, use_library_convolutions
from pix2pix.learner import Learner
from pix2pix.options import Precision, TrainOptions
from pix2pix.plain_step import PlainLearner
from torch_utils.memory import keep_freed_memory

_WARM_UP = 3  # Steps before the clock counts.
_AT_ONCE = 3  # Cases beside the plain step: each process takes a gigabyte and a half.


@dataclass(frozen=True)
class Case:
    """One way of taking a step."""

    name: str
    generator: str
    precision: Precision = "fp32"
    plain: bool = False
    keep_memory: bool = True
    small_maps: bool = True
    channels_last: bool = False
    compiled: bool = False
    norm: Norm = "instance"
    batch: int = 1
    size: int = 256
    device: str = "cpu"


def cases_for(generator: str, device: str) -> list[Case]:
    """The plain step, ours in both kinds of numbers, and the options one by one."""
    best = pick_precision("auto", device)
    found = [
        Case("plain step", generator, plain=True, keep_memory=False, device=device),
        Case("plain step, freed memory kept", generator, plain=True, device=device),
        Case("ours, fp32, batch norm", generator, norm="batch", device=device),
        Case("ours, fp32", generator, device=device),
        Case("ours, fp32, channels_last", generator, channels_last=True, device=device),
    ]
    if best != "fp32":
        found += [
            Case(f"ours, {best}", generator, best, device=device),
            Case(f"ours, {best}, library convolutions", generator, best, small_maps=False, device=device),
            Case(f"ours, {best}, freed memory given back", generator, best, keep_memory=False, device=device),
            Case(f"ours, {best}, compiled", generator, best, compiled=True, device=device),
            Case(f"ours, {best}, channels_last", generator, best, channels_last=True, device=device),
        ]
    return found


# ----------------------------------------------------------------------------
# Each case lives in a process of its own, because the C library's memory settings are a process's; the cases
# take turns step by step, so that whatever else the machine does falls on all of them alike.


def serve(case: Case, threads: int, pipe: Connection) -> None:
    """Take a step whenever asked to, answering with seconds and losses; in the end with the peak memory."""
    torch.set_num_threads(threads)
    if case.keep_memory:
        keep_freed_memory()
    options = TrainOptions(
        generator=case.generator,  # type: ignore[arg-type]
        channels_last=case.channels_last,
        compile=case.compiled,
        norm=case.norm,
        size=case.size,
    )
    dice = torch.Generator().manual_seed(0)
    inputs, targets = (
        torch.rand(case.batch, 3, case.size, case.size, generator=dice) * 2 - 1 for _ in range(2)
    )
    learner: Any
    if case.plain:
        learner = PlainLearner(options)
        if case.device != "cpu":
            learner.generator.to(case.device)
            learner.discriminator.to(case.device)
    else:
        learner = Learner(options, start_fabric(case.device, case.precision))
        if not case.small_maps:
            use_library_convolutions(learner.generator)
            use_library_convolutions(learner.discriminator)
    inputs, targets = inputs.to(case.device), targets.to(case.device)
    step = 0
    while pipe.recv() == "step":
        begun = time.perf_counter()
        losses = (
            learner.learn(inputs, targets, step) if case.plain else learner.learn(inputs, targets, step, 1.0)
        )
        values = [float(loss) for loss in losses]  # This also waits for a GPU.
        pipe.send((time.perf_counter() - begun, values))
        step += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if case.device == "cuda":
        peak = torch.cuda.max_memory_allocated() / 2**20
    pipe.send(peak)


def measure(cases: list[Case], steps: int, warm_up: int, threads: int) -> list[dict[str, Any]]:
    """Run the cases side by side; returns a row for each: seconds a step, memory, all losses."""
    context = multiprocessing.get_context("spawn")
    ends = [context.Pipe() for _ in cases]
    workers = [
        context.Process(target=serve, args=(case, threads, theirs), daemon=True)
        for case, (_, theirs) in zip(cases, ends, strict=True)
    ]
    for worker in workers:
        worker.start()
    times: list[list[float]] = [[] for _ in cases]
    losses: list[list[list[float]]] = [[] for _ in cases]
    for _ in range(warm_up + steps):
        for index, (ours, _) in enumerate(ends):
            ours.send("step")
            seconds, values = ours.recv()
            losses[index].append(values)
            times[index].append(seconds)
    rows = []
    for case, (ours, _), taken, seen in zip(cases, ends, times, losses, strict=True):
        ours.send("end")
        median = statistics.median(taken[warm_up:])
        rows.append({
            "case": case.name, "generator": case.generator, "precision": case.precision, "batch": case.batch,
            "size": case.size, "device": case.device, "seconds_per_step": median,
            "images_per_second": case.batch / median, "first_step": taken[0], "peak_mb": ours.recv(),
            "losses": seen,
        })  # fmt: skip
    for worker in workers:
        worker.join()
    return rows


def compare(generator: str, device: str, steps: int, threads: int) -> list[dict[str, Any]]:
    """Time all cases of a generator, and print them as ratios to the plain step."""
    plain, *others = cases_for(generator, device)
    rows: list[dict[str, Any]] = []
    click.echo(f"\n{generator}, 256 px, batch 1, {device}, {threads} threads, median of {steps} steps")
    click.echo(f"{'':42}{'ms':>7}{'images/s':>10}{'ratio':>7}{'peak MB':>9}  losses of 3 steps")
    for start in range(0, len(others), _AT_ONCE):
        # The plain step runs beside each few of the others: a ratio is one of steps taken in turn.
        first, *found = measure([plain, *others[start : start + _AT_ONCE]], steps, _WARM_UP, threads)
        for row in [first, *found] if start == 0 else found:
            row["ratio"] = first["seconds_per_step"] / row["seconds_per_step"]
            same = "equal to the bit" if row["losses"][:3] == first["losses"][:3] else "rounded otherwise"
            same += f"; first step {row['first_step']:.0f} s" * (row["first_step"] > 5)
            speed = (
                f"{1000 * row['seconds_per_step']:7.0f}{row['images_per_second']:10.2f}{row['ratio']:7.2f}"
            )
            click.echo(f"{row['case']:42}{speed}{row['peak_mb']:9.0f}  {same}")
            rows.append(row)
    return rows


def growth(generator: str, device: str, steps: int, threads: int) -> list[dict[str, Any]]:
    """Time our default step at several batches and sizes."""
    precision = pick_precision("auto", device)
    shapes = [(1, 256), (2, 256), (4, 256), (8, 256), (1, 512)]
    rows = []
    click.echo(f"\n{generator}, {precision}, {device}, {threads} threads, median of {steps} steps")
    click.echo(f"{'batch':>6}{'size':>6}{'ms':>8}{'images/s':>10}{'peak MB':>9}")
    for batch, size in shapes:
        case = Case("growth", generator, precision, batch=batch, size=size, device=device)
        row = measure([case], steps, _WARM_UP, threads)[0]
        click.echo(f"{batch:6}{size:6}{row['seconds_per_step'] * 1000:8.0f}{row['images_per_second']:10.2f}"
                   f"{row['peak_mb']:9.0f}")  # fmt: skip
        rows.append(row)
    return rows


@click.command(help="Time the step of training against the plain one.")
@click.option("--generator", type=click.Choice(["unet256", "unet5"]), help="Only this one.")
@click.option("--growth", "grow", is_flag=True, help="How time and memory grow with batch and size, instead.")
@click.option(
    "--steps", type=click.IntRange(1, 1000), default=10, show_default=True, help="Steps that are timed."
)
@click.option(
    "--threads", type=click.IntRange(1, 256), default=torch.get_num_threads(), help="On the processor."
)
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True, help="Where."
)
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the rows to this file too.")
def main(generator: str | None, grow: bool, steps: int, threads: int, device: str, file: Path | None) -> None:
    """Measure and print."""
    chosen = pick_device(device)  # type: ignore[arg-type]
    rows: list[Mapping[str, Any]] = []
    for name in [generator] if generator else ["unet256", "unet5"]:
        rows += (growth if grow else compare)(name, chosen, steps, threads)
    if file is not None:
        with atomic_write(file) as temporary:
            temporary.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
