"""Panel: a photograph of one's own: opened, a face brought into the generator, saved with the edit in it."""

import dataclasses

from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.widgets import button, choice, disabled, elided, hint, main_button, muted, row, share_of_row
from viz.actions import (
    Action,
    AskForFile,
    BringIn,
    ChangePhoto,
    ContinueJob,
    PauseJob,
    SaveEditFilm,
    SavePhoto,
    StopJob,
)
from viz.rules.photo import DRAWN, not_this_one
from viz.shortcuts import ask_for_photo
from viz.state import BUDGETS, EditorState, JobKind, PhotoState, PhotoView

_PARTS = 3  # Of the first row; the button is one of them.
_SAVED = (("PNG, TIFF, WebP (every pixel), JPEG (nearly)", "*.png *.tif *.webp *.jpg"),)
_BUDGET = (
    "How long to look for the face in the network. Quick: a likeness. Usual: nearer. "
    "Thorough: the network is tuned to the face, which takes long"
)
_FILM = "The edit on the whole photograph, 1280 px at most; GIF, MP4 or PNGs as chosen in Capture"
_VIEWS = {
    PhotoView.FACE: ("Face", "The network's picture, on which expressions and points work"),
    PhotoView.AFTER: ("Photo", "The whole photograph, with the edit in it"),
    PhotoView.BEFORE: ("Before", "The photograph as it was; click a face in it to choose it"),
}


def draw(state: EditorState) -> list[Action]:
    """Draw what can be done with a photograph now: six rows, so that a low window has room for all."""
    found = _draw_open(state)
    photo = state.photo
    if photo.path is None:
        muted(
            "Edit a face in a photograph of your own: it is brought into the network, edited, and put back."
        )
        return found
    found += _draw_way_in(state)
    found += _draw_work(state)
    if photo.note:
        muted(photo.note)
    if photo.drawn:
        muted(DRAWN)
    return found


def _draw_open(state: EditorState) -> list[Action]:
    """Draw the button that opens one, and beside it what is open."""
    photo = state.photo
    with disabled(state.busy or state.network.loaded is None):
        width = -1 if photo.path is None else share_of_row(_PARTS)
        pressed = button("Open photo …", width=width, tooltip="Or drop a photograph anywhere on the window")
    if photo.path is not None:
        imgui.same_line()
        imgui.align_text_to_frame_padding()
        elided(f"{_faces(photo)} in {photo.path.name}", theme.TEXT)
        height, width = photo.size
        hint(f"{photo.path}: {width} × {height} px")
    return [ask_for_photo()] if pressed else []


def _faces(photo: PhotoState) -> str:
    count = len(photo.faces)
    return f"face {photo.chosen + 1} of {count}" if count > 1 else "one face" if count else "no face"


def _draw_way_in(state: EditorState) -> list[Action]:
    """Draw the budget and the button that begins, or those of what runs."""
    photo, job = state.photo, state.job
    if job is not None and job.kind is JobKind.INVERT:
        found: list[Action] = []
        width = share_of_row(2)
        if button("Continue##photo" if job.paused else "Pause##photo", width=width, tooltip="Wait, or go on"):
            found.append(ContinueJob() if job.paused else PauseJob())
        imgui.same_line()
        with disabled(job.stopping):
            if button("Cancel", width=width, tooltip="End it, and keep the best so far"):
                found.append(StopJob())
        return found
    with disabled(state.busy or photo.face is None):
        row("Budget", _BUDGET)
        budget = choice("budget", photo.budget, [(name, name) for name in BUDGETS], _BUDGET)
        # Once it is in, what comes next is another button.
        draw_button = button if state.of_photo else main_button
        tooltip = "Look for the face in the network; then edit it"
        pressed = draw_button("Bring the face in", width=-1, tooltip=tooltip)
    if pressed:
        return [BringIn()]
    return [ChangePhoto(dataclasses.replace(photo, budget=budget))] if budget != photo.budget else []


def _draw_work(state: EditorState) -> list[Action]:
    """Draw what is seen, and the ways to save it."""
    photo, found = state.photo, list[Action]()
    view, whole = photo.view, photo.whole_face
    width = share_of_row(len(_VIEWS))
    for index, (kind, (name, tooltip)) in enumerate(_VIEWS.items()):
        if index:
            imgui.same_line()
        draw_button = main_button if kind is photo.view else button
        if draw_button(f"{name}##view", width=width, tooltip=tooltip):
            view = kind
    if not state.busy and (why := not_this_one(state)):
        muted(why)
    with disabled(not state.of_photo or not state.ready):
        width = share_of_row(2)
        if button("Save photo", width=width, tooltip="The whole photograph at its own size, as PNG"):
            found.append(SavePhoto())
        imgui.same_line()
        if button("Save photo as …", width=width, tooltip="Under a name, and in a format, of your own"):
            found.append(AskForFile("Save the photograph", _SAVED, SavePhoto, "save", _proposed(photo)))
        with disabled(not state.picture.edited):
            if button("Film of the photo", width=width, tooltip=_FILM):
                found.append(SaveEditFilm(photo=True))
        imgui.same_line()
        whole = imgui.checkbox("Whole face", whole)[1]
        hint("Put the whole face as the network draws it into the photograph, not only what the edit changed")
    if view is not photo.view or whole != photo.whole_face:
        found.append(ChangePhoto(dataclasses.replace(photo, view=view, whole_face=whole)))
    return found


def _proposed(photo: PhotoState) -> str:
    return "" if photo.path is None else str(photo.path.with_name(f"{photo.path.stem}-edited.png"))
