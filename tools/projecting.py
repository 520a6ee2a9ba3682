"""Joins the inversion of photographs to a session: fronts may not see the networks themselves."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import nn

from faces.bundled import BundledDetector
from faces.landmark_pull import LandmarkPull
from headless.needs import Projection
from torch_utils.errors import CheckpointError
from training.choose_distance import choose_distance
from training.encoder import find_encoder
from training.projector import BUDGETS, ProjectionError, ProjectorConfig, Term, project
from training.tuned import load_tuned, save_tuned


class GeneratorProjector:
    """Brings photographs into one generator; see headless.needs.Projector."""

    budgets: tuple[str, ...] = tuple(BUDGETS)

    def __init__(self, generator: Any) -> None:
        self._generator = generator

    def project(
        self, target: npt.NDArray[np.uint8], budget: str, keep: Path | None
    ) -> Generator[Projection, None, None]:
        """Go from state to state; a file that was kept of the same photograph is gone on from."""
        config = ProjectorConfig.of_budget(budget)
        encoder = find_encoder(self._generator)
        resume = keep if keep is not None and keep.is_file() else None
        if keep is not None:
            keep.parent.mkdir(parents=True, exist_ok=True)
        # Beside colours and edges the landmarks count, so that the expression is the photograph's own.
        pull = LandmarkPull(self._network(), target)
        distance, _ = choose_distance(device=next(self._generator.parameters()).device)
        given: dict[str, Any] = {
            "encoder": encoder, "distance": distance, "score": pull.score, "keep": keep,
            "terms": [Term(pull.loss, pull.side)],
        }  # fmt: skip
        steps = project(self._generator, target, config, resume=resume, **given)
        try:
            first = next(steps)
        except (CheckpointError, ProjectionError):
            if resume is None:
                raise
            # What was kept is damaged or another network's: begin anew, and write over it.
            steps = project(self._generator, target, config, **given)
            first = next(steps)
        yield first
        yield from steps

    def _network(self) -> nn.Module:
        device = next(self._generator.parameters()).device
        return BundledDetector.load(device=device).network

    def save_tuned(self, path: Path, step: Projection, photo: str) -> bool:
        """Write what tuning has changed; see headless.needs.Projector."""
        if step.generator is self._generator:
            return False
        save_tuned(path, self._generator, step.generator, step.w, {"photo": photo})
        return True

    def load_tuned(self, path: Path) -> Any:
        """Read a generator that was tuned from this one."""
        return load_tuned(path, self._generator)[0]
