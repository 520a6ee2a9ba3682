"""Settings of Face Adjustments, and what was found and done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from faces.expressions import Library
from faces.landmarks import Face, choose_face
from viz.state.jobs import Outcome
from viz.state.points import Mask

AUTOMATIC = "auto"
DETECTORS = (AUTOMATIC, "bundled", "face-alignment")


@dataclass(frozen=True, eq=False)
class FaceState:
    """Settings of Face Adjustments, and what was found and done last.

    `library` holds the expressions; `group` and `search` choose which of them are shown; `strengths` are
    those that were changed, by key.
    `faces` belong to the picture shown; None means that nobody looked. `click` (x, y) px chooses among
    several. `glimpse` is whether a face was seen at the last glance, which was at this picture if `glanced`:
    what it says stands until the next one, so that nothing jumps while somebody runs through seeds.
    `last_mask` is the mask that the last expression made for itself.
    """

    library: Library = field(default_factory=Library)
    group: str = "Eyes"
    search: str = ""
    strengths: Mapping[str, float] = field(default_factory=dict)
    detector: str = AUTOMATIC
    show_landmarks: bool = False
    automatic_mask: bool = True
    faces: tuple[Face, ...] | None = None
    glimpse: bool | None = None
    glanced: bool = False
    click: tuple[float, float] | None = None
    outcome: Outcome | None = None
    last_mask: Mask | None = None

    def strength(self, key: str) -> float:
        """How far an expression goes: 1 unless it was changed."""
        return self.strengths.get(key, 1.0)

    @property
    def there(self) -> bool:
        """Whether there may be a face to work on: nobody has looked and found none."""
        return bool(self.faces) if self.faces is not None else self.glimpse is not False

    @property
    def chosen(self) -> Face | None:
        """The face that is meant, if one was found."""
        return choose_face(list(self.faces), self.click) if self.faces else None
