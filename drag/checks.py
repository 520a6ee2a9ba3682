"""What a drag is handed is checked, and copied; what it computes must be numbers."""

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from drag.request import RequestError
from drag.types import Generator


def checked_w(w: Tensor, generator: Generator) -> Tensor:
    """Copy a start to [num_ws, w_dim] float32."""
    expected = (generator.num_ws, generator.w_dim)
    flat = w[0] if w.ndim == 3 and len(w) == 1 else w
    if tuple(flat.shape) != expected:
        raise RequestError(
            f"w has the shape {list(w.shape)}; this generator takes {list(expected)}, one w a layer."
        )
    if not flat.isfinite().all():
        raise RequestError("w holds something that is not a number; start from another w.")
    return flat.detach().clone().float()


def checked_directions(directions: Tensor, start: Tensor) -> Tensor:
    """Copy directions [k, w_dim] to the start's device."""
    if directions.ndim != 2 or directions.shape[1] != start.shape[1] or not directions.isfinite().all():
        raise RequestError(
            f"directions {list(directions.shape)} must be finite numbers [k, {start.shape[1]}], as long as w."
        )
    return directions.detach().clone().to(start)


def broken(losses: Mapping[str, float], index: int) -> str:
    """Say what is not a number."""
    terms = [name for name, value in losses.items() if not np.isfinite(value)]
    what = f"the loss ({', '.join(terms)})" if terms else "the slope of the loss"
    if index == 0:
        return f"At the start {what} is not a number: the generator's weights or w are broken."
    return f"After {index} steps {what} is not a number: try a smaller step size."
