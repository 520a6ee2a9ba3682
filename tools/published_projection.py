"""One side of `tools.time_projection`: the published projector and tuner, stepped when the parent says so.

Runs in a process of its own, because its modules are called as ours are. Not a line of it is changed: its
loops ask a bar for their next step, and the bar that is put in here waits for a line on standard input. Its
perceptual network, whose weights are fetched from a server, is replaced by means over squares of pixels, as
on our side; wandb, torchvision, lpips and the e4e encoder, which a step never touches, by empty modules.
"""

import importlib
import importlib.util
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import torch
import torch.nn.functional as F
from torch import Tensor

SIDES = (64, 32, 16)


def flat_means(rgb: Tensor) -> Tensor:
    """Average a picture [N, 3, H, W] down to a few sizes, each scaled to count alike, in one row: [N, K]."""
    means = [F.adaptive_avg_pool2d(rgb, side) / side for side in SIDES]
    return torch.cat([one.flatten(1) for one in means], dim=1)


class Bar:
    """Stands in for tqdm: between two steps it reports the processor time of the last, and waits."""

    def __init__(self, steps: Iterable[Any]) -> None:
        self._steps = steps

    def __iter__(self) -> Iterator[Any]:
        for step in self._steps:
            if not sys.stdin.readline():
                return
            began = time.process_time()
            yield step
            sys.stdout.write(json.dumps(time.process_time() - began) + "\n")
            sys.stdout.flush()


def main() -> None:
    """Read what to run from the arguments: PTI's folder, the networks' source, the weights, the stage."""
    pti, source, weights, stage, threads = sys.argv[1:6]
    torch.set_num_threads(int(threads))
    sys.path.insert(0, pti)
    for name in ("wandb", "lpips", "torchvision", "models.e4e.psp", "matplotlib.pyplot"):
        sys.modules[name] = mock.MagicMock()
    if sys.version_info >= (3, 12):  # Published for an older Python, which had it.
        sys.modules["distutils.util"] = mock.MagicMock()
    settings: Any = importlib.import_module("configs.global_config")
    settings.device = "cpu"
    generator = _network(Path(source), Path(weights))
    target = torch.load(weights, weights_only=True)["target"]
    if stage == "w":
        projector: Any = importlib.import_module("training.projectors.w_projector")
        projector.tqdm = Bar
        projector.dnnlib.util.open_url = mock.MagicMock()
        torch.jit.load = lambda file: _Means()  # type: ignore[assignment, misc]
        pixels = (target[0] + 1) * 127.5
        projector.project(
            generator, pixels, num_steps=450, w_avg_samples=600, device=torch.device("cpu"), w_name="x"
        )
        return
    base: Any = importlib.import_module("training.coaches.base_coach")
    base.LPIPS = lambda net: _Pairs()
    base.load_old_G = lambda: generator
    coach_module: Any = importlib.import_module("training.coaches.single_id_coach")
    # The outer bar is over photographs.
    coach_module.tqdm = lambda steps: Bar(steps) if isinstance(steps, range) else steps
    coach_module.os.makedirs = lambda *args, **kwargs: None
    coach_module.torch = mock.MagicMock(wraps=torch, save=lambda *args: None)
    coach = coach_module.SingleIDCoach([(["x"], target)], False)
    with torch.no_grad():
        pivot = generator.mapping(torch.zeros(1, generator.z_dim), None)
    coach.calc_inversions = lambda *args: pivot
    coach.train()


class _Means(torch.nn.Module):
    """In place of VGG16: means of pixels, of pictures in 0..255."""

    def forward(self, rgb: Tensor, **kwargs: Any) -> Tensor:
        return flat_means(rgb / 127.5 - 1)


class _Pairs(torch.nn.Module):
    """In place of LPIPS."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        return (flat_means(first) - flat_means(second)).square().sum()


def _network(source: Path, weights: Path) -> Any:
    """Build the published generator from its source, with our weights."""
    spec = importlib.util.spec_from_file_location("published_networks", source)
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules["published_networks"] = module
    spec.loader.exec_module(module)
    told = torch.load(weights, weights_only=True)
    try:
        generator = module.Generator(**told["kwargs"])
    except TypeError:  # StyleGAN-Human's copy asks for one thing more.
        generator = module.Generator(**told["kwargs"], square=True)
    generator.load_state_dict(told["state"])
    return generator.eval().requires_grad_(False)


if __name__ == "__main__":
    main()
