"""Panel: which picture: seed, walk, truncation, class, mixing, noise, and latents as files."""

import dataclasses

from imgui_bundle import imgui

from dnnlib.latents import SEEDS
from gui_utils.widgets import button, choice, disabled, hint, muted, row, share_of_row
from viz.actions import Action, AskForFile, ChangeDrag, ChangeLatent, ChangeWalk, OpenLatent, SaveLatent
from viz.answers import NetworkInfo
from viz.panels import latent_mixing, latent_pad
from viz.shortcuts import LATENTS, with_keys
from viz.state import EditorState, LatentState

GREATEST_SEED = SEEDS - 1
_SEEDS_PER_UNIT = 0.1  # How fast a seed follows the mouse: seeds for one screen unit.
_SEED = with_keys(
    "Every seed is another picture. Pull to run through them, double-click to type one. Default: 18",
    "Next seed",
)
_PSI = "Truncation: 0 is the average face, 1 the full variety, more than 1 exaggerates. Default: 0.7"
_CUTOFF = "Only the first so many layers of w are truncated, the coarse ones first. Default: all"
_SPACE = "w+ lets each layer move on its own, w moves them together and stays closer to the face. Default: w+"
_SAVE = (
    "Write w as it is now, edits included, as .npz into the folder of the Capture panel; "
    "numpy reads it: numpy.load(path)['w']. Where no edit was made, z and seed go along"
)
_OPEN = "Read w (or z) from an .npz or .npy file; a file can be dropped on the window as well"


def draw(state: EditorState) -> list[Action]:
    """Draw all of it; whatever changes asks for another picture."""
    found: list[Action] = []
    latent, network = state.latent, state.network.loaded
    with disabled(network is None):
        seed = _draw_seed(latent.seed)
        if seed != latent.seed:
            latent = latent.at_seed(seed)
        latent, walk = latent_pad.draw(latent, state.walk)
        latent = dataclasses.replace(
            latent,
            psi=_draw_psi(latent.psi),
            cutoff=_draw_cutoff(latent.cutoff, network),
            label=_draw_label(latent, network),
        )
        found += _draw_space(state)
        latent = latent_mixing.draw_mixing(latent, network)
        latent = latent_mixing.draw_noise(latent, network)
        asked, latent = _draw_files(state, latent)
    if walk != state.walk:
        found.append(ChangeWalk(walk))
    if latent != state.latent:
        found.append(ChangeLatent(latent))
    return found + asked


def _draw_seed(seed: int) -> int:
    """Draw the seed between its step buttons: pull it with the mouse, or double-click to type."""
    row("Seed", _SEED)
    step_width = imgui.get_frame_height() * 1.15
    spacing = imgui.get_style().item_inner_spacing.x
    width = imgui.get_content_region_avail().x - 2 * (step_width + spacing)
    imgui.push_item_flag(imgui.ItemFlags_.button_repeat, True)
    if button("–##seed", width=step_width, tooltip=with_keys("The seed before", "Seed before")):
        seed -= 1
    imgui.pop_item_flag()
    imgui.same_line(0, spacing)
    imgui.set_next_item_width(width)
    seed = imgui.drag_int("##seed", seed, _SEEDS_PER_UNIT, 0, GREATEST_SEED)[1]
    hint(_SEED)
    imgui.same_line(0, spacing)
    imgui.push_item_flag(imgui.ItemFlags_.button_repeat, True)
    if button("+##seed", width=step_width, tooltip=with_keys("The next seed", "Next seed")):
        seed += 1
    imgui.pop_item_flag()
    return min(max(seed, 0), GREATEST_SEED)


def _draw_psi(psi: float) -> float:
    row("Truncation psi", _PSI)
    changed, new = imgui.slider_float("##psi", psi, 0.0, 1.5, "%.2f")
    hint(_PSI)
    return min(max(float(new), -2.0), 2.0) if changed else psi


def _draw_cutoff(cutoff: int | None, network: NetworkInfo | None) -> int | None:
    layers = network.num_ws if network is not None else 1
    row("Cutoff", _CUTOFF)
    shown = layers if cutoff is None else min(cutoff, layers)
    words = "all layers" if shown == layers else "%d layers"
    changed, new = imgui.slider_int("##cutoff", shown, 0, layers, words, imgui.SliderFlags_.always_clamp)
    hint(_CUTOFF)
    if not changed:
        return cutoff
    return None if new >= layers else new


def _draw_label(latent: LatentState, network: NetworkInfo | None) -> int:
    """Draw the class, for a network that knows classes; any other has no such row."""
    if network is None or network.c_dim < 2:
        return latent.label
    explanation = f"This network was trained on {network.c_dim} classes: 0 to {network.c_dim - 1}"
    row("Class", explanation)
    changed, new = imgui.slider_int("##label", latent.label, 0, network.c_dim - 1)
    hint(explanation)
    return min(max(new, 0), network.c_dim - 1) if changed else latent.label


def _draw_space(state: EditorState) -> list[Action]:
    row("Drag in", _SPACE)
    space = choice("space", state.drag.config.space, [("w", "w"), ("w+", "w+")], _SPACE)
    if space == state.drag.config.space:
        return []
    config = dataclasses.replace(state.drag.config, space="w" if space == "w" else "w+")
    return [ChangeDrag(dataclasses.replace(state.drag, config=config))]


def _draw_files(state: EditorState, latent: LatentState) -> tuple[list[Action], LatentState]:
    """Draw what saves and opens latents, and which file is in use."""
    found: list[Action] = []
    width = share_of_row(2)
    with disabled(state.picture.w is None):
        if button("Save latent", width=width, tooltip=with_keys(_SAVE, "Save the latent (NPZ)")):
            found.append(SaveLatent())
    imgui.same_line()
    if button("Open latent …", width=width, tooltip=_OPEN):
        found.append(AskForFile("Open a latent", LATENTS, OpenLatent))
    if latent.given is not None:
        muted(f"From {latent.given.name}. Another seed lets it go.")
        if latent.given.w is not None:
            hint("w is taken as it was saved: truncation does not change it")
    return found, latent
