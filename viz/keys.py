"""Keys that act wherever the mouse is, and whether anything is held down."""

from imgui_bundle import imgui

from viz.actions import Action, Redo, Undo


def pressed() -> list[Action]:
    """Give what the keys of this frame ask for; while somebody types, keys are letters."""
    io = imgui.get_io()
    if io.want_text_input:
        return []
    found: list[Action] = []
    if imgui.is_key_chord_pressed(imgui.Key.mod_ctrl | imgui.Key.z):
        found.append(Undo())
    for chord in (imgui.Key.mod_ctrl | imgui.Key.mod_shift | imgui.Key.z, imgui.Key.mod_ctrl | imgui.Key.y):
        if imgui.is_key_chord_pressed(chord):
            found.append(Redo())
    return found


def held() -> bool:
    """Tell whether a mouse button or a key is down: what goes on then is one deed."""
    if imgui.is_any_mouse_down() or imgui.is_any_item_active():
        return True
    return any(
        imgui.is_key_down(imgui.Key(key)) for key in range(imgui.Key.named_key_begin, imgui.Key.named_key_end)
    )
