"""What the keys of drags do: tools, start and stop, points, brush and mask."""

import dataclasses
from collections.abc import Callable

from viz.actions import (
    Action,
    ChangeDrag,
    ChangeMask,
    ChangePhoto,
    ContinueJob,
    DeletePair,
    MirrorPairs,
    NudgeMarker,
    PauseJob,
    SelectMarker,
    StartDrag,
    StepJob,
    StopJob,
    Tell,
)
from viz.points import place_of
from viz.sight import edit_hidden, mask_hidden, points_hidden
from viz.state import GREATEST_BRUSH, EditorState, MaskChange, PhotoView, Tool

Act = Callable[[EditorState], Action | None]


def take_tool(tool: Tool) -> Act:
    """Let the mouse do something else on the picture, which is then on the stage."""

    def act(state: EditorState) -> Action:
        if state.photo.shown is not None and state.drag.tool is tool:
            return ChangePhoto(dataclasses.replace(state.photo, view=PhotoView.FACE))
        return ChangeDrag(dataclasses.replace(state.drag, tool=tool))

    return act


def if_seen(act: Act, hidden: Callable[[EditorState], str] = points_hidden) -> Act:
    """Do what a key does where what it acts on is in sight; elsewhere say what brings it there."""

    def seen(state: EditorState) -> Action | None:
        action, words = act(state), hidden(state)
        return Tell(words) if action is not None and words else action

    return seen


def if_mask_seen(act: Act) -> Act:
    """The same for what acts on the mask."""
    return if_seen(act, mask_hidden)


def start(state: EditorState) -> Action | None:
    """Start the drag, or go on with it."""
    if state.job is not None:
        return ContinueJob() if state.job.paused else None
    if state.complete_pairs and (words := edit_hidden(state)):
        return Tell(words)
    return StartDrag() if state.ready and state.complete_pairs else None


def step(state: EditorState) -> Action | None:
    """Do one step of the drag."""
    if state.job is not None:
        return StepJob() if state.job.paused else None
    if state.complete_pairs and (words := edit_hidden(state)):
        return Tell(words)
    return StartDrag(one_step=True) if state.ready and state.complete_pairs else None


def pause(state: EditorState) -> Action | None:
    """Pause what changes the picture, or go on with it."""
    if state.job is None or not state.job.kind.changes_picture:
        return None
    return ContinueJob() if state.job.paused else PauseJob()


def nudge(right: float, down: float) -> Act:
    """Move the marker that is selected, in px of the picture."""

    def act(state: EditorState) -> Action | None:
        there = state.editable and place_of(state.drag.pairs, state.drag.selected) is not None
        return NudgeMarker((right, down)) if there else None

    return act


def delete(state: EditorState) -> Action | None:
    """Delete the point that is selected."""
    there = place_of(state.drag.pairs, state.drag.selected) is not None
    return DeletePair() if there and not state.busy else None


def mirror(state: EditorState) -> Action | None:
    """Mirror the points across the face's axis."""
    return MirrorPairs() if state.complete_pairs and not state.busy else None


def brush(factor: float) -> Act:
    """Make the brush larger by a factor."""

    def act(state: EditorState) -> Action:
        radius = min(max(state.drag.brush_radius * factor, 1.0), GREATEST_BRUSH)
        return ChangeDrag(dataclasses.replace(state.drag, brush_radius=radius))

    return act


def mask_tool(change: MaskChange) -> Act:
    """Change the mask as a whole."""
    return if_mask_seen(
        lambda state: ChangeMask(change) if state.editable and state.drag.mask is not None else None
    )


def lock_points(state: EditorState) -> Action | None:
    """Lock everything but the points."""
    return ChangeMask(MaskChange.POINTS_ONLY) if state.editable and state.drag.pairs else None


def lock_face(state: EditorState) -> Action | None:
    """Lock everything but the face."""
    return ChangeMask(MaskChange.FACE_ONLY) if state.ready and state.face.there else None


def mask(state: EditorState) -> Action:
    """Show or hide the mask."""
    shown = dataclasses.replace(state.drag, show_mask=True)
    if words := mask_hidden(dataclasses.replace(state, drag=shown)):
        return Tell(words)
    return ChangeDrag(dataclasses.replace(state.drag, show_mask=not state.drag.show_mask))


def escape(state: EditorState) -> Action | None:
    """Stop what runs; otherwise take back a point that waits for its target, or select none."""
    if state.busy:
        return StopJob()
    pairs = state.drag.pairs
    if points_hidden(state):
        return None
    if pairs and pairs[-1].target is None:
        return DeletePair(len(pairs) - 1)
    return SelectMarker(None) if state.drag.selected is not None else None
