"""The look: a dark and a light palette, a readable font, room to breathe. Colours are RGBA in 0..1.

The colours of the palette in use are read as `theme.TEXT`, `theme.ACCENT` and so on: which palette that is,
the current Dear ImGui context says, so that a colour must be asked for when something is drawn, not before.
"""

from dataclasses import dataclass
from pathlib import Path

import imgui_bundle
from imgui_bundle import imgui

Colour = tuple[float, float, float, float]

BACKGROUND: Colour
PANEL: Colour
POPUP: Colour
HEADER: Colour
WIDGET: Colour
WIDGET_HOVERED: Colour
WIDGET_HELD: Colour
LINE: Colour
TEXT: Colour
MUTED: Colour
ACCENT: Colour
ACCENT_HOVERED: Colour
GOOD: Colour
WARNING: Colour
BAD: Colour
SEVERE: Colour
REMARK: Colour

FONT_SIZE = 15.0
THEMES = ("dark", "light")
_FONT = Path(imgui_bundle.__file__).parent / "assets" / "fonts" / "Roboto" / "Roboto-Regular.ttf"


@dataclass(frozen=True)
class Palette:
    """The colours of a theme; `severe` and `remark` are what errors and remarks stand on."""

    background: Colour
    panel: Colour
    popup: Colour
    header: Colour
    widget: Colour
    widget_hovered: Colour
    widget_held: Colour
    line: Colour
    text: Colour
    muted: Colour
    accent: Colour
    accent_hovered: Colour
    good: Colour
    warning: Colour
    bad: Colour
    severe: Colour
    remark: Colour


PALETTES = {
    "dark": Palette(
        background=(0.078, 0.086, 0.102, 1.0),
        panel=(0.110, 0.122, 0.145, 1.0),
        popup=(0.137, 0.153, 0.180, 0.98),
        header=(0.141, 0.157, 0.188, 1.0),
        widget=(0.173, 0.192, 0.227, 1.0),
        widget_hovered=(0.220, 0.247, 0.294, 1.0),
        widget_held=(0.263, 0.298, 0.357, 1.0),
        line=(0.200, 0.220, 0.260, 1.0),
        text=(0.910, 0.922, 0.941, 1.0),
        muted=(0.620, 0.655, 0.710, 1.0),
        accent=(0.302, 0.545, 0.898, 1.0),
        accent_hovered=(0.392, 0.620, 0.945, 1.0),
        good=(0.361, 0.757, 0.498, 1.0),
        warning=(0.945, 0.745, 0.357, 1.0),
        bad=(0.925, 0.412, 0.400, 1.0),
        severe=(0.28, 0.13, 0.14, 1.0),
        remark=(0.25, 0.21, 0.12, 1.0),
    ),
    "light": Palette(
        background=(0.812, 0.827, 0.851, 1.0),
        panel=(0.953, 0.957, 0.965, 1.0),
        popup=(0.988, 0.988, 0.992, 0.99),
        header=(0.894, 0.906, 0.925, 1.0),
        widget=(0.863, 0.878, 0.902, 1.0),
        widget_hovered=(0.804, 0.827, 0.863, 1.0),
        widget_held=(0.741, 0.769, 0.816, 1.0),
        line=(0.780, 0.800, 0.830, 1.0),
        text=(0.106, 0.122, 0.153, 1.0),
        muted=(0.305, 0.341, 0.400, 1.0),
        accent=(0.157, 0.400, 0.776, 1.0),
        accent_hovered=(0.216, 0.471, 0.851, 1.0),
        good=(0.082, 0.451, 0.231, 1.0),
        warning=(0.557, 0.365, 0.000, 1.0),
        bad=(0.757, 0.184, 0.169, 1.0),
        severe=(0.988, 0.855, 0.851, 1.0),
        remark=(0.992, 0.941, 0.816, 1.0),
    ),
}


def __getattr__(name: str) -> Colour:
    """Give a colour of the palette in use, by its name in capitals."""
    colour: Colour | None = getattr(palette(), name.lower(), None) if name.isupper() else None
    if colour is None:
        raise AttributeError(f"there is no colour {name}")
    return colour


def palette() -> Palette:
    """The palette of the current Dear ImGui context; the dark one where there is none."""
    if imgui.get_current_context() is None:
        return PALETTES["dark"]
    text = imgui.get_style().color_(imgui.Col_.text)
    return PALETTES["light" if text.x + text.y + text.z < 1.5 else "dark"]


def apply_theme(scale: float, name: str = "dark") -> None:
    """Set colours, spacing and font of the current Dear ImGui context.

    Args:
        scale: size of everything, 1 on a plain monitor.
        name: one of THEMES.
    """
    style = imgui.get_style()
    _set_shapes(style, scale)
    _set_colours(style, PALETTES[name])
    style.font_size_base = FONT_SIZE
    style.font_scale_dpi = scale
    _load_font()


def _set_shapes(style: imgui.Style, scale: float) -> None:
    """Set every length afresh, so that a window may move between monitors of different scale."""
    style.window_padding = imgui.ImVec2(12 * scale, 10 * scale)
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
    style.tab_rounding = 5 * scale
    style.tab_bar_border_size = scale
    style.docking_separator_size = 4 * scale
    style.window_rounding = 0.0
    style.window_border_size = 0.0
    style.child_border_size = 0.0
    style.frame_border_size = 0.0
    style.popup_border_size = 1.0
    style.window_min_size = imgui.ImVec2(60 * scale, 60 * scale)
    style.window_menu_button_position = imgui.Dir.none
    style.docking_node_has_close_button = False
    style.log_slider_deadzone = 4 * scale
    style.hover_stationary_delay = 0.15
    style.disabled_alpha = 0.45


def _set_colours(style: imgui.Style, of: Palette) -> None:
    clear: Colour = (0.0, 0.0, 0.0, 0.0)
    colours = {
        imgui.Col_.text: of.text,
        imgui.Col_.text_disabled: of.muted,
        imgui.Col_.window_bg: of.panel,
        imgui.Col_.child_bg: clear,
        imgui.Col_.popup_bg: of.popup,
        imgui.Col_.border: of.line,
        imgui.Col_.frame_bg: of.widget,
        imgui.Col_.frame_bg_hovered: of.widget_hovered,
        imgui.Col_.frame_bg_active: of.widget_held,
        imgui.Col_.title_bg: of.background,
        imgui.Col_.title_bg_active: of.background,
        imgui.Col_.title_bg_collapsed: of.background,
        imgui.Col_.menu_bar_bg: of.background,
        imgui.Col_.tab: of.background,
        imgui.Col_.tab_hovered: of.widget_hovered,
        imgui.Col_.tab_selected: of.panel,
        imgui.Col_.tab_selected_overline: of.accent,
        imgui.Col_.tab_dimmed: of.background,
        imgui.Col_.tab_dimmed_selected: of.panel,
        imgui.Col_.tab_dimmed_selected_overline: of.line,
        imgui.Col_.docking_preview: (*of.accent[:3], 0.6),
        imgui.Col_.docking_empty_bg: of.background,
        imgui.Col_.check_mark: (1.0, 1.0, 1.0, 1.0),
        imgui.Col_.checkbox_selected_bg: (*of.accent[:3], 0.85),
        imgui.Col_.slider_grab: (*of.accent[:3], 0.75),
        imgui.Col_.slider_grab_active: (*of.accent_hovered[:3], 0.85),
        imgui.Col_.button: of.widget,
        imgui.Col_.button_hovered: of.widget_hovered,
        imgui.Col_.button_active: of.widget_held,
        imgui.Col_.header: of.header,
        imgui.Col_.header_hovered: of.widget_hovered,
        imgui.Col_.header_active: of.widget_held,
        imgui.Col_.separator: of.background,
        imgui.Col_.separator_hovered: of.accent,
        imgui.Col_.separator_active: of.accent_hovered,
        imgui.Col_.resize_grip: clear,
        imgui.Col_.resize_grip_hovered: of.accent,
        imgui.Col_.resize_grip_active: of.accent_hovered,
        imgui.Col_.scrollbar_bg: clear,
        imgui.Col_.scrollbar_grab: of.widget_hovered,
        imgui.Col_.scrollbar_grab_hovered: of.widget_held,
        imgui.Col_.scrollbar_grab_active: of.muted,
        imgui.Col_.plot_histogram: of.accent,
        imgui.Col_.table_header_bg: of.header,
        imgui.Col_.table_border_light: of.line,
        imgui.Col_.table_border_strong: of.line,
        imgui.Col_.table_row_bg: clear,
        imgui.Col_.table_row_bg_alt: clear,
        imgui.Col_.text_selected_bg: (*of.accent[:3], 0.45),
        imgui.Col_.nav_cursor: of.accent,
        imgui.Col_.modal_window_dim_bg: (0.0, 0.0, 0.0, 0.45),
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
