"""What belongs over the picture at the moment: which points, which mask."""

import numpy as np

from viz.state import EditorState, JobKind, Mask, PointPair


def pairs_to_show(state: EditorState) -> tuple[PointPair, ...]:
    """Give the points of the job that runs, where they are now; otherwise those that were set by hand."""
    job = state.job
    if job is None or not job.kind.changes_picture or (job.paused and job.kind is JobKind.DRAG):
        return state.drag.pairs
    moved = job.progress.points if job.progress is not None else None
    if job.kind is JobKind.DRAG:
        starts = [pair.point for pair in state.drag.pairs]
        targets = [pair.target for pair in state.drag.pairs]
    elif job.plan is not None:
        starts = [(float(x), float(y)) for x, y in job.plan.points]
        targets = [(float(x), float(y)) for x, y in job.plan.targets]
    else:
        return ()
    if moved is not None and len(moved) == len(starts) and np.isfinite(moved).all():
        starts = [(float(x), float(y)) for x, y in moved]
    return tuple(PointPair(point, target) for point, target in zip(starts, targets, strict=True))


def mask_to_show(state: EditorState) -> Mask | None:
    """Give the mask of the job that runs, otherwise the painted one; None if hidden or not there."""
    if not state.drag.show_mask or state.compare.active:
        return None
    if state.job is not None and state.job.kind is JobKind.ADJUST:
        return state.job.plan.mask if state.job.plan is not None else None
    mask = state.drag.mask
    return mask if mask is not None and mask.shape == state.image_size else None
