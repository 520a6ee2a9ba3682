"""The seam of a patch: a smooth surface spanned over a hole from the values around it.

It solves Laplace's equation with those values as its border, which is what Poisson image editing adds to a
patch so that its colours join what is around it (Pérez, Gangnet and Blake, 2003).
"""

import numpy as np
from numpy.typing import NDArray

# The border's values are averaged over so much, px, so that no single pixel draws a streak into the patch.
SMOOTH = 1.5


def membrane(values: NDArray[np.float32], hole: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Span a surface over a hole.

    Args:
        values: [H, W, C]; what they are in the hole does not count.
        hole: [H, W].

    Returns:
        [H, W, C] float32: the surface in the hole, `values` everywhere else. It has no value beyond the
        border's least and greatest. Where all is hole it is their mean.
    """
    from scipy import ndimage, sparse
    from scipy.sparse import linalg

    if not hole.any():
        return values
    if hole.all():
        return np.broadcast_to(values.mean(axis=(0, 1)), values.shape).astype(np.float32)
    # Average what is around the hole, without what is in it.
    known = (~hole).astype(np.float32)
    weight = ndimage.gaussian_filter(known, SMOOTH)
    border = ndimage.gaussian_filter(values * known[..., None], (SMOOTH, SMOOTH, 0))
    border = border / np.maximum(weight, 1e-6)[..., None]

    number = np.full(hole.shape, -1)
    number[hole] = np.arange(hole.sum())
    count = int(hole.sum())
    diagonal = np.zeros(count)
    right_side = np.zeros((count, values.shape[2]))
    rows, columns = [], []
    for axis, step in ((0, 1), (0, -1), (1, 1), (1, -1)):
        neighbour = np.roll(number, -step, axis=axis)
        there = np.ones(hole.shape, dtype=bool)  # Past the frame's edge there is no neighbour.
        edge = [slice(None), slice(None)]
        edge[axis] = slice(-1, None) if step == 1 else slice(0, 1)
        there[tuple(edge)] = False
        inner = hole & there & (neighbour >= 0)
        outer = hole & there & (neighbour < 0)
        diagonal[number[hole & there]] += 1
        rows.append(number[inner])
        columns.append(neighbour[inner])
        np.add.at(right_side, number[outer], np.roll(border, -step, axis=axis)[outer])
    row, column = np.concatenate(rows), np.concatenate(columns)
    matrix = sparse.diags(diagonal) - sparse.coo_matrix((np.ones(len(row)), (row, column)), (count, count))
    solved = linalg.splu(matrix.tocsc()).solve(right_side)
    spanned = np.array(values, dtype=np.float32)
    spanned[hole] = solved
    return spanned
