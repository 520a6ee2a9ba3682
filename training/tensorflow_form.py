"""StyleGAN2 networks of the TensorFlow releases, translated into today's arguments and tensors."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from torch_utils.errors import UnknownNetworkError
from torch_utils.ops.upfirdn2d import make_filter
from torch_utils.safe_pickle import TensorFlowNetwork
from torch_utils.stored_tensor import StoredTensor
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


def translate_variables(network: TensorFlowNetwork, init_kwargs: Kwargs) -> dict[str, StoredTensor]:
    """Give the state_dict of a network of the TensorFlow form; it lacks the filters, which are made.

    Raises:
        UnknownNetworkError: if it has a variable that StyleGAN2 has not.
    """
    state: dict[str, StoredTensor] = {}
    for name, value in network.variables.items():
        if name != "lod":  # How far progressive growing had come.
            place = _translate(name)
            state[place.key] = _placed(place, value)
    taps = make_filter(init_kwargs["resample_filter"])
    filters = StoredTensor(tuple(taps.shape), taps.dtype, taps.clone)
    for module in {key.rpartition(".")[0] for key in state}:
        if re.fullmatch(r"synthesis\.b\d+\.(conv[01]|skip)", module):
            state[f"{module}.resample_filter"] = filters
            state[f"{module.rpartition('.')[0]}.resample_filter"] = filters
    return state


class _Place(NamedTuple):
    """Where a variable belongs, which view of it, and what is to be done to that once it is loaded."""

    key: str
    view: Callable[[torch.Tensor], torch.Tensor] = lambda value: value
    finish: Callable[[torch.Tensor], torch.Tensor] = lambda value: value


def _placed(place: _Place, value: StoredTensor) -> StoredTensor:
    try:
        shape = tuple(place.view(torch.zeros([]).expand(value.shape)).shape)
    except (IndexError, RuntimeError) as error:
        raise UnknownNetworkError(f"{place.key} has shape {list(value.shape)}, which cannot be") from error
    return StoredTensor(
        shape,
        torch.float32,
        lambda: place.finish(place.view(value.load().float())).clone(memory_format=torch.contiguous_format),
    )


def _translate(name: str) -> _Place:
    """Say where a variable belongs."""
    if name == "dlatent_avg":
        return _Place("mapping.w_avg")
    if found := re.fullmatch(r"mapping/(Dense(\d+)|LabelEmbed)/(weight|bias)", name):
        layer = "embed" if found[2] is None else f"fc{found[2]}"
        return _Place(f"mapping.{layer}.{found[3]}", _turned)
    if name == "synthesis/4x4/Const/const":
        return _Place("synthesis.b4.const", lambda value: value[0])
    if found := re.fullmatch(r"synthesis/noise(\d{1,3})", name):
        # noise0 is at 4 px; then there are two for each resolution.
        number = int(found[1])
        layer = f"b{2 ** ((number + 5) // 2)}.conv{1 - number % 2}"
        return _Place(f"synthesis.{layer}.noise_const", lambda value: value[0, 0])
    if found := re.fullmatch(r"synthesis/(\d{1,5})x\1/(\w+)/(\w+)", name):
        layer = f"synthesis.b{found[1]}.{_LAYERS.get(found[2])}"
        if found[2] in _LAYERS and found[3] == "weight":
            flipped = found[2] in _FLIPPED
            return _Place(
                f"{layer}.weight",
                lambda value: value.permute(3, 2, 0, 1),
                (lambda value: value.flip(2, 3)) if flipped else (lambda value: value),
            )
        if found[2] in _LAYERS and found[3] in ("bias", "noise_strength"):
            return _Place(f"{layer}.{found[3]}")
        if found[2] in _LAYERS and found[3] == "mod_weight":
            return _Place(f"{layer}.affine.weight", _turned)
        if found[2] in _LAYERS and found[3] == "mod_bias":
            return _Place(f"{layer}.affine.bias", finish=lambda value: value + 1)
    raise UnknownNetworkError(
        f"variable {name[:100]} is none of StyleGAN2's; only StyleGAN2 can be translated"
    )


def _turned(value: torch.Tensor) -> torch.Tensor:
    return value.permute(*reversed(range(value.ndim)))
