"""Actions that compare the picture with what it was."""

from dataclasses import dataclass

from viz.state.compare import Against, CompareMode


@dataclass(frozen=True)
class HoldBefore:
    """Show the picture as it was, or no longer."""

    held: bool


@dataclass(frozen=True)
class SetCompare:
    """Show before and after in another way; the mode that is on already is put off."""

    mode: CompareMode


@dataclass(frozen=True)
class CompareAgainst:
    """Let something else count as before."""

    against: Against


@dataclass(frozen=True)
class MoveLine:
    """Move the line of the split view, 0..1 of the picture's width."""

    line: float


Action = HoldBefore | SetCompare | CompareAgainst | MoveLine
