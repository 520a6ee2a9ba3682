"""All panels, in their order: one row for each. To add a panel is to write its module and a row here."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from viz.actions import Action
from viz.panels import (
    capture,
    drag,
    face_adjustments,
    history,
    latent,
    layers,
    network,
    performance,
    photo,
    plot,
    project,
    stack,
)
from viz.state import EditorState


class Place(Enum):
    """Where a panel is docked at first; panels of one place share it as tabs, the first in front."""

    LEFT_TOP = "left top"
    LEFT = "left"
    RIGHT = "right"
    RIGHT_BOTTOM = "right bottom"
    BELOW = "below"


class PanelKeeper(Protocol):
    """A panel that keeps something from frame to frame."""

    def draw(self, state: EditorState) -> list[Action]:
        """Draw it into the window at hand."""

    def hidden(self, state: EditorState) -> list[Action]:
        """Say what is to be done in a frame in which it is not in sight."""

    def close(self) -> None:
        """Give everything back."""


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes:
        draw: a function that draws it into the window at hand, and gives what the person did; or a class
            whose instance does so, made for each window: one that keeps textures.
        name: its title, by which its place is remembered too.
        place: where it is docked at first.
        key: which brings it to the front, as "F2" or "Ctrl+P"; empty: none.
    """

    name: str
    draw: Callable[[EditorState], list[Action]] | type[PanelKeeper]
    place: Place
    key: str = ""


PANELS: tuple[Panel, ...] = (
    Panel("Latent", latent.draw, Place.LEFT_TOP, "F2"),
    Panel("Network", network.draw, Place.LEFT_TOP, "F3"),
    Panel("Photo", photo.draw, Place.LEFT_TOP, "Shift+F9"),
    Panel("Face Adjustments", face_adjustments.draw, Place.LEFT, "F4"),
    Panel("Drag", drag.draw, Place.LEFT, "F5"),
    Panel("Capture", capture.draw, Place.LEFT, "F6"),
    Panel("History", history.draw, Place.RIGHT, "F7"),
    Panel("Project", project.draw, Place.RIGHT, "F8"),
    Panel("Performance", performance.draw, Place.RIGHT, "F12"),
    Panel("Stack", stack.draw, Place.RIGHT_BOTTOM, "F11"),
    Panel("Progress", plot.draw, Place.RIGHT_BOTTOM, "F10"),
    Panel("Layers", layers.LayersPanel, Place.RIGHT_BOTTOM, "F9"),
)
