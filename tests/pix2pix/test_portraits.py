"""Drawn pairs: the same numbers give the same pairs, and every class has a colour of its own."""

import numpy as np

from pix2pix.portraits import draw_pairs, palette
from training.portraits import PARTS


def test_pairs_depend_on_their_numbers_alone():
    whole, part = draw_pairs(13, 32, 5, 0), draw_pairs(2, 32, 5, 11)
    assert (whole.inputs[11:] == part.inputs).all() and (whole.targets[11:] == part.targets).all()
    assert part.names == ("000011", "000012")
    assert not (draw_pairs(2, 32, 6, 11).targets == part.targets).all()


def test_every_pixel_of_a_label_map_has_the_colour_of_a_class():
    pairs = draw_pairs(6, 64, 0, 0)
    known = {tuple(colour) for colour in palette()}
    found = {tuple(colour) for colour in np.unique(pairs.inputs.reshape(-1, 3), axis=0)}
    assert found <= known and len(found) > 12


def test_classes_can_be_told_apart_by_their_colours():
    colours = np.unique(palette(), axis=0)
    assert (
        len(colours) == 8 + 6 * 4
    )  # Eight plain parts; skin, neck, ear, hair, clothes, backdrop in four tones.
    assert len(palette()) == 4 * len(PARTS)
    distances = np.abs(colours[:, None].astype(int) - colours[None].astype(int)).sum(axis=2)
    assert distances[~np.eye(len(colours), dtype=bool)].min() >= 12


def test_a_tone_says_what_colour_the_hair_has():
    pairs = draw_pairs(30, 64, 1, 0)
    hair = palette().reshape(len(PARTS), 4, 3)[PARTS.index("hair")]
    brightness: dict[int, list[float]] = {tone: [] for tone in range(4)}
    for labels, portrait in zip(pairs.inputs, pairs.targets, strict=True):
        for tone in range(4):
            where = (labels == hair[tone]).all(axis=2)
            if where.sum() > 50:
                brightness[tone].append(portrait[where].mean())
    means = [np.mean(brightness[tone]) for tone in range(4)]
    assert means[0] < means[1] < means[2] < means[3]
    for tone in range(4):  # Within a tone, hair differs less than between tones.
        assert np.std(brightness[tone]) < means[3] - means[0]
