"""Panel: what was done, in words; a click goes there, whether it lies behind or ahead."""

from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.widgets import button, disabled, hint, muted, share_of_row
from viz.actions import Action, GoToEntry, Redo, Undo
from viz.state import EditorState

_ROWS = 3.0  # At least so many entries are in sight.


def draw(state: EditorState) -> list[Action]:
    """Draw Undo, Redo and the list; what was taken back is muted."""
    history, found = state.history, list[Action]()
    width = share_of_row(2)
    with disabled(not history.can_undo and not state.busy):
        if button("Undo", width=width, tooltip=f"Take back: {_said(state, 0)}  (Ctrl+Z)"):
            found.append(Undo())
    imgui.same_line()
    with disabled(not history.can_redo):
        if button("Redo", width=width, tooltip=f"Do again: {_said(state, 1)}  (Ctrl+Shift+Z)"):
            found.append(Redo())
    if not history.entries:
        muted("Nothing done yet. All that you do appears here, and can be gone back to.")
        return found
    row = imgui.get_text_line_height_with_spacing()
    room = max(imgui.get_content_region_avail().y, _ROWS * row)
    imgui.begin_child("entries", imgui.ImVec2(0, room), imgui.ChildFlags_.borders)
    found += _draw_entries(state)
    imgui.end_child()
    return found


def _draw_entries(state: EditorState) -> list[Action]:
    """Draw the entries that are in sight: there may be hundreds."""
    history, found = state.history, list[Action]()
    clipper = imgui.ListClipper()
    clipper.begin(len(history.entries))
    while clipper.step():
        for index in range(clipper.display_start, clipper.display_end):
            entry = history.entries[index]
            colour = theme.TEXT if index <= history.at else theme.MUTED
            imgui.push_style_color(imgui.Col_.text, colour)
            chosen = imgui.selectable(f"{entry.words}##entry{index}", index == history.at)[0]
            imgui.pop_style_color()
            hint("Here you are" if index == history.at else "Go here: everything is as it was then")
            if chosen and index != history.at:
                found.append(GoToEntry(index))
    clipper.end()
    storage = imgui.get_state_storage()
    key = imgui.get_id("shown")
    if storage.get_int(key, -1) != history.at:
        storage.set_int(key, history.at)
        row = imgui.get_text_line_height_with_spacing()
        imgui.set_scroll_y(max(0.0, (history.at + 0.5) * row - imgui.get_window_height() / 2))
    return found


def _said(state: EditorState, later: int) -> str:
    """Give the words of the entry that would be taken back (0) or done again (1)."""
    history = state.history
    index = history.at + later
    if later == 0 and state.busy and state.job is not None:
        return state.job.title
    return history.entries[index].words if 0 <= index < len(history.entries) else "nothing"
