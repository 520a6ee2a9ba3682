"""Where a window is on the screen, and its way back there, as far as the monitors that are there allow."""

import dataclasses
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from imgui_bundle import imgui  # noqa: F401  (before glfw: it brings the library that the glfw package finds)

# isort: split
import glfw

Area = tuple[int, int, int, int]  # left, top, width, height

_LEAST = 480, 320
_EVERY_SECONDS = 0.5  # Each look takes journeys to the display server and back.
_LEAST_SEEN = 0.1  # Of a window that has a share of less on a monitor, nobody would find the rest.


@dataclass(frozen=True)
class Placement:
    """Place and size of a window's content, in screen units.

    Attributes:
        corner: (left, top); None where the system keeps that to itself (Wayland).
        size: (width, height), as long as it is not maximised.
        maximised: whether it fills its monitor.
    """

    corner: tuple[int, int] | None
    size: tuple[int, int]
    maximised: bool = False


class Whereabouts:
    """Knows where a window is, as of a moment ago, and puts it elsewhere."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._known = self._look(None)
        self._looked_at = time.monotonic()

    def now(self, *, to_the_moment: bool = False) -> Placement:
        """Say where it is. One that is maximised or minimised remembers where it was before."""
        if to_the_moment or time.monotonic() - self._looked_at > _EVERY_SECONDS:
            self._known, self._looked_at = self._look(self._known), time.monotonic()
        return self._known

    def put(self, wanted: Placement) -> None:
        """Put it there, as far as the monitors that are there have room."""
        fits = fitted(wanted, _areas(), glfw.get_window_frame_size(self._handle))
        glfw.set_window_size(self._handle, *fits.size)
        if fits.corner is not None and _knows_places():
            glfw.set_window_pos(self._handle, *fits.corner)
        if fits.maximised:
            glfw.maximize_window(self._handle)
        self._known, self._looked_at = fits, time.monotonic()

    def _look(self, before: Placement | None) -> Placement:
        maximised = bool(glfw.get_window_attrib(self._handle, glfw.MAXIMIZED))
        minimised = bool(glfw.get_window_attrib(self._handle, glfw.ICONIFIED))
        if before is not None and (maximised or minimised):
            return before if minimised else dataclasses.replace(before, maximised=True)
        left, top = glfw.get_window_pos(self._handle) if _knows_places() else (0, 0)
        width, height = glfw.get_window_size(self._handle)
        return Placement((left, top) if _knows_places() else None, (width, height), maximised)


def fit_to_monitor(handle: Any) -> None:
    """Let a window be no larger than the main monitor has room for."""
    width, height = glfw.get_window_size(handle)
    for _, _, *room in _areas()[:1]:
        if width > room[0] or height > room[1]:
            glfw.set_window_size(handle, min(width, room[0]), min(height, room[1]))


def fitted(wanted: Placement, areas: Sequence[Area], frame: Area = (0, 0, 0, 0)) -> Placement:
    """Fit a placement to the monitors that are there.

    Args:
        wanted: as it was once.
        areas: of the monitors, the main one first, without task bars; empty: nothing is known of them.
        frame: how wide the window's frame is, at its left, top, right and bottom.

    Returns:
        the same, as small as the monitor and wholly on it; without a corner, if that monitor is gone.
    """
    if not areas:
        return dataclasses.replace(wanted, corner=None)
    home = max(areas, key=lambda area: _shared(wanted, area))
    whole = min(wanted.size[0] * wanted.size[1], home[2] * home[3])
    there = wanted.corner is not None and _shared(wanted, home) >= _LEAST_SEEN * whole
    area = home if there else areas[0]
    rooms = area[2] - frame[0] - frame[2], area[3] - frame[1] - frame[3]
    width, height = (
        min(max(size, least), room) for size, least, room in zip(wanted.size, _LEAST, rooms, strict=True)
    )
    if not there or wanted.corner is None:
        return dataclasses.replace(wanted, corner=None, size=(width, height))
    left = min(max(wanted.corner[0], area[0] + frame[0]), area[0] + area[2] - frame[2] - width)
    top = min(max(wanted.corner[1], area[1] + frame[1]), area[1] + area[3] - frame[3] - height)
    return dataclasses.replace(wanted, corner=(left, top), size=(width, height))


def _shared(placement: Placement, area: Area) -> int:
    """Count how much of a window is on a monitor, in square units."""
    if placement.corner is None:
        return 0
    sides = [
        min(at + size, low + room) - max(at, low)
        for at, size, low, room in zip(placement.corner, placement.size, area[:2], area[2:], strict=True)
    ]
    return max(0, sides[0]) * max(0, sides[1])


def _areas() -> list[Area]:
    """Give what each monitor has room for, the main one first; of one that says nothing, nothing."""
    found: list[Area] = []
    for monitor in glfw.get_monitors():
        left, top, width, height = glfw.get_monitor_workarea(monitor)
        if width > 0 and height > 0:
            found.append((left, top, width, height))
    return found


def _knows_places() -> bool:
    """Tell whether the system says where windows are, and moves them: Wayland does neither."""
    return bool(glfw.get_platform() != glfw.PLATFORM_WAYLAND)
