"""What is out of sight, in words: no key acts on what nobody sees."""

from viz.state import CompareMode, EditorState, PhotoView

_ON_THE_FACE = "are on the face, and the photograph is shown: V brings the face."


def points_hidden(state: EditorState) -> str:
    """Say why points are not in sight, and what brings them back; empty where they are in sight."""
    if state.photo.shown is not None:
        return f"Points and mask {_ON_THE_FACE}"
    if state.compare.held:
        return "Points and mask are shown again when C is let go."
    if state.compare.mode is CompareMode.DIFFERENCE:
        return "Points and mask are hidden where the difference is shown: D brings them back."
    return ""


def mask_hidden(state: EditorState) -> str:
    """Say why the mask is not in sight, or would not be if there were one, and what brings it back."""
    if hidden := points_hidden(state):
        return hidden
    if state.compare.mode is CompareMode.SPLIT:
        return "The mask is hidden in the split view: S brings it back."
    return "" if state.drag.show_mask else "The mask is hidden: M shows it."


def landmarks_hidden(state: EditorState) -> str:
    """Say why landmarks are not in sight, and what brings them back."""
    if state.photo.shown is not None:
        return f"Landmarks {_ON_THE_FACE}"
    return points_hidden(state).replace("Points and mask", "Landmarks")


def edit_hidden(state: EditorState) -> str:
    """Say why nobody would see what a drag does: the photograph is shown as it was, or its face is not in."""
    photo = state.photo
    if photo.shown is None or (state.of_photo and photo.view is PhotoView.AFTER):
        return ""
    return f"The points {_ON_THE_FACE}"
