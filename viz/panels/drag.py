"""Panel: points by hand, the mask brush, and the options of the engine."""

import dataclasses

from imgui_bundle import imgui

from gui_utils.option_widgets import draw_options, panel_names
from gui_utils.widgets import (
    button,
    choice,
    disabled,
    hint,
    main_button,
    muted,
    row,
    share_of_row,
    stop_button,
)
from viz.actions import Action, ChangeDrag, StartDrag, StopJob
from viz.state import DragState, EditorState, JobKind, Tool

_FIRST_OPTIONS = ("max_steps", "step_size", "mask_weight")
_ELSEWHERE = ("space",)  # Stands in the Latent panel.
_LABELS = {"max_steps": "Steps", "mask_weight": "Lambda", "r1": "Radius r1", "r2": "Radius r2"}
_GREATEST_BRUSH = 128.0


def draw(state: EditorState) -> list[Action]:
    """Draw the tool, Start and Stop, the mask and the sliders."""
    found: list[Action] = []
    drag = _draw_tool(state.drag)
    with disabled(state.busy):
        drag = _draw_brush(state, drag) if drag.tool is Tool.BRUSH else _draw_points(drag)
    found += _draw_start(state)
    outcome = state.face.outcome
    if outcome is not None and outcome.kind is JobKind.DRAG:
        muted(f"Last time: {outcome.reason} after {outcome.steps} steps.")
    drag = _draw_config(drag)
    if drag is not state.drag:
        found.insert(0, ChangeDrag(drag))
    return found


def _draw_tool(drag: DragState) -> DragState:
    texts = [(Tool.POINTS.value, "Points"), (Tool.BRUSH.value, "Mask brush")]
    tool = Tool(choice("tool", drag.tool.value, texts))
    return drag if tool is drag.tool else dataclasses.replace(drag, tool=tool)


def _draw_points(drag: DragState) -> DragState:
    count = len(drag.pairs)
    if not count:
        muted("Click on the picture for a point, then for its target.")
    else:
        muted(f"{count} point{'s' if count > 1 else ''}. Pull to move, right-click to delete.")
    width = share_of_row(2)
    with disabled(not count):
        if button("Delete last", width=width, tooltip="Take the newest point away"):
            drag = dataclasses.replace(drag, pairs=drag.pairs[:-1])
        imgui.same_line()
        if button("Delete all", width=width, tooltip="Take all points away"):
            drag = dataclasses.replace(drag, pairs=())
    return drag


def _draw_brush(state: EditorState, drag: DragState) -> DragState:
    explanation = "The left button paints this, the right button the opposite. Dark parts are held."
    row("Paint what", explanation)
    texts = [("moves", "may move"), ("held", "is held")]
    moves = choice("paints", "moves" if drag.brush_moves else "held", texts, explanation) == "moves"
    row("Radius", "Of the brush, in pixels of the picture")
    radius = imgui.slider_float(
        "##brush", drag.brush_radius, 1.0, _GREATEST_BRUSH, "%.0f px", imgui.SliderFlags_.logarithmic
    )[1]
    show = imgui.checkbox("Show mask", drag.show_mask)[1]
    hint("Darken what is held")
    if (moves, show) != (drag.brush_moves, drag.show_mask) or abs(radius - drag.brush_radius) > 1e-3:
        drag = dataclasses.replace(drag, brush_moves=moves, brush_radius=float(radius), show_mask=show)
    return _draw_mask_buttons(state, drag)


def _draw_mask_buttons(state: EditorState, drag: DragState) -> DragState:
    width = share_of_row(3)
    with disabled(drag.mask is None):
        if button("Clear", width=width, tooltip="No mask: everything may move"):
            drag = dataclasses.replace(drag, mask=None)
        imgui.same_line()
        if button("Invert", width=width, tooltip="Hold what may move, and the other way round"):
            drag = dataclasses.replace(drag, mask=None if drag.mask is None else 1 - drag.mask)
    imgui.same_line()
    with disabled(state.face.last_mask is None):
        if button("Automatic", width=width, tooltip="Take the mask of the last expression, to paint on"):
            drag = dataclasses.replace(drag, mask=state.face.last_mask)
    return drag


def _draw_start(state: EditorState) -> list[Action]:
    found: list[Action] = []
    width = share_of_row(2)
    with disabled(not state.ready or not state.complete_pairs):
        if main_button("Start", width=width, tooltip="Drag the points to their targets"):
            found.append(StartDrag())
    imgui.same_line()
    running = state.job is not None and state.job.kind is not JobKind.FILM
    with disabled(not running):
        if (stop_button if running else button)("Stop", width=width, tooltip="End after this step"):
            found.append(StopJob())
    return found


def _draw_config(drag: DragState) -> DragState:
    config = draw_options(drag.config, _FIRST_OPTIONS, _LABELS)
    if imgui.tree_node_ex("More options", imgui.TreeNodeFlags_.span_avail_width):
        skipped = (*_FIRST_OPTIONS, *_ELSEWHERE)
        rest = [name for name in panel_names(type(config)) if name not in skipped]
        config = draw_options(config, rest, _LABELS)
        imgui.tree_pop()
    return drag if config is drag.config else dataclasses.replace(drag, config=config)
