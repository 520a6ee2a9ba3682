"""The parts of the window: panels that a person docks as they like, around the stage in the middle."""

from collections.abc import Callable, Sequence

from imgui_bundle import imgui

from gui_utils import theme
from viz.actions import Action, HidePanel
from viz.panels.table import Panel, Place
from viz.state import EditorState

STAGE = "Stage"
_SPACE = "panels"

# Widths and heights at first, before scaling; a side leaves the stage its share of a small window.
_LEFT_WIDTH = 348.0
_RIGHT_WIDTH = 312.0
_BELOW_HEIGHT = 200.0
_SIDE_MOST = 0.30  # Of the window's width.
_TOP_SHARE = 0.40


class Docks:
    """Places the panels; Dear ImGui keeps where they are."""

    def __init__(self, panels: Sequence[Panel]) -> None:
        self._panels = panels
        self._keepers = {panel.name: panel.draw() for panel in panels if isinstance(panel.draw, type)}
        self._wanted = False
        self._in_front: list[str] = []

    def arrange(self) -> None:
        """Put all panels where they were at the first start, in the next frame."""
        self._wanted = True

    def bring_to_front(self, name: str) -> None:
        """Let a panel be seen, of those that share its place."""
        self._in_front.append(name)

    def knows(self, layout: str) -> bool:
        """Tell whether a remembered layout has a place for every panel."""
        return all(f"[Window][{panel.name}]" in layout for panel in self._panels)

    def close(self) -> None:
        """Give back what panels have kept."""
        for keeper in self._keepers.values():
            keeper.close()

    # ------------------------------------------------------------------------
    # Within a frame.

    def draw_space(self, size: imgui.ImVec2, scale: float) -> None:
        """Lay out the room for the panels and the stage, in the current window."""
        space = imgui.get_id(_SPACE)
        if self._wanted or imgui.internal.dock_builder_get_node(space) is None:
            self._wanted = False
            self._build(space, size, scale)
        imgui.dock_space(space, size)

    def draw_panels(self, state: EditorState) -> list[Action]:
        """Draw the panels that can be seen."""
        found: list[Action] = []
        for panel in self._panels:
            if panel.name not in state.window.closed:
                found += self._draw_panel(panel, state)
            elif panel.name in self._keepers:
                found += self._keepers[panel.name].hidden(state)
        for name in self._in_front:
            imgui.set_window_focus(name)
        self._in_front.clear()
        return found

    def _draw_panel(self, panel: Panel, state: EditorState) -> list[Action]:
        visible, stays = imgui.begin(panel.name, True)
        keeper = self._keepers.get(panel.name)
        found: list[Action] = []
        if keeper is not None:
            found += keeper.draw(state) if visible else keeper.hidden(state)
        elif visible and not isinstance(panel.draw, type):
            found += panel.draw(state)
        imgui.end()
        return found if stays else [*found, HidePanel(panel.name)]

    def draw_stage(self, draw: Callable[[], list[Action]]) -> list[Action]:
        """Draw the stage in the middle."""
        kind = imgui.WindowClass()
        private = imgui.internal.DockNodeFlagsPrivate_
        kind.dock_node_flags_override_set = int(private.no_tab_bar) | int(private.no_docking_over_me)
        imgui.set_next_window_class(kind)
        flags = imgui.WindowFlags_.no_scrollbar | imgui.WindowFlags_.no_scroll_with_mouse
        imgui.push_style_color(imgui.Col_.window_bg, theme.BACKGROUND)
        opened = imgui.begin(
            STAGE, None, flags | imgui.WindowFlags_.no_title_bar | imgui.WindowFlags_.no_move
        )[0]
        imgui.pop_style_color()
        found = draw() if opened else []
        imgui.end()
        return found

    # ------------------------------------------------------------------------
    # The layout of the first start.

    def _build(self, space: int, size: imgui.ImVec2, scale: float) -> None:
        build = imgui.internal
        build.dock_builder_remove_node(space)
        build.dock_builder_add_node(space, int(build.DockNodeFlagsPrivate_.dock_space))
        build.dock_builder_set_node_size(space, size)
        middle = space
        nodes: dict[Place, int] = {}
        most = _SIDE_MOST * size.x
        if self._any(Place.LEFT, Place.LEFT_TOP):
            side, middle = _split(middle, imgui.Dir.left, min(_LEFT_WIDTH * scale, most) / size.x)
            nodes |= self._column(side, Place.LEFT_TOP, Place.LEFT)
        if self._any(Place.RIGHT, Place.RIGHT_BOTTOM):
            left = size.x - min(_LEFT_WIDTH * scale, most)
            side, middle = _split(middle, imgui.Dir.right, min(_RIGHT_WIDTH * scale, most) / left)
            nodes |= self._column(side, Place.RIGHT, Place.RIGHT_BOTTOM)
        if self._any(Place.BELOW):
            nodes[Place.BELOW], middle = _split(
                middle, imgui.Dir.down, min(_BELOW_HEIGHT * scale / size.y, 0.4)
            )
        build.dock_builder_dock_window(STAGE, middle)
        for panel in self._panels:
            build.dock_builder_dock_window(panel.name, nodes[panel.place])
        build.dock_builder_finish(space)
        self._in_front += [self._first(place) for place in nodes]

    def _column(self, side: int, above: Place, below: Place) -> dict[Place, int]:
        if self._any(above) and self._any(below):
            top, rest = _split(side, imgui.Dir.up, _TOP_SHARE)
            return {above: top, below: rest}
        return {above if self._any(above) else below: side}

    def _any(self, *places: Place) -> bool:
        return any(panel.place in places for panel in self._panels)

    def _first(self, place: Place) -> str:
        return next(panel.name for panel in self._panels if panel.place is place)


def _split(node: int, where: imgui.Dir, share: float) -> tuple[int, int]:
    """Cut a share off a node: (the part cut off, the rest)."""
    result = imgui.internal.dock_builder_split_node(node, where, min(max(share, 0.05), 0.9))
    return result.id_at_dir, result.id_at_opposite_dir
