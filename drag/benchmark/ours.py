"""The engine's side of the benchmark: drags that are stepped when asked."""

import time

import numpy as np
import torch

from drag.batch import drag_batch
from drag.benchmark.cases import Case, Network
from drag.benchmark.networks import open_network
from drag.config import DragConfig
from drag.latent import directions_of
from drag.request import DragRequest
from drag.session import DragSession

# So many w say how w spreads.
_SAMPLES = 1000


class OurDrag:
    """A case as this engine does it.

    Args:
        case: what is dragged.
        network: on what.
        preset: "swift", "paper" or "published".
    """

    def __init__(self, case: Case, network: Network, preset: str) -> None:
        generator = open_network(network)
        dice = np.random.RandomState(0)
        height = generator.image_size[0]
        request = DragRequest(*case.at(height), case.mask_at(height))
        config = DragConfig.named(preset)
        with torch.no_grad():
            zs = torch.from_numpy(dice.randn(_SAMPLES, generator.z_dim)).float()
            starts = generator.mapping(zs[: case.batch], truncation_psi=0.7)
            directions = directions_of(generator.mapping(zs)[:, 0])
        sessions = [DragSession(generator, w, request, config, directions=directions) for w in starts]
        self._steps = drag_batch(generator, sessions)

    def step(self) -> tuple[float, float, str]:
        """Take one step: wall seconds, processor seconds, and why it was the last one, or nothing."""
        wall, processor = time.perf_counter(), time.process_time()
        step = next(self._steps)[0]
        ended = "" if step is None or step.ended is None else step.ended.value
        return time.perf_counter() - wall, time.process_time() - processor, ended
