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


# What ways are called in the curve: those of two budgets, and beside them those of the third.
_USUAL = {"start": "start", "W 60": "W 60 (quick)", "W 60, W+ 40": "W+ 40", "W 60, W+ 40, tuning 40": "usual"}
_THOROUGH = {
    "start": "start",
    "W 200": "W 200",
    "W 200, W+ 120": "W+ 120",
    "W 200, W+ 120, tuning 120": "thorough",
}
_KINDS = {"own": "own frames", "drawn": "drawn portraits", "face": "photographed faces"}


def curve(results: Sequence[Any], path: Path) -> None:
    """Draw likeness, and how far expressions went afterwards, by time: a line a kind of picture."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, charts = pyplot.subplots(1, 2, figsize=(12, 4.8), layout="constrained")
    for index, kind in enumerate(dict.fromkeys(one.kind for one in results)):
        own = [one for one in results if one.kind == kind]
        for ways, dashes in ((_USUAL, "o-"), (_THOROUGH, "s--")):
            *_, last = ways
            through = {one.photo for one in own if one.way == last}
            rows = [[one for one in own if one.way == way and one.photo in through] for way in ways]
            if not all(rows):
                continue
            seconds = [float(np.mean([one.seconds for one in row])) for row in rows]
            likes = [float(np.mean([one.likeness.features for one in row])) for row in rows]
            also = ", thorough" if ways is _THOROUGH else ""
            name = {"label": f"{_KINDS.get(kind, kind)}{also} ({len(through)})"}
            for axes, values in zip(charts, (likes, [_share(row) for row in rows]), strict=True):
                axes.plot(seconds, values, dashes, color=f"C{index}", lw=1, ms=5, **name)
    charts[0].set(ylabel="distance of features", yscale="log")
    charts[1].set(ylabel="share of the way that expressions went", ylim=(0.5, 1.0))
    names = _USUAL | _THOROUGH
    times = {way: [one.seconds for one in results if one.way == way] for way in names}
    marks = {float(np.mean(spent)): names[way] for way, spent in times.items() if spent}
    for axes in charts:
        axes.set(xlabel="processor seconds", xlim=(0, None))
        above = axes.secondary_xaxis("top")
        above.set_xticks(list(marks), list(marks.values()), rotation=65, ha="left", fontsize=8)
        axes.grid(alpha=0.3)
    charts[1].legend(loc="lower left", fontsize=9)
    with atomic_write(path) as temporary:
        figure.savefig(temporary, dpi=110)
    pyplot.close(figure)


def _share(results: Sequence[Any]) -> float:
    """Average the share of the way, 1 at most, of all expressions that had something to do."""
    shares = [min(share, 1.0) for one in results for share in one.shares.values() if share is not None]
    return float(np.mean(shares)) if shares else float("nan")
