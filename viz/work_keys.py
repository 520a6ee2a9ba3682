"""What the keys of the work do: the project, the way of the last edit, before and after, films."""

import dataclasses
import math
from collections.abc import Callable

from viz.actions import (
    Action,
    ChangeCapture,
    CompareAgainst,
    RecoverWork,
    SaveEditFilm,
    SavePhoto,
    SavePicture,
    SaveProject,
    ScrubEdit,
    Tell,
)
from viz.rules.project import ask_where
from viz.sight import edit_hidden
from viz.state import Against, EditorState, FilmKind

Act = Callable[[EditorState], Action | None]


def along(by: int) -> Act:
    """Go along the last edit, from state to state."""

    def act(state: EditorState) -> Action | None:
        edit = state.picture.edit
        if edit is None or not state.ready:
            return None
        whole = math.floor(edit.place) if by > 0 else math.ceil(edit.place)
        place = min(max(whole + by, 0), len(edit.path) - 1)
        return ScrubEdit(float(place)) if place != edit.place else None

    return act


def next_film(state: EditorState) -> Action:
    """Take the next form of films."""
    kinds = list(FilmKind)
    following = kinds[(kinds.index(state.capture.film) + 1) % len(kinds)]
    return ChangeCapture(dataclasses.replace(state.capture, film=following))


def save_picture(state: EditorState) -> Action | None:
    """Save what is on the stage: the picture, or the photograph with the edit in it."""
    if state.photo.shown is None:
        return SavePicture() if state.frame else None
    if edit_hidden(state):
        return Tell("The photograph is shown as it was: V brings the face, or the photograph with the edit.")
    return SavePhoto() if state.ready else None


def save_edit(state: EditorState) -> Action | None:
    """Save the film of the edit, of the photograph where that is on the stage."""
    if not state.ready or not state.picture.edited:
        return None
    return SaveEditFilm(photo=state.photo.shown is not None and state.of_photo)


def recover(state: EditorState) -> Action | None:
    """Take the newest work that was left, a crash's first."""
    readable = [left for left in state.project.leftovers if not left.fault]
    readable.sort(key=lambda left: left.closed)
    return RecoverWork(readable[0].path) if readable and not state.project.doing else None


def against(state: EditorState) -> Action:
    """Compare with the other of the two: the last edit, or all."""
    if state.photo.shown is not None:
        return Tell("Of a photograph, before is the photograph as it was.")
    last = state.compare.against is Against.EDIT
    return CompareAgainst(Against.OWN if last else Against.EDIT)


def save_project(state: EditorState) -> Action | None:
    """Save where the project is."""
    return SaveProject() if state.history.here is not None and not state.project.doing else None


def save_project_as(state: EditorState) -> Action | None:
    """Ask under what name to save."""
    return ask_where(state) if state.history.here is not None and not state.project.doing else None
