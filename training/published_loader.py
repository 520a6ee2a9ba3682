"""What a .pkl of ours runs where the published tools open it: it makes their own generator, and fills it.

NVIDIA's persistence form holds the text of the module whose classes a file needs. Files that this editor
writes hold the text of this one (training/published_form.py). It is run by the published tools alone, never
here: it imports nothing of this project, but the generator of whichever tool reads it.
"""

import importlib
import inspect
from typing import Any

import torch

# Where the published repositories keep their generators: stylegan3 and DragGAN, stylegan2-ada-pytorch, and
# StyleGAN-Human, by itself and inside DragGAN.
PLACES = {
    "stylegan2": (
        "training.networks_stylegan2",
        "training.networks",
        "training_scripts.sg2.training.networks",
        "stylegan_human.training_scripts.sg2.training.networks",
    ),
    "stylegan3": ("training.networks_stylegan3",),
}
PLAIN = ("z_dim", "c_dim", "w_dim", "img_resolution", "img_channels", "mapping_kwargs")


def parameters_of(kind: type) -> dict[str, inspect.Parameter]:
    """The parameters of a generator, whose class may be wrapped in others that take anything."""
    for part in kind.__mro__:
        found = dict(inspect.signature(part.__init__).parameters)  # type: ignore[misc]
        if "z_dim" in found:
            return found
    return {}


def generator_of_this_tool(family: str, square: bool) -> Any:
    """Find the generator's class in the tool that reads the file.

    Raises:
        ImportError: if the tool has none that can draw such pictures.
    """
    for place in PLACES[family]:
        try:
            kind = importlib.import_module(place).Generator
        except (ImportError, AttributeError):
            continue
        if square or "square" in parameters_of(kind):
            return kind
    shape = "" if square else " with pictures half as wide as high"
    raise ImportError(
        f"this tool has no {family}{shape}: its generator was looked for in {', '.join(PLACES[family])}"
    )


def arguments_for(kind: type, given: dict[str, Any]) -> dict[str, Any]:
    """Put a generator's arguments as this tool's class takes them: those of its synthesis nested, or not."""
    known = parameters_of(kind)
    own = {name: given[name] for name in PLAIN if name in given}
    synthesis = {
        name: value for name, value in given.items() if name not in (*PLAIN, "synthesis_kwargs", "square")
    }
    synthesis.update(given.get("synthesis_kwargs") or {})
    if "square" in known:
        own["square"] = given.get("square", True)
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in known.values()):
        return {**own, **synthesis}
    synthesis.pop("fused_modconv_default", None)  # How the same is computed; this form has no such choice.
    return {**own, "synthesis_kwargs": synthesis}


def generator_class(family: str, square: bool) -> type:
    """Derive, from this tool's generator, one that can be filled from the file."""
    base: Any = generator_of_this_tool(family, square)

    class Generator(base):
        """The tool's own generator; only how it comes out of a file is different."""

        def __setstate__(self, state: dict[str, Any]) -> None:
            if state["_modules"]:  # A tool has written it again, in its own form.
                super().__setstate__(state)
                return
            with torch.random.fork_rng(devices=[]):
                type(self).__init__(self, **arguments_for(base, dict(state["_init_kwargs"])))
            self.load_state_dict({**state["_parameters"], **state["_buffers"]})
            self.eval().requires_grad_(False)

    return Generator


class NoDiscriminator(torch.nn.Module):
    """Stands where the published tools expect a discriminator; files of this editor hold none."""

    def forward(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """Say that there is none.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("this file holds a generator only: it cannot be trained further, or judged")
