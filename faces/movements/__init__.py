"""How landmarks move for an expression: the vocabulary in which the table (faces/table/*.toml) is written.

A movement is data. From landmarks and a strength it gives offsets; those of an expression's movements are
added up, each seen from the face as it was. Amounts are relative to the face (an eye's width, the mouth's,
the distance from an axis), never in px, so that a movement scales, shifts and turns with the face.
"""

from faces.movements.head import Mirror, Turn, mirror_image
from faces.movements.kind import Indices, Movement, Pairs
from faces.movements.pairs import Follow, Meet, Open, Part
from faces.movements.some import Rotate, Scale, Shift

__all__ = [
    "KINDS",
    "Follow",
    "Indices",
    "Meet",
    "Mirror",
    "Movement",
    "Open",
    "Pairs",
    "Part",
    "Rotate",
    "Scale",
    "Shift",
    "Turn",
    "mirror_image",
]

KINDS: dict[str, type] = {each.kind: each for each in (Meet, Part, Open, Shift, Scale, Rotate, Turn, Mirror)}
