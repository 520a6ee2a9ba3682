"""Keys by their names: "F2", "Ctrl+Shift+S", "Page Down", "?"."""

from imgui_bundle import imgui

_MODIFIERS = {
    "ctrl": imgui.Key.mod_ctrl,
    "shift": imgui.Key.mod_shift,
    "alt": imgui.Key.mod_alt,
}
_NAMES = {
    "left": imgui.Key.left_arrow,
    "right": imgui.Key.right_arrow,
    "up": imgui.Key.up_arrow,
    "down": imgui.Key.down_arrow,
    "esc": imgui.Key.escape,
    "plus": imgui.Key.equal,  # Where + needs no other key on most keyboards.
    "minus": imgui.Key.minus,
    "[": imgui.Key.left_bracket,
    "]": imgui.Key.right_bracket,
    ",": imgui.Key.comma,
    ".": imgui.Key.period,
    "/": imgui.Key.slash,
}
_TYPED = ("?",)  # Found by the character: where it lies, each country's keyboard says.


def chord(keys: str) -> int:
    """Turn the name of a key, with what is held beside it, into what Dear ImGui counts keys by.

    Raises:
        ValueError: if there is no such key.
    """
    *held, name = keys.split("+")
    lower = name.strip().lower().replace(" ", "_")
    lower = f"_{lower}" if lower.isdigit() else lower
    key = _NAMES.get(lower) or getattr(imgui.Key, lower, None)
    unknown = [word for word in held if word.strip().lower() not in _MODIFIERS]
    if not isinstance(key, imgui.Key) or unknown:
        raise ValueError(f"there is no key {keys!r}")
    whole = int(key)
    for word in held:
        whole |= int(_MODIFIERS[word.strip().lower()])
    return whole


def pressed(keys: str, *, repeat: bool = False) -> bool:
    """Tell whether keys were pressed in this frame, and not for a text box: that takes what it can use."""
    if keys in _TYPED:
        io = imgui.get_io()
        return not io.want_text_input and ord(keys) in [int(code) for code in io.input_queue_characters]
    flags = imgui.InputFlags_.route_global
    if repeat:
        flags |= imgui.InputFlags_.repeat
    return imgui.shortcut(chord(keys), flags)


def released(keys: str) -> bool:
    """Tell whether the key itself, whatever is held beside it, came up in this frame."""
    return imgui.is_key_released(imgui.Key(chord(keys) & ~int(imgui.Key.mod_mask_)))
