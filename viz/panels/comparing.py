"""Buttons beside the scrubber: before and after."""

from imgui_bundle import imgui

from gui_utils.widgets import button, disabled, hint, main_button
from viz.actions import Action, CompareAgainst, HoldBefore, SetCompare
from viz.rules.compare import comparable
from viz.shortcuts import with_keys
from viz.state import EditorState
from viz.state.compare import Against, CompareMode

_OF_PHOTO = "original"
_AGAINST = {Against.EDIT: "last edit", Against.OWN: "all edits"}


def width() -> float:
    """How much of the row the buttons take, in screen units."""
    return imgui.get_font_size() * 18.5 + 4 * imgui.get_style().item_spacing.x


def draw(state: EditorState) -> list[Action]:
    """Draw Before (to be held), Split, Difference, and what counts as before."""
    found: list[Action] = []
    compare, size = state.compare, imgui.get_font_size()
    with disabled(not comparable(state)):
        words = "Hold to see the picture as it was"
        button("Before", width=size * 4.0, tooltip=with_keys(words, words))
        if imgui.is_item_active() != compare.held and (imgui.is_item_active() or imgui.is_item_deactivated()):
            found.append(HoldBefore(imgui.is_item_active()))
        for mode, title, room, words, explanation in (
            (CompareMode.SPLIT, "Split", 3.5, "Before and after, split",
             "Before at the left of a line, after at its right; pull the line. Default: off."),
            (CompareMode.DIFFERENCE, "Difference", 5.5, "What differs from before",
             "How much each pixel differs from before, four times as strong. Default: off."),
        ):  # fmt: skip
            imgui.same_line()
            draw_one = main_button if compare.mode is mode else button
            if draw_one(title, width=size * room, tooltip=with_keys(explanation, words)):
                found.append(SetCompare(mode))
    imgui.same_line()
    imgui.set_next_item_width(size * 5.5)
    photograph = state.photo.shown is not None
    with disabled(photograph):
        if imgui.begin_combo("##against", _OF_PHOTO if photograph else _AGAINST[compare.against]):
            for against, text in _AGAINST.items():
                if imgui.selectable(text, against is compare.against)[0]:
                    found.append(CompareAgainst(against))
            imgui.end_combo()
    hint(
        "What counts as before: the picture before its last edit, or before all; of a photograph, as it was. "
        "Default: last edit."
    )
    return found
