"""Rules of the drag by hand: points, mask, options, and the start."""

import dataclasses

import numpy as np

from dnnlib.errors import EditorError
from drag.request import DragRequest
from viz import actions, commands
from viz.actions.points import Action
from viz.brush import paint
from viz.rules.jobs import begin
from viz.rules.steps import Result
from viz.state import DragState, EditorState, JobKind


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about points and mask."""
    match action:
        case actions.ChangeDrag(drag):
            return _change(state, drag)
        case actions.Paint(start, end, erase):
            return _paint(state, start, end, erase), ()
        case actions.StartDrag():
            return _start(state)


def _change(state: EditorState, drag: DragState) -> Result:
    """Take other points, mask or options; new options act on the drag that runs, too."""
    job, retuned = state.job, drag.config != state.drag.config
    state = dataclasses.replace(state, drag=drag)
    if not retuned or job is None or job.kind is not JobKind.DRAG:
        return state, ()
    return state, (commands.Retune(job.epoch, drag.config),)


def _paint(
    state: EditorState, start: tuple[float, float], end: tuple[float, float], erase: bool
) -> EditorState:
    size, drag = state.image_size, state.drag
    if size is None or state.busy:
        return state
    mask = paint(drag.mask, size, start, end, drag.brush_radius, moves=drag.brush_moves != erase)
    return dataclasses.replace(state, drag=dataclasses.replace(drag, mask=mask))


def _start(state: EditorState) -> Result:
    if not state.ready:
        return state, ()
    pairs, size = state.complete_pairs, state.image_size
    if not pairs or size is None:
        raise EditorError("Nothing to drag: click on the picture for a point, and again for its target.")
    points = np.array([pair.point for pair in pairs], np.float32)
    targets = np.array([pair.target for pair in pairs], np.float32)
    request = DragRequest(points, targets, state.drag.mask)
    request.check(size)
    state = begin(state, JobKind.DRAG, "Drag")
    # A point without a target would not know what it belongs to once the others have moved.
    state = dataclasses.replace(state, drag=dataclasses.replace(state.drag, pairs=pairs))
    return state, (commands.Drag(state.epoch, request, state.drag.config),)
