"""A stack of edits: each has moved w by something, and how much of that is used may be said afterwards.

An edit is kept as where it began and where it ended. Its amount moves w on the straight line through both: 0
is the start, 1 the end, exactly; between, past 1 and below 0 the line goes on, with no optimisation. The way
that an optimiser took goes to and fro, and what is measured in the face would do so too; on the straight line
it grows evenly (docs/expressions.md). Edits of a stack add up.
"""

import dataclasses
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from drag.request import FloatArray

# How far an amount may go: past these a face falls apart.
LEAST_AMOUNT, GREATEST_AMOUNT = -1.0, 1.5


class Part(NamedTuple):
    """An expression by its key, and the strength with which it is asked for."""

    expression: str
    strength: float = 1.0


@dataclasses.dataclass(frozen=True, eq=False)
class Layer:
    """One edit of a stack.

    Attributes:
        title: as the person knows it.
        parts: the expressions that it does at once, each by its key and strength; none for what is no
            expression: a drag by hand, a direction from a file.
        amount: how much of what came of it is used: 1 is all.
        on: whether it is used at all.
        start: [num_ws, w_dim], where it began; None if it has not run on this picture.
        end: [num_ws, w_dim], where it ended; likewise.
        pending: of an edit that is no expression, [num_ws, w_dim]: by what it moves w where it is replayed.
    """

    title: str
    parts: tuple[Part, ...] = ()
    amount: float = 1.0
    on: bool = True
    start: FloatArray | None = None
    end: FloatArray | None = None
    pending: FloatArray | None = None

    @property
    def done(self) -> bool:
        """Whether it has run on this picture."""
        return self.start is not None and self.end is not None

    @property
    def offset(self) -> FloatArray | None:
        """By what it moves w at amount 1, [num_ws, w_dim]; None for an expression that has not run."""
        if self.start is None or self.end is None:
            return self.pending
        return self.end - self.start

    def applied(self, w: FloatArray) -> FloatArray:
        """Move a w [num_ws, w_dim] by this edit."""
        if self.start is None or self.end is None or not self.on or self.amount == 0:
            return w
        if self.amount == 1 and np.array_equal(w, self.start):
            return self.end
        return w + np.float32(self.amount) * (self.end - self.start)

    def undone(self) -> "Layer":
        """Give it as it is on a picture on which it has not run."""
        pending = None if self.parts else self.offset
        return dataclasses.replace(self, start=None, end=None, pending=pending)

    def arrays(self) -> tuple[FloatArray, ...]:
        """List the arrays that it holds."""
        return tuple(array for array in (self.start, self.end, self.pending) if array is not None)


def composed(base: FloatArray, layers: Iterable[Layer]) -> FloatArray:
    """Give the w [num_ws, w_dim] of a base and the edits that are on; read-only."""
    w = base
    for layer in layers:
        w = layer.applied(w)
    w.flags.writeable = False
    return w


def apply_pending(layer: Layer, w: FloatArray) -> Layer:
    """Let an edit that is known by its offset begin at a w: it needs no run.

    Raises:
        ValueError: if it has none, or one of another shape.
    """
    if layer.pending is None or layer.pending.shape != w.shape:
        raise ValueError(f"{layer.title}: no offset of the shape {w.shape}")
    return dataclasses.replace(layer, start=w, end=w + layer.pending, pending=None)


def joined(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Make of the expressions that are on one edit that does them at once, where the first of them was.

    It has not run. Fewer than two stay as they are.
    """
    chosen = [index for index, layer in enumerate(layers) if layer.on and layer.parts]
    if len(chosen) < 2:
        return layers
    title = " + ".join(layers[index].title for index in chosen)
    parts = tuple(part for index in chosen for part in layers[index].parts)
    one = Layer(title, parts)
    rest = [layer for index, layer in enumerate(layers) if index not in chosen]
    rest.insert(chosen[0], one)
    return tuple(rest)


def moved(layers: tuple[Layer, ...], index: int, to: int) -> tuple[Layer, ...]:
    """Give the edits with one of them at another place."""
    rest = [*layers[:index], *layers[index + 1 :]]
    rest.insert(max(0, min(to, len(rest))), layers[index])
    return tuple(rest)
