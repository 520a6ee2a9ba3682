"""What the window remembers between starts, in a JSON file: place, layout, theme, sizes, recent files."""

import dataclasses
import json
import logging
import re
import time
from pathlib import Path
from typing import Any

from imgui_bundle import imgui

from dnnlib.files import FileError, atomic_write, writable_folder
from gui_utils.placing import Placement
from gui_utils.window import Window
from viz.docks import Docks
from viz.state import EditorState

logger = logging.getLogger(__name__)

_FILE = "window.json"
_KEEP_EVERY = 2.0  # s
_MOST_RECENT = 12
_SIZES = (0.5, 3.0)
_FARTHEST = 100_000  # Screen units: no monitor is farther away or larger.


class Preferences:
    """Reads the settings once, and keeps them when they have changed.

    Args:
        folder: where; None: nothing is read or kept.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._kept = self._read()
        self._layout = str(self._kept.get("layout", ""))
        self._kept_at = time.monotonic()

    def _read(self) -> dict[str, Any]:
        if self._folder is None:
            return {}
        try:
            content = json.loads((self._folder / _FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            logger.warning(
                "%s: cannot be read (%s); the window starts as at first", self._folder / _FILE, error
            )
            return {}
        return content if isinstance(content, dict) else {}

    # ------------------------------------------------------------------------
    # At the start.

    def remembered(self, state: EditorState) -> EditorState:
        """Take what was remembered into a new state; what is not as it should be is left out."""
        window = state.window
        look, size, closed = (self._kept.get(name) for name in ("theme", "size", "closed"))
        if look in ("dark", "light"):
            window = dataclasses.replace(window, theme=look)
        if isinstance(size, int | float) and _SIZES[0] <= size <= _SIZES[1]:
            window = dataclasses.replace(window, size=float(size))
        window = dataclasses.replace(window, greeted=self._kept.get("greeted") is True)
        window = dataclasses.replace(window, closed=frozenset(_texts(closed)))
        network = dataclasses.replace(
            state.network, recent=tuple(map(Path, _texts(self._kept.get("recent"))))
        )
        projects = tuple(map(Path, _texts(self._kept.get("projects"))))
        state = dataclasses.replace(state, project=dataclasses.replace(state.project, recent=projects))
        return dataclasses.replace(state, window=window, network=network)

    def restore_place(self, window: Window) -> None:
        """Put the window where it was, if that is known."""
        place = self._kept.get("place")
        if not isinstance(place, dict):
            return
        left, top, width, height = (_number(place.get(name)) for name in ("left", "top", "width", "height"))
        if width is None or height is None or min(width, height) < 1:
            return
        corner = None if left is None or top is None else (left, top)
        window.where.put(Placement(corner, (width, height), place.get("maximised") is True))

    def restore_layout(self, docks: Docks, scale: float) -> None:
        """Put the panels where they were; where a panel has come since, all are as at first.

        Args:
            docks: where the panels are.
            scale: of the window; a layout of another scale grows or shrinks with it.
        """
        if self._layout and docks.knows(self._layout):
            before = self._kept.get("scale")
            factor = scale / before if isinstance(before, int | float) and before > 0 else 1.0
            imgui.load_ini_settings_from_memory(scaled(self._layout, factor))

    # ------------------------------------------------------------------------
    # Later.

    def keep(self, state: EditorState, window: Window, *, at_once: bool = False) -> None:
        """Write what has changed, of the state and of where the window is, at most every few seconds.

        Raises:
            FileError: if it cannot be written; it is not tried again.
        """
        if self._folder is None:
            return
        io = imgui.get_io()
        if io.want_save_ini_settings or at_once:
            self._layout = imgui.save_ini_settings_to_memory()
            io.want_save_ini_settings = False
        wanted = _wanted(state, self._layout, window, window.where.now(to_the_moment=at_once))
        if wanted == self._kept or (time.monotonic() - self._kept_at < _KEEP_EVERY and not at_once):
            return
        self._kept, self._kept_at = wanted, time.monotonic()
        try:
            writable_folder(self._folder)
            with atomic_write(self._folder / _FILE) as temporary:
                temporary.write_text(json.dumps(wanted, indent=1), encoding="utf-8")
        except FileError:
            self._folder = None
            raise


def _wanted(state: EditorState, layout: str, window: Window, place: Placement) -> dict[str, Any]:
    return {
        "theme": state.window.theme,
        "size": round(state.window.size, 2),
        "greeted": state.window.greeted,
        "closed": sorted(state.window.closed),
        "recent": [str(path) for path in state.network.recent[:_MOST_RECENT]],
        "projects": [str(path) for path in state.project.recent[:_MOST_RECENT]],
        "scale": round(window.scale, 3),
        "place": _written(place),
        "layout": layout,
    }


def _written(placement: Placement) -> dict[str, Any]:
    left, top = placement.corner or (None, None)
    width, height = placement.size
    return {"left": left, "top": top, "width": width, "height": height, "maximised": placement.maximised}


def scaled(layout: str, factor: float) -> str:
    """Multiply all lengths of a layout, as Dear ImGui writes it."""

    def longer(found: re.Match[str]) -> str:
        return f"{found[1]}={round(int(found[2]) * factor)},{round(int(found[3]) * factor)}"

    return re.sub(r"\b(Pos|Size|SizeRef)=(-?\d{1,6}),(-?\d{1,6})", longer, layout)


def _number(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if abs(value) <= _FARTHEST else None


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
