"""The tables and the curve of `tools.measure_photos`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dnnlib.files import atomic_write

ENOUGH, DRIFT_LIMIT = 0.7, 4.0


def _mean(values: Sequence[float]) -> str:
    known = [value for value in values if np.isfinite(value)]
    return f"{np.mean(known):.3g}" if known else "-"


def distance_table(compared: Sequence[tuple[str, dict[str, Any]]]) -> str:
    """One row a distance and kind of picture: means of what was measured."""
    lines = [
        "| picture | distance | PSNR, dB | SSIM | features | landmarks, % | factors, sd | processor s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind in dict.fromkeys(kind for kind, _ in compared):
        own = [found for one, found in compared if one == kind]
        for name in own[0]:
            likes, seconds = zip(*(found[name] for found in own), strict=True)
            cells = [
                _mean([getattr(like, field) for like in likes])
                for field in ("psnr", "ssim", "features", "landmarks", "factors")
            ]
            lines.append(f"| {kind} | {name} | {' | '.join(cells)} | {_mean(seconds)} |")
    return "\n".join(lines)


def edit_figures(results: Sequence[Any]) -> tuple[str, str, str]:
    """Say of how many edits 70 % of the way was gone and little drifted, the median share, the mean drift."""
    pairs = [
        (one.shares[key], one.drifts[key])
        for one in results
        for key in one.shares
        if one.shares[key] is not None
    ]
    if not pairs:
        return "-", "-", "-"
    held = [share >= ENOUGH and drift <= DRIFT_LIMIT for share, drift in pairs]
    return (
        f"{np.mean(held):.0%} of {len(pairs)}",
        f"{np.median([share for share, _ in pairs]):.2f}",
        f"{np.mean([drift for _, drift in pairs]):.2f}",
    )


def result_table(results: Sequence[Any]) -> str:
    """One row a kind of picture and way: means of likeness, and what became of the expressions."""
    lines = [
        "| picture | steps | MSE | PSNR, dB | SSIM | features | landmarks, % | factors, sd "
        "| expressions done | median share | drift outside | processor s |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for kind in dict.fromkeys(one.kind for one in results):
        for way in dict.fromkeys(one.way for one in results if one.kind == kind):
            own = [one for one in results if (one.kind, one.way) == (kind, way)]
            cells = [
                _mean([getattr(one.likeness, field) for one in own])
                for field in ("mse", "psnr", "ssim", "features", "landmarks", "factors")
            ]
            edits = edit_figures(own)
            seconds = _mean([one.seconds for one in own])
            lines.append(f"| {kind} | {way} | {' | '.join(cells)} | {' | '.join(edits)} | {seconds} |")
    return "\n".join(lines)


def curve(results: Sequence[Any], path: Path) -> None:
    """Draw likeness against how many expressions still work, one line a kind of picture."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    for kind in dict.fromkeys(one.kind for one in results):
        ways = list(dict.fromkeys(one.way for one in results if one.kind == kind))
        rows = [[one for one in results if (one.kind, one.way) == (kind, way)] for way in ways]
        seconds = [float(np.mean([one.seconds for one in row])) for row in rows]
        features = [float(np.mean([one.likeness.features for one in row])) for row in rows]
        shares = [
            float(np.mean([
                min(share, 1.0) for one in row for share in one.shares.values() if share is not None
            ] or [np.nan]))
            for row in rows
        ]  # fmt: skip
        axes[0].plot(seconds, features, "o-", label=kind)
        axes[1].plot(features, shares, "o", label=kind)
        for way, x, y in zip(ways, features, shares, strict=True):
            axes[1].annotate(way, (x, y), fontsize=6, xytext=(3, 3), textcoords="offset points")
    axes[0].set(xlabel="processor seconds", ylabel="distance of features", yscale="log")
    axes[1].set(xlabel="distance of features", ylabel="share of the way that expressions went", xscale="log")
    for one in axes:
        one.grid(alpha=0.3)
        one.legend()
    with atomic_write(path) as temporary:
        figure.savefig(temporary, dpi=110)
    pyplot.close(figure)
