"""From a file to a generator and back: NVIDIA's pickles are read as data, .safetensors is our own form.

Which family a network is of is read from what the file holds, never from its name.
"""

import functools
import json
import os
import re
from collections.abc import Mapping

import torch
from safetensors.torch import save

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write
from torch_utils.errors import CheckpointError, HostileFileError, UnknownNetworkError
from torch_utils.network_file import Region, open_network_file
from torch_utils.pickled_tensors import is_stream
from torch_utils.safe_pickle import PickledNetwork, TensorFlowNetwork, read_pickled_network
from torch_utils.safe_tensors import is_safetensors, parse_json, read_safetensors
from torch_utils.torch_zip import is_zip
from training.arguments import check_arguments
from training.building import FAMILIES, Contents, Progress, build, first_line
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

_POSITIONAL = ("z_dim", "c_dim", "w_dim", "img_resolution", "img_channels")
_READABLE = "a .safetensors file of this editor, or a network file (.pkl, .pt) of StyleGAN2 or StyleGAN3"


def load_generator(
    path: str | os.PathLike[str],
    key: str = "G_ema",
    device: str | torch.device = "cpu",
    progress: Progress = lambda stage, done, total: None,
) -> GeneratorBase:
    """Load a generator from any file that the editor can read.

    Args:
        path: the file.
        key: which network of a pickle: "G_ema" (the average, as a rule the best) or "G".
        device: where the generator is to be.
        progress: told, again and again, what is being done ("Reading", "Loading weights", "Checking"), bytes
            of it that are done, and bytes in all. It ends the reading by raising an EditorError.

    Returns:
        The generator in eval mode, float32, without gradients for its weights, with `metadata` and
        `source_sha256`.

    Raises:
        CheckpointError: if the file is missing, damaged, of another kind, or holds NaN.
        HostileFileError: if it asks for anything but the data of networks.
        UnknownNetworkError: if it holds a network of another family.
    """
    with open_network_file(path) as file:
        progress("Reading", 0, file.size)
        contents = _read_own(file) if _is_own_form(file) else _read_pickle(file, key)
        generator = build(contents, file, progress)
        generator.source_sha256 = file.sha256(functools.partial(progress, "Checking"))
    # A title may be shown: it is a line, not a book.
    generator.metadata = {name[:100]: text[:1000] for name, text in contents.metadata.items()}
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
    # Copies, because a format of separate tensors cannot say that two share their memory.
    state = {
        name: value.detach().cpu().contiguous().clone() for name, value in generator.state_dict().items()
    }
    if half:
        state = {name: value.half() for name, value in state.items()}
        for name, value in state.items():
            if not bool(torch.isfinite(value).all()):
                raise CheckpointError(f"{path}: {name} is too large for half floats; write it without --half")
    about = dict(generator.metadata if metadata is None else metadata)
    about["class_name"] = f"{type(generator).__module__}.{type(generator).__qualname__}"
    about["init_kwargs"] = json.dumps(generator.init_kwargs)
    if not all(isinstance(text, str) for text in about.values()):
        raise CheckpointError(f"{path}: metadata has values that are not texts")
    content = save(state, about)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)  # Here a full disk is an error of the system, with its reason.


# ----------------------------------------------------------------------------
# Reading either form.


def _is_own_form(file: Region) -> bool:
    """Tell the two forms apart by the first bytes.

    Raises:
        CheckpointError: if the file is of neither form.
    """
    head = file.read(0, min(1000, file.size))
    # A pickle begins with its protocol; .safetensors with the length of its header, which is JSON.
    if is_zip(file) or is_stream(file) or (head[0] == 0x80 and len(head) > 1 and head[1] <= 5):
        return False
    if is_safetensors(file):
        return True
    if found := re.match(rb"\(*(?:S'.*'\n)?[ci]([A-Za-z_][\w.]*)\n([A-Za-z_]\w*)\n", head):
        # The oldest pickles begin at once. None of them is a network, but what it wants is worth telling.
        wanted = f"{found[1].decode()}.{found[2].decode()}"
        raise HostileFileError(
            f"{file.source}: asks for {wanted}, which no network needs; the file was not opened"
        )
    if head[257:262] == b"ustar":
        raise UnknownNetworkError(
            f"{file.source}: a tar archive, which no network is kept in; expected {_READABLE}"
        )
    raise CheckpointError(f"{file.source}: not a network file; expected {_READABLE}")


def _read_own(file: Region) -> Contents:
    metadata, state = read_safetensors(file)
    if "class_name" not in metadata:
        raise UnknownNetworkError(
            f"{file.source}: does not say which network it holds (no class_name in its metadata)"
        )
    init_kwargs = parse_json(metadata.pop("init_kwargs", "{}"), f"{file.source}: its init_kwargs")
    return Contents(metadata.pop("class_name")[:200], init_kwargs, state, metadata)


def _read_pickle(file: Region, key: str) -> Contents:
    network = read_pickled_network(file, key)
    if isinstance(network, TensorFlowNetwork):
        return _from_tensorflow(network, file)
    if network.class_name != "Generator":
        raise UnknownNetworkError(f"{file.source}: {key} is a {network.class_name}; expected a Generator")
    if len(network.init_args) > len(_POSITIONAL) or not all(
        type(value) is int for value in network.init_args
    ):
        raise UnknownNetworkError(f"{file.source}: {key} was made with arguments that are not known by name")
    for class_name, (_, mark) in FAMILIES.items():
        if mark in network.state:
            return Contents(class_name, _filled_in(network), network.state, network.metadata)
    raise UnknownNetworkError(f"{file.source}: {key} is neither StyleGAN2 nor StyleGAN3")


def _from_tensorflow(network: TensorFlowNetwork, file: Region) -> Contents:
    class_name = "training.networks_stylegan2.Generator"
    try:
        init_kwargs = translate_arguments(network)
        check_arguments(class_name, init_kwargs)
        state = translate_variables(network, init_kwargs)
    except (EditorError, TypeError, ValueError) as error:
        raise UnknownNetworkError(f"{file.source}: {first_line(error)}") from error
    return Contents(class_name, init_kwargs, state)


def _filled_in(network: PickledNetwork) -> Kwargs:
    """Take the arguments, and from the network itself what they leave open and releases disagree about."""
    init_kwargs = {**dict(zip(_POSITIONAL, network.init_args, strict=False)), **network.init_kwargs}
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
