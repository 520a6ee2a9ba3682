"""From a file to a generator and back: NVIDIA's pickles are read as data, .safetensors is our own form.

Which family a network is of is read from what the file holds, never from its name.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write, sha256_of
from torch_utils.errors import CheckpointError, HostileFileError, UnknownNetworkError
from torch_utils.safe_pickle import PickledNetwork, TensorFlowNetwork, read_pickled_network
from training import networks_stylegan2, networks_stylegan3
from training.generator import GeneratorBase
from training.layers import Kwargs
from training.tensorflow_form import translate_arguments, translate_variables

__all__ = [
    "CheckpointError",
    "HostileFileError",
    "UnknownNetworkError",
    "load_generator",
    "save_generator",
]

# A class of our own files, and the tensor by which one of NVIDIA's files is known to be of the same family.
_FAMILIES: dict[str, tuple[type[GeneratorBase], str]] = {
    "training.networks_stylegan2.Generator": (networks_stylegan2.Generator, "synthesis.b4.const"),
    "training.networks_stylegan3.Generator": (networks_stylegan3.Generator, "synthesis.input.freqs"),
}
_READABLE = "a .safetensors file of this editor, or a network pickle (.pkl) of StyleGAN2 or StyleGAN3"


@dataclass
class _Contents:
    """What a file holds, whatever its form."""

    class_name: str
    init_kwargs: Kwargs
    state: dict[str, torch.Tensor]
    metadata: dict[str, str] = field(default_factory=dict)


def load_generator(
    path: str | os.PathLike[str], key: str = "G_ema", device: str | torch.device = "cpu"
) -> GeneratorBase:
    """Load a generator from any file that the editor can read.

    Args:
        path: the file.
        key: which network of a pickle: "G_ema" (the average, as a rule the best) or "G".
        device: where the generator is to be.

    Returns:
        The generator in eval mode, float32, without gradients for its weights, with `metadata` and
        `source_sha256`.

    Raises:
        CheckpointError: if the file is missing, damaged, of another kind, or holds NaN.
        HostileFileError: if it asks for anything but the data of networks.
        UnknownNetworkError: if it holds a network of another family.
    """
    path = Path(path)
    contents = _read_own(path) if _is_own_form(path) else _read_pickle(path, key)
    _check_numbers(contents.state, path)
    generator = _build(contents, path)
    generator.metadata = contents.metadata
    generator.source_sha256 = sha256_of(path)
    return generator.eval().requires_grad_(False).to(device)


def save_generator(
    path: str | os.PathLike[str],
    generator: GeneratorBase,
    metadata: Mapping[str, str] | None = None,
    half: bool = False,
) -> None:
    """Write a generator as .safetensors, whole or not at all.

    Args:
        path: the file to write.
        generator: StyleGAN2 or StyleGAN3.
        metadata: what the file is to say besides, e.g. {"detector": "bundled"}; None keeps the generator's
            own.
        half: write float16 numbers, half the size; they are read as float32 again.

    Raises:
        CheckpointError: if half floats cannot hold a number, or metadata is not made of texts.
        FileError: if the file cannot be written.
    """
    state = {
        name: value.detach().cpu().contiguous().clone() for name, value in generator.state_dict().items()
    }
    if half:
        state = {name: value.half() for name, value in state.items()}
        _check_numbers(state, Path(path))
    about = dict(generator.metadata if metadata is None else metadata)
    about["class_name"] = f"{type(generator).__module__}.{type(generator).__qualname__}"
    about["init_kwargs"] = json.dumps(generator.init_kwargs)
    if not all(isinstance(text, str) for text in about.values()):
        raise CheckpointError(f"{path}: metadata has values that are not texts")
    with atomic_write(path) as temporary:
        save_file(state, temporary, about)


# ----------------------------------------------------------------------------
# Reading either form.


def _is_own_form(path: Path) -> bool:
    """Tell the two forms apart by the first bytes.

    Raises:
        CheckpointError: if the file cannot be read, is empty, or is of neither form.
    """
    try:
        with path.open("rb") as file:
            head = file.read(1000)
    except IsADirectoryError as error:
        raise CheckpointError(f"{path}: is a folder; choose {_READABLE}") from error
    except FileNotFoundError as error:
        raise CheckpointError(f"{path}: no such file; choose {_READABLE}") from error
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path}: cannot be read ({error})") from error
    if not head:
        raise CheckpointError(f"{path}: the file is empty; download or copy it again")
    # A pickle begins with its protocol; .safetensors with the length of its header, which is JSON.
    if head[0] == 0x80 and len(head) > 1 and head[1] <= 5:
        return False
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 100_000_000:
        return True
    if head[:4] == b"PK\x03\x04":
        raise UnknownNetworkError(
            f"{path}: a zip file (torch.save), not a network pickle; expected {_READABLE}"
        )
    if found := re.match(rb"\(*(?:S'.*'\n)?[ci]([A-Za-z_][\w.]*)\n([A-Za-z_]\w*)\n", head):
        # The oldest pickles begin at once. None of them is a network, but what it wants is worth telling.
        wanted = f"{found[1].decode()}.{found[2].decode()}"
        raise HostileFileError(f"{path}: asks for {wanted}, which no network needs; the file was not opened")
    raise CheckpointError(f"{path}: not a network file; expected {_READABLE}")


def _read_own(path: Path) -> _Contents:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = dict(file.metadata() or {})
            state = {name: file.get_tensor(name) for name in file.keys()}
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{path}: damaged or cut off ({error}); download or copy it again") from error
    if "class_name" not in metadata:
        raise UnknownNetworkError(
            f"{path}: does not say which network it holds (no class_name in its metadata)"
        )
    try:
        init_kwargs = json.loads(metadata.pop("init_kwargs", "{}"))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: its init_kwargs are not JSON ({error})") from error
    if not isinstance(init_kwargs, dict):
        raise CheckpointError(f"{path}: its init_kwargs are not an object of JSON")
    return _Contents(metadata.pop("class_name"), init_kwargs, state, metadata)


def _read_pickle(path: Path, key: str) -> _Contents:
    network = read_pickled_network(path, key)
    if isinstance(network, TensorFlowNetwork):
        return _from_tensorflow(network, path)
    if network.class_name != "Generator" or network.init_args:
        raise UnknownNetworkError(f"{path}: {key} is a {network.class_name}; expected a Generator")
    for class_name, (_, mark) in _FAMILIES.items():
        if mark in network.state:
            return _Contents(class_name, _filled_in(network), network.state)
    raise UnknownNetworkError(f"{path}: {key} is neither StyleGAN2 nor StyleGAN3")


def _from_tensorflow(network: TensorFlowNetwork, path: Path) -> _Contents:
    try:
        init_kwargs = translate_arguments(network)
        state = translate_variables(network, init_kwargs)
    except (EditorError, TypeError, ValueError) as error:
        raise UnknownNetworkError(f"{path}: {error}") from error
    return _Contents("training.networks_stylegan2.Generator", init_kwargs, state)


def _filled_in(network: PickledNetwork) -> Kwargs:
    """Take the arguments, and from the network itself what they leave open and releases disagree about."""
    init_kwargs = {**network.init_kwargs}
    told = network.attributes
    if "synthesis.b4.const" in network.state:
        synthesis = init_kwargs.get("synthesis_kwargs")
        synthesis = synthesis if isinstance(synthesis, dict) else init_kwargs
        if "synthesis.b4.conv1.conv_clamp" in told:
            synthesis.setdefault("conv_clamp", told["synthesis.b4.conv1.conv_clamp"])
        halves = [value for name, value in told.items() if re.fullmatch(r"synthesis\.b\d+\.use_fp16", name)]
        synthesis.setdefault("num_fp16_res", halves.count(True))
    mapping = init_kwargs.setdefault("mapping_kwargs", {})
    if isinstance(mapping, dict) and "mapping.w_avg_beta" in told:
        mapping.setdefault("w_avg_beta", told["mapping.w_avg_beta"])
    return init_kwargs


# ----------------------------------------------------------------------------
# Building.


def _build(contents: _Contents, path: Path) -> GeneratorBase:
    """Make the network without memory for its weights, see whether the tensors fit, and put them in."""
    if contents.class_name not in _FAMILIES:
        known = ", ".join(_FAMILIES)
        raise UnknownNetworkError(f"{path}: holds a {contents.class_name}; expected one of {known}")
    network_class = _FAMILIES[contents.class_name][0]
    try:
        with torch.device("meta"), torch.random.fork_rng(devices=[]):
            generator = network_class(**contents.init_kwargs)
    except (EditorError, TypeError, ValueError, ArithmeticError, RuntimeError) as error:
        raise CheckpointError(f"{path}: its arguments do not make a network ({_line(error)})") from error
    _check_fit(contents.state, generator, path)
    # Copies, because .safetensors hands out the file's own memory: a change of the file would change the
    # network, and numbers that lie askew in memory are computed with another rounding.
    state = {name: value.to(torch.float32, copy=True) for name, value in contents.state.items()}
    generator.load_state_dict(state, assign=True)
    return generator


def _check_fit(state: dict[str, torch.Tensor], generator: GeneratorBase, path: Path) -> None:
    expected = {name: list(value.shape) for name, value in generator.state_dict().items()}
    for name, shape in expected.items():
        if name not in state:
            raise CheckpointError(f"{path}: lacks the tensor {name} {shape}")
        if list(state[name].shape) != shape:
            raise CheckpointError(f"{path}: {name} has shape {list(state[name].shape)}; expected {shape}")
    for name in state:
        if name not in expected:
            raise CheckpointError(f"{path}: holds a tensor {name}, which such a network has not")


def _check_numbers(state: dict[str, torch.Tensor], path: Path) -> None:
    for name, value in state.items():
        if not (value.is_floating_point() and bool(torch.isfinite(value).all())):
            raise CheckpointError(f"{path}: {name} holds NaN, infinity or no floats; its training has failed")


def _line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
