"""Rules of the drag by hand: points, mask, options, and the start."""

import dataclasses

from dnnlib.errors import EditorError
from faces.symmetry import axis_of_face, axis_of_picture
from viz import actions, commands, points
from viz.actions.points import Action
from viz.rules import looking, masks
from viz.rules.jobs import request_of
from viz.rules.steps import Result, begin, check_in_sight, in_job, with_banner
from viz.state import AfterLook, DragState, EditorState, JobKind, Marker, MaskChange


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about points and mask."""
    match action:
        case actions.ChangeDrag(drag):
            return _change(state, drag)
        case actions.Paint():
            return masks.stroke(state, action), ()
        case actions.ChangeMask(change):
            return masks.change(state, change)
        case actions.StartDrag(one_step):
            return _start(state, one_step=one_step)
        case actions.MirrorPairs(selected_only):
            return _mirror(state, selected_only=selected_only)
        case actions.SelectMarker(marker):
            return _in(state, selected=marker), ()
        case actions.MoveMarker() | actions.NudgeMarker() | actions.DeletePair():
            return _edit(state, action), ()


def seen(state: EditorState) -> Result:
    """Do what has waited for the face to be looked for, if it is still the same picture."""
    asked = state.drag.when_seen
    if asked is AfterLook.NOTHING or state.face.faces is None:
        return state, ()
    state = _in(state, when_seen=AfterLook.NOTHING)
    if state.drag.when_seen_in != state.picture_epoch:
        return state, ()
    try:
        return _now(state, asked)
    except EditorError as error:
        return with_banner(state, str(error)), ()


def _now(state: EditorState, asked: AfterLook) -> Result:
    match asked:
        case AfterLook.NOTHING:
            return state, ()
        case AfterLook.FACE_ONLY:
            return masks.change(state, MaskChange.FACE_ONLY)
        case AfterLook.MIRROR | AfterLook.MIRROR_SELECTED:
            return _mirror(state, selected_only=asked is AfterLook.MIRROR_SELECTED)


def _change(state: EditorState, drag: DragState) -> Result:
    """Take other points, mask or options; new options act on the drag that runs, too."""
    job, retuned = state.job, drag.config != state.drag.config
    state = dataclasses.replace(state, drag=drag)
    if not retuned or job is None or job.kind is not JobKind.DRAG:
        return state, ()
    return state, (commands.Retune(job.epoch, drag.config),)


# ----------------------------------------------------------------------------
# Points.


def _edit(
    state: EditorState, action: actions.MoveMarker | actions.NudgeMarker | actions.DeletePair
) -> EditorState:
    """Move a marker, or take a pair away. While a drag is paused points may move, but come and go not."""
    size, drag = state.image_size, state.drag
    if size is None or not state.editable:
        return state
    match action:
        case actions.MoveMarker(marker, place):
            return _in(state, pairs=points.moved(drag.pairs, marker, place, size), selected=marker)
        case actions.NudgeMarker(way):
            if drag.selected is None:
                return state
            return _in(state, pairs=points.nudged(drag.pairs, drag.selected, way, size))
        case actions.DeletePair(index):
            gone = index if index is not None else drag.selected.index if drag.selected is not None else -1
            if state.busy or not 0 <= gone < len(drag.pairs):
                return state
            return _in(state, pairs=points.without(drag.pairs, gone), selected=_after(drag.selected, gone))


def _after(selected: Marker | None, gone: int) -> Marker | None:
    """Keep what is selected, unless it was taken away."""
    if selected is None or selected.index == gone:
        return None
    return Marker(selected.index - 1, selected.end) if selected.index > gone else selected


def _mirror(state: EditorState, *, selected_only: bool) -> Result:
    """Add the twins across the face's axis; where there is no face, across the picture's middle."""
    size, drag = state.image_size, state.drag
    if size is None or state.busy:
        return state, ()
    if not state.complete_pairs:
        raise EditorError("Nothing to mirror: set a point and its target first.")
    if state.face.faces is None and state.face.there and state.ready:
        return looking.look_closely(
            masks.waiting(state, AfterLook.MIRROR_SELECTED if selected_only else AfterLook.MIRROR)
        )
    face = state.face.chosen
    axis = axis_of_picture(size) if face is None else axis_of_face(face.landmarks)
    only = drag.selected.index if selected_only and drag.selected is not None else None
    pairs = points.mirrored(drag.pairs, axis, size, only)
    across = "the picture's middle, for no face was found" if face is None else "the face's axis"
    count = len(pairs) - len(drag.pairs)
    notice = f"Mirrored {count} point{'' if count == 1 else 's'} across {across}."
    if not count:
        notice = "Nothing to mirror: every point has its twin, or would leave the picture."
    return dataclasses.replace(_in(state, pairs=pairs), notice=notice), ()


# ----------------------------------------------------------------------------
# The start.


def _start(state: EditorState, *, one_step: bool) -> Result:
    if not state.ready:
        return state, ()
    pairs, size = state.complete_pairs, state.image_size
    if not pairs or size is None:
        raise EditorError("Nothing to drag: click on the picture for a point, and again for its target.")
    check_in_sight(state)
    request = request_of(pairs, state.drag.mask)
    request.check(size)
    state = begin(state, JobKind.DRAG, "Drag")
    # A point without a target would not know what it belongs to once the others have moved.
    state = _in(state, pairs=pairs)
    drag = commands.Drag(state.epoch, request, state.drag.config)
    if not one_step:
        return state, (drag,)
    return in_job(state, state.epoch, pausing=True), (commands.Pace(state.epoch, 1), drag)


def _in(state: EditorState, **changes: object) -> EditorState:
    return dataclasses.replace(state, drag=dataclasses.replace(state.drag, **changes))  # type: ignore[arg-type]
