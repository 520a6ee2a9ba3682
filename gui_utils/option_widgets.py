"""Sliders, switches and boxes made from options where they are written (dnnlib.options)."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from imgui_bundle import imgui

from dnnlib.options import OptionField, option_fields
from gui_utils.widgets import choice, hint, row

T = TypeVar("T")

_FARTHEST = 1e5  # A slider ends somewhere, where the option has no upper bound.


def draw_options(options: T, names: Sequence[str], labels: Mapping[str, str] | None = None) -> T:
    """Draw one row for each option named.

    Args:
        options: instance of a frozen dataclass whose fields were made with `dnnlib.options.option`.
        names: which, in this order.
        labels: where the field's own name, with spaces, would not do.

    Returns:
        The same instance, or a changed copy.
    """
    fields = {field.name: field for field in option_fields(type(options))}
    for name in names:
        label = (labels or {}).get(name) or name.replace("_", " ").capitalize()
        value = getattr(options, name)
        changed = _draw_option(fields[name], label, value)
        if changed != value:
            options = dataclasses.replace(options, **{name: changed})  # type: ignore[type-var]
    return options


def panel_names(cls: type) -> list[str]:
    """Name the options of a dataclass that belong into a panel."""
    return [field.name for field in option_fields(cls) if field.panel]


def tooltip_of(field: OptionField) -> str:
    """Say what an option does, what is allowed, and its default."""
    default = "by rule" if field.default is None else f"{field.default}"
    allowed = f"\n{field.range_text}" if field.range_text and not field.choices else ""
    return f"{field.help[:1].upper()}{field.help[1:]}.{allowed}\nDefault: {default}"


# ----------------------------------------------------------------------------
# One widget for each kind of value.


def _draw_option(field: OptionField, label: str, value: Any) -> Any:
    row(label, tooltip_of(field))
    if field.optional:
        value, wanted = _draw_switch_for_optional(field, value)
        if not wanted:
            return None
    if field.choices:
        return choice(field.name, value, [(text, text) for text in field.choices], tooltip_of(field))
    if field.kind is bool:
        value = imgui.checkbox(f"##{field.name}", value)[1]
    elif field.kind is int:
        value = _draw_whole_number(field, value)
    elif field.kind is float:
        value = _draw_number(field, value)
    else:
        value = imgui.input_text(f"##{field.name}", str(value))[1]
    hint(tooltip_of(field))
    return value


def _draw_switch_for_optional(field: OptionField, value: Any) -> tuple[Any, bool]:
    """Draw the box that says whether an optional value is set by hand; None means that it is not."""
    wanted = imgui.checkbox(f"##set_{field.name}", value is not None)[1]
    hint("By hand; otherwise by rule")
    if not wanted:
        imgui.same_line()
        imgui.text_disabled("by rule")
        return None, False
    imgui.same_line()
    imgui.set_next_item_width(-1)
    return (_least(field) if value is None else value), True


def _draw_whole_number(field: OptionField, value: int) -> int:
    low, high = round(_least(field)), round(_greatest(field))
    flags = imgui.SliderFlags_.always_clamp
    if high - low > 1000:
        flags |= imgui.SliderFlags_.logarithmic
    return imgui.slider_int(f"##{field.name}", value, low, high, _format(field, "%d"), flags)[1]


def _draw_number(field: OptionField, value: float) -> float:
    low, high = _least(field), _greatest(field)
    flags = imgui.SliderFlags_.always_clamp
    wide = isinstance(field.default, float) and high > 50 * max(field.default, 1e-9)
    if wide:
        flags |= imgui.SliderFlags_.logarithmic
    changed, new = imgui.slider_float(
        f"##{field.name}", value, low, high, _format(field, _digits(field, high)), flags
    )
    # The slider counts in single precision: an untouched value must not come back changed.
    return float(new) if changed else value


def _digits(field: OptionField, high: float) -> str:
    """Choose as many decimals as the default needs."""
    if isinstance(field.default, float) and 0 < field.default < 0.1:
        return "%.4f"
    return "%.2f" if high <= 10 else "%.1f"


def _format(field: OptionField, digits: str) -> str:
    return f"{digits} {field.unit}" if field.unit else digits


def _least(field: OptionField) -> float:
    return 0.0 if field.low is None else float(field.low)


def _greatest(field: OptionField) -> float:
    return _FARTHEST if field.high is None else float(field.high)
