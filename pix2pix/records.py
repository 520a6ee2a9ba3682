"""What a run measures, kept as CSV and for TensorBoard, and drawn as curves."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch.utils.tensorboard import SummaryWriter

from dnnlib.files import atomic_write

COLUMNS = (
    "step", "epoch", "learning_rate", "images_per_second",
    "d_train", "g_gan_train", "g_l1_train", "d_val", "g_gan_val", "g_l1_val",
)  # fmt: skip


class Records:
    """The log of a run. Rows come every few steps for training, and after each epoch for validation.

    Args:
        csv_path: the log; one that is there is gone on with.
        tensorboard: the folder of TensorBoard's events.
        step: the step that the run is at; what was written later, by a run that was killed, is dropped.
    """

    def __init__(self, csv_path: Path, tensorboard: Path, step: int) -> None:
        self._path = csv_path
        rows = [row for row in read_log(csv_path) if int(row["step"]) <= step] if csv_path.exists() else []
        with atomic_write(csv_path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
        self._board = SummaryWriter(str(tensorboard), purge_step=step + 1)

    def write(self, step: int, epoch: int, values: Mapping[str, float]) -> None:
        """Add a row; columns without a value stay empty."""
        row: dict[str, Any] = {name: f"{value:.6g}" for name, value in values.items()}
        with self._path.open("a", newline="", encoding="utf-8") as file:
            csv.DictWriter(file, COLUMNS).writerow({"step": step, "epoch": epoch, **row})
        for name, value in values.items():
            self._board.add_scalar(name, value, step)

    def close(self) -> None:
        """Write what is still held back."""
        self._board.close()


def read_log(path: Path) -> list[dict[str, str]]:
    """Read a log's rows; a last line that was cut off by a crash is left out."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if None not in row.values() and row["step"].isdigit()]


def draw_curves(log: Path, path: Path) -> None:
    """Draw the losses of a log over the epochs: D, G-GAN and G-L1, for training and validation, as PNG."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = read_log(log)
    figure, axes = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
    titles = {"d": "discriminator", "g_gan": "generator, GAN", "g_l1": "generator, L1"}
    for axis, (name, title) in zip(axes, titles.items(), strict=True):
        train = [(int(row["step"]), float(row[f"{name}_train"])) for row in rows if row[f"{name}_train"]]
        val = [(int(row["step"]), float(row[f"{name}_val"])) for row in rows if row[f"{name}_val"]]
        if train:
            steps, values = zip(*train, strict=True)
            axis.plot(steps, values, color="tab:blue", alpha=0.25, linewidth=0.8)
            axis.plot(steps, smooth(values, max(1, len(values) // 40)), color="tab:blue", label="train")
        if val:
            axis.plot(
                *zip(*val, strict=True), color="tab:orange", marker="o", markersize=3, label="validation"
            )
        axis.set_title(title)
        axis.set_xlabel("step")
        axis.grid(alpha=0.3)
        if train or val:
            axis.legend()
    with atomic_write(path) as temporary:
        figure.savefig(temporary, format="png", dpi=90)
    plt.close(figure)


def smooth(values: tuple[float, ...], reach: int) -> list[float]:
    """The mean of each value and its neighbours up to `reach` away."""
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    means = []
    for index in range(len(values)):
        low, high = max(0, index - reach), min(len(values), index + reach + 1)
        means.append((sums[high] - sums[low]) / (high - low))
    return means
