"""Rules of the mask: strokes of the brush, and what is done to it as a whole."""

import dataclasses

import numpy as np

from dnnlib.errors import EditorError
from viz import actions, masks
from viz.brush import paint
from viz.rules import looking
from viz.rules.steps import Result
from viz.state import AfterLook, EditorState, Mask, MaskChange

_SAID = {
    MaskChange.GROW: "Mask grown",
    MaskChange.SHRINK: "Mask shrunk",
    MaskChange.FEATHER: "Mask feathered",
    MaskChange.INVERT: "Mask inverted",
    MaskChange.CLEAR: "Mask cleared",
    MaskChange.POINTS_ONLY: "All but the points locked",
    MaskChange.FACE_ONLY: "All but the face locked",
    MaskChange.AUTOMATIC: "Mask of the last expression taken",
}


def said(change: MaskChange) -> str:
    """Say for the history what was done to the whole mask: two masks alone do not tell it."""
    return _SAID[change]


def stroke(state: EditorState, action: actions.Paint) -> EditorState:
    """Draw one stroke of the brush."""
    size, drag = state.image_size, state.drag
    if size is None or not state.editable:
        return state
    mask = paint(
        drag.mask,
        size,
        action.start,
        action.end,
        drag.brush_radius,
        moves=drag.brush_moves != action.erase,
        hardness=drag.brush_hardness,
    )
    return _with(state, mask)


def change(state: EditorState, how: MaskChange) -> Result:
    """Change the whole mask.

    Raises:
        EditorError: if it is to be made from points or a face, and there is none.
    """
    size = state.image_size
    if size is None or not state.editable:
        return state, ()
    if how is MaskChange.FACE_ONLY:
        return _face_only(state, size)
    return _with(state, _changed(state, size, how)), ()


def _changed(state: EditorState, size: tuple[int, int], how: MaskChange) -> Mask | None:
    drag = state.drag
    match how:
        case MaskChange.CLEAR:
            return None
        case MaskChange.AUTOMATIC:
            return drag.mask if state.face.last_mask is None else state.face.last_mask
        case MaskChange.POINTS_ONLY:
            if not drag.pairs:
                raise EditorError("No points to lock the rest around: click on the picture to set one first.")
            return masks.around_points(drag.pairs, size)
    mask = np.ones(size, np.float32) if drag.mask is None else drag.mask
    match how:
        case MaskChange.INVERT:
            return masks.invert(mask)
        case MaskChange.GROW:
            return masks.grow(mask, drag.edge)
        case MaskChange.SHRINK:
            return masks.shrink(mask, drag.edge)
        case _:
            return masks.feather(mask, drag.edge)


def _face_only(state: EditorState, size: tuple[int, int]) -> Result:
    """Lock all but the face; where nobody has looked for it yet, look first."""
    face = state.face.chosen
    if face is not None:
        return _with(state, masks.around_face(face.landmarks, size)), ()
    if state.face.faces is not None:
        raise EditorError("No face in this picture to lock the rest around; paint the mask, or set points.")
    if not state.ready:
        return state, ()
    return looking.look_closely(waiting(state, AfterLook.FACE_ONLY))


def waiting(state: EditorState, what: AfterLook) -> EditorState:
    """Note what is to be done once the face has been looked for."""
    drag = dataclasses.replace(state.drag, when_seen=what, when_seen_in=state.picture_epoch)
    return dataclasses.replace(state, drag=drag)


def _with(state: EditorState, mask: Mask | None) -> EditorState:
    return dataclasses.replace(state, drag=dataclasses.replace(state.drag, mask=mask))
