"""Train a pix2pix generator, or go on with a run.

python pix2pix/train.py                                   # drawn portraits; nothing to fetch
python pix2pix/train.py --dataset facades --generator unet256
python pix2pix/train.py --resume checkpoints/pix2pix/facades/RUN
torchrun --nproc-per-node 2 pix2pix/train.py --batch 2    # several processes, devices or machines
"""

import contextlib
import hashlib
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from tqdm import tqdm

if __name__ == "__main__":  # Started as a file: the project's folder takes the place of this one.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from dnnlib.waiting import wait_briefly

    wait_briefly()

from click.core import ParameterSource

from dnnlib.errors import EditorError
from dnnlib.options import click_options, from_kwargs, option_fields
from pix2pix import sets
from pix2pix.data import PairSet, Sources
from pix2pix.devices import DEVICES, pick_device, pick_precision, start_fabric
from pix2pix.fronts import source_options, sources_from
from pix2pix.options import TrainOptions, with_changes
from pix2pix.run_folder import RunError, RunFolder, new_run, open_run, write_config
from pix2pix.trainer import Progress, Trainer
from torch_utils.memory import keep_freed_memory

INTERRUPTED = 130  # What shells give for a program that Ctrl-C ended.


@click.command(help="Train a pix2pix generator, or go on with a run.")
@click.option(
    "--resume", type=click.Path(path_type=Path), metavar="RUN", help="Go on with the run in this folder."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The run's folder.  [default: checkpoints/pix2pix/DATASET/GENERATOR-DATE-TIME]",
)
@click.option(
    "--device", type=click.Choice(DEVICES), default="auto", show_default=True, help="What computes."
)
@source_options
@click_options(TrainOptions)
@click.pass_context
def main(
    context: click.Context, /, resume: Path | None, out: Path | None, device: str, **given: object
) -> None:
    """Read the flags, train, and say what was left where."""
    said = {name for name in given if context.get_parameter_source(name) is not ParameterSource.DEFAULT}
    try:
        sys.exit(train(resume, out, device, sources_from(given), given, said))
    except EditorError as error:
        raise click.ClickException(str(error)) from error


def train(
    resume: Path | None,
    out: Path | None,
    device: str,
    sources: Sources,
    given: dict[str, object],
    said: set[str],
) -> int:
    """Do a run, or the rest of one; returns the exit code.

    Args:
        given: all flags by name; `said`: those that were on the command line.

    Raises:
        EditorError: in one line, before training begins, if anything does not fit.
    """
    keep_freed_memory()
    chosen = pick_device(device)  # type: ignore[arg-type]
    if resume is None:
        options = sets.settle(from_kwargs(TrainOptions, given))
        options = replace(options, precision=pick_precision(options.precision, chosen))
    else:
        if out is not None:
            raise RunError(f"--out {out}: a resumed run stays in its folder {resume}")
        run, options, facts = open_run(resume)
        changes = {
            field.name: given[field.name] for field in option_fields(TrainOptions) if field.name in said
        }
        options = with_changes(options, changes)
        pick_precision(options.precision, chosen)

    fabric = start_fabric(chosen, options.precision)
    with fabric.rank_zero_first(local=True):  # What has to be fetched or decoded is so once a machine.
        pairs, validation = (sets.load_split(options, split, sources) for split in ("train", "val"))
    sets.check_enough(pairs, options.batch or 1, options.title)
    found = facts_of(pairs, validation)
    if resume is None:
        # All processes of a run meet in one folder; the first of them makes it.
        run = new_run(options, out, found) if fabric.is_global_zero else RunFolder(Path())
        run = fabric.broadcast(run)
    elif found != facts:
        raise RunError(
            f"{resume}: its data has changed ({facts} when it began, {found} now); expected the same pairs"
        )
    elif changes:
        write_config(run, options, found)

    trainer = Trainer(run, options, pairs, validation, fabric)
    if resume is not None:
        trainer.resume()
    if fabric.is_global_zero:
        click.echo(f"{'Resuming' if resume else 'Training'} in {run.path} on {chosen}, {options.precision}: "
                   f"{len(pairs)} pairs, {trainer.epochs} epochs, {trainer.steps} steps.")  # fmt: skip
    with stopping_at_ctrl_c(trainer):
        show(trainer)
    return tell_the_end(trainer, run)


def facts_of(pairs: PairSet, validation: PairSet) -> dict[str, object]:
    """What tells one data set from another: how many pairs, and a hash of their names."""
    names = "\n".join((*pairs.names, "", *validation.names))
    return {
        "train_pairs": len(pairs),
        "validation_pairs": len(validation),
        "names_sha256": hashlib.sha256(names.encode()).hexdigest()[:16],
    }


# ----------------------------------------------------------------------------
# What a person sees.


def show(trainer: Trainer) -> None:
    """Train behind two bars, one for the run and one for the epoch; a line is left for each epoch."""
    quiet = None if trainer.fabric.is_global_zero else True  # None: bars on a terminal, none in a log file.
    begun = trainer.step
    with (
        tqdm(total=trainer.steps, initial=begun, desc="run", unit="step", position=0, disable=quiet) as whole,
        tqdm(total=trainer.steps_per_epoch, unit="step", position=1, leave=False, disable=quiet) as part,
    ):
        part.update(begun % trainer.steps_per_epoch)
        for progress in trainer.run_steps():
            place = (progress.step - 1) % trainer.steps_per_epoch + 1
            if place == 1 and progress.step > 1:
                part.reset()
            whole.update()
            part.update()
            part.set_description(f"epoch {progress.epoch}/{trainer.epochs}", refresh=False)
            part.set_postfix_str(words_for(progress), refresh=False)
            if place == trainer.steps_per_epoch and quiet is None:
                tqdm.write(f"epoch {progress.epoch}/{trainer.epochs}: {words_for(progress)}, "
                           f"best validation L1 {trainer.best_l1:.4f}")  # fmt: skip


def words_for(progress: Progress) -> str:
    """The losses and the speed, short."""
    names = {"d_train": "D", "g_gan_train": "G-GAN", "g_l1_train": "G-L1"}
    losses = " ".join(f"{names[name]} {value:.3f}" for name, value in progress.losses.items())
    return f"{losses} {progress.images_per_second:.2f} images/s".strip()


def tell_the_end(trainer: Trainer, run: RunFolder) -> int:
    """Say how the run ended and what to do next; returns the exit code."""
    if not trainer.fabric.is_global_zero:
        return 0
    script = Path(sys.argv[0]).parent
    if trainer.step < trainer.steps:
        click.echo(f"Stopped after step {trainer.step} of {trainer.steps}; all is saved. To go on:")
        click.echo(f"  python {script / 'train.py'} --resume {run.path}")
        return INTERRUPTED
    click.echo(
        f"Done after {trainer.step} steps, best validation L1 {trainer.best_l1:.4f}. To see and measure it:"
    )
    click.echo(f"  python {script / 'test.py'} {run.path}")
    return 0


@contextlib.contextmanager
def stopping_at_ctrl_c(trainer: Trainer) -> Iterator[None]:
    """Let Ctrl-C (and a polite kill) end the run after the step it is in; a second one ends it at once."""

    def stop(number: int, frame: object) -> None:
        if trainer.stopping:
            raise KeyboardInterrupt
        trainer.stopping = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    main()
