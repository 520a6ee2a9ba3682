"""Rules of the stack: how much of each edit is used, in which order, and what is done anew."""

import dataclasses
from pathlib import Path

import numpy as np

from dnnlib.errors import EditorError
from faces.expression import Expression
from faces.expressions import find_expression
from faces.stack import GREATEST_AMOUNT, LEAST_AMOUNT, Layer, apply_pending, composed, joined, moved
from faces.together import together
from viz import actions, commands
from viz.actions.stack import Action
from viz.answers.stack import News
from viz.rules import looking
from viz.rules.capture import free_name
from viz.rules.picture import go_to
from viz.rules.steps import Result, begin, check_in_sight, in_picture, next_epoch, with_banner
from viz.state import EditorState, JobKind


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about the stack; while an edit runs, nothing."""
    if isinstance(action, actions.TypeStackPath):
        return dataclasses.replace(state, stack_path=action.text), ()
    if not state.ready:
        return state, ()
    stack = state.picture.stack
    match action:
        case actions.ChangeLayer(index, layer) if index < len(stack):
            amount = min(max(layer.amount, LEAST_AMOUNT), GREATEST_AMOUNT)
            layer = dataclasses.replace(layer, amount=amount)
            return show(state, (*stack[:index], layer, *stack[index + 1 :]))
        case actions.MoveLayer(index, to) if index < len(stack):
            return show(state, moved(stack, index, to))
        case actions.RemoveLayer(index):
            return show(state, (*stack[:index], *stack[index + 1 :]))
        case actions.ClearStack():
            return show(state, ())
        case actions.JoinLayers():
            return show(state, joined(stack))
        case actions.ReplayStack():
            return _replay(state)
        case actions.SaveRecipe(path):
            return _save_recipe(state, path)
        case actions.SaveDirection(index, path) if index < len(stack):
            return _save_direction(state, stack[index], path)
        case actions.OpenStackFile(path):
            return open_file(state, path)
    return state, ()


def hear(state: EditorState, news: News) -> Result:
    """Take in what was read from a file."""
    if news.remark:
        state = with_banner(state, news.remark, severe=False)
    state = dataclasses.replace(state, stack_path="")
    if news.whole:
        state = dataclasses.replace(state, notice=f"{news.path.name}: press Replay to do it on this picture.")
        return show(state, news.layers)
    w = state.picture.w
    if w is None:
        return state, ()
    added = tuple(apply_pending(layer, w) for layer in news.layers)
    return show(state, (*state.picture.stack, *added))


def show(state: EditorState, stack: tuple[Layer, ...]) -> Result:
    """Take another stack, and go to the w that comes of it."""
    base, shown = state.picture.own_w, state.picture.w
    state = in_picture(state, stack=stack)
    if base is None:
        return state, ()
    w = composed(base, stack)
    same = shown is not None and np.array_equal(w, shown)
    return (state, ()) if same else go_to(state, w)


# ----------------------------------------------------------------------------
# Doing it anew.


def follow(state: EditorState, asked: tuple[commands.Command, ...]) -> Result:
    """After an edit of a stack that is replayed: use as much of it as was wanted, and do the next."""
    rest = state.replay
    if rest is None:
        return state, asked
    state, further = show(dataclasses.replace(state, replay=None), state.picture.stack)
    state, more = go_on(state, rest)
    state, looks = (state, ()) if state.busy else looking.look(state)
    return state, (*asked, *further, *more, *looks)


def _replay(state: EditorState) -> Result:
    """Begin with the first edit that is on, on the picture without edits."""
    stack = tuple(layer.undone() for layer in state.picture.stack)
    wanted = tuple(index for index, layer in enumerate(stack) if layer.on)
    if not wanted:
        raise EditorError("Nothing to replay: click an expression, or switch an edit of the stack on.")
    state, asked = show(state, stack)
    state, further = go_on(state, wanted)
    return state, (*asked, *further)


def go_on(state: EditorState, wanted: tuple[int, ...]) -> Result:
    """Do the next of the edits that are still to be replayed; offsets at once, expressions by a job."""
    asked: tuple[commands.Command, ...] = ()
    for number, index in enumerate(wanted):
        stack, w = state.picture.stack, state.picture.w
        if index >= len(stack):
            break
        layer = stack[index]
        if layer.parts:
            state, further = start(state, layer, index, wanted[number + 1 :])
            return state, (*asked, *further)
        if w is None:
            raise EditorError("The picture is being drawn: press Replay once it is there.")
        state, further = show(state, (*stack[:index], apply_pending(layer, w), *stack[index + 1 :]))
        asked = (*asked, *further)
    return state, asked


def start(state: EditorState, layer: Layer, place: int | None, rest: tuple[int, ...] = ()) -> Result:
    """Ask for the expressions of an edit.

    Args:
        state: as it is.
        layer: what is to be done.
        place: which of the stack it is; None: a new one.
        rest: which of the stack are to be done after it.

    Raises:
        ExpressionError: if an expression is not known any more.
        EditorError: if a photograph is on the stage whose face is not in the network yet.
    """
    check_in_sight(state)
    face = state.face
    expression, strength = expression_of(state, layer)
    state = begin(state, JobKind.ADJUST, layer.title)
    if state.job is not None:
        state = dataclasses.replace(
            state, job=dataclasses.replace(state.job, layer=layer, place=place, rest=rest)
        )
    command = commands.Adjust(
        state.epoch,
        expression,
        strength,
        face.detector,
        face.automatic_mask,
        face=face.click,
        mask=None if face.automatic_mask else state.drag.mask,
    )
    return state, (command,)


def expression_of(state: EditorState, layer: Layer) -> tuple[Expression, float]:
    """Give what an edit asks for, as one expression and its strength.

    Raises:
        ExpressionError: if an expression is not known any more.
    """
    known = state.face.library.expressions
    return together([(find_expression(part.expression, known), part.strength) for part in layer.parts])


# ----------------------------------------------------------------------------
# Files.


def _save_recipe(state: EditorState, path: str) -> Result:
    if not state.picture.stack:
        raise EditorError("Nothing to save yet: click an expression first.")
    target = _named(path, ".json") if path.strip() else free_name(state, "recipe", ".json")
    state = next_epoch(state)
    return state, (commands.WriteRecipe(state.epoch, target, state.picture.stack),)


def _save_direction(state: EditorState, layer: Layer, path: str) -> Result:
    network = state.network.loaded
    if network is None:
        return state, ()
    target = _named(path, ".npz") if path.strip() else free_name(state, "direction", ".npz")
    state = next_epoch(state)
    return state, (commands.WriteDirection(state.epoch, target, layer, network.sha256),)


def _named(path: str, suffix: str) -> Path:
    named = Path(path.strip()).expanduser()
    return named if named.suffix else named.with_suffix(suffix)


def open_file(state: EditorState, path: str) -> Result:
    """Ask for a recipe or a direction to be read.

    Raises:
        EditorError: if no path was given.
    """
    network = state.network.loaded
    if not path.strip():
        raise EditorError("No path: type the path of a recipe (.json) or a direction (.npz).")
    if network is None:
        raise EditorError("A recipe needs a network: load one first.")
    state = next_epoch(state)
    shape = (network.num_ws, network.w_dim)
    read = commands.ReadStackFile(
        state.epoch, Path(path.strip()).expanduser(), state.face.library, shape, network.sha256
    )
    return state, (read,)
