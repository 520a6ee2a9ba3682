"""Part of the Drag panel: the brush, and what is done to the whole mask."""

import dataclasses

from imgui_bundle import imgui

from gui_utils.widgets import button, choice, disabled, hint, row, share_of_row
from viz.actions import Action, ChangeMask
from viz.shortcuts import with_keys
from viz.state import GREATEST_BRUSH, DragState, EditorState, MaskChange

GREATEST_EDGE = 32.0
_PAINTS = "The left button paints this, the right button the opposite. Dark parts are held. Default: may move"
_RADIUS = "Of the brush, in px of the picture. Default: 12 px\nKeys: [ smaller, ] larger"
_HARDNESS = (
    "The share of the radius over which the brush is whole; from there it fades. "
    "100 % has a sharp edge, 0 % is soft to the middle. Default: 65 %"
)
_EDGE = "How far the three buttons below reach, in px of the picture. Default: 4 px"
_OVERLAY = "How dark held parts are shown; the mask counts all the same. Default: 66 %"
_SHOWN = with_keys("Show the mask over the picture; hidden, it counts all the same", "Show or hide the mask")

_WHOLE = (
    (MaskChange.GROW, "Grow", with_keys("Let more move, by as many px as the slider says", "Grow the mask")),
    (
        MaskChange.SHRINK,
        "Shrink",
        with_keys("Let less move, by as many px as the slider says", "Shrink the mask"),
    ),
    (
        MaskChange.FEATHER,
        "Feather",
        with_keys("Soften the edge: a blur of as many px as the slider says", "Feather the mask"),
    ),
    (
        MaskChange.INVERT,
        "Invert",
        with_keys("Hold what may move, and let the rest move", "Invert the mask"),
    ),
    (MaskChange.CLEAR, "Clear", with_keys("No mask: everything may move", "Clear the mask")),
    (MaskChange.AUTOMATIC, "Automatic", "Take the mask of the last expression, to paint on"),
)


def draw(state: EditorState, drag: DragState) -> tuple[DragState, list[Action]]:
    """Draw the brush's settings and the mask's buttons."""
    found: list[Action] = []
    row("Paint what", _PAINTS)
    texts = [("moves", "may move"), ("held", "is held")]
    moves = choice("paints", "moves" if drag.brush_moves else "held", texts, _PAINTS) == "moves"
    pixels = (1.0, GREATEST_BRUSH, "%.0f px", imgui.SliderFlags_.logarithmic.value)
    radius = _slider("Radius", "##brush", _RADIUS, drag.brush_radius, *pixels)
    hardness = _share("Hardness", "##hardness", _HARDNESS, drag.brush_hardness)
    shown, strength = _draw_overlay(drag)
    few = (1.0, GREATEST_EDGE, "%.0f px", imgui.SliderFlags_.logarithmic.value)
    edge = _slider("Edge by", "##edge", _EDGE, drag.edge, *few)
    changed = dataclasses.replace(
        drag,
        brush_moves=moves,
        brush_radius=radius,
        brush_hardness=hardness,
        show_mask=shown,
        mask_strength=strength,
        edge=edge,
    )
    if _settings(changed) != _settings(drag):
        drag = changed
    width = share_of_row(3)
    for index, (change, text, tooltip) in enumerate(_WHOLE):
        if index % 3:
            imgui.same_line()
        with disabled(not _possible(state, change)):
            if button(text, width=width, tooltip=tooltip):
                found.append(ChangeMask(change))
    return drag, found + _draw_lock(state)


def _settings(drag: DragState) -> tuple[object, ...]:
    brush = drag.brush_moves, drag.brush_radius, drag.brush_hardness
    return *brush, drag.show_mask, drag.mask_strength, drag.edge


def _draw_overlay(drag: DragState) -> tuple[bool, float]:
    """Draw whether the mask is shown, and how dark."""
    row("Overlay", _SHOWN)
    shown = imgui.checkbox("##show_mask", drag.show_mask)[1]
    hint(_SHOWN)
    imgui.same_line()
    imgui.set_next_item_width(-1)
    flags = imgui.SliderFlags_.always_clamp
    changed, new = imgui.slider_float("##overlay", drag.mask_strength * 100, 0.0, 100.0, "%.0f %%", flags)
    hint(_OVERLAY)
    return shown, float(new) / 100 if changed else drag.mask_strength


def _draw_lock(state: EditorState) -> list[Action]:
    """Draw "lock everything else": a mask made from the points, or from the face."""
    found: list[Action] = []
    row("Lock all but", "Lock everything else: hold the whole picture except for what is named here")
    width = share_of_row(2)
    with disabled(not state.drag.pairs):
        words = "Only what is near the ways from the points to their targets may move"
        words = with_keys(words, "Lock everything but the points")
        if button("points", width=width, tooltip=words):
            found.append(ChangeMask(MaskChange.POINTS_ONLY))
    imgui.same_line()
    with disabled(state.busy or not state.face.there):
        words = "Only the face may move; it is looked for if nobody has"
        words = with_keys(words, "Lock everything but the face")
        if button("face", width=width, tooltip=words):
            found.append(ChangeMask(MaskChange.FACE_ONLY))
    return found


def _possible(state: EditorState, change: MaskChange) -> bool:
    if change is MaskChange.AUTOMATIC:
        return state.face.last_mask is not None
    return state.drag.mask is not None


def _share(label: str, name: str, tooltip: str, value: float) -> float:
    """Draw a slider for a share of 0..1, in per cent."""
    new = _slider(label, name, tooltip, value * 100, 0.0, 100.0, "%.0f %%")
    return value if new == value * 100 else new / 100


def _slider(
    label: str,
    name: str,
    tooltip: str,
    value: float,
    low: float,
    high: float,
    form: str,
    flags: int = 0,
) -> float:
    row(label, tooltip)
    changed, new = imgui.slider_float(
        name, value, low, high, form, flags | imgui.SliderFlags_.always_clamp.value
    )
    hint(tooltip)
    return float(new) if changed else value
