"""The editor's rules for looking for faces: when to ask, and what an answer is worth."""

from viz import answers, commands
from viz.rules.steps import Result, in_face, next_epoch
from viz.state import EditorState


def look(state: EditorState) -> Result:
    """Ask for the landmarks if they are to be shown, otherwise for a glance, if nobody has looked yet."""
    face = state.face
    if face.faces is not None or not state.ready:
        return state, ()
    if face.show_landmarks:
        return look_closely(state)
    if any(layer.done and layer.parts for layer in state.picture.stack):
        # What an edit measures now is to be said, once nobody pulls at it any more.
        state = next_epoch(state)
        return state, (commands.Detect(state.epoch, face.detector, patient=True),)
    if face.glanced:
        return state, ()
    state = next_epoch(state)
    return state, (commands.Glance(state.epoch),)


def look_closely(state: EditorState) -> Result:
    """Ask for the faces, by the detector that was chosen."""
    if not state.ready:
        return state, ()
    state = next_epoch(state)
    return state, (commands.Detect(state.epoch, state.face.detector),)


def seen(state: EditorState, news: answers.Detected | answers.Glimpsed) -> EditorState:
    """Take in what was found in the picture shown; what was found in an older one is let go."""
    if news.epoch <= state.picture_epoch or state.busy:
        return state
    match news:
        case answers.Detected(_, faces):
            return in_face(state, faces=faces)
        case answers.Glimpsed(_, face):
            return in_face(state, glimpse=face, glanced=True)
