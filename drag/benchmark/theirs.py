"""The published code's side of the benchmark: its own renderer, driven outside of any window.

Nothing of the checkout is imported but in a process of its own, and nothing of it is kept. Its packages are
called as some of ours are: ours are left out of that process.
"""

import importlib
import json
import sys
import time
import types
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open

from drag.benchmark.cases import Case, Network

_SHARED_NAMES = ("dnnlib", "torch_utils", "training", "viz", "legacy")


class PublishedDrag:
    """A case as the published code does it, on a processor.

    Args:
        case: what is dragged.
        network: on what.
        checkout: folder of the published repository.
    """

    def __init__(self, case: Case, network: Network, checkout: Path) -> None:
        generator_class, renderer_class, bag = _published(checkout)
        generator = _network(generator_class, network)
        self._result = bag
        self._renderer = renderer_class(disable_timing=True)
        height = generator.img_resolution
        points, targets = case.at(height)
        mask = case.mask_at(height)
        z = torch.from_numpy(np.random.RandomState(0).randn(1, generator.z_dim)).float()
        with torch.no_grad():
            w = generator.mapping(z, None, truncation_psi=0.7)
        renderer = self._renderer
        renderer._device, renderer.G = torch.device("cpu"), generator
        renderer.w0, renderer.w = w.clone(), w.clone().requires_grad_()
        renderer.w_optim = torch.optim.Adam([renderer.w], lr=1e-3)
        renderer.feat_refs = renderer.points0_pt = None
        # (row, column), and 1 = held, as it has them.
        self._wish: dict[str, Any] = {
            "points": np.rint(points[:, ::-1]).astype(int).tolist(),
            "targets": targets[:, ::-1].tolist(),
            "mask": None if mask is None else torch.from_numpy(1 - mask),
            "lambda_mask": 20,
            "is_drag": True,
        }

    def step(self) -> tuple[float, float, str]:
        """Take one step: wall seconds, processor seconds, and why it was the last one, or nothing."""
        wall, processor = time.perf_counter(), time.process_time()
        result = self._result()
        self._renderer._render_drag_impl(result, **self._wish)
        ended = "reached" if result.stop else ""
        return time.perf_counter() - wall, time.process_time() - processor, ended


def _published(checkout: Path) -> tuple[Any, Any, Any]:
    """Import the published generator, renderer and result from their folder."""
    if not (checkout / "viz" / "renderer.py").is_file():
        raise FileNotFoundError(
            f"{checkout}: no viz/renderer.py there; give the folder of a DragGAN checkout"
        )
    for name in [name for name in sys.modules if name.split(".")[0] in _SHARED_NAMES]:
        del sys.modules[name]
    sys.path.insert(0, str(checkout))
    warnings.simplefilter("ignore")  # Of what it calls, some is out of date.
    # It draws colour maps with matplotlib, in another part of its renderer.
    for name in ("matplotlib", "matplotlib.cm"):
        sys.modules.setdefault(name, types.ModuleType(name))
    networks = importlib.import_module("training.networks_stylegan2")
    renderer = importlib.import_module("viz.renderer")
    return networks.Generator, renderer.Renderer, importlib.import_module("dnnlib").EasyDict


def _network(generator_class: Any, network: Network) -> Any:
    """Make its generator with the very weights, or with random ones of the same size."""
    if network.checkpoint is None:
        torch.manual_seed(0)
        return generator_class(512, 0, 512, network.resolution, 3).eval().requires_grad_(False)
    with safe_open(network.checkpoint, framework="pt") as file:
        arguments = json.loads((file.metadata() or {})["init_kwargs"])
        state = {key: file.get_tensor(key).float() for key in file.keys()}
    generator = generator_class(**arguments).eval().requires_grad_(False)
    generator.load_state_dict(state, strict=False)
    return generator
