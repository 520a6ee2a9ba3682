"""A generator as a .pkl that the published tools open: NVIDIA's form, without a line of NVIDIA's."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dnnlib.files import atomic_write
from torch_utils.pickle_records import Call, Name
from torch_utils.pickle_writer import PickleWriter
from training.generator import GeneratorBase
from training.layers import Kwargs
from training.networks_stylegan2 import Generator as StyleGAN2

_LOADER = Path(__file__).with_name("published_loader.py")
_VERSION = 6
# What is meant where arguments say nothing: stylegan2-ada-pytorch's nested form, the stylegan3 repository's.
_NESTED_DEFAULTS: Kwargs = {"num_fp16_res": 0, "conv_clamp": None}
_FLAT_DEFAULTS: Kwargs = {"num_fp16_res": 4, "conv_clamp": 256}


def save_published(
    path: str | os.PathLike[str], generator: GeneratorBase, metadata: Mapping[str, str] | None = None
) -> None:
    """Write a generator as a .pkl, whole or not at all.

    It holds G and G_ema (one object), a stand-in for D, and what the published tools look for besides. The
    source text in it is that of training/published_loader.py.

    Args:
        path: the file to write.
        generator: StyleGAN2 or StyleGAN3.
        metadata: what the file is to say besides; None keeps the generator's own. Only this editor reads it.

    Raises:
        FileError: if the file cannot be written.
    """
    family = "stylegan2" if isinstance(generator, StyleGAN2) else "stylegan3"
    square = generator.image_size[0] == generator.image_size[1]
    text = _LOADER.read_text(encoding="utf-8")
    text += f"\n\nGenerator = generator_class({family!r}, {square})\n"
    own = _persistent(text, "Generator", _state(generator))
    nothing = Call(Name("collections", "OrderedDict"), ())
    judge = _persistent(text, "NoDiscriminator", _module_state(nothing, nothing, nothing))
    about = dict(generator.metadata if metadata is None else metadata)
    root: dict[str, Any] = {
        "G": own,
        "D": judge,
        "G_ema": own,
        "training_set_kwargs": {},
        "augment_pipe": None,
        "metadata": about,
    }
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        PickleWriter(file).write(root)


def _persistent(text: str, class_name: str, state: dict[str, Any]) -> Call:
    about = {
        "type": "class",
        "version": _VERSION,
        "module_src": text,
        "class_name": class_name,
        "state": state,
    }
    return Call(Name("torch_utils.persistence", "_reconstruct_persistent_obj"), (about,))


def _state(generator: GeneratorBase) -> dict[str, Any]:
    """All tensors of the network in one module, under their whole names, and its arguments."""
    names = {name for name, _ in generator.named_parameters()}
    parameters = Call(Name("collections", "OrderedDict"), ())
    buffers = Call(Name("collections", "OrderedDict"), ())
    for name, value in generator.state_dict().items():
        (parameters if name in names else buffers).items[name] = value
    nothing = Call(Name("collections", "OrderedDict"), ())
    return {
        **_module_state(parameters, buffers, nothing),
        "_init_args": (),
        "_init_kwargs": _easy(_explicit(generator)),
    }


def _module_state(parameters: Call, buffers: Call, modules: Call) -> dict[str, Any]:
    hooks = (
        "_backward_hooks",
        "_backward_pre_hooks",
        "_forward_hooks",
        "_forward_hooks_with_kwargs",
        "_forward_hooks_always_called",
        "_forward_pre_hooks",
        "_forward_pre_hooks_with_kwargs",
        "_state_dict_hooks",
        "_state_dict_pre_hooks",
        "_load_state_dict_pre_hooks",
        "_load_state_dict_post_hooks",
    )
    return {
        "training": False,
        "_parameters": parameters,
        "_buffers": buffers,
        "_modules": modules,
        **{name: Call(Name("collections", "OrderedDict"), ()) for name in hooks},
        "_non_persistent_buffers_set": Call(Name("builtins", "set"), ([],)),
        "_is_full_backward_hook": None,
    }


def _explicit(generator: GeneratorBase) -> Kwargs:
    """The arguments, with what releases disagree about written out."""
    kwargs = dict(generator.init_kwargs)
    kwargs["mapping_kwargs"] = {
        "w_avg_beta": generator.mapping.w_avg_beta,
        "num_layers": generator.mapping.num_layers,
        **(kwargs.get("mapping_kwargs") or {}),
    }
    if kwargs.get("synthesis_kwargs") is not None:
        kwargs["synthesis_kwargs"] = {**_NESTED_DEFAULTS, **kwargs["synthesis_kwargs"]}
        return kwargs
    return {**kwargs, **{name: kwargs.get(name, value) for name, value in _FLAT_DEFAULTS.items()}}


def _easy(kwargs: Kwargs) -> Call:
    """A dict whose entries the published tools reach as attributes too."""
    items = {name: _easy(value) if isinstance(value, dict) else value for name, value in kwargs.items()}
    return Call(Name("dnnlib.util", "EasyDict"), (), items=items)
