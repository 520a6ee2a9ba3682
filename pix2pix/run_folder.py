"""The folder of a run: what it was asked for, what it measured, and the checkpoints to go on from or to use.

config.json      the settings, the data and the versions
log.csv          losses, learning rate and speed
curves.png       the losses as curves            tensorboard/   the same for TensorBoard
first_batch.png  what goes in and what is asked for
samples/         grids of input, target and output
latest.pt        the whole state, to resume from
best.pt          the generator that was best on the validation pairs; epoch_*.pt those of other epochs
"""

import dataclasses
import json
import pickle
import platform
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import torch

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write, writable_folder
from dnnlib.options import option_fields
from pix2pix.networks import UNet, make_generator
from pix2pix.options import TrainOptions

ROOT = Path(__file__).resolve().parents[1] / "checkpoints" / "pix2pix"

_FORMAT = 1


class RunError(EditorError):
    """A folder is no run, or not one that can be used as asked."""


@dataclasses.dataclass(frozen=True)
class RunFolder:
    """The paths of a run."""

    path: Path

    @property
    def config(self) -> Path:
        """Settings, data and versions, JSON."""
        return self.path / "config.json"

    @property
    def log(self) -> Path:
        """Losses, CSV."""
        return self.path / "log.csv"

    @property
    def latest(self) -> Path:
        """The whole state."""
        return self.path / "latest.pt"

    @property
    def best(self) -> Path:
        """The generator with the least validation L1."""
        return self.path / "best.pt"

    @property
    def samples(self) -> Path:
        """The folder of the grids."""
        return self.path / "samples"

    def of_epoch(self, epoch: int) -> Path:
        """The generator after an epoch, counted from 1."""
        return self.path / f"epoch_{epoch:04d}.pt"


def new_run(options: TrainOptions, out: Path | None, facts: Mapping[str, Any]) -> RunFolder:
    """Make the folder of a new run and write its settings.

    Args:
        options: settled, so that the run knows all of them for ever.
        out: the folder; by default checkpoints/pix2pix/DATASET/GENERATOR-DATE-TIME.
        facts: of the data, to be found in config.json.

    Raises:
        RunError: if the folder holds a run already.
        FileError: if it cannot be written.
    """
    if out is None:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        out = ROOT / options.title / f"{options.generator}-{stamp}"
    run = RunFolder(out)
    if run.config.exists():
        raise RunError(f"{out}: holds a run already; resume it with --resume {out}, or choose another --out")
    writable_folder(out)
    write_config(run, options, facts)
    return run


def write_config(run: RunFolder, options: TrainOptions, facts: Mapping[str, Any]) -> None:
    """Write a run's settings."""
    values = {name: str(value) if isinstance(value, Path) else value
              for name, value in dataclasses.asdict(options).items()}  # fmt: skip
    content = {
        "format": _FORMAT,
        "options": values,
        "data": dict(facts),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "made_by": "python pix2pix/train.py " + command_line(options),
    }
    with atomic_write(run.config) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def command_line(options: TrainOptions) -> str:
    """The flags that would ask for the same again: those that differ from the defaults."""
    flags = []
    for field in option_fields(TrainOptions):
        value = getattr(options, field.name)
        if value == field.default:
            continue
        if field.kind is bool:
            flags.append(field.flag if value else f"--no-{field.flag[2:]}")
        else:
            flags.append(f"{field.flag} {value}")
    return " ".join(flags)


def open_run(path: Path) -> tuple[RunFolder, TrainOptions, Mapping[str, Any]]:
    """Read a run's settings and the facts of its data.

    Raises:
        RunError: if the folder is no run, or its settings cannot be read.
    """
    run = RunFolder(path)
    try:
        content = json.loads(run.config.read_text(encoding="utf-8"))
        values = {field.name: content["options"][field.name] for field in option_fields(TrainOptions)}
        for name in ("inputs", "targets"):
            values[name] = None if values[name] is None else Path(values[name])
        return run, TrainOptions(**values), content["data"]
    except FileNotFoundError as error:
        raise RunError(
            f"{path}: no config.json in it; expected the folder of a run of pix2pix/train.py"
        ) from error
    except OSError as error:
        raise RunError(f"{run.config}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{run.config}: damaged ({error}); its settings cannot be read") from error


# ----------------------------------------------------------------------------
# Checkpoints.


def save_checkpoint(path: Path, content: Mapping[str, Any]) -> None:
    """Write a checkpoint whole or not at all."""
    with atomic_write(path) as temporary:
        torch.save(dict(content), temporary)


def load_checkpoint(path: Path, device: torch.device | str = "cpu") -> dict[str, Any]:
    """Read a checkpoint; nothing but tensors and plain values is taken from it.

    Raises:
        RunError: if it is missing, cut short, or holds anything else.
    """
    if not path.is_file():
        raise RunError(f"{path}: no such checkpoint; the run has saved none yet")
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise RunError(f"{path}: not a whole checkpoint of pix2pix ({reason})") from error


def load_generator(
    path: Path, which: str = "latest", device: torch.device | str = "cpu", dropout: bool = False
) -> tuple[UNet, TrainOptions, Path]:
    """Build a run's generator from its own settings, ready for use: no flag has to be repeated.

    Norms and dropout are in eval mode: with `instance` a picture is normalised by its own statistics, as
    training did, so that test pictures are as good as training ones; with `batch` the running means are
    used; dropout is off, so that the same input gives the same output, unless `dropout` asks for the paper's
    noise at test time.

    Args:
        path: the run's folder, or a checkpoint in it.
        which: `latest`, `best`, or an epoch's number; of no meaning where `path` is a checkpoint.

    Returns:
        the generator, the run's settings, the checkpoint that it came from.

    Raises:
        RunError: if there is no such run or checkpoint.
    """
    folder, file = (path.parent, path) if path.suffix == ".pt" else (path, None)
    run, options, _ = open_run(folder)
    if file is None:
        named = {"best": run.best, "latest": run.latest}
        file = named.get(which) or run.of_epoch(int(which)) if which in named or which.isdigit() else None
        if file is None:
            raise RunError(f"checkpoint {which!r}: expected best, latest, or the number of an epoch")
        if which == "best" and not file.is_file():
            file = run.latest  # A run without validation pairs knows no best.
    content = load_checkpoint(file, device)
    network = make_generator(options.generator, options.width, options.depth, options.norm, options.dropout)
    weights = content.get("learner", content).get("generator", {})
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise RunError(f"{file}: its weights are not those of {run.config}") from error
    network.to(device).eval().requires_grad_(False)
    if dropout:
        for module in network.modules():
            if isinstance(module, torch.nn.Dropout):
                module.train()
    return network, options, file
