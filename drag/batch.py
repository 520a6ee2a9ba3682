"""Several drags as one program: a generator runs once a step for all of them."""

from collections.abc import Iterator, Sequence

import torch

from drag.session import DragSession
from drag.together import evaluate
from drag.types import DragStep, Generator


def drag_batch(generator: Generator, sessions: Sequence[DragSession]) -> Iterator[list[DragStep | None]]:
    """Step drags of one generator together; each takes the steps that it would take alone, within rounding.

    What is read of the features, or may move in the picture, is computed for all on the rectangles that hold
    what each needs: drags of the same part of aligned faces go well together. A guide still looks at each
    picture by itself. A drag that has ended drops out, and the rest go on. Nothing else should step the
    sessions meanwhile.

    Args:
        generator: the one that all the sessions were made with.
        sessions: drags, fresh or under way.

    Yields:
        A step for each session, in order; None for those that ended before.

    Raises:
        DragError: the generator, a guide or a loss gave something that is not a number.
    """
    running = dict(enumerate(sessions))
    while running:
        with torch.inference_mode(False):
            seen = evaluate(generator, [session.look for session in running.values()])
        steps: list[DragStep | None] = [None] * len(sessions)
        for (index, session), state in zip(list(running.items()), seen, strict=True):
            step = session.step(state)
            steps[index] = step
            if step.ended is not None:
                del running[index]
        yield steps
