"""The history: plain functions of what was, and of what is now.

Whatever a person does goes through `record`, which sees from two moments what has changed: no action of the
editor needs to know that it can be undone.
"""

import dataclasses

from viz.history_words import changes, words
from viz.state import EditorState
from viz.state.history import Entry, History, Moment, PackedMask
from viz.state.points import Mask

MOST_ENTRIES = 400
MOST_BYTES = 192 << 20  # Of arrays; of the oldest entries, those that do not fit are forgotten.


def moment_of(state: EditorState) -> Moment | None:
    """Give the work as it is; None before there is a network."""
    if state.network.loaded is None:
        return None
    return Moment(
        state.network.loaded,
        state.latent,
        state.picture,
        state.drag.pairs,
        state.drag.mask,
        state.drag.config,
        state.face.strengths,
        state.face.automatic_mask,
        state.face.click,
        state.edits,
    )


# ----------------------------------------------------------------------------
# On.


def record(history: History, moment: Moment, *, during: bool = False, said: str = "") -> History:
    """Add what has changed since the present moment, if anything has; what could be redone is forgotten.

    Args:
        history: so far.
        moment: as it is now.
        during: a mouse button or a key may still be down: what it goes on to change belongs to this entry.
        said: what was done, where the two moments do not tell it.
    """
    here = history.here
    if here is None:
        return History((Entry(words(None, moment), moment),), 0)
    topics = changes(here.moment, moment)
    if not topics:
        # What became known of the present since (the w of a seed) is no deed.
        known = dataclasses.replace(here, moment=moment)
        return dataclasses.replace(history, entries=_with(history.entries, history.at, known))
    if here.open and topics <= here.topics and history.at > 0:
        return _go_on(history, moment)
    entry = Entry(said or words(here.moment, moment), moment, topics, open=during)
    entries = (*history.entries[: history.at], dataclasses.replace(here, open=False), entry)
    return _bounded(_packed(entries, moment.mask))


def _go_on(history: History, moment: Moment) -> History:
    """Let the open entry be about all that was done since it began; one that comes to nothing goes."""
    before, here = history.entries[history.at - 1], history.entries[history.at]
    topics = changes(before.moment, moment)
    if not topics:
        kept = dataclasses.replace(before, moment=moment)
        return History((*history.entries[: history.at - 1], kept), history.at - 1)
    entry = Entry(words(before.moment, moment), moment, here.topics | topics, open=True)
    return History((*history.entries[: history.at], entry), history.at)


def settle(history: History) -> History:
    """Close the entry of a stroke or a pull that is over: what comes next is another one."""
    here = history.here
    if here is None or not here.open:
        return history
    closed = dataclasses.replace(here, open=False)
    return dataclasses.replace(history, entries=_with(history.entries, history.at, closed))


def _with(entries: tuple[Entry, ...], index: int, entry: Entry) -> tuple[Entry, ...]:
    return (*entries[:index], entry, *entries[index + 1 :])


# ----------------------------------------------------------------------------
# Back.


def go_to(history: History, index: int) -> History:
    """Go to any entry, earlier or later; none is forgotten.

    Raises:
        IndexError: if there is no such entry.
    """
    if not 0 <= index < len(history.entries):
        raise IndexError(f"entry {index} of {len(history.entries)}")
    packed = history.entries[index].moment.mask
    entries = settle(history).entries
    if isinstance(packed, PackedMask):
        entries = _exchanged(entries, packed, packed.mask())
    return dataclasses.replace(history, entries=entries, at=index)


# ----------------------------------------------------------------------------
# Memory.


def _exchanged(
    entries: tuple[Entry, ...], old: Mask | PackedMask, new: Mask | PackedMask
) -> tuple[Entry, ...]:
    """Put a mask in another form wherever it is: entries that share one go on sharing it."""
    return tuple(
        dataclasses.replace(entry, moment=dataclasses.replace(entry.moment, mask=new))
        if entry.moment.mask is old
        else entry
        for entry in entries
    )


def _packed(entries: tuple[Entry, ...], present: Mask | PackedMask | None) -> tuple[Entry, ...]:
    """Pack every mask but the present one."""
    while True:
        masks = (entry.moment.mask for entry in entries)
        loose = [mask for mask in masks if not isinstance(mask, PackedMask | None) and mask is not present]
        if not loose:
            return entries
        entries = _exchanged(entries, loose[0], PackedMask.of(loose[0]))


def _bounded(entries: tuple[Entry, ...]) -> History:
    """Forget the oldest entries that do not fit; the newest is the present, and stays."""
    first, seen, room = len(entries), set[int](), MOST_BYTES
    for entry in reversed(entries[-MOST_ENTRIES:]):
        room -= _bytes_of(entry.moment, seen)
        if room < 0 and first < len(entries):
            break
        first -= 1
    return History(entries[first:], len(entries) - first - 1)


def _bytes_of(moment: Moment, seen: set[int]) -> int:
    """Count the bytes of a moment's arrays that were not seen before."""
    mask = moment.mask
    sizes = {id(array): array.nbytes for array in moment.arrays()}
    if mask is not None:
        sizes[id(mask)] = len(mask.data) if isinstance(mask, PackedMask) else mask.nbytes
    new = {key: size for key, size in sizes.items() if key not in seen}
    seen.update(new)
    return sum(new.values())


def bytes_of(history: History) -> int:
    """Count the bytes of all arrays that the history holds."""
    seen: set[int] = set()
    return sum(_bytes_of(entry.moment, seen) for entry in history.entries)
