"""Panel: all edits of the picture; each can be weighed, switched off, moved and taken out."""

import dataclasses

from imgui_bundle import imgui

from faces.stack import GREATEST_AMOUNT, LEAST_AMOUNT, Layer
from gui_utils import theme
from gui_utils.widgets import button, disabled, hint, main_button, muted, share_of_row
from viz.actions import (
    Action,
    AskForFile,
    ChangeLayer,
    ClearStack,
    JoinLayers,
    MoveLayer,
    OpenStackFile,
    RemoveLayer,
    ReplayStack,
    SaveDirection,
    SaveRecipe,
    TypeStackPath,
)
from viz.state import EditorState
from viz.words import measured_now

_FILES = (("Recipes and directions", "*.json *.npz"), ("All files", "*"))
_AMOUNT_HELP = (
    "How much of this edit is used, at once and with no optimisation: 0 is the picture without it, 1 all "
    "that came of it; above 1 it goes on, below 0 the other way. Default: 1. Ctrl and a click: type a number."
)
_TITLE_HELP = "Pull up or down to change the order, which counts when the edits are replayed."


def draw(state: EditorState) -> list[Action]:
    """Draw each edit with its amount, and what can be done with all of them."""
    stack, found = state.picture.stack, list[Action]()
    if not stack:
        muted("Each edit appears here, and can be weighed, switched off and replayed on another picture.")
    with disabled(not state.ready):
        for index, layer in enumerate(stack):
            imgui.push_id(index)
            found += _draw_layer(state, index, layer)
            imgui.pop_id()
        imgui.separator()
        found += _draw_whole(state)
        found += _draw_files(state)
    return found


# ----------------------------------------------------------------------------
# One edit.


def _draw_layer(state: EditorState, index: int, layer: Layer) -> list[Action]:
    """Draw two lines: what it is, and how much of it is used."""
    found: list[Action] = []
    switched, on = imgui.checkbox("##on", layer.on)
    hint("Whether this edit is used. Default: on")
    if switched:
        found.append(ChangeLayer(index, dataclasses.replace(layer, on=on)))
    imgui.same_line()
    found += _draw_title(state, index, layer)
    if not layer.done:
        muted("waits: press Replay" if layer.on else "off: not replayed")
        return found
    imgui.set_next_item_width(-1)
    with disabled(not layer.on):
        moved, amount = imgui.slider_float("##amount", layer.amount, LEAST_AMOUNT, GREATEST_AMOUNT, "%.2f")
        hint(_AMOUNT_HELP)
    if moved:
        found.append(ChangeLayer(index, dataclasses.replace(layer, amount=float(amount))))
    for text in measured_now(state, layer):
        muted(text)
    return found


def _draw_title(state: EditorState, index: int, layer: Layer) -> list[Action]:
    """Draw the title, which can be pulled to another place, and the buttons at its right."""
    found: list[Action] = []
    spacing, side = imgui.get_style().item_inner_spacing.x, imgui.get_frame_height()
    save = imgui.calc_text_size("Save").x + 2 * imgui.get_style().frame_padding.x
    beside = imgui.get_style().item_spacing.x  # By so much a title is wider than it was told to be.
    room = max(side, imgui.get_content_region_avail().x - 3 * side - save - 4 * spacing - beside)
    imgui.begin_group()
    imgui.align_text_to_frame_padding()
    imgui.push_style_color(imgui.Col_.text, theme.TEXT if layer.on else theme.MUTED)
    imgui.selectable(f"{_title(layer)}##title", False, imgui.SelectableFlags_.none, imgui.ImVec2(room, side))
    imgui.pop_style_color()
    imgui.end_group()
    hint(f"{_TITLE_HELP} {_asked(layer)}".strip())
    if imgui.is_item_active() and not imgui.is_item_hovered():
        step = 1 if imgui.get_mouse_pos().y > imgui.get_item_rect_max().y else -1
        if 0 <= index + step < len(state.picture.stack):
            found.append(MoveLayer(index, index + step))
    imgui.same_line(0, spacing)
    with disabled(index == 0):
        if _arrow("##up", imgui.Dir.up, "Earlier: counts when the edits are replayed"):
            found.append(MoveLayer(index, index - 1))
    imgui.same_line(0, spacing)
    with disabled(index + 1 == len(state.picture.stack)):
        if _arrow("##down", imgui.Dir.down, "Later: counts when the edits are replayed"):
            found.append(MoveLayer(index, index + 1))
    imgui.same_line(0, spacing)
    with disabled(layer.offset is None):
        if button("Save##direction", width=save, tooltip=_direction_help(state)):
            found.append(SaveDirection(index, _npz(state.stack_path)))
    imgui.same_line(0, spacing)
    if button("×##remove", width=side, tooltip="Take this edit out (Undo brings it back)"):
        found.append(RemoveLayer(index))
    return found


def _arrow(name: str, way: imgui.Dir, tooltip: str) -> bool:
    pressed = imgui.arrow_button(name, way)
    hint(tooltip)
    return pressed


def _title(layer: Layer) -> str:
    strengths = [part.strength for part in layer.parts]
    asked = f"  ×{strengths[0]:.2f}" if len(strengths) == 1 and strengths[0] != 1 else ""
    return f"{layer.title}{asked}"


def _asked(layer: Layer) -> str:
    if not layer.parts:
        return "No expression: it is replayed as a direction of w."
    parts = ", ".join(f"{part.expression} at strength {part.strength:.2f}" for part in layer.parts)
    return f"Asked for: {parts}{', at once' if len(layer.parts) > 1 else ''}."


# ----------------------------------------------------------------------------
# All of them.


def _draw_whole(state: EditorState) -> list[Action]:
    found: list[Action] = []
    stack = state.picture.stack
    waiting = any(layer.on and not layer.done for layer in stack)
    with disabled(not any(layer.on for layer in stack)):
        draw_button = main_button if waiting else button
        if draw_button("Replay on this picture", width=-1, tooltip=(
            "Do all edits that are on anew, one after the other, on this picture without its edits. "
            "Expressions are optimised again; drags and directions are added."
        )):  # fmt: skip
            found.append(ReplayStack())
    width = share_of_row(2)
    with disabled(sum(layer.on and bool(layer.parts) for layer in stack) < 2):
        if button("Join", width=width, tooltip=(
            "Make one edit of the expressions that are on: they are then done at once, not one after the "
            "other. Replay does it."
        )):  # fmt: skip
            found.append(JoinLayers())
    imgui.same_line()
    with disabled(not stack):
        if button("Clear##stack", width=width, tooltip="Take all edits out (Undo brings them back)"):
            found.append(ClearStack())
    return found


def _draw_files(state: EditorState) -> list[Action]:
    found: list[Action] = []
    width = share_of_row(2)
    with disabled(not state.picture.stack):
        if button("Save recipe", width=width, tooltip=_recipe_help(state)):
            found.append(SaveRecipe(_json(state.stack_path)))
    imgui.same_line()
    if button("Open …##stack", width=width, tooltip=(
        "A recipe (.json) takes the stack's place and waits for Replay; a direction (.npz) is added at once."
    )):  # fmt: skip
        found.append(AskForFile("Open a recipe or a direction", _FILES, OpenStackFile, "open", ""))
    imgui.set_next_item_width(-1)
    typed, text = imgui.input_text_with_hint(
        "##stackfile", "path of a recipe or direction …", state.stack_path
    )
    hint("For Save recipe, and for Save of an edit; Enter opens what is typed. Default: empty")
    if typed:
        found.append(TypeStackPath(text))
    if imgui.is_item_deactivated() and imgui.is_key_pressed(imgui.Key.enter) and text.strip():
        found.append(OpenStackFile(text))
    return found


def _recipe_help(state: EditorState) -> str:
    place = _place(state, f"recipe-seed{state.latent.seed}-NN.json", ".json")
    return f"Write all edits, with strengths, amounts and order, to {place}. It replays on any picture."


def _direction_help(state: EditorState) -> str:
    place = _place(state, f"direction-seed{state.latent.seed}-NN.npz", ".npz")
    return f"Save this edit as a direction of w, to {place}. It can be added to any picture of this network."


def _place(state: EditorState, usual: str, suffix: str) -> str:
    typed = state.stack_path.strip()
    return typed if typed.endswith(suffix) else f"{state.capture.folder}/{usual}"


def _json(typed: str) -> str:
    return typed if typed.strip().endswith(".json") else ""


def _npz(typed: str) -> str:
    return typed if typed.strip().endswith(".npz") else ""
