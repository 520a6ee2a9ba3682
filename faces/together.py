"""Several expressions at once: one expression that is made of them, each with its own strength."""

import dataclasses
from collections.abc import Sequence

from faces.expression import Expression, ExpressionError, check_strength
from faces.movements import Indices, Movement
from faces.proportions import Points


@dataclasses.dataclass(frozen=True)
class Scaled:
    """A movement with a strength of its own, as a share of the whole's."""

    movement: Movement
    strength: float

    @property
    def moving(self) -> Indices:
        """The landmarks that it moves."""
        return self.movement.moving

    def offsets(self, p: Points, strength: float) -> Points:
        """Go as the movement goes with that share."""
        return self.movement.offsets(p, strength * self.strength)


def together(parts: Sequence[tuple[Expression, float]]) -> tuple[Expression, float]:
    """Make one expression of several, and say the strength with which to ask for it.

    Landmarks go where all of them together take them; what one leaves free and none moves is free; the
    picture may change where it may for any. One alone stays as it is.

    Raises:
        ExpressionError: if there is none, or a strength is out of bounds.
    """
    for _, strength in parts:
        check_strength(strength)
    if not parts:
        raise ExpressionError("no expression: choose at least one")
    if len(parts) == 1:
        return parts[0]
    rows = [row for row, _ in parts]
    moves = tuple(Scaled(move, strength) for row, strength in parts for move in row.moves)
    moving = {index for move in moves for index in move.moving}
    first = rows[0].measured
    # The guide watches every pair; the figure that stands for all is the first one's.
    others = [pair for row in rows for pair in row.pairs]
    watched = tuple(pair for pair in dict.fromkeys(others) if pair not in first.watched)
    whole = any(not row.regions for row in rows)
    return (
        Expression(
            key="+".join(row.key for row in rows),
            title=" + ".join(row.title for row in rows),
            moves=moves,
            measured=dataclasses.replace(first, besides=watched),
            regions=() if whole else tuple(region for row in rows for region in row.regions),
            free=tuple(sorted({index for row in rows for index in row.free} - moving)),
            margin=max(row.margin for row in rows),
            members=tuple(parts),
        ),
        1.0,
    )
