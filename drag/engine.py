"""The engine's front door: a drag is a function that yields its steps."""

from collections.abc import Iterator, Sequence

from torch import Tensor

from drag.config import DragConfig
from drag.request import DragRequest
from drag.session import DragSession
from drag.types import DragStep, Generator, Guide


def drag(
    generator: Generator,
    w: Tensor,
    request: DragRequest,
    config: DragConfig | None = None,
    guides: Sequence[Guide] = (),
    directions: Tensor | None = None,
) -> Iterator[DragStep]:
    """Drag handle points to their targets by moving w, one step at a time.

    Nothing that is handed in is changed. To stop, stop asking; `stopped()` then turns the step that came last
    into the last one. To change a drag under way, step a `DragSession` instead.

    Args:
        generator: makes features and pictures.
        w: [num_ws, w_dim] or [1, num_ws, w_dim], the start, on the generator's device.
        request: handles, targets, mask.
        config: how; `DragConfig.paper()` if None.
        guides: differentiable terms on the picture. With guides the drag has arrived when each is content,
            without when each handle is near enough to its target.
        directions: [k, w_dim], how w spreads, from `drag.latent.directions_of`; used where the config says
            `natural`, and guided drags do.

    Yields:
        The start as step 0, then a step for each move. The last one says why it is the last in `ended`;
        unless the drag has arrived it shows the best state on the way.

    Raises:
        RequestError: the request does not fit the generator, or nothing would pull.
        DragError: the generator, a guide or the loss gave something that is not a number.
    """
    session = DragSession(generator, w, request, config, guides, directions)
    while True:
        step = session.step()
        yield step
        if step.ended is not None:
            return
