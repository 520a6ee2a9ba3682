"""What becomes of the stack when an edit ends, is gone along or filmed, or its picture is left."""

import dataclasses

import numpy as np

from drag.path import EditPath
from faces.stack import Layer
from viz.state import PictureState


def filled(stack: tuple[Layer, ...], layer: Layer, place: int | None, path: EditPath) -> tuple[Layer, ...]:
    """Take an edit that has run into the stack.

    The first edit of a picture begins a new stack: what was there waits for another picture.

    Args:
        stack: so far.
        layer: what was asked.
        place: where in the stack it was replayed from; None: it is new.
        path: the way that w took.
    """
    done = dataclasses.replace(layer, start=path.w_at(0), end=path.w_at(len(path) - 1), pending=None)
    if place is not None and place < len(stack):
        return (*stack[:place], done, *stack[place + 1 :])
    return (*stack, done) if any(one.done for one in stack) else (done,)


def ended_at(stack: tuple[Layer, ...], path: EditPath, place: float) -> tuple[Layer, ...]:
    """Let the edit of a path end elsewhere on it; it is used in full then."""
    start = path.w_at(0)
    for index in reversed(range(len(stack))):
        layer = stack[index]
        if layer.start is not None and np.array_equal(layer.start, start):
            layer = dataclasses.replace(layer, end=path.w_at(place), amount=1.0, on=True)
            return (*stack[:index], layer, *stack[index + 1 :])
    return stack


def left(stack: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Give the stack as it is on another picture: nothing of it has run there."""
    return tuple(layer.undone() for layer in stack)


def way_to(picture: PictureState) -> EditPath | None:
    """Give the way that a film goes: the last edit's, or, where the picture is not on it, through the stack.

    An amount that was moved, an edit that was switched off or a direction from a file leave the last edit's
    way; then it goes from the picture without edits to the one that is shown, one edit after the other. None
    if nothing was edited.
    """
    edit, shown, base = picture.edit, picture.w, picture.own_w
    whole = None if edit is None else edit.path
    if shown is None or base is None:
        return whole
    if edit is not None and np.array_equal(edit.path.w_at(edit.place), shown):
        return whole
    ws = [base]
    for layer in picture.stack:
        ws.append(layer.applied(ws[-1]))
    if all(np.array_equal(w, base) for w in ws):
        return whole
    nothing = np.zeros((0, 2), np.float32)
    return EditPath.of(range(len(ws)), ws, [nothing] * len(ws), nothing)
