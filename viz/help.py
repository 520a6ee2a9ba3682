"""The list of keys, over everything else, made from the table of shortcuts."""

import math
from collections.abc import Sequence
from itertools import groupby

from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.keys import pressed
from viz.shortcuts import MOUSE, Shortcut

_NAME = "All keys"
_LEAVING = (imgui.Key.escape, imgui.Key.enter, imgui.Key.space)
_MOST_SHARE = 0.96  # Of the window that the list may take.

_COLUMNS = 3
_TIGHT = 0.35  # Of the usual distance between lines: there are many.

Line = tuple[str, str]  # Keys and words; a title has no keys.


def help_is_left() -> bool:
    """Tell whether a key or a click has put the list away."""
    return pressed("?") or imgui.is_mouse_clicked(0) or any(imgui.is_key_pressed(key) for key in _LEAVING)


def draw(rows: Sequence[Shortcut], *, shown: bool) -> None:
    """Draw the list in the middle of the window, if it is to be shown."""
    if not shown:
        return
    if not imgui.is_popup_open(_NAME):
        imgui.open_popup(_NAME)
    viewport = imgui.get_main_viewport()
    middle = imgui.ImVec2(viewport.pos.x + viewport.size.x / 2, viewport.pos.y + viewport.size.y / 2)
    imgui.set_next_window_pos(middle, imgui.Cond_.always, imgui.ImVec2(0.5, 0.5))
    most = imgui.ImVec2(viewport.size.x * _MOST_SHARE, viewport.size.y * _MOST_SHARE)
    imgui.set_next_window_size_constraints(imgui.ImVec2(0, 0), most)
    flags = (
        imgui.WindowFlags_.always_auto_resize
        | imgui.WindowFlags_.no_title_bar
        | imgui.WindowFlags_.no_move
        | imgui.WindowFlags_.no_saved_settings
    )
    if imgui.begin_popup_modal(_NAME, None, flags)[0]:
        for index, column in enumerate(_columns(rows)):
            if index:
                imgui.same_line(0, imgui.get_font_size() * 2)
            _draw_column(column)
        imgui.end_popup()


def _columns(rows: Sequence[Shortcut]) -> list[list[Line]]:
    """Spread titles and rows over three columns of the same height; no title is the last of its column."""
    lines: list[Line] = [("", "Mouse, on the picture"), *MOUSE]
    for menu, group in groupby(rows, key=lambda row: row.menu):
        shown: list[Line] = [(row.keys, row.words) for row in group if row.keys]
        lines += [("", menu), *shown]
    height = math.ceil(len(lines) / _COLUMNS)
    columns: list[list[Line]] = []
    while lines:
        end = height - 1 if len(lines) > height and not lines[height - 1][0] else height
        columns.append(lines[:end])
        lines = lines[end:]
    return columns


def _draw_column(lines: list[Line]) -> None:
    widest = max(imgui.calc_text_size(keys).x for keys, _ in lines)
    spacing = imgui.get_style().item_spacing
    imgui.push_style_var(imgui.StyleVar_.item_spacing, imgui.ImVec2(spacing.x, spacing.y * _TIGHT))
    imgui.begin_group()
    for index, (keys, words) in enumerate(lines):
        if not keys:
            imgui.dummy(imgui.ImVec2(1, spacing.y * _TIGHT)) if index else None
            imgui.text_colored(theme.ACCENT, words)
            continue
        imgui.text_unformatted(keys)
        imgui.same_line(widest + imgui.get_font_size())  # From the left edge of the group.
        imgui.text_colored(theme.MUTED, words)
    imgui.end_group()
    imgui.pop_style_var()
