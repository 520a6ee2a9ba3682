"""Parts of the Latent panel: style mixing by layers, and the noise."""

import dataclasses

from imgui_bundle import imgui

from dnnlib.latents import NOISE_MODES, SEEDS
from gui_utils.widgets import button, choice, hint, main_button, muted, row, share_of_row
from viz.answers import NetworkInfo
from viz.state import LatentState

_MIX = (
    "Take some layers of w from a second seed (style mixing): the first ones set pose and shape, "
    "the last ones colours. Default: none"
)
_MIX_SEED = "The second seed, from which the layers below are taken. Default: 0"
_RANGES = (
    ("Coarse", 0.0, 0.29, "Pose and shape of the face"),
    ("Middle", 0.29, 0.57, "Features of the face"),
    ("Fine", 0.57, 1.0, "Colours and texture"),
)
_NOISE_WORDS = {"const": "Stored", "none": "None", "random": "Random"}
_IN_A_ROW = 7
_NOISE = (
    "What the fine detail of StyleGAN2 is drawn from. Stored: from the file, the same for each picture. "
    "None: smooth. Random: from the seed below. StyleGAN3 has no noise. Default: stored"
)
_NOISE_SEED = "Of the random noise: the same seed gives the same picture. Default: 0"


def draw_mixing(latent: LatentState, network: NetworkInfo | None) -> LatentState:
    """Draw the second seed, and a button for each layer."""
    count = len(latent.mix_layers)
    words = f"Style mixing: {count} layer{'' if count == 1 else 's'}" if count else "Style mixing"
    opened = imgui.tree_node_ex(f"{words}###mixing", imgui.TreeNodeFlags_.span_avail_width)
    hint(_MIX)
    if not opened:
        return latent
    row("Second seed", _MIX_SEED)
    seed = imgui.drag_int("##mix_seed", latent.mix_seed, 0.1, 0, SEEDS - 1)[1]
    hint(_MIX_SEED)
    layers = set(latent.mix_layers)
    num_ws = network.num_ws if network is not None else 0
    layers = _draw_ranges(layers, num_ws)
    width = share_of_row(_IN_A_ROW)
    for layer in range(num_ws):
        if layer % _IN_A_ROW:
            imgui.same_line()
        chosen = layer in layers
        tooltip = f"Layer {layer} of w from the {'first' if chosen else 'second'} seed"
        if (main_button if chosen else button)(f"{layer}##layer{layer}", width=width, tooltip=tooltip):
            layers ^= {layer}
    imgui.tree_pop()
    return dataclasses.replace(
        latent, mix_seed=min(max(seed, 0), SEEDS - 1), mix_layers=tuple(sorted(layers))
    )


def _draw_ranges(layers: set[int], num_ws: int) -> set[int]:
    """Draw buttons that take, or give back, a whole range of layers."""
    width = share_of_row(4)
    for name, low, high, what in _RANGES:
        part = set(range(round(low * num_ws), round(high * num_ws)))
        whole = bool(part) and part <= layers
        tooltip = f"{what}: layers {min(part, default=0)} to {max(part, default=0)}"
        if (main_button if whole else button)(name, width=width, tooltip=tooltip):
            layers = layers - part if whole else layers | part
        imgui.same_line()
    if button("Clear##mix", width=width, tooltip="All layers from the first seed"):
        layers = set()
    return layers


def draw_noise(latent: LatentState, network: NetworkInfo | None) -> LatentState:
    """Draw the noise mode, and the seed of random noise; a network may have none."""
    if network is not None and not network.has_noise:
        row("Noise", _NOISE)
        muted("This network has none.")
        hint(_NOISE)
        return latent
    row("Noise", _NOISE)
    texts = [(mode, _NOISE_WORDS[mode]) for mode in NOISE_MODES]
    mode = choice("noise", latent.noise, texts, _NOISE)
    seed = latent.noise_seed
    if mode == "random":
        row("Noise seed", _NOISE_SEED)
        seed = imgui.drag_int("##noise_seed", seed, 0.1, 0, SEEDS - 1)[1]
        hint(_NOISE_SEED)
    noise = next(known for known in NOISE_MODES if known == mode)
    return dataclasses.replace(latent, noise=noise, noise_seed=min(max(seed, 0), SEEDS - 1))
