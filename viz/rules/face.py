"""Rules of Face Adjustments: settings, expressions, and the way back."""

import dataclasses

from faces.expressions import Library, find_expression, read_library
from faces.stack import Layer, Part
from viz import actions
from viz.actions.face import Action
from viz.rules import looking, stack
from viz.rules.picture import new_picture
from viz.rules.steps import Result, in_face, in_picture, with_banner
from viz.state import EditorState, FaceState


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about the face."""
    match action:
        case actions.ChangeFace(face):
            return _change(state, face)
        case actions.LookForFaces():
            return looking.look_closely(state)
        case actions.ClickExpression(expression):
            return _adjust(state, expression)
        case actions.ReadExpressions():
            return take_library(state, read_library()), ()
        case actions.ResetFace():
            return _reset(state)


def take_library(state: EditorState, library: Library) -> EditorState:
    """Offer these expressions; what is wrong with a file of the user's becomes a banner."""
    group = state.face.group if state.face.group in library.groups else next(iter(library.groups))
    state = in_face(state, library=library, group=group)
    for problem in library.problems:
        state = with_banner(state, problem)
    return state


def _change(state: EditorState, face: FaceState) -> Result:
    if face.detector != state.face.detector:
        face = dataclasses.replace(face, faces=None)
    return looking.look(dataclasses.replace(state, face=face))


def _adjust(state: EditorState, key: str) -> Result:
    if not state.ready:
        return state, ()
    expression = find_expression(key, state.face.library.expressions)
    return stack.start(state, Layer(expression.title, (Part(key, state.face.strength(key)),)), None)


def _reset(state: EditorState) -> Result:
    face = dataclasses.replace(state.face, strengths={}, click=None)
    drag = dataclasses.replace(state.drag, pairs=(), mask=None)
    state = in_picture(dataclasses.replace(state, face=face, drag=drag), stack=())
    return new_picture(state)
