"""StyleGAN2 networks of the TensorFlow releases, translated into today's arguments and tensors."""

import re
from typing import Any

import numpy as np
import torch

from torch_utils.errors import UnknownNetworkError
from torch_utils.ops.upfirdn2d import make_filter
from torch_utils.safe_pickle import TensorFlowNetwork
from training.layers import Kwargs

# Name and default of an argument there, and where it belongs here.
_GENERATOR = {"z_dim": ("latent_size", 512), "c_dim": ("label_size", 0), "w_dim": ("dlatent_size", 512)}
_PICTURE = {"img_resolution": ("resolution", 1024), "img_channels": ("num_channels", 3)}
_SYNTHESIS = {
    "channel_max": ("fmap_max", 512),
    "num_fp16_res": ("num_fp16_res", 0),
    "conv_clamp": ("conv_clamp", None),
    "architecture": ("architecture", "skip"),
    "resample_filter": ("resample_kernel", [1, 3, 3, 1]),
    "use_noise": ("use_noise", True),
    "activation": ("nonlinearity", "lrelu"),
}
_MAPPING = {
    "num_layers": ("mapping_layers", 8),
    "embed_features": ("label_fmaps", None),
    "layer_features": ("mapping_fmaps", None),
    "activation": ("mapping_nonlinearity", "lrelu"),
    "lr_multiplier": ("mapping_lrmul", 0.01),
    "w_avg_beta": ("w_avg_beta", 0.995),
}
_LAYERS = {"Conv": "conv1", "Conv0_up": "conv0", "Conv1": "conv1", "ToRGB": "torgb", "Skip": "skip"}
_FLIPPED = ("Conv0_up", "Skip")  # Up-sampling convolved there where it correlates here.


def translate_arguments(network: TensorFlowNetwork) -> Kwargs:
    """Give the init_kwargs of training.networks_stylegan2.Generator for a network of the TensorFlow form."""

    def take(table: dict[str, tuple[str, Any]]) -> Kwargs:
        return {name: network.static_kwargs.get(old, default) for name, (old, default) in table.items()}

    channel_base = 2 * network.static_kwargs.get("fmap_base", 16384)
    return {
        **take(_GENERATOR),
        **take(_PICTURE),
        "channel_base": channel_base,
        **take(_SYNTHESIS),
        "mapping_kwargs": take(_MAPPING),
    }


def translate_variables(network: TensorFlowNetwork, init_kwargs: Kwargs) -> dict[str, torch.Tensor]:
    """Give the state_dict of a network of the TensorFlow form; it lacks the filters, which are made.

    Raises:
        UnknownNetworkError: if it has a variable that StyleGAN2 has not.
    """
    state: dict[str, torch.Tensor] = {}
    for name, value in network.variables.items():
        if name != "lod":  # How far progressive growing had come.
            key, translated = _translate(name, value)
            state[key] = torch.from_numpy(np.array(translated, dtype=np.float32))
    taps = make_filter(init_kwargs["resample_filter"])
    for module in {key.rpartition(".")[0] for key in state}:
        if re.fullmatch(r"synthesis\.b\d+\.(conv[01]|skip)", module):
            state[f"{module}.resample_filter"] = taps
            state[f"{module.rpartition('.')[0]}.resample_filter"] = taps
    return state


def _translate(name: str, value: np.ndarray) -> tuple[str, np.ndarray]:
    """Name and value of one variable, here."""
    if name == "dlatent_avg":
        return "mapping.w_avg", value
    if found := re.fullmatch(r"mapping/(Dense(\d+)|LabelEmbed)/(weight|bias)", name):
        layer = "embed" if found[2] is None else f"fc{found[2]}"
        return f"mapping.{layer}.{found[3]}", value.T
    if name == "synthesis/4x4/Const/const":
        return "synthesis.b4.const", value[0]
    if found := re.fullmatch(r"synthesis/noise(\d+)", name):
        # noise0 is at 4 px; then there are two for each resolution.
        number = int(found[1])
        layer = f"b{2 ** ((number + 5) // 2)}.conv{1 - number % 2}"
        return f"synthesis.{layer}.noise_const", value[0, 0]
    if found := re.fullmatch(r"synthesis/(\d+)x\1/(\w+)/(\w+)", name):
        layer = f"synthesis.b{found[1]}.{_LAYERS.get(found[2])}"
        if found[2] in _LAYERS and found[3] == "weight":
            value = value[::-1, ::-1] if found[2] in _FLIPPED else value
            return f"{layer}.weight", value.transpose(3, 2, 0, 1)
        if found[2] in _LAYERS and found[3] in ("bias", "noise_strength"):
            return f"{layer}.{found[3]}", value
        if found[2] in _LAYERS and found[3] == "mod_weight":
            return f"{layer}.affine.weight", value.T
        if found[2] in _LAYERS and found[3] == "mod_bias":
            return f"{layer}.affine.bias", value + 1
    raise UnknownNetworkError(f"variable {name} is none of StyleGAN2's; only StyleGAN2 can be translated")
