"""Panel: which network draws, and where it comes from."""

from imgui_bundle import imgui

from gui_utils.widgets import disabled, fact, hint, main_button, muted, row
from viz.actions import Action, OpenNetwork, TypePath
from viz.panels import catalogue
from viz.state import EditorState


def draw(state: EditorState) -> list[Action]:
    """Draw the path box, the checkpoints nearby, and what is loaded."""
    found: list[Action] = []
    network = state.network
    button_width = imgui.get_font_size() * 4.2
    imgui.set_next_item_width(-button_width - imgui.get_style().item_spacing.x)
    flags = imgui.InputTextFlags_.enter_returns_true | imgui.InputTextFlags_.elide_left
    entered, typed = imgui.input_text_with_hint("##path", "path of a checkpoint", network.typed, flags)
    hint("A .safetensors, .pkl or .pt file. Or drop a file anywhere on the window.")
    if typed != network.typed:
        found.append(TypePath(typed))
    imgui.same_line()
    with disabled(network.loading is not None):
        pressed = main_button(
            "Load", width=-1, tooltip="Read the checkpoint; the old one stays if that fails"
        )
    if pressed or (entered and network.loading is None):
        found.append(OpenNetwork(typed))
    found += _draw_nearby(state)
    if network.loading is not None:
        muted(f"Loading {network.loading.name} …")
    elif network.loaded is None:
        muted("Nothing loaded yet.")
    if network.loaded is not None:
        loaded = network.loaded
        fact("In use", loaded.title)
        hint(f"{loaded.path}\nSHA-256 {loaded.sha256}")
        fact("Size", f"{loaded.width} × {loaded.height} px, w {loaded.num_ws} × {loaded.w_dim}")
    return found + catalogue.draw(state.downloads)


def _draw_nearby(state: EditorState) -> list[Action]:
    """Offer the other checkpoints of the folder."""
    loaded, nearby = state.network.loaded, state.network.nearby
    if loaded is None or len(nearby) < 2:
        return []
    found: list[Action] = []
    row("Same folder", "The checkpoints beside the one in use")
    if imgui.begin_combo("##nearby", loaded.path.name):
        for path in nearby:
            if imgui.selectable(path.name, path == loaded.path)[0] and path != loaded.path:
                found.append(OpenNetwork(str(path)))
        imgui.end_combo()
    return found
