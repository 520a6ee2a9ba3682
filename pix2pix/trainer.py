"""A training run from its first step to its last: what is shown, measured, saved, and when."""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from lightning_fabric import Fabric

from dnnlib.options import OptionError
from dnnlib.pictures import save_png
from pix2pix import grids
from pix2pix.data import PairSet, batch_of_step, indices_of_step, steps_per_epoch, to_pictures, to_tensor
from pix2pix.learner import Learner, Losses
from pix2pix.options import TrainOptions, learning_rate_factor
from pix2pix.records import Records, draw_curves
from pix2pix.run_folder import RunFolder, load_checkpoint, save_checkpoint

_SHOWN = 4  # Pairs of each split in a sample grid.


class Progress(NamedTuple):
    """Where a run is after a step; the losses and the speed are those of the log's last row."""

    step: int
    steps: int
    epoch: int  # From 1.
    losses: dict[str, float]
    images_per_second: float


class Trainer:
    """Trains, and keeps the run's folder. Every process of a run has one; the first of them writes.

    Args:
        run: the folder.
        options: settled.
        train, validation: the pairs.
        fabric: where it computes.
    """

    def __init__(
        self, run: RunFolder, options: TrainOptions, train: PairSet, validation: PairSet, fabric: Fabric
    ) -> None:
        self.run, self.options, self.fabric = run, options, fabric
        self.train, self.validation = train, validation
        self.batch, self.epochs = options.batch or 1, options.epochs or 1
        if self.batch % fabric.world_size:
            raise OptionError(
                f"batch: {self.batch} cannot be shared by {fabric.world_size} processes; take a multiple"
            )
        self.steps_per_epoch = steps_per_epoch(len(train), self.batch)
        self.steps = min(self.epochs * self.steps_per_epoch, options.max_steps or 10**12)
        self.learner = Learner(options, fabric)
        self.step, self.best_l1 = 0, float("inf")
        self.stopping = False
        self._last_losses: dict[str, float] = {}
        self._speed = 0.0

    def resume(self) -> None:
        """Go on from the run's last checkpoint.

        Raises:
            RunError: if there is none, or it is damaged.
        """
        state = load_checkpoint(self.run.latest)
        self.learner.load_state(state["learner"])
        self.step, self.best_l1 = state["step"], state["best_l1"]

    @property
    def epoch(self) -> int:
        """The epoch of the last step, from 1."""
        return max(0, self.step - 1) // self.steps_per_epoch + 1

    # ------------------------------------------------------------------------
    # The run.

    def run_steps(self) -> Iterator[Progress]:
        """Train to the end, or until `stopping` is set; yields after each step.

        Whatever ends it, other than a crash, leaves a checkpoint to resume from.
        """
        writes = self.fabric.is_global_zero
        records = Records(self.run.log, self.run.path / "tensorboard", self.step) if writes else None
        if writes and self.step == 0:
            self._save_first_batch()
        measured: list[Losses] = []
        since, saved = time.perf_counter(), time.perf_counter()
        try:
            while self.step < self.steps and not self._all_stop():
                measured.append(self._step())
                logs = self.step % self.options.log_every == 0
                ends_epoch = self.step % self.steps_per_epoch == 0
                if logs:
                    now = time.perf_counter()
                    self._speed = len(measured) * self.batch / (now - since)
                    self._log(records, measured)
                    measured, since = [], now
                if ends_epoch:
                    self._end_epoch(records)
                    # Looking at pictures is no training: the clock of the speed starts again.
                    measured, since = [], time.perf_counter()
                if writes and time.perf_counter() - saved > 60 * self.options.save_minutes:
                    self._save_latest()
                    saved = time.perf_counter()
                yield Progress(self.step, self.steps, self.epoch, self._last_losses, self._speed)
            if self.step % self.steps_per_epoch:
                self._end_epoch(records)  # The last epoch was cut short: look at it all the same.
        finally:
            if records is not None:
                records.close()
                self._save_latest()
                draw_curves(self.run.log, self.run.path / "curves.png")

    def _step(self) -> Losses:
        """Train on the pairs whose turn it is; of a shared batch, each process takes its part."""
        options, rank, world = self.options, self.fabric.global_rank, self.fabric.world_size
        indices = indices_of_step(len(self.train), self.batch, options.seed, self.step)
        mine = slice(rank * self.batch // world, (rank + 1) * self.batch // world)
        inputs, targets = batch_of_step(
            self.train, indices[mine], options.seed, self.step,
            jitter=bool(options.jitter), mirror=bool(options.mirror), first=mine.start,
        )  # fmt: skip
        rate = learning_rate_factor(self.step // self.steps_per_epoch, self.epochs, options.constant)
        # A seed of its own for each step: what was random before has no influence on what comes.
        dice = int(np.random.SeedSequence((options.seed, self.step, rank)).generate_state(1)[0])
        device = self.fabric.device
        losses = self.learner.learn(inputs.to(device), targets.to(device), dice, rate)
        self.step += 1
        return losses

    def _all_stop(self) -> bool:
        """Whether any process has been asked to stop: all of them end after the same step."""
        if self.fabric.world_size == 1:
            return self.stopping
        asked = torch.tensor(float(self.stopping), device=self.fabric.device)
        return bool(torch.as_tensor(self.fabric.all_reduce(asked, reduce_op="sum")) > 0)

    # ------------------------------------------------------------------------
    # What it leaves.

    def _log(self, records: Records | None, measured: list[Losses]) -> None:
        """Average the losses since the last row, over all processes."""
        mean = torch.stack([torch.stack(list(losses)) for losses in measured]).mean(dim=0)
        mean = torch.as_tensor(self.fabric.all_reduce(mean, reduce_op="mean"))
        names = ("d_train", "g_gan_train", "g_l1_train")
        self._last_losses = dict(zip(names, mean.tolist(), strict=True))
        if records is not None:
            rate = self.learner.generator_optimiser.param_groups[0]["lr"]
            values = {**self._last_losses, "learning_rate": rate, "images_per_second": self._speed}
            records.write(self.step, self.epoch, values)

    def _end_epoch(self, records: Records | None) -> None:
        """Validate, keep what is best, and draw what is due."""
        if records is not None:
            epoch, last = self.epoch, self.step >= self.steps
            self._validate(records)
            every = self.options.samples_every or max(1, self.epochs // 10)
            if epoch == 1 or epoch % every == 0 or last or self.stopping:
                self._save_samples(epoch)
                draw_curves(self.run.log, self.run.path / "curves.png")
            if self.options.save_every and epoch % self.options.save_every == 0:
                save_checkpoint(self.run.of_epoch(epoch), self._generator_only())
        self.fabric.barrier()

    def _validate(self, records: Records) -> None:
        """Measure the losses on validation pairs, and keep the generator if its L1 is the least so far."""
        count = min(self.options.validation_pairs, len(self.validation))
        if count == 0:
            return
        sums = np.zeros(3)
        for index in range(count):
            one = slice(index, index + 1)
            losses, _ = self._look(self.validation, one)
            sums += [float(value) for value in losses]
        names = ("d_val", "g_gan_val", "g_l1_val")
        values = dict(zip(names, (sums / count).tolist(), strict=True))
        records.write(self.step, self.epoch, values)
        if values["g_l1_val"] < self.best_l1:
            self.best_l1 = values["g_l1_val"]
            save_checkpoint(self.run.best, self._generator_only())

    def _look(self, pairs: PairSet, which: slice) -> tuple[Losses, torch.Tensor]:
        """Losses and outputs of some pairs, as in use."""
        device = self.fabric.device
        inputs, targets = to_tensor(pairs.inputs[which]), to_tensor(pairs.targets[which])
        return self.learner.validate(inputs.to(device), targets.to(device))

    def _save_samples(self, epoch: int) -> None:
        """Draw the same few pairs of each split as they come out now."""
        self.run.samples.mkdir(exist_ok=True)
        rows, titles = [], []
        for title, pairs in (("train", self.train), ("validation", self.validation)):
            for index in range(min(_SHOWN, len(pairs))):
                _, output = self._look(pairs, slice(index, index + 1))
                rows.append([pairs.inputs[index], pairs.targets[index], to_pictures(output)[0]])
                titles.append(title if index == 0 else "")
        sheet = grids.grid(("input", "target", "output"), rows, titles)
        save_png(self.run.samples / f"epoch_{epoch:04d}.png", sheet)

    def _save_first_batch(self) -> None:
        """Show the pairs of the first steps as training sees them."""
        options, varied = (
            self.options,
            {"jitter": bool(self.options.jitter), "mirror": bool(self.options.mirror)},
        )
        both = []
        for step in range(min(4, self.steps)):
            indices = indices_of_step(len(self.train), self.batch, options.seed, step)
            both.append(batch_of_step(self.train, indices, options.seed, step, **varied))
        inputs, targets = (torch.cat(part)[:4] for part in zip(*both, strict=True))
        grids.save_first_batch(self.run.path / "first_batch.png", to_pictures(inputs), to_pictures(targets))

    def _generator_only(self) -> dict[str, Any]:
        return {"generator": self.learner.generator.state_dict(), "step": self.step, "epoch": self.epoch}

    def _save_latest(self) -> None:
        """Save all that a resumed run has to know. What is random follows from the seed and the step."""
        state = {"learner": self.learner.state(), "step": self.step, "best_l1": self.best_l1}
        save_checkpoint(self.run.latest, state)
