"""Photographs of noise, for tests."""

import numpy as np


def noise(height=40, width=52, channels=3, deep=False):
    kind = np.uint16 if deep else np.uint8
    return np.random.default_rng(1).integers(0, np.iinfo(kind).max + 1, (height, width, channels), dtype=kind)
