"""Panel: which network draws, and where it comes from."""

from collections.abc import Sequence
from pathlib import Path

from imgui_bundle import imgui

from gui_utils.widgets import button, disabled, fact, hint, main_button, muted, row, stop_button
from viz.actions import Action, CancelLoading, OpenNetwork, TypePath
from viz.panels import catalogue
from viz.shortcuts import ask_for_checkpoint, with_keys
from viz.state import EditorState, NetworkState
from viz.words import loading_text

_PATH_HELP = (
    "Path of a .safetensors, .pkl or .pt file, or an address that begins with https://. "
    "A file may also be dropped anywhere on the window."
)


def draw(state: EditorState) -> list[Action]:
    """Draw the path box, the checkpoints used before and nearby, and what is loaded."""
    network = state.network
    found = _draw_path(network)
    found += _draw_loading(network) if network.loading is not None else _draw_choices(state)
    if network.loaded is None and network.loading is None:
        muted("Nothing loaded yet.")
    if network.loaded is not None:
        loaded = network.loaded
        fact("In use", loaded.title)
        hint(f"{loaded.path}\nSHA-256 {loaded.sha256}")
        fact("Size", f"{loaded.width} × {loaded.height} px, w {loaded.num_ws} × {loaded.w_dim}")
        hint("Width and height of its pictures; layers that take a w, and numbers in each")
    return found + catalogue.draw(state.downloads)


def _draw_path(network: NetworkState) -> list[Action]:
    found: list[Action] = []
    spacing = imgui.get_style().item_spacing.x
    widths = imgui.get_font_size() * 3.6, imgui.get_font_size() * 4.6
    imgui.set_next_item_width(-sum(widths) - 2 * spacing)
    flags = imgui.InputTextFlags_.enter_returns_true | imgui.InputTextFlags_.elide_left
    entered, typed = imgui.input_text_with_hint("##path", "path or https://", network.typed, flags)
    hint(_PATH_HELP)
    if typed != network.typed:
        found.append(TypePath(typed))
    with disabled(network.loading is not None):
        imgui.same_line()
        tooltip = "Read the checkpoint; the old one stays if that fails"
        pressed = main_button("Load", width=widths[0], tooltip=tooltip)
        imgui.same_line()
        tooltip = with_keys("Choose a checkpoint in a dialog", "Open a checkpoint …")
        if button("Open …", width=-1, tooltip=tooltip):
            found.append(ask_for_checkpoint())
    if pressed or (entered and network.loading is None):
        found.append(OpenNetwork(typed))
    return found


def _draw_loading(network: NetworkState) -> list[Action]:
    """Draw how the loading goes, and the button that ends it."""
    muted(loading_text(network))
    told = network.told
    share = told.done / told.total if told is not None and told.total else -float(imgui.get_time())
    width = imgui.get_font_size() * 5
    room = imgui.get_content_region_avail().x - width - imgui.get_style().item_spacing.x
    imgui.progress_bar(share, imgui.ImVec2(room, 0), "" if share < 0 else f"{share:.0%}")
    imgui.same_line()
    tooltip = "Leave off; the network in use stays"
    return [CancelLoading()] if stop_button("Cancel##load", width=-1, tooltip=tooltip) else []


def _draw_choices(state: EditorState) -> list[Action]:
    """Offer the checkpoints that were used before, and those beside the one in use."""
    network = state.network
    here = network.loaded.path.absolute() if network.loaded is not None else None
    recent = [path for path in network.recent if path != here]
    found: list[Action] = []
    if recent:
        found += _draw_list(
            "Recent", "##recent", "used before", recent, "Checkpoints used before, the newest first"
        )
    if network.loaded is not None and len(network.nearby) > 1:
        name = network.loaded.path.name
        tooltip = "The checkpoints in the folder of the one in use"
        others = [path for path in network.nearby if path.absolute() != here]
        found += _draw_list("Same folder", "##nearby", name, others, tooltip)
    return found


def _draw_list(label: str, name: str, shown: str, paths: Sequence[Path], tooltip: str) -> list[Action]:
    found: list[Action] = []
    row(label, tooltip)
    opened = imgui.begin_combo(name, shown)
    if not opened:
        hint(tooltip)
        return []
    for path in paths:
        if imgui.selectable(f"{path.name}##{path}", False)[0]:
            found.append(OpenNetwork(str(path)))
        hint(str(path))
    imgui.end_combo()
    return found
