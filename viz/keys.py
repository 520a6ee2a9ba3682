"""Whether anything is held down."""

from imgui_bundle import imgui


def held() -> bool:
    """Tell whether a mouse button or a key is down: what goes on then is one deed."""
    if imgui.is_any_mouse_down() or imgui.is_any_item_active():
        return True
    return any(
        imgui.is_key_down(imgui.Key(key)) for key in range(imgui.Key.named_key_begin, imgui.Key.named_key_end)
    )
