"""Part of the Latent panel: a pad on which the seeds lie as a lattice, and the walk over it."""

import dataclasses
import math

from imgui_bundle import imgui

from dnnlib.latents import COLUMNS, SEEDS
from gui_utils import theme
from gui_utils.widgets import button, hint, main_button, row
from viz.shortcuts import with_keys
from viz.state import LatentState, WalkState

_HEIGHT = 4.6  # Of the text's: of the pad.
_CELL = 3.4  # Of the text's: from seed to seed.
GREATEST_SPEED = 5.0
_PAD = with_keys(
    f"Pull: to the right is the next seed, down the seed {COLUMNS} farther. Between them w is interpolated "
    "bilinearly, so that the picture changes smoothly. Double-click: to the nearest seed",
    "A tenth of the way to the next seed",
)
_PLAY = with_keys("Walk from seed to seed by itself, or stop", "Walk from seed to seed, or stop")
_SPEED = "Of the walk, in seeds a second; below 0 it goes backwards. Default: 0.5"


def draw(latent: LatentState, walk: WalkState) -> tuple[LatentState, WalkState]:
    """Draw pad and walk."""
    row("Between seeds", _PAD)
    latent = _draw_pad(latent)
    row("Walk", _PLAY)
    width = imgui.get_font_size() * 3.6
    if (main_button if walk.playing else button)(
        "Stop##walk" if walk.playing else "Play##walk", width=width, tooltip=_PLAY
    ):
        walk = dataclasses.replace(walk, playing=not walk.playing, waited=0.0)
    imgui.same_line()
    imgui.set_next_item_width(-1)
    changed, speed = imgui.slider_float(
        "##speed", walk.speed, -GREATEST_SPEED, GREATEST_SPEED, "%.1f seeds/s"
    )
    hint(_SPEED)
    return latent, dataclasses.replace(walk, speed=float(speed)) if changed else walk


def _draw_pad(latent: LatentState) -> LatentState:
    """Draw the lattice around where we are, which is always in the middle."""
    text = imgui.get_font_size()
    corner, width = imgui.get_cursor_screen_pos(), max(imgui.get_content_region_avail().x, text)
    room, cell = imgui.ImVec2(width, text * _HEIGHT), text * _CELL
    imgui.invisible_button("##pad", room)
    if imgui.is_item_hovered() or imgui.is_item_active():
        imgui.set_mouse_cursor(imgui.MouseCursor_.resize_all)
    pen = imgui.get_window_draw_list()
    _draw_lattice(pen, latent, corner, room, cell, lit=imgui.is_item_active())
    if imgui.is_item_hovered() and imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
        return latent.moved(round(latent.east) - latent.east, round(latent.south) - latent.south)
    moved = imgui.get_io().mouse_delta
    if imgui.is_item_active() and (moved.x or moved.y):
        latent = latent.moved(moved.x / cell, moved.y / cell)
    if not imgui.is_item_active():
        hint(_PAD)
    return latent


def _draw_lattice(
    pen: imgui.ImDrawList,
    latent: LatentState,
    corner: imgui.ImVec2,
    room: imgui.ImVec2,
    cell: float,
    *,
    lit: bool,
) -> None:
    """Draw the seeds as dots with their numbers, and a cross where we are."""
    last = imgui.ImVec2(corner.x + room.x, corner.y + room.y)
    pen.add_rect_filled(corner, last, _colour(imgui.Col_.frame_bg), 4.0)
    pen.push_clip_rect(corner, last, True)
    middle = imgui.ImVec2(corner.x + room.x / 2, corner.y + room.y / 2)
    across, down = (math.ceil(side / 2 / cell) + 1 for side in (room.x, room.y))
    line, words = _colour(imgui.Col_.separator), _colour(imgui.Col_.text_disabled)
    for column in range(-across, across + 1):
        x = middle.x + (column - latent.east) * cell
        pen.add_line(imgui.ImVec2(x, corner.y), imgui.ImVec2(x, last.y), line)
    for below in range(-down, down + 1):
        y = middle.y + (below - latent.south) * cell
        pen.add_line(imgui.ImVec2(corner.x, y), imgui.ImVec2(last.x, y), line)
        for column in range(-across, across + 1):
            x = middle.x + (column - latent.east) * cell
            pen.add_circle_filled(imgui.ImVec2(x, y), 2.5, words)
            seed = str((latent.seed + column + COLUMNS * below) % SEEDS)
            if len(seed) < 6:
                pen.add_text(imgui.ImVec2(x + 4, y + 1), words, seed)
    accent = imgui.color_convert_float4_to_u32(imgui.ImVec4(*theme.ACCENT))
    arm = cell * (0.36 if lit else 0.24)
    pen.add_line(imgui.ImVec2(middle.x - arm, middle.y), imgui.ImVec2(middle.x + arm, middle.y), accent, 2)
    pen.add_line(imgui.ImVec2(middle.x, middle.y - arm), imgui.ImVec2(middle.x, middle.y + arm), accent, 2)
    pen.add_circle_filled(middle, 4.0, accent)
    pen.pop_clip_rect()


def _colour(which: imgui.Col_) -> int:
    return int(imgui.get_color_u32(which))
