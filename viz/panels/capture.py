"""Panel: pictures and films as files."""

import dataclasses

from imgui_bundle import imgui

from gui_utils.widgets import button, disabled, hint, muted, row, share_of_row
from viz.actions import Action, ChangeCapture, SaveEditFilm, SavePicture
from viz.state import EditorState


def draw(state: EditorState) -> list[Action]:
    """Draw the folder and the two buttons."""
    found: list[Action] = []
    row("Folder", "Where files go; it is made if it is missing, and nothing is written over")
    folder = imgui.input_text("##folder", state.capture.folder)[1]
    hint("Where files go; it is made if it is missing, and nothing is written over. Default: out")
    if folder != state.capture.folder:
        found.append(ChangeCapture(dataclasses.replace(state.capture, folder=folder)))
    width = share_of_row(2)
    with disabled(state.frame is None):
        if button("Picture (PNG)", width=width, tooltip="Save the picture as it is now"):
            found.append(SavePicture())
    imgui.same_line()
    with disabled(not state.ready or state.edits == 0):
        if button("Edit (GIF)", width=width, tooltip="Save the last edit, from its first step to its last"):
            found.append(SaveEditFilm())
    if state.capture.saved is not None:
        muted(f"Saved {state.capture.saved.name}")
        hint(str(state.capture.saved))
    return found
