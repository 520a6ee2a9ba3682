"""All keys, one row each: what is pressed, what it does in words, the action. Menus and tooltips read it too.

To add a key is to add a row.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from dnnlib.latents import COLUMNS
from faces.expressions import EXPRESSIONS
from viz import drag_keys, picture_keys, work_keys
from viz.actions import (
    Action,
    AskForFile,
    ChangeWindow,
    ClickExpression,
    HoldBefore,
    OpenLatent,
    OpenNetwork,
    OpenPhoto,
    Quit,
    Redo,
    ResetFace,
    ResetLayout,
    SaveLatent,
    SaveWindow,
    SetCompare,
    Undo,
    Zoom,
)
from viz.rules.project import ask_which
from viz.state import CompareMode, EditorState, MaskChange, Tool

Act = Callable[[EditorState], Action | None]

CHECKPOINTS = (("Checkpoints", "*.safetensors *.pkl *.pt *.pth"), ("All files", "*"))
PHOTOS = (
    ("Photographs", "*.jpg *.jpeg *.png *.webp *.heic *.heif *.tif *.tiff *.avif *.bmp"),
    ("All files", "*"),
)
LATENTS = (("Latents", "*.npz *.npy"), ("All files", "*"))
_ZOOM_STEP = 1.25

# Expressions that have a number for a key, in its order; the others are in the menu.
_BY_NUMBER = (
    *("close_eyes", "big_eyes", "close_mouth", "open_mouth", "slim_face"),
    *("smile", "frown", "raise_brows", "open_eyes"),
)
_BRUSH_STEP = 1.15


@dataclass(frozen=True)
class Shortcut:
    """One row.

    Attributes:
        keys: "Ctrl+S"; empty where it is in a menu only.
        words: what it does.
        act: makes the action of the state, or None where it makes no sense at the moment.
        menu: under which menu, and under which title of the list of keys, it stands.
        repeat: it goes on while the key is held.
        released: makes the action of letting the key go, where it is to be held.
        in_menu: whether the menu bar has it.
    """

    keys: str
    words: str
    act: Act
    menu: str
    repeat: bool = False
    released: Act | None = None
    in_menu: bool = True


# ----------------------------------------------------------------------------
# What the rows do.


def _expression(name: str) -> Act:
    return lambda state: ClickExpression(name) if state.ready and state.face.there else None


def _window(**changes: Callable[[EditorState], object]) -> Act:
    def act(state: EditorState) -> Action:
        new = {name: value(state) for name, value in changes.items()}
        return ChangeWindow(dataclasses.replace(state.window, **new))  # type: ignore[arg-type]

    return act


_ask_for_latent = AskForFile("Open a latent", LATENTS, OpenLatent)


def ask_for_photo() -> Action:
    """Let a photograph be chosen in a dialog, and opened."""
    return AskForFile("Open a photograph", PHOTOS, OpenPhoto)


def ask_for_checkpoint() -> Action:
    """Let a checkpoint be chosen in a dialog, and opened."""
    return AskForFile("Open a checkpoint", CHECKPOINTS, OpenNetwork)


# ----------------------------------------------------------------------------
# The rows.

SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut("Ctrl+O", "Open a checkpoint …", lambda state: ask_for_checkpoint(), "File"),
    Shortcut("Ctrl+P", "Open a photograph …",
             lambda s: ask_for_photo() if s.network.loaded else None, "File"),
    Shortcut("Ctrl+E", "Save the picture (PNG)", work_keys.save_picture, "File"),
    Shortcut("Ctrl+Shift+E", "Save the window (PNG)", lambda s: SaveWindow(), "File"),
    Shortcut("Ctrl+G", "Save the edit (film)", work_keys.save_edit, "File"),
    Shortcut("Ctrl+L", "Save the latent (NPZ)",
             lambda s: SaveLatent() if s.picture.w is not None else None, "File"),
    Shortcut("", "Open a latent …", lambda s: _ask_for_latent if s.network.loaded else None, "File"),
    Shortcut("Ctrl+S", "Save the project", work_keys.save_project, "File"),
    Shortcut("Ctrl+Shift+S", "Save the project as …", work_keys.save_project_as, "File"),
    Shortcut("Ctrl+Shift+O", "Open a project …", lambda state: ask_which(), "File"),
    Shortcut("Ctrl+Shift+G", "Next form of film: GIF, MP4, PNGs", work_keys.next_film, "File"),
    Shortcut("Ctrl+Shift+R", "Recover unsaved work", work_keys.recover, "File"),
    Shortcut("Ctrl+Q", "Quit", lambda state: Quit(), "File"),
    Shortcut("Ctrl+Z", "Undo", lambda state: Undo(), "Edit", repeat=True),
    Shortcut("Ctrl+Shift+Z", "Redo", lambda state: Redo(), "Edit", repeat=True),
    Shortcut("Ctrl+Y", "Redo, as elsewhere", lambda state: Redo(), "Edit", repeat=True, in_menu=False),
    Shortcut(",", "Back along the edit, a step", work_keys.along(-1), "Edit", repeat=True),
    Shortcut(".", "On along the edit, a step", work_keys.along(1), "Edit", repeat=True),
    Shortcut("Page Down", "Next seed", picture_keys.step_seed(1), "Picture", repeat=True),
    Shortcut("Page Up", "Seed before", picture_keys.step_seed(-1), "Picture", repeat=True),
    *(
        Shortcut(f"Alt+{key}", words, picture_keys.go(east, south), "Picture", repeat=True, in_menu=False)
        for key, east, south, words in (
            ("Right", 0.1, 0, "A tenth of the way to the next seed"),
            ("Left", -0.1, 0, "A tenth of the way to the seed before"),
            ("Down", 0, 0.1, f"A tenth of the way to the seed {COLUMNS} farther"),
            ("Up", 0, -0.1, f"A tenth of the way to the seed {COLUMNS} before"),
        )
    ),
    Shortcut("W", "Walk from seed to seed, or stop", picture_keys.walk, "Picture"),
    Shortcut("N", "Next kind of noise", picture_keys.noise, "Picture"),
    Shortcut("Ctrl+R", "Reset the face", lambda s: ResetFace() if s.network.loaded else None, "Picture"),
    *(
        Shortcut(str(number), EXPRESSIONS[name].title, _expression(name), "Face")
        for number, name in enumerate(_BY_NUMBER, start=1)
    ),
    *(
        Shortcut("", row.title, _expression(name), "Face")
        for name, row in EXPRESSIONS.items()
        if name not in _BY_NUMBER
    ),
    Shortcut("L", "Show or hide landmarks", picture_keys.landmarks, "Face"),
    Shortcut("P", "Set and move points", drag_keys.take_tool(Tool.POINTS), "Drag"),
    Shortcut("B", "Paint the mask", drag_keys.take_tool(Tool.BRUSH), "Drag"),
    Shortcut("M", "Show or hide the mask", drag_keys.mask, "Drag"),
    *(
        Shortcut(key, f"{words} brush", drag_keys.if_seen(drag_keys.brush(factor)), "Drag", repeat=True,
                 in_menu=False)
        for key, words, factor in (("[", "Smaller", 1 / _BRUSH_STEP), ("]", "Larger", _BRUSH_STEP))
    ),
    Shortcut("I", "Invert the mask", drag_keys.mask_tool(MaskChange.INVERT), "Drag"),
    Shortcut("Ctrl+]", "Grow the mask", drag_keys.mask_tool(MaskChange.GROW), "Drag", repeat=True),
    Shortcut("Ctrl+[", "Shrink the mask", drag_keys.mask_tool(MaskChange.SHRINK), "Drag", repeat=True),
    Shortcut("Ctrl+I", "Feather the mask", drag_keys.mask_tool(MaskChange.FEATHER), "Drag"),
    Shortcut("K", "Lock everything but the points", drag_keys.if_mask_seen(drag_keys.lock_points), "Drag"),
    Shortcut("Shift+K", "Lock everything but the face", drag_keys.if_mask_seen(drag_keys.lock_face), "Drag"),
    Shortcut("Shift+Delete", "Clear the mask", drag_keys.mask_tool(MaskChange.CLEAR), "Drag"),
    Shortcut("X", "Mirror all points across the face's axis", drag_keys.if_seen(drag_keys.mirror), "Drag"),
    Shortcut("Delete", "Delete the selected point", drag_keys.if_seen(drag_keys.delete), "Drag"),
    Shortcut("Backspace", "Delete the selected point, too", drag_keys.if_seen(drag_keys.delete), "Drag",
             in_menu=False),
    *(
        Shortcut(f"{held}{key}", f"Move the selected point {key.lower()} by {length} px",
                 drag_keys.if_seen(drag_keys.nudge(right * length, down * length)), "Drag", repeat=True,
                 in_menu=False)
        for held, length in (("", 1), ("Shift+", 10))
        for key, right, down in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1))
    ),
    Shortcut("Enter", "Start the drag, or go on", drag_keys.start, "Drag"),
    Shortcut("Shift+Enter", "One step of the drag", drag_keys.step, "Drag", repeat=True),
    Shortcut("Ctrl+Enter", "Pause, or go on", drag_keys.pause, "Drag"),
    Shortcut("Esc", "Stop what runs; let a point go", drag_keys.escape, "Drag"),
    Shortcut("Shift+Page Down", "Layers: the next block", picture_keys.look_at_block(1), "View", repeat=True,
             in_menu=False),
    Shortcut("Shift+Page Up", "Layers: the block before", picture_keys.look_at_block(-1), "View", repeat=True,
             in_menu=False),
    Shortcut("C", "Hold to see the picture as it was", lambda s: HoldBefore(True), "View",
             released=lambda s: HoldBefore(False) if s.compare.held else None, in_menu=False),
    Shortcut("S", "Before and after, split", lambda s: SetCompare(CompareMode.SPLIT), "View"),
    Shortcut("D", "What differs from before", lambda s: SetCompare(CompareMode.DIFFERENCE), "View"),
    Shortcut("Shift+C", "Compare with the last edit, or with all edits", work_keys.against, "View"),
    Shortcut("V", "Next view of the photograph: face, edited, as it was", picture_keys.next_view, "View"),
    Shortcut("F", "Fit the picture", picture_keys.view(None), "View"),
    Shortcut("Ctrl+1", "100 %: a pixel for a pixel", picture_keys.view(1.0), "View"),
    Shortcut("Plus", "Zoom in", lambda state: Zoom(_ZOOM_STEP), "View", repeat=True),
    Shortcut("Minus", "Zoom out", lambda state: Zoom(1 / _ZOOM_STEP), "View", repeat=True),
    Shortcut("Ctrl+T", "Dark or light",
             _window(theme=lambda s: "light" if s.window.theme == "dark" else "dark"), "View"),
    Shortcut("Ctrl+Plus", "Larger text", _window(size=lambda s: min(s.window.size + 0.1, 3.0)), "View"),
    Shortcut("Ctrl+Minus", "Smaller text", _window(size=lambda s: max(s.window.size - 0.1, 0.5)), "View"),
    Shortcut("", "Reset layout", lambda state: ResetLayout(), "View"),
    Shortcut("?", "All keys", _window(help=lambda s: not s.window.help), "Help"),
)  # fmt: skip

# What the mouse does on the picture, for the list of keys.
MOUSE: tuple[tuple[str, str], ...] = (
    ("Wheel", "Zoom under the cursor"),
    ("Middle drag, Space + drag", "Move the picture"),
    ("Double middle click", "Fit the picture"),
    ("Click, then click", "Set a point, then its target"),
    ("Drag", "Set both; move a point; paint"),
    ("Click on a point", "Select it for the arrow keys"),
    ("Right click", "Delete a point; paint the opposite"),
)


def keys_of(words: str) -> str:
    """Give the keys of a row, for a tooltip.

    Raises:
        KeyError: if there is no such row.
    """
    for row in SHORTCUTS:
        if row.words == words:
            return row.keys
    raise KeyError(words)


def with_keys(tooltip: str, words: str) -> str:
    """Add to a tooltip what keys do the same: `words` as in the row."""
    keys = keys_of(words)
    return f"{tooltip}\nKey: {keys}" if keys else tooltip
