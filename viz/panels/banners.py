"""Strip over the picture: errors, each until it is dismissed."""

from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.widgets import button
from viz.actions import Action, DismissBanner
from viz.state import EditorState


def draw(state: EditorState) -> list[Action]:
    """Draw one box for each error."""
    found: list[Action] = []
    for banner in state.banners:
        imgui.push_style_color(imgui.Col_.child_bg, theme.SEVERE if banner.severe else theme.REMARK)
        flags = imgui.ChildFlags_.auto_resize_y | imgui.ChildFlags_.always_use_window_padding
        imgui.begin_child(f"banner{banner.number}", imgui.ImVec2(0, 0), flags)
        width = imgui.get_font_size() * 5.5
        imgui.push_style_color(imgui.Col_.text, theme.TEXT)
        imgui.align_text_to_frame_padding()
        imgui.push_text_wrap_pos(imgui.get_content_region_avail().x - width)
        imgui.text_unformatted(banner.text)
        imgui.pop_text_wrap_pos()
        imgui.pop_style_color()
        imgui.same_line(imgui.get_window_width() - width - imgui.get_style().window_padding.x)
        if button(f"Dismiss##{banner.number}", width=width):
            found.append(DismissBanner(banner.number))
        imgui.end_child()
        imgui.pop_style_color()
    return found
