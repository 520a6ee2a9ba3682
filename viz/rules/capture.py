"""Rules of files: pictures and films that are written."""

import dataclasses
from pathlib import Path

from dnnlib.errors import EditorError
from viz import actions, answers, commands
from viz.actions.capture import Action
from viz.answers.capture import News
from viz.rules.stacking import way_to
from viz.rules.steps import Result, next_epoch, without_job
from viz.state import EditorState, Job, JobKind


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about files."""
    match action:
        case actions.ChangeCapture(capture):
            return dataclasses.replace(state, capture=capture), ()
        case actions.SavePicture():
            return _save_picture(state)
        case actions.SaveEditFilm(photo):
            return _save_film(state, capture_photo(state) if photo is None else photo)
        case actions.SaveWindow():
            path = free_name(state, "window", ".png")
            state = next_epoch(state)
            return state, (commands.WriteWindow(state.epoch, path),)


def hear(state: EditorState, news: News) -> Result:
    """Tell of a file that was written."""
    match news:
        case answers.Saved(epoch, path):
            capture = dataclasses.replace(state.capture, saved=path)
            state = dataclasses.replace(without_job(state, epoch), capture=capture)
            return dataclasses.replace(state, notice=f"Saved {path}"), ()


def _save_picture(state: EditorState) -> Result:
    frame = state.frame
    if frame is None:
        raise EditorError("No picture to save yet: load a network first.")
    path = free_name(state, "picture", ".png")
    state = next_epoch(state)
    return state, (commands.WritePicture(state.epoch, path, frame.picture),)


def capture_photo(state: EditorState) -> bool:
    """Tell whether a film of the edit would be one of the whole photograph."""
    return state.capture.photo and state.of_photo


def _save_film(state: EditorState, photo: bool) -> Result:
    if not state.ready:
        return state, ()
    way, capture = way_to(state.picture), state.capture
    if way is None:
        raise EditorError("No edit to save yet: click an expression, or drag a point, first.")
    path = free_name(state, "photo" if photo else "edit", capture.film.suffix)
    state = next_epoch(state)
    job = Job(state.epoch, JobKind.FILM, f"Saving {path.name}")
    command = commands.SaveFilm(state.epoch, path, way, capture.film, capture.points, capture.fps, photo)
    return dataclasses.replace(state, job=job), (command,)


def free_name(state: EditorState, word: str, suffix: str) -> Path:
    """Name a file that is not there yet: nothing is ever written over."""
    folder = Path(state.capture.folder.strip() or ".").expanduser()
    number = 1
    while (path := folder / f"{word}-seed{state.latent.seed}-{number:02d}{suffix}").exists():
        number += 1
    return path
