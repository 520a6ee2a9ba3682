"""Replaying the reference drags of ../shared/golden: file, network, and the calls of the published loop."""

import importlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from drag.config import DragConfig
from drag.request import DragRequest
from drag.session import DragSession
from drag.types import DragStep, EndReason

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"
DRAGS = GOLDEN / "drag"


class Reference(NamedTuple):
    """One reference drag: its arrays and its description."""

    arrays: dict[str, np.ndarray]
    about: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> "Reference":
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return cls(arrays, json.loads(str(arrays.pop("meta_json"))))

    @property
    def config(self) -> DragConfig:
        return DragConfig(
            preset="published",
            step_size=self.about["lr"],
            space="w+" if self.about["w_plus"] else "w",
            feature_block=self.about["feature_idx"],
            r1=self.about["r1"],
            r2=self.about["r2"],
            mask_weight=self.about["lambda_mask"],
            tether_weight=self.about.get("reg", 0),
            patience=100,
        )

    @property
    def request(self) -> DragRequest:
        return self.request_of(
            self.arrays.get("points0", self.about.get("points0")),
            self.arrays.get("targets", self.about.get("targets")),
        )

    def request_of(self, points: Any, targets: Any) -> DragRequest:
        """Turn (row, column) into (x, y), and a mask of what is fixed into one of what may move."""
        mask = 1.0 - self.arrays["mask"] if "mask" in self.arrays else None
        return DragRequest(np.asarray(points)[:, ::-1], np.asarray(targets)[:, ::-1], mask)

    def session(self) -> DragSession:
        start = torch.from_numpy(self.arrays["w0"])
        return DragSession(load_network(self.about), start, self.request, self.config)


_networks: dict[str, nn.Module] = {}


def load_network(about: dict[str, Any]) -> Any:
    """Build the network that a drag was made with; each is built once."""
    name = Path(about["state_npz"]).name
    if name not in _networks:
        where = DRAGS if name.startswith("net_") else GOLDEN
        with np.load(where / name, allow_pickle=False) as file:
            kwargs = json.loads(str(file["meta_json"]))["init_kwargs"]
            state = {
                key.removeprefix("state/"): torch.from_numpy(file[key])
                for key in file.files
                if key.startswith("state/")
            }
        network = _generator_class(name)(**kwargs).eval().requires_grad_(False)
        network.load_state_dict(state)
        _networks[name] = network
    return _networks[name]


def _generator_class(name: str) -> Any:
    family = "stylegan3" if name.startswith("stylegan3") else "stylegan2"
    return importlib.import_module(f"training.networks_{family}").Generator


class Call(NamedTuple):
    """One call of the published loop: what it reported, and w after it."""

    step: DragStep
    w: Tensor

    @property
    def stop(self) -> bool:
        return self.step.ended in (EndReason.REACHED, EndReason.NOTHING_TO_DO)

    @property
    def rows_and_columns(self) -> np.ndarray:
        return self.step.points[:, ::-1]


def call(session: DragSession) -> Call:
    return Call(session.step(), session.w)


def trained(w: Tensor, reference: np.ndarray) -> np.ndarray:
    """Take from w what the published code trains: in w+ every layer, in w one."""
    return w.numpy() if reference.shape[-2] == len(w) else w[:1].numpy()
