"""What has changed between two stacks of edits, and how a person would say it."""

from faces.stack import Layer


def stack_topic(before: tuple[Layer, ...], after: tuple[Layer, ...]) -> str:
    """Name what differs, so that a slider that is pulled on is one change: "stack 2 amount", "stack"."""
    index = _changed(before, after)
    if index is None:
        return "stack"
    old, new = before[index], after[index]
    return f"stack {index} amount" if old.amount != new.amount else f"stack {index} on"


def stack_words(before: tuple[Layer, ...], after: tuple[Layer, ...]) -> str:
    """Say in a few words what was done to a stack."""
    index = _changed(before, after)
    if index is not None:
        old, new = before[index], after[index]
        if old.on != new.on:
            return f"{new.title}: switched {'on' if new.on else 'off'}"
        return f"{new.title}: amount {new.amount:.2f}"
    if not after:
        return "Stack cleared"
    if len(after) < len(before):
        gone = [layer for layer in before if all(layer is not one for one in after)]
        return f"{gone[0].title}: taken out" if len(before) - len(after) == len(gone) == 1 else "Edits joined"
    if len(after) > len(before):
        return f"{after[-1].title}: added"
    if sorted(map(id, before)) == sorted(map(id, after)):
        return "Edits put in another order"
    return "Edits to be done anew" if not any(layer.done for layer in after) else "Another stack of edits"


def _changed(before: tuple[Layer, ...], after: tuple[Layer, ...]) -> int | None:
    """Find the one edit whose amount or switch alone has changed; None if it is not so simple."""
    if len(before) != len(after):
        return None
    places = [index for index, (old, new) in enumerate(zip(before, after, strict=True)) if old is not new]
    if len(places) != 1:
        return None
    old, new = before[places[0]], after[places[0]]
    same = old.title == new.title and old.start is new.start and old.end is new.end
    return places[0] if same else None
