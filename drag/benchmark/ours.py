"""The engine's side of the benchmark: drags that are stepped when asked."""

import time

import numpy as np
import torch

from drag.batch import drag_batch
from drag.benchmark.cases import Case, Network
from drag.benchmark.networks import open_network
from drag.config import DragConfig
from drag.request import DragRequest
from drag.session import DragSession


class OurDrag:
    """A case as this engine does it.

    Args:
        case: what is dragged.
        network: on what.
        preset: "paper" or "published".
    """

    def __init__(self, case: Case, network: Network, preset: str) -> None:
        generator = open_network(network)
        dice = np.random.RandomState(0)
        height = generator.image_size[0]
        request = DragRequest(*case.at(height), case.mask_at(height))
        config = DragConfig.published() if preset == "published" else DragConfig.paper()
        sessions = []
        for _ in range(case.batch):
            z = torch.from_numpy(dice.randn(1, generator.z_dim)).float()
            with torch.no_grad():
                w = generator.mapping(z, truncation_psi=0.7)
            sessions.append(DragSession(generator, w, request, config))
        self._steps = drag_batch(generator, sessions)

    def step(self) -> tuple[float, float, str]:
        """Take one step: wall seconds, processor seconds, and why it was the last one, or nothing."""
        wall, processor = time.perf_counter(), time.process_time()
        step = next(self._steps)[0]
        ended = "" if step is None or step.ended is None else step.ended.value
        return time.perf_counter() - wall, time.process_time() - processor, ended
