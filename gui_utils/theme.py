"""The look: a calm dark theme, a readable font, room to breathe. Colours are RGBA in 0..1."""

from pathlib import Path

import imgui_bundle
from imgui_bundle import imgui

Colour = tuple[float, float, float, float]

BACKGROUND: Colour = (0.078, 0.086, 0.102, 1.0)
PANEL: Colour = (0.110, 0.122, 0.145, 1.0)
WIDGET: Colour = (0.173, 0.192, 0.227, 1.0)
WIDGET_HOVERED: Colour = (0.220, 0.247, 0.294, 1.0)
WIDGET_HELD: Colour = (0.263, 0.298, 0.357, 1.0)
LINE: Colour = (0.200, 0.220, 0.260, 1.0)
TEXT: Colour = (0.910, 0.922, 0.941, 1.0)
MUTED: Colour = (0.620, 0.655, 0.710, 1.0)
ACCENT: Colour = (0.302, 0.545, 0.898, 1.0)
ACCENT_HOVERED: Colour = (0.392, 0.620, 0.945, 1.0)
GOOD: Colour = (0.361, 0.757, 0.498, 1.0)
WARNING: Colour = (0.945, 0.745, 0.357, 1.0)
BAD: Colour = (0.925, 0.412, 0.400, 1.0)

FONT_SIZE = 15.0
_FONT = Path(imgui_bundle.__file__).parent / "assets" / "fonts" / "Roboto" / "Roboto-Regular.ttf"


def apply_theme(scale: float) -> None:
    """Set colours, spacing and font of the current Dear ImGui context.

    Args:
        scale: size of everything, 1 on a plain monitor.
    """
    style = imgui.get_style()
    _set_shapes(style, scale)
    _set_colours(style)
    style.font_size_base = FONT_SIZE
    style.font_scale_dpi = scale
    _load_font()


def _set_shapes(style: imgui.Style, scale: float) -> None:
    """Set every length afresh, so that a window may move between monitors of different scale."""
    style.window_padding = imgui.ImVec2(14 * scale, 12 * scale)
    style.frame_padding = imgui.ImVec2(9 * scale, 5 * scale)
    style.item_spacing = imgui.ImVec2(8 * scale, 7 * scale)
    style.item_inner_spacing = imgui.ImVec2(6 * scale, 4 * scale)
    style.cell_padding = imgui.ImVec2(6 * scale, 3 * scale)
    style.indent_spacing = 16 * scale
    style.scrollbar_size = 11 * scale
    style.scrollbar_rounding = 6 * scale
    style.grab_min_size = 12 * scale
    style.grab_rounding = 4 * scale
    style.frame_rounding = 5 * scale
    style.child_rounding = 6 * scale
    style.popup_rounding = 6 * scale
    style.window_rounding = 0.0
    style.window_border_size = 0.0
    style.child_border_size = 0.0
    style.frame_border_size = 0.0
    style.popup_border_size = 1.0
    style.window_min_size = imgui.ImVec2(60 * scale, 60 * scale)
    style.log_slider_deadzone = 4 * scale
    style.hover_stationary_delay = 0.15
    style.disabled_alpha = 0.45


def _set_colours(style: imgui.Style) -> None:
    clear: Colour = (0.0, 0.0, 0.0, 0.0)
    colours = {
        imgui.Col_.text: TEXT,
        imgui.Col_.text_disabled: MUTED,
        imgui.Col_.window_bg: PANEL,
        imgui.Col_.child_bg: clear,
        imgui.Col_.popup_bg: (0.137, 0.153, 0.180, 0.98),
        imgui.Col_.border: LINE,
        imgui.Col_.frame_bg: WIDGET,
        imgui.Col_.frame_bg_hovered: WIDGET_HOVERED,
        imgui.Col_.frame_bg_active: WIDGET_HELD,
        imgui.Col_.check_mark: TEXT,
        imgui.Col_.checkbox_selected_bg: ACCENT,
        imgui.Col_.slider_grab: (*ACCENT[:3], 0.75),
        imgui.Col_.slider_grab_active: (*ACCENT_HOVERED[:3], 0.85),
        imgui.Col_.button: WIDGET,
        imgui.Col_.button_hovered: WIDGET_HOVERED,
        imgui.Col_.button_active: WIDGET_HELD,
        imgui.Col_.header: (0.141, 0.157, 0.188, 1.0),
        imgui.Col_.header_hovered: WIDGET_HOVERED,
        imgui.Col_.header_active: WIDGET_HELD,
        imgui.Col_.separator: LINE,
        imgui.Col_.separator_hovered: ACCENT,
        imgui.Col_.separator_active: ACCENT_HOVERED,
        imgui.Col_.resize_grip: clear,
        imgui.Col_.resize_grip_hovered: ACCENT,
        imgui.Col_.resize_grip_active: ACCENT_HOVERED,
        imgui.Col_.scrollbar_bg: clear,
        imgui.Col_.scrollbar_grab: WIDGET_HOVERED,
        imgui.Col_.scrollbar_grab_hovered: WIDGET_HELD,
        imgui.Col_.scrollbar_grab_active: MUTED,
        imgui.Col_.plot_histogram: ACCENT,
        imgui.Col_.text_selected_bg: (*ACCENT[:3], 0.45),
        imgui.Col_.nav_cursor: ACCENT,
    }
    for which, colour in colours.items():
        style.set_color_(which, colour)


def _load_font() -> None:
    """Take the font that comes with imgui-bundle; without it, the scalable one built into Dear ImGui."""
    fonts = imgui.get_io().fonts
    if len(fonts.fonts):
        return
    if _FONT.is_file():
        fonts.add_font_from_file_ttf(str(_FONT), FONT_SIZE)
    else:
        fonts.add_font_default_vector()
