"""What arguments a network may have: a file can ask for anything, and some of it would fail when drawn."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from training.layers import NetworkError

Check = Callable[[Any], bool]


def _whole(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _number(low: float, high: float) -> Check:
    return lambda value: type(value) in (int, float) and math.isfinite(value) and low <= value <= high


def _or_none(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool | int)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) < 100


def _is_filter(value: Any) -> bool:
    number = _number(-1e6, 1e6)
    return isinstance(value, list | tuple) and 1 <= len(value) <= 64 and all(map(number, value))


_GENERATOR = {
    "z_dim": _whole(1, 8192),
    "c_dim": _whole(0, 100_000),
    "w_dim": _whole(1, 8192),
    "img_resolution": _whole(4, 4096),
    "img_channels": _whole(1, 64),
}
_MAPPING = {
    "num_layers": _whole(1, 64),
    "embed_features": _or_none(_whole(1, 8192)),
    "layer_features": _or_none(_whole(1, 8192)),
    "activation": _is_text,
    "lr_multiplier": _number(1e-9, 1e9),
    "w_avg_beta": _or_none(_number(0, 1)),
}
_EITHER = {
    "channel_base": _number(1, 2**24),
    "channel_max": _number(1, 2**14),
    "num_fp16_res": _whole(0, 64),
    "conv_clamp": _or_none(_number(1e-6, 1e9)),
}
_STYLEGAN2 = {
    **_EITHER,
    "architecture": _is_text,
    "resample_filter": _is_filter,
    "use_noise": _is_flag,
    "activation": _is_text,
    "square": _is_flag,
}
_STYLEGAN3 = {
    **_EITHER,
    "num_layers": _whole(2, 64),
    "num_critical": _whole(1, 64),
    "first_cutoff": _number(0.01, 1e4),
    "first_stopband": _number(0.01, 1e4),
    "last_stopband_rel": _number(0.01, 1e2),
    "margin_size": _whole(0, 256),
    "output_scale": _number(-1e6, 1e6),
    "conv_kernel": _whole(1, 9),
    "filter_size": _whole(1, 64),
    "lrelu_upsampling": _whole(1, 8),
    "use_radial_filters": _is_flag,
    "magnitude_ema_beta": _number(0, 1),
}


def check_arguments(class_name: str, init_kwargs: Mapping[str, Any]) -> None:
    """See that the arguments of a generator are of the right kind, and of a size that networks have.

    Names that a generator does not know are left for it to refuse.

    Raises:
        NetworkError: if one is not.
    """
    own = _STYLEGAN3 if class_name.startswith("training.networks_stylegan3.") else _STYLEGAN2
    _check(init_kwargs, {**_GENERATOR, **own})
    for name, known in (("mapping_kwargs", _MAPPING), ("synthesis_kwargs", own)):
        inner = init_kwargs.get(name)
        if inner is not None and not isinstance(inner, dict):
            raise NetworkError(f"{name} is {_shown(inner)}; expected a table of arguments")
        _check(inner or {}, known)


def _check(given: Mapping[str, Any], known: Mapping[str, Check]) -> None:
    for name, value in given.items():
        if name in known and not known[name](value):
            raise NetworkError(f"{name} is {_shown(value)}, which no network has")


def _shown(value: Any) -> str:
    """What is short is shown as it is: a file may give a page, or a number of a million digits."""
    short = (
        value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 2**60)
    )
    return (
        repr(value) if short else repr(value[:40]) if isinstance(value, str) else f"a {type(value).__name__}"
    )
