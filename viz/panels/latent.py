"""Panel: which picture: seed, truncation and class, and the space that a drag by hand moves in."""

import dataclasses

from imgui_bundle import imgui

from gui_utils.widgets import button, choice, disabled, hint, row
from viz.actions import Action, ChangeDrag, ChangeLatent
from viz.answers import NetworkInfo
from viz.state import EditorState, LatentState

GREATEST_SEED = 2**31 - 1
_SEEDS_PER_UNIT = 0.1  # How fast a seed follows the mouse: seeds for one screen unit.


def draw(state: EditorState) -> list[Action]:
    """Draw seed, psi, class and space."""
    latent = state.latent
    with disabled(state.network.loaded is None):
        seed = _draw_seed(latent.seed)
        psi = _draw_psi(latent.psi)
        label = _draw_label(latent, state.network.loaded)
    row("Drag in", "w+ lets each layer move on its own, w moves them together and stays closer to the face")
    space = choice("space", state.drag.config.space, [("w", "w"), ("w+", "w+")])
    found: list[Action] = []
    if seed != latent.seed:
        latent = latent.at_seed(seed)
    changed = dataclasses.replace(latent, psi=psi, label=label)
    if changed != state.latent:
        found.append(ChangeLatent(changed))
    if space != state.drag.config.space:
        config = dataclasses.replace(state.drag.config, space="w" if space == "w" else "w+")
        found.append(ChangeDrag(dataclasses.replace(state.drag, config=config)))
    return found


def _draw_seed(seed: int) -> int:
    """Draw the seed between its step buttons: pull it with the mouse, or double-click to type."""
    row("Seed", "Every seed is another picture. Pull to run through them, double-click to type one.")
    step_width = imgui.get_frame_height() * 1.15
    spacing = imgui.get_style().item_inner_spacing.x
    width = imgui.get_content_region_avail().x - 2 * (step_width + spacing)
    imgui.push_item_flag(imgui.ItemFlags_.button_repeat, True)
    if button("–##seed", width=step_width, tooltip="The seed before"):
        seed -= 1
    imgui.pop_item_flag()
    imgui.same_line(0, spacing)
    imgui.set_next_item_width(width)
    seed = imgui.drag_int("##seed", seed, _SEEDS_PER_UNIT, 0, GREATEST_SEED)[1]
    hint("Pull to run through the seeds, double-click to type one")
    imgui.same_line(0, spacing)
    imgui.push_item_flag(imgui.ItemFlags_.button_repeat, True)
    if button("+##seed", width=step_width, tooltip="The next seed"):
        seed += 1
    imgui.pop_item_flag()
    return min(max(seed, 0), GREATEST_SEED)


def _draw_psi(psi: float) -> float:
    explanation = (
        "Truncation: 0 is the average face, 1 the full variety, more than 1 exaggerates. Default: 0.7"
    )
    row("Truncation psi", explanation)
    changed, new = imgui.slider_float("##psi", psi, 0.0, 1.5, "%.2f")
    hint(explanation)
    return min(max(float(new), -2.0), 2.0) if changed else psi


def _draw_label(latent: LatentState, network: NetworkInfo | None) -> int:
    """Draw the class, for a network that knows classes; any other has no such row."""
    if network is None or network.c_dim < 2:
        return latent.label
    explanation = f"This network was trained on {network.c_dim} classes: 0 to {network.c_dim - 1}"
    row("Class", explanation)
    changed, new = imgui.slider_int("##label", latent.label, 0, network.c_dim - 1)
    hint(explanation)
    return min(max(new, 0), network.c_dim - 1) if changed else latent.label
