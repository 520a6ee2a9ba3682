"""Panel: points by hand, the mask, and the options of the engine."""

import dataclasses

from imgui_bundle import imgui

from drag.config import DragConfig
from gui_utils.option_widgets import draw_options, panel_names
from gui_utils.widgets import button, choice, disabled, hint, main_button, muted, share_of_row, stop_button
from viz.actions import Action, ChangeDrag, ContinueJob, PauseJob, StartDrag, StepJob, StopJob
from viz.panels import drag_mask, drag_points
from viz.shortcuts import with_keys
from viz.state import DragState, EditorState, JobKind, Tool
from viz.words import reason_text

_FIRST_OPTIONS = ("max_steps", "step_size", "mask_weight")
_ELSEWHERE = ("space",)  # Stands in the Latent panel.
_LABELS = {"max_steps": "Steps", "mask_weight": "Lambda", "r1": "Radius r1", "r2": "Radius r2"}
_TOOL_HELP = "What the left mouse button does on the picture. Default: points"

_START = with_keys("Drag the points to their targets", "Start the drag, or go on")
_CONTINUE = with_keys("Go on, with points and mask as they are now", "Start the drag, or go on")
_PAUSE = with_keys(
    "Wait after this step; meanwhile points and targets can be moved, and the mask painted", "Pause, or go on"
)
_STEP = with_keys("Do one step, and pause", "One step of the drag")
_STOP = with_keys("End after this step", "Stop what runs; let a point go")


def draw(state: EditorState) -> list[Action]:
    """Draw the tool, Start and Stop, the mask and the sliders."""
    found: list[Action] = []
    drag = _draw_tool(state.drag)
    with disabled(not state.editable):
        part = drag_mask if drag.tool is Tool.BRUSH else drag_points
        drag, asked = part.draw(state, drag)
    found += asked
    found += _draw_start(state)
    outcome = state.face.outcome
    if outcome is not None and outcome.kind is JobKind.DRAG:
        muted(f"Last time: {reason_text(outcome.reason)}, after {outcome.steps} steps.")
    drag = _draw_config(drag)
    if drag is not state.drag:
        found.insert(0, ChangeDrag(drag))
    return found


def _draw_tool(drag: DragState) -> DragState:
    texts = [(Tool.POINTS.value, "Points"), (Tool.BRUSH.value, "Mask brush")]
    tool = Tool(choice("tool", drag.tool.value, texts, _TOOL_HELP))
    return drag if tool is drag.tool else dataclasses.replace(drag, tool=tool)


def _draw_start(state: EditorState) -> list[Action]:
    """Draw what begins, holds and ends a drag: the three buttons mean what can be done now."""
    found: list[Action] = []
    job = state.job if state.job is not None and state.job.kind.changes_picture else None
    width = share_of_row(3)
    if job is None:
        with disabled(not state.ready or not state.complete_pairs):
            if main_button("Start", width=width, tooltip=_START):
                found.append(StartDrag())
    elif job.paused:
        with disabled(job.stopping):
            if main_button("Continue", width=width, tooltip=_CONTINUE):
                found.append(ContinueJob())
    else:
        with disabled(job.stopping or job.pausing):
            if button("Pause", width=width, tooltip=_PAUSE):
                found.append(PauseJob())
    imgui.same_line()
    with disabled(not (state.ready and state.complete_pairs) if job is None else not job.paused):
        if button("One step", width=width, tooltip=_STEP):
            found.append(StartDrag(one_step=True) if job is None else StepJob())
    imgui.same_line()
    with disabled(job is None or job.stopping):
        if (button if job is None else stop_button)("Stop", width=width, tooltip=_STOP):
            found.append(StopJob())
    return found


def _draw_config(drag: DragState) -> DragState:
    config = draw_options(drag.config, _FIRST_OPTIONS, _LABELS)
    opened = imgui.tree_node_ex("More options", imgui.TreeNodeFlags_.span_avail_width)
    hint("The other options of the engine, each with its default. Default: folded")
    if opened:
        skipped = (*_FIRST_OPTIONS, *_ELSEWHERE)
        rest = [name for name in panel_names(type(config)) if name not in skipped]
        config = draw_options(config, rest, _LABELS)
        imgui.tree_pop()
    if config.preset != drag.config.preset:
        # A preset is more than its name: all options are set as it has them.
        config = DragConfig.named(config.preset)
    return drag if config is drag.config else dataclasses.replace(drag, config=config)
