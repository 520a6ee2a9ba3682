"""Rules of the picture: which seed is shown, which frames count, and what is seen in them."""

import dataclasses

from viz import actions, answers, commands
from viz.actions.picture import Action
from viz.answers.picture import News
from viz.rules import looking
from viz.rules.steps import Result, in_face, next_epoch
from viz.state import EditorState, JobKind


def act(state: EditorState, action: Action) -> Result:
    """Go to another picture."""
    match action:
        case actions.ChangeLatent(latent):
            return new_picture(dataclasses.replace(state, latent=latent))


def hear(state: EditorState, news: News | answers.Frame) -> Result:
    """Take a frame, or what was seen in one; those of an older picture are let go."""
    match news:
        case answers.Frame():
            if news.epoch != state.picture_epoch:
                return state, ()
            return looking.look(dataclasses.replace(state, frame=news))
        case answers.Detected() | answers.Glimpsed():
            return looking.seen(state, news), ()


def new_picture(state: EditorState) -> Result:
    """Ask for the picture of the seed. What belonged to the old picture goes with it."""
    if state.network.loaded is None:
        return state, ()
    job = state.job if state.job is not None and state.job.kind is JobKind.FILM else None
    state = next_epoch(state)
    state = dataclasses.replace(state, picture_epoch=state.epoch, edits=0, job=job)
    state = in_face(state, faces=None, glanced=False, outcome=None, click=None, last_mask=None)
    latent = state.latent
    return state, (commands.Generate(state.epoch, latent.seed, latent.psi, latent.label),)
