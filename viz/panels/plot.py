"""Panel: how the edit goes, as curves: the distance that is left, and the loss."""

import numpy as np
from imgui_bundle import imgui, implot

from gui_utils import theme
from gui_utils.widgets import fact, hint, muted
from viz.actions import Action
from viz.state import Curve, EditorState
from viz.words import seconds_left_text

_LINE_WEIGHT = 0.13  # Of a line of text.
_LEAST_HEIGHT = 6.0  # Of a plot, in lines of text.


def draw(state: EditorState) -> list[Action]:
    """Draw the figures of the step, and both curves."""
    curve = state.curve
    if not curve.steps:
        muted("The curves of an edit are drawn here while it runs.")
        return []
    distance, loss = curve.distances[-1], curve.losses[-1]
    fact("Distance left", "none" if np.isnan(distance) else f"{distance:.2f} px")
    hint("Of the point that is farthest from its target, in pixels of the picture")
    if not np.isnan(loss):
        fact("Loss", f"{loss:.4f}")
        hint("What the optimiser makes small; it has no unit")
    if state.job is not None and (left := seconds_left_text(state.job)):
        fact("Time left", left)
        hint("At the present speed; at most so much if no way can be measured yet")
    _draw_curves(curve)
    return []


def _draw_curves(curve: Curve) -> None:
    steps = np.array(curve.steps, np.float64)
    plots = [("Distance, px", curve.distances, theme.ACCENT), ("Loss", curve.losses, theme.WARNING)]
    plots = [plot for plot in plots if not np.isnan(plot[1]).all()]
    spacing = imgui.get_style().item_spacing.y
    room = imgui.get_content_region_avail().y - spacing * len(plots)
    height = max(room / max(1, len(plots)), imgui.get_text_line_height() * _LEAST_HEIGHT)
    for title, values, colour in plots:
        _draw_curve(title, steps, np.array(values, np.float64), colour, height)


def _draw_curve(
    title: str, steps: np.ndarray, values: np.ndarray, colour: theme.Colour, height: float
) -> None:
    flags = implot.Flags_.canvas_only | implot.Flags_.no_inputs
    implot.push_style_color(implot.Col_.frame_bg, imgui.ImVec4(0, 0, 0, 0))
    implot.push_style_color(implot.Col_.plot_bg, imgui.ImVec4(*theme.BACKGROUND))
    if implot.begin_plot(f"##{title}", imgui.ImVec2(-1, height), flags):
        fit = implot.AxisFlags_.auto_fit
        implot.setup_axes("", title, fit | implot.AxisFlags_.no_label, fit)
        spec = implot.Spec()
        spec.line_color = imgui.ImVec4(*colour)
        spec.line_weight = imgui.get_font_size() * _LINE_WEIGHT
        there = ~np.isnan(values)
        implot.plot_line(title, steps[there], values[there], spec)
        implot.end_plot()
    implot.pop_style_color(2)
    hint(f"{title}, from step to step")
