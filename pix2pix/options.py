"""The settings of a training run, written once: checked, turned into flags, kept in the run's folder."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from dnnlib.options import OptionError, check_options, option
from pix2pix.layers import Norm
from pix2pix.losses import GanKind
from pix2pix.networks import LEVELS, GeneratorName

Direction = Literal["left-to-right", "right-to-left"]
Precision = Literal["auto", "fp32", "bf16", "fp16"]


@dataclass(frozen=True)
class TrainOptions:
    """How a run trains. None means: as the data set's own row says (pix2pix/datasets.toml)."""

    dataset: str = option(
        "portraits",
        "a set by name (portraits, facades, cityscapes, night2day, edges2shoes, edges2handbags), or a folder "
        "of side-by-side pairs",
    )
    inputs: Path | None = option(
        None, "a folder of inputs, matched by name with --targets, in place of --dataset"
    )
    targets: Path | None = option(None, "the folder of targets that goes with --inputs")
    direction: Direction | None = option(None, "which half of a pair is the input")
    pairs: int | None = option(None, "how many portraits to draw for training", low=1, high=1_000_000)
    size: int = option(
        256, "the side of the square that pictures are trained at", unit="px", low=32, high=4096
    )

    generator: GeneratorName = option(
        "unet5", "the U-Net: unet5 keeps a first map at full size; unet256 is the paper's"
    )
    width: int = option(64, "channels of the networks' first maps", low=1, high=512)
    depth: int | None = option(
        None, "levels of the U-Net, in place of the 5 or 8 of its name", low=1, high=12
    )
    norm: Norm = option("instance", "normalise by each picture's own statistics, or by the batch's")
    dropout: float = option(
        0.5, "share of features dropped in the innermost levels while training", low=0.0, high=0.95
    )

    gan: GanKind = option(
        "vanilla", "the adversarial loss: vanilla is cross-entropy, lsgan is squares, none leaves L1 alone"
    )
    lambda_l1: float = option(
        100.0,
        "weight of the L1 loss beside the GAN loss: 100 in the paper; 20 leaves texture freer",
        low=0.0,
        high=1e6,
    )
    learning_rate: float = option(2e-4, "of Adam", low=0.0, high=1.0)
    beta1: float = option(0.5, "of Adam; beta2 is 0.999", low=0.0, high=0.9999)
    epochs: int | None = option(None, "passes over the training pairs", low=1, high=100_000)
    constant: float = option(
        0.5, "share of the epochs before the learning rate falls in a line to zero", low=0.0, high=1.0
    )
    batch: int | None = option(None, "pairs a step, over all devices together", low=1, high=4096)
    jitter: bool | None = option(None, "enlarge by 286/256 and crop at random")
    mirror: bool | None = option(None, "mirror every other pair at random")
    seed: int = option(0, "of weights, data order, jitter and dropout", low=0, high=2**31 - 1)

    precision: Precision = option(
        "auto", "numbers of the convolutions: auto is bf16 where the processor multiplies it, else fp32"
    )
    channels_last: bool = option(False, "keep maps and weights with the channels innermost in memory")
    compile: bool = option(False, "compile the networks with torch.compile")

    max_steps: int | None = option(None, "end the run after so many steps, cleanly", low=1, high=10**9)
    save_every: int | None = option(None, "keep the generator each so many epochs", low=1, high=100_000)
    samples_every: int | None = option(
        None,
        "draw sample grids each so many epochs; by default after the first, each tenth of the run, the last",
        low=1,
        high=100_000,
    )
    log_every: int = option(10, "steps between two lines of the log", low=1, high=100_000)
    save_minutes: float = option(
        3.0, "longest time between two checkpoints to resume from", unit="min", low=0.0, high=1e6
    )
    validation_pairs: int = option(
        50, "validation pairs that are looked at after each epoch", low=0, high=1_000_000
    )

    def __post_init__(self) -> None:
        check_options(self)
        if (self.inputs is None) != (self.targets is None):
            raise OptionError("inputs and targets go together: give both folders, or neither")
        if self.pairs is not None and self.dataset != "portraits":
            raise OptionError(f"pairs: only portraits are drawn; {self.dataset} has the pairs that it has")
        multiple = 2 ** (self.depth or LEVELS[self.generator])
        if self.size % multiple:
            raise OptionError(f"size: {self.size} px, expected a multiple of {multiple} for this generator")

    @property
    def title(self) -> str:
        """The data set's name on folders and pictures."""
        return self.targets.name if self.targets is not None else Path(self.dataset).name or "pairs"


# What a resumed run may be told anew, because none of it changes the steps that are already done.
CHANGEABLE = (
    "epochs",
    "max_steps",
    "save_every",
    "samples_every",
    "log_every",
    "save_minutes",
    "validation_pairs",
)


def learning_rate_factor(epoch: int, epochs: int, constant: float) -> float:
    """The share of the learning rate in an epoch (from 0): 1, then falling in a line that would reach 0 after
    the last.
    """
    level = round(epochs * constant)
    return 1.0 if epoch < level else 1.0 - (epoch - level) / max(1, epochs - level)


def with_changes(options: TrainOptions, changes: Mapping[str, Any]) -> TrainOptions:
    """Apply what a resumed run is told anew.

    Raises:
        OptionError: naming an option that cannot change in the middle of a run.
    """
    for name, value in changes.items():
        if name not in CHANGEABLE and value != getattr(options, name):
            raise OptionError(
                f"{name}: this run was begun with {getattr(options, name)}, which cannot change on the way; "
                "start a new run for that"
            )
    return replace(options, **{name: value for name, value in changes.items() if name in CHANGEABLE})
