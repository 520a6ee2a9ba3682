"""Where the picture lies on the screen: picture pixels to screen units and back."""

from dataclasses import dataclass

Point = tuple[float, float]

# Of the canvas, left free around the picture.
_MARGIN = 16.0


@dataclass(frozen=True)
class View:
    """The corner (left, top) of the picture on the screen, and screen units for one pixel of it.

    A point of the picture counts from the centre of its top left pixel, as everywhere in the engine.
    """

    left: float
    top: float
    zoom: float

    @classmethod
    def fit(cls, picture: tuple[int, int], corner: Point, room: Point, margin: float = _MARGIN) -> "View":
        """Centre a picture of (height, width) px in a room of (width, height) units, as large as it fits."""
        height, width = picture
        zoom = max(0.05, min((room[0] - 2 * margin) / width, (room[1] - 2 * margin) / height))
        return cls(
            round(corner[0] + (room[0] - width * zoom) / 2),
            round(corner[1] + (room[1] - height * zoom) / 2),
            zoom,
        )

    @classmethod
    def around(cls, centre: Point, zoom: float, middle: Point) -> "View":
        """Bring a point of the picture, (x, y) px, to the middle of the canvas, enlarged."""
        return cls(
            round(middle[0] - (centre[0] + 0.5) * zoom), round(middle[1] - (centre[1] + 0.5) * zoom), zoom
        )

    def to_screen(self, point: Point) -> Point:
        """Find a point of the picture, (x, y) px, on the screen."""
        return self.left + (point[0] + 0.5) * self.zoom, self.top + (point[1] + 0.5) * self.zoom

    def to_picture(self, place: Point) -> Point:
        """Find what part of the picture, (x, y) px, is at a place on the screen."""
        return (place[0] - self.left) / self.zoom - 0.5, (place[1] - self.top) / self.zoom - 0.5


def clamped(point: Point, picture: tuple[int, int]) -> Point:
    """Bring a point onto the picture of (height, width) px."""
    height, width = picture
    return min(max(point[0], 0.0), width - 1.0), min(max(point[1], 0.0), height - 1.0)
