"""How the window looks: theme, sizes, which panels are there, and what part of the picture is seen."""

from dataclasses import dataclass

GREATEST_ZOOM = 64.0
LEAST_ZOOM = 0.05


@dataclass(frozen=True)
class ViewState:
    """What part of the picture is seen.

    Attributes:
        zoom: screen units for a pixel of the picture; None: the whole picture, as large as it fits.
        centre: (x, y) px of the picture in the middle of the canvas, where it is zoomed.
        fit: the zoom at which the whole picture is seen; the canvas says it.
    """

    zoom: float | None = None
    centre: tuple[float, float] = (0.0, 0.0)
    fit: float = 1.0


@dataclass(frozen=True)
class WindowState:
    """The window's own settings, which are remembered.

    Attributes:
        theme: "dark" or "light".
        size: of text and widgets, 1 is what the monitor asks for.
        closed: names of panels that were closed.
        help: whether the list of keys is shown.
        greeted: whether there has been an edit: until then the picture says what to click.
    """

    theme: str = "dark"
    size: float = 1.0
    closed: frozenset[str] = frozenset()
    help: bool = False
    greeted: bool = False
