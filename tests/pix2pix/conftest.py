"""Small pairs, small networks, and commands run as people run them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pix2pix import sets
from pix2pix.data import PairSet
from pix2pix.devices import start_fabric
from pix2pix.options import TrainOptions
from pix2pix.run_folder import new_run
from pix2pix.trainer import Trainer

ROOT = Path(__file__).parents[2]
TINY = TrainOptions(
    size=32, width=4, precision="fp32", epochs=2, batch=1, jitter=True, mirror=True, log_every=1
)


# A network that is small and yet deep enough to drop features out.
DROPPING = {"generator": "unet256", "depth": 6, "size": 64}


def picture(seed, height=32, width=32):
    """Soft random colours, uint8 [H, W, 3]."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def pair_set(count, size=32):
    inputs = np.stack([picture(i, size, size) for i in range(count)])
    return PairSet(inputs, 255 - inputs, tuple(f"{i:03d}" for i in range(count)))


def write_pairs(folder, count, size=32, splits=("train", "val")):
    """Save side-by-side pairs, the right half being the negative of the left."""
    for split in splits:
        (folder / split).mkdir(parents=True)
        for index in range(count):
            left = picture(index, size, size)
            Image.fromarray(np.hstack([left, 255 - left])).save(folder / split / f"{index:03d}.png")
    return folder


def tiny_trainer(path, count=5, **changes):
    options = sets.settle(replace(TINY, **changes))
    run = new_run(options, path, {})
    pairs, held_out = pair_set(count, options.size), pair_set(2, options.size)
    return Trainer(run, options, pairs, held_out, start_fabric("cpu", "fp32"))


def train(*arguments, program=("pix2pix/train.py",), timeout=900):
    """Run the command to its end; returns what it said and its exit code."""
    done = subprocess.run(
        [sys.executable, *program, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return done.stdout + done.stderr, done.returncode


@pytest.fixture
def run(tmp_path):
    """A run of a tiny generator that has trained for a few steps."""
    trainer = tiny_trainer(tmp_path / "run", max_steps=4)
    for _ in trainer.run_steps():
        pass
    return tmp_path / "run"
