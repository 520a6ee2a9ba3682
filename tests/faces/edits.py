"""Edits of a w of six layers, made of numbers, for tests."""

import numpy as np
from hypothesis import settings

from faces.stack import Layer, Part

QUICK = settings(deadline=None, max_examples=25)
SHAPE = (6, 8)


def w(seed):
    return np.random.RandomState(seed).randn(*SHAPE).astype(np.float32)


def edit(number, start, title="Smile", **rest):
    return Layer(title, (Part("smile"),), start=start, end=start + w(number), **rest)


def same(one, other):
    return one is not None and other is not None and np.array_equal(one, other)
