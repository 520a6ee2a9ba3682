"""Strip under the picture: the last edit, step by step, to go along; from any step another edit can begin."""

import numpy as np
from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.widgets import disabled, hint
from viz.actions import Action, ScrubEdit
from viz.panels import comparing
from viz.state import Edit, EditorState

_EXPLANATION = (
    "The steps of the last edit: pull to any of them. What you do next begins there; "
    "Undo brings the whole edit back. Keys: , and ."
)


def draw(state: EditorState) -> list[Action]:
    """Draw a slider over the states of the last edit; nothing where there was none."""
    edit = state.picture.edit
    if state.job is not None or state.frame is None:
        return []
    room = imgui.get_content_region_avail().x
    if edit is None or len(edit.path) < 2:
        imgui.set_cursor_pos_x(imgui.get_cursor_pos_x() + max(0.0, room - comparing.width()))
        return comparing.draw(state)
    imgui.align_text_to_frame_padding()
    imgui.text_colored(theme.MUTED, "Step")
    imgui.same_line()
    beside = comparing.width() + imgui.get_style().item_spacing.x
    narrow = room - beside < imgui.get_font_size() * 8
    imgui.set_next_item_width(-1 if narrow else -beside)
    with disabled(not state.ready):
        moved, place = imgui.slider_float("##scrub", edit.place, 0.0, len(edit.path) - 1.0, step_text(edit))
        hint(_EXPLANATION)
    found: list[Action] = [ScrubEdit(float(place))] if moved else []
    if not narrow:
        imgui.same_line()
        found += comparing.draw(state)
    return found


def step_text(edit: Edit) -> str:
    """Say at which step of the edit the picture is."""
    step = float(np.interp(edit.place, np.arange(len(edit.path)), edit.path.steps))
    return f"{step:.0f} of {edit.path.steps[-1]}"
