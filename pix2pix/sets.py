"""From a run's settings to its pairs: sets by name, a folder of pairs, or two folders."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from pix2pix import folders, portraits, public
from pix2pix.data import DataError, PairSet, Sources
from pix2pix.options import Direction, TrainOptions

Split = Literal["train", "val", "test"]

# A folder of one's own trains like facades, the smallest of the public sets.
_OWN = {"direction": "left-to-right", "epochs": 200, "batch": 1, "jitter": True, "mirror": True}

# Where the splits of the drawn portraits begin: far enough apart for any number of pairs.
_FIRST_PORTRAIT: Mapping[Split, int] = {"train": 0, "val": 1_000_000, "test": 2_000_000}


@functools.cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """Read the rows of datasets.toml."""
    return tomllib.loads(Path(__file__).with_name("datasets.toml").read_text(encoding="utf-8"))


def row_of(options: TrainOptions) -> Mapping[str, Any]:
    """What is known of a run's data set; a folder of one's own has general facts only."""
    return _OWN if options.inputs is not None else table().get(options.dataset, _OWN)


def settle(options: TrainOptions) -> TrainOptions:
    """Fill in what the settings leave to the data set: direction, epochs, batch, jitter, mirroring."""
    row = row_of(options)
    names = ("direction", "epochs", "batch", "jitter", "mirror")
    settled = {name: row[name] for name in names if getattr(options, name) is None}
    if options.inputs is not None:
        settled["direction"] = "left-to-right"  # The two folders have said it.
    return replace(options, **settled)


def load_split(options: TrainOptions, split: Split, sources: Sources) -> PairSet:
    """Decode a split whole, before anything else is done with it: a bad picture is found now or never.

    A set without a split `val` or `test` lends the other; a folder without either holds a tenth of its
    pairs back, chosen by their names.

    Raises:
        DataError: naming the file, and what was expected.
    """
    options = settle(options)
    if options.inputs is not None and options.targets is not None:
        source = folders.two_folders(options.inputs, options.targets)
        return folders.decode(folders.part_of(source, split), options.size, sources.cache, sources.memory)
    if options.dataset == "portraits":
        count = options.pairs or portraits.TRAIN_PAIRS
        count = count if split == "train" else min(count, portraits.HELD_OUT_PAIRS)
        first = _FIRST_PORTRAIT[split]
        pairs = portraits.draw_pairs(count, options.size, options.seed, first, f"Drawing portraits ({split})")
        colours: np.ndarray | None = portraits.palette()
    else:
        row = table().get(options.dataset)
        folder = Path(options.dataset) if row is None else public.fetch(options.dataset, row, sources)
        source = folders.side_by_side(folder, split)
        pairs = folders.decode(source, options.size, sources.cache, sources.memory)
        colours = palette_of(row or {})
    return _turn(pairs, options.direction, colours, row_of(options).get("labels"))


def palette_of(row: Mapping[str, Any]) -> np.ndarray | None:
    """The colours of a set's label classes, uint8 [classes, 3], or None."""
    codes = row.get("classes")
    return (
        None if codes is None else np.array([list(bytes.fromhex(code)) for code in codes.values()], np.uint8)
    )


def _turn(
    pairs: PairSet, direction: Direction | None, colours: np.ndarray | None, labels: str | None
) -> PairSet:
    """Make inputs and targets of left and right halves; a palette belongs to targets that are labels."""
    if direction == "right-to-left":
        pairs = replace(pairs, inputs=pairs.targets, targets=pairs.inputs)
    target = "left" if direction == "right-to-left" else "right"
    return replace(pairs, palette=colours if labels == target else None)


def check_enough(pairs: PairSet, batch: int, title: str) -> None:
    """Make sure that there is something to train on.

    Raises:
        DataError: if there is no pair at all, or fewer than a batch.
    """
    if len(pairs) < max(1, batch):
        raise DataError(f"{title}: {len(pairs)} training pairs, expected at least a batch of {max(1, batch)}")
