"""Panel: pictures and films as files."""

import dataclasses

from imgui_bundle import imgui

from gui_utils.widgets import button, choice, disabled, hint, muted, row, share_of_row
from viz.actions import Action, ChangeCapture, SaveEditFilm, SavePicture, SaveWindow
from viz.shortcuts import with_keys
from viz.state import CaptureState, EditorState, FilmKind

_FOLDER = "Where files go; it is made if it is missing, and nothing is written over. Default: out"
_FILM = "GIF shows everywhere, MP4 is small and has all colours, PNGs are numbered frames. Default: GIF"
_EDIT = "Save the last edit, first step to last; with amounts moved since, the way to this picture"
_RATE = "Frames of a film in a second. Default: 15"
_WHOLE = (
    "Where the picture is of a face in a photograph, film the whole of it, 1280 px at most, without points. "
    "Default: on"
)
_FPS = (5, 50)
_TEXTS = {FilmKind.GIF: "GIF", FilmKind.MP4: "MP4", FilmKind.FRAMES: "PNGs"}
_TITLES = {kind: f"Save the edit ({text})" for kind, text in _TEXTS.items()}


def draw(state: EditorState) -> list[Action]:
    """Draw the folder, the buttons, and the form of films."""
    found: list[Action] = []
    capture = _draw_folder(state.capture)
    width = share_of_row(2)
    with disabled(state.frame is None):
        tooltip = with_keys("Save the picture alone, as it is now", "Save the picture (PNG)")
        if button("Picture (PNG)", width=width, tooltip=tooltip):
            found.append(SavePicture())
    imgui.same_line()
    tooltip = with_keys("Save the whole window as it is now", "Save the window (PNG)")
    if button("Window (PNG)", width=width, tooltip=tooltip):
        found.append(SaveWindow())
    capture = _draw_film(capture, photo=state.of_photo)
    with disabled(not state.ready or not state.picture.edited):
        tooltip = with_keys(_EDIT, "Save the edit (film)")
        if button(_TITLES[capture.film], width=-1, tooltip=tooltip):
            found.append(SaveEditFilm())
    if state.capture.saved is not None:
        muted(f"Saved {state.capture.saved.name}")
        hint(str(state.capture.saved))
    if capture != state.capture:
        found.insert(0, ChangeCapture(capture))
    return found


def _draw_folder(capture: CaptureState) -> CaptureState:
    row("Folder", _FOLDER)
    folder = imgui.input_text("##folder", capture.folder)[1]
    hint(_FOLDER)
    return capture if folder == capture.folder else dataclasses.replace(capture, folder=folder)


def _draw_film(capture: CaptureState, *, photo: bool) -> CaptureState:
    row("Film", _FILM)
    texts = [(kind.value, text) for kind, text in _TEXTS.items()]
    kind = FilmKind(choice("film", capture.film.value, texts, _FILM))
    row("Rate", _RATE)
    fps = imgui.slider_int("##fps", capture.fps, *_FPS, "%d frames/s")[1]
    hint(_RATE)
    whole = capture.photo
    with disabled(not photo):
        whole = imgui.checkbox("Whole photograph", whole)[1]
        hint(_WHOLE)
    points = imgui.checkbox("Points on the film", capture.points)[1]
    hint("Draw handles, targets and the way between on each frame of a film. Default: off")
    fps = min(max(fps, _FPS[0]), _FPS[1])
    return dataclasses.replace(capture, film=kind, fps=fps, points=points, photo=whole)
