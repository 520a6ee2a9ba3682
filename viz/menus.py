"""Keys and menu bar, both made from the table of shortcuts."""

from collections.abc import Sequence

from imgui_bundle import imgui

from gui_utils.keys import pressed, released
from gui_utils.widgets import hint
from viz.actions import Action, ChangeWindow, HidePanel, ShowPanel
from viz.help import help_is_left
from viz.panels.table import PANELS, Panel
from viz.rules.steps import with_help
from viz.shortcuts import SHORTCUTS, Shortcut
from viz.state import EditorState

_MENUS = ("File", "Edit", "Picture", "Face", "Drag", "View", "Help")


def rows_of_panels(panels: Sequence[Panel] = PANELS) -> tuple[Shortcut, ...]:
    """Make the rows that bring panels to the front."""
    return tuple(
        Shortcut(panel.key, panel.name, lambda state, name=panel.name: ShowPanel(name), "Panels")  # type: ignore[misc]
        for panel in panels
    )


def all_rows() -> tuple[Shortcut, ...]:
    """Give the rows of the table and those of the panels."""
    return (*SHORTCUTS, *rows_of_panels())


# ----------------------------------------------------------------------------
# Keys.


def read_keys(state: EditorState) -> list[Action]:
    """Give the actions of the keys that were pressed or let go in this frame."""
    if state.window.help:
        return [ChangeWindow(with_help(state.window, shown=False))] if help_is_left() else []
    found: list[Action | None] = []
    for row in all_rows():
        if row.keys and pressed(row.keys, repeat=row.repeat):
            found.append(row.act(state))
        if row.released is not None and released(row.keys):
            found.append(row.released(state))
    return [action for action in found if action is not None]


# ----------------------------------------------------------------------------
# The menu bar.


def draw_bar(state: EditorState) -> list[Action]:
    """Draw the menu bar of the current window."""
    found: list[Action] = []
    if not imgui.begin_menu_bar():
        return found
    for menu in _MENUS:
        rows = [row for row in SHORTCUTS if row.menu == menu and row.in_menu]
        if rows and imgui.begin_menu(f"{menu}##menu"):
            for row in rows:
                found += _draw_item(row, state)
            imgui.end_menu()
        else:  # Over an open menu a tooltip would lie on its first lines.
            hint(f"{menu}: what can be done there, and its keys")
        if menu == "View":
            found += _draw_panels_menu(state)
    imgui.end_menu_bar()
    return found


def _draw_item(row: Shortcut, state: EditorState) -> list[Action]:
    action = row.act(state)
    chosen = imgui.menu_item(row.words, row.keys, False, action is not None)[0]
    hint(row.words if action is not None else f"{row.words}: not possible at the moment")
    return [action] if chosen and action is not None else []


def _draw_panels_menu(state: EditorState) -> list[Action]:
    found: list[Action] = []
    if imgui.begin_menu("Panels##menu"):
        for panel in PANELS:
            there = panel.name not in state.window.closed
            if imgui.menu_item(panel.name, panel.key, there)[0]:
                found.append(HidePanel(panel.name) if there else ShowPanel(panel.name))
            hint(f"Show or hide the panel {panel.name}. Shown at first.")
        imgui.end_menu()
    else:
        hint("Panels that are shown; each can be moved by its tab and docked where it is let go")
    return found
