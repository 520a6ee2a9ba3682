"""From a photograph to w: `project` yields one state after another, each nearer to the photograph.

First one w for all layers is sought (W), then one for each layer, held close together (W+), at last a copy of
the generator is tuned to the photograph at that w (pivotal tuning). The generator handed in is never changed.
"""

import contextlib
import os
from collections.abc import Generator, Sequence

import numpy as np
from torch import Tensor

from training.distances import Distance, StructureDistance
from training.encoder import Encoder
from training.generator import GeneratorBase
from training.projection_config import BUDGETS, ProjectorConfig
from training.projection_start import Score
from training.projection_state import load_state
from training.projection_step import Picture, ProjectionError, ProjectionStep
from training.projection_walk import Term, Walk

__all__ = ["BUDGETS", "ProjectionError", "ProjectionStep", "ProjectorConfig", "Term", "project"]


def project(
    generator: GeneratorBase,
    target: Picture,
    config: ProjectorConfig | None = None,
    start: Tensor | None = None,
    *,
    distance: Distance | None = None,
    terms: Sequence[Term] = (),
    encoder: Encoder | None = None,
    score: Score | None = None,
    label: int | None = None,
    keep: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | None = None,
) -> Generator[ProjectionStep, None, None]:
    """Bring a photograph into a generator, step by step.

    A caller stops by breaking the loop and closing the iterator, which notes at once how far it is, and
    keeps the last step that was `best`.

    Args:
        generator: as it was loaded; it is not changed.
        target: uint8 RGB [H, W, 3] of the generator's size, aligned as its pictures are.
        config: the options; the usual budget by default.
        start: [num_ws, w_dim] to start from; None looks for one.
        distance: how far pictures are apart; None takes the structural one.
        terms: what is to be small besides.
        encoder: of this very generator, for the start.
        score: for the choice among seeds (see choose_start).
        label: the class of the seeds in a network that knows classes.
        keep: a file in which to note, now and then and when the caller stops, how far it is.
        resume: such a file, to go on from; its target, options and start hold then.

    Raises:
        ProjectionError: the target has another size, or the pictures are not numbers.
        CheckpointError: `resume` cannot be read, or belongs to another generator.
    """
    state = None
    if resume is not None:
        state = load_state(resume)
        if state.generator_sha256 != generator.source_sha256:
            begun = state.generator_sha256[:12] or "from no file"
            raise ProjectionError(f"{resume}: was begun with another checkpoint ({begun}...); open that one")
        target, config = state.target.numpy(), state.config
    config = config or ProjectorConfig.of_budget("usual")
    _check(generator, target, start)
    walk = Walk(generator, target, config, distance or StructureDistance(), terms)
    begin = walk.begin(start, encoder, score, label) if state is None else walk.take_up(state)
    with contextlib.closing(walk.go(begin, keep)) as steps:
        yield from steps


def _check(generator: GeneratorBase, target: Picture, start: Tensor | None) -> None:
    expected = (*generator.image_size, 3)
    if target.dtype != np.uint8 or target.shape != expected:
        raise ProjectionError(
            f"the picture is {target.dtype} {list(target.shape)}; expected uint8 {list(expected)}, aligned"
        )
    if start is not None and start.shape != (generator.num_ws, generator.w_dim):
        raise ProjectionError(
            f"start has shape {list(start.shape)}; expected [{generator.num_ws}, {generator.w_dim}]"
        )
