"""Widgets in the style of the house: a label at the left, the widget at the right, a tooltip on both."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from imgui_bundle import imgui

from gui_utils import theme

_LABEL_SHARE = 0.36  # Of a row's width.


# ----------------------------------------------------------------------------
# Structure.


def section(title: str, *, open_at_first: bool = True) -> bool:
    """Draw a header that collapses what follows.

    Returns:
        Whether the section is open and its content should be drawn.
    """
    flags = imgui.TreeNodeFlags_.default_open if open_at_first else imgui.TreeNodeFlags_.none
    imgui.spacing()
    return imgui.collapsing_header(title, flags)


def row(label: str, tooltip: str = "") -> None:
    """Begin a row: the label now, and the next widget fills what is left of the width."""
    start = imgui.get_cursor_pos_x()
    width = imgui.get_content_region_avail().x
    imgui.align_text_to_frame_padding()
    imgui.text_colored(theme.MUTED, label)
    hint(tooltip)
    imgui.same_line(start + width * _LABEL_SHARE)
    imgui.set_next_item_width(-1)


def hint(tooltip: str, *, unit: str = "", default: str = "") -> None:
    """Give the last widget a tooltip, wrapped to a readable width; works on disabled widgets too.

    Args:
        tooltip: what it does.
        unit: in which it counts.
        default: what it is at first.
    """
    if not tooltip:
        return
    tooltip = explained(tooltip, unit=unit, default=default)
    flags = imgui.HoveredFlags_.for_tooltip | imgui.HoveredFlags_.allow_when_disabled
    if imgui.is_item_hovered(flags) and imgui.begin_tooltip():
        imgui.push_text_wrap_pos(imgui.get_font_size() * 22)
        imgui.text_unformatted(tooltip)
        imgui.pop_text_wrap_pos()
        imgui.end_tooltip()


def explained(tooltip: str, *, unit: str = "", default: str = "") -> str:
    """Add unit and default to what a widget does, each in a line of its own."""
    lines = [tooltip, f"In {unit}" if unit else "", f"Default: {default}" if default else ""]
    return "\n".join(line for line in lines if line)


@contextmanager
def disabled(when: bool) -> Iterator[None]:
    """Grey out what is drawn in the block, if so."""
    imgui.begin_disabled(when)
    try:
        yield
    finally:
        imgui.end_disabled()


# ----------------------------------------------------------------------------
# Text.


def muted(text: str) -> None:
    """Write a remark, wrapped to the width at hand."""
    coloured(text, theme.MUTED)


def coloured(text: str, colour: theme.Colour) -> None:
    """Write in a colour, wrapped to the width at hand."""
    imgui.push_style_color(imgui.Col_.text, colour)
    imgui.push_text_wrap_pos(0.0)
    imgui.text_unformatted(text)
    imgui.pop_text_wrap_pos()
    imgui.pop_style_color()


def elided(text: str, colour: theme.Colour, width: float = 0.0) -> None:
    """Write in one line, cut to the width at hand (or a given one); a tooltip has the whole."""
    room = width or imgui.get_content_region_avail().x
    shown = text
    if imgui.calc_text_size(text).x > room:
        low, high = 0, len(text)
        while low < high:  # The longest beginning that fits.
            middle = (low + high + 1) // 2
            low, high = (middle, high) if _fits(text[:middle], room) else (low, middle - 1)
        shown = text[:low].rstrip() + "…"
    imgui.text_colored(colour, shown)
    if shown != text:
        hint(text)


def _fits(text: str, room: float) -> bool:
    return bool(imgui.calc_text_size(text + "…").x <= room)


def fact(label: str, value: str, colour: theme.Colour | None = None) -> None:
    """Write a row of a label and a value that cannot be changed."""
    start, width = imgui.get_cursor_pos_x(), imgui.get_content_region_avail().x
    imgui.begin_group()
    imgui.text_colored(theme.MUTED, label)
    imgui.same_line(start + width * _LABEL_SHARE)
    coloured(value, colour or theme.TEXT)
    imgui.end_group()


# ----------------------------------------------------------------------------
# Buttons and choices.


def button(text: str, *, width: float = 0.0, tooltip: str = "") -> bool:
    """Draw a plain button; a width of -1 fills the row."""
    pressed = imgui.button(text, imgui.ImVec2(width, 0))
    hint(tooltip)
    return pressed


def main_button(text: str, *, width: float = 0.0, tooltip: str = "") -> bool:
    """Draw the button that is the next thing to do."""
    return _coloured_button(text, theme.ACCENT, theme.ACCENT_HOVERED, width, tooltip)


def stop_button(text: str, *, width: float = 0.0, tooltip: str = "") -> bool:
    """Draw the button that ends what is running."""
    return _coloured_button(text, (0.70, 0.28, 0.28, 1.0), (0.80, 0.34, 0.34, 1.0), width, tooltip)


def _coloured_button(
    text: str, plain: theme.Colour, hovered: theme.Colour, width: float, tooltip: str
) -> bool:
    imgui.push_style_color(imgui.Col_.button, plain)
    imgui.push_style_color(imgui.Col_.button_hovered, hovered)
    imgui.push_style_color(imgui.Col_.button_active, hovered)
    imgui.push_style_color(imgui.Col_.text, (1.0, 1.0, 1.0, 1.0))
    pressed = button(text, width=width, tooltip=tooltip)
    imgui.pop_style_color(4)
    return pressed


def choice(name: str, chosen: str, choices: Sequence[tuple[str, str]], tooltip: str = "") -> str:
    """Draw a segmented switch over the row: one of a few `(value, text)`.

    Returns:
        The value chosen now.
    """
    spacing = imgui.get_style().item_inner_spacing.x
    widths, pad = _widths([text for _, text in choices], spacing)
    imgui.push_id(name)
    imgui.push_style_var(imgui.StyleVar_.frame_padding, imgui.ImVec2(pad, imgui.get_style().frame_padding.y))
    for index, ((value, text), width) in enumerate(zip(choices, widths, strict=True)):
        if index:
            imgui.same_line(0, spacing)
        pressed = (main_button if value == chosen else button)(text, width=width, tooltip=tooltip)
        if pressed:
            chosen = value
    imgui.pop_style_var()
    imgui.pop_id()
    return chosen


def _widths(texts: Sequence[str], spacing: float) -> tuple[list[float], float]:
    """Share the row out among texts: evenly, or where one has not room enough so, by their lengths.

    Returns:
        the widths, and what is left free beside each text.
    """
    room = imgui.get_content_region_avail().x - spacing * (len(texts) - 1)
    pad = imgui.get_style().frame_padding.x
    lengths = [imgui.calc_text_size(text).x for text in texts]
    if max(lengths) + 2 * pad <= room / len(texts):
        return [room / len(texts)] * len(texts), pad
    pad = min(pad, max(0.0, (room - sum(lengths)) / (2 * len(texts))))
    spare = (room - sum(lengths)) / len(texts)
    return [max(1.0, length + spare) for length in lengths], pad


def share_of_row(count: int) -> float:
    """Give the width with which `count` widgets side by side fill the row."""
    spacing = imgui.get_style().item_spacing.x
    return (imgui.get_content_region_avail().x - spacing * (count - 1)) / count
