"""Sets by name do the paper's task by default, and one flag turns them."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from dnnlib.options import OptionError
from pix2pix import sets
from pix2pix.data import DataError, Sources
from pix2pix.options import TrainOptions, learning_rate_factor, with_changes
from tests.pix2pix.conftest import ROOT, TINY, pair_set, picture, write_pairs

# The paper's (section 6.2 and the layout of its archives): input half, epochs, batch, jitter and mirroring.
PAPER = {
    "facades": ("right-to-left", 200, 1, True),
    "cityscapes": ("right-to-left", 200, 1, True),
    "night2day": ("right-to-left", 17, 4, True),
    "edges2shoes": ("left-to-right", 15, 4, False),
    "edges2handbags": ("left-to-right", 15, 4, False),
}


def sources(path):
    return Sources(path, path / "cache", offline=True)


@pytest.mark.parametrize("name", PAPER)
def test_a_public_set_does_the_paper_s_task(name):
    options = sets.settle(TrainOptions(dataset=name))
    assert (options.direction, options.epochs, options.batch, options.jitter) == PAPER[name]
    assert options.mirror == options.jitter


def test_what_is_said_goes_before_what_the_set_would_do():
    options = sets.settle(TrainOptions(dataset="facades", direction="left-to-right", epochs=3, mirror=False))
    assert (options.direction, options.epochs, options.mirror, options.jitter) == (
        "left-to-right",
        3,
        False,
        True,
    )


@pytest.mark.parametrize("direction", ["left-to-right", "right-to-left"])
def test_the_direction_turns_input_and_target(tmp_path, direction):
    write_pairs(tmp_path / "facades", 2)
    options = replace(TINY, dataset="facades", direction=direction)
    pairs = sets.load_split(options, "train", sources(tmp_path))
    left = picture(0)
    assert (pairs.inputs[0] == (left if direction == "left-to-right" else 255 - left)).all()
    # The labels of facades are the right half: they have a palette where they are the targets.
    assert (pairs.palette is not None) == (direction == "left-to-right")


def test_two_folders_need_no_direction(tmp_path):
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
        for index in range(3):
            Image.fromarray(picture(index)).save(tmp_path / name / f"{index}.png")
    options = replace(TINY, inputs=tmp_path / "in", targets=tmp_path / "out")
    assert options.title == "out"
    assert len(sets.load_split(options, "train", sources(tmp_path))) == 2
    with pytest.raises(OptionError, match="give both folders"):
        replace(TINY, inputs=tmp_path)


def test_the_colours_of_facades_are_twelve_classes():
    palette = sets.palette_of(sets.table()["facades"])
    assert palette is not None
    assert palette.shape == (12, 3) and palette.dtype == np.uint8
    assert palette[1].tolist() == [0, 48, 255]


def test_facades_in_the_shared_folder_are_labels_to_photo():
    shared = ROOT.parent / "shared"
    if not (shared / "facades").is_dir():
        pytest.skip("the shared facades are not here")
    pairs = sets.load_split(replace(TINY, dataset="facades", size=64), "val", sources(shared))
    colours = sets.palette_of(sets.table()["facades"])
    assert colours is not None
    palette = colours.astype(int)

    def nearness(pictures):
        """Mean distance of the pixels to the nearest label colour."""
        flat = pictures[:5].reshape(-1, 1, 3).astype(int)
        return np.abs(flat - palette).sum(axis=2).min(axis=1).mean()

    assert nearness(pairs.inputs) < 0.4 * nearness(pairs.targets)


def test_too_few_pairs_for_a_batch_are_refused():
    with pytest.raises(DataError, match="3 training pairs, expected at least a batch of 4"):
        sets.check_enough(pair_set(3), 4, "mine")


# ----------------------------------------------------------------------------
# Options.


def test_the_learning_rate_is_constant_then_falls_in_a_line():
    rates = [learning_rate_factor(epoch, 200, 0.5) for epoch in range(200)]
    assert rates[:100] == [1.0] * 100
    steps = np.diff(rates[100:])
    assert np.allclose(steps, -0.01) and rates[-1] == pytest.approx(0.01)


def test_a_size_that_the_levels_cannot_halve_is_refused():
    with pytest.raises(OptionError, match="size: 128 px, expected a multiple of 256"):
        TrainOptions(generator="unet256", size=128)


def test_a_run_may_be_told_to_last_longer_but_not_to_be_another():
    assert with_changes(TINY, {"epochs": 9}).epochs == 9
    with pytest.raises(OptionError, match=r"width: this run was begun with 4, which cannot change"):
        with_changes(TINY, {"width": 8})
    assert with_changes(TINY, {"width": 4}) == TINY  # Saying the same again is no change.
