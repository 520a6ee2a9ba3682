"""The benchmark's figures as Markdown."""

from collections.abc import Iterable, Sequence

from drag.benchmark.measure import THEIRS, Row


def table(rows: Sequence[Row]) -> str:
    """Lay rows out, one line each; where the published code ran too, with its seconds over ours.

    Ratios are of processor seconds, which other work on the machine disturbs less than the clock's.
    """
    theirs = {_key(row): row for row in rows if row.engine == THEIRS}
    lines = [
        "| network | px | case | points | engine | s a step | processor s | steps | s in all | ended "
        "| peak MB | published code ÷ ours |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        other = theirs.get(_key(row))
        ratio = (
            ""
            if other is None or row is other
            else f"{other.processor_per_step / row.processor_per_step:.1f}"
        )
        lines.append(
            f"| {row.network} | {row.resolution} | {row.case} | {row.points} | {row.engine} "
            f"| {row.seconds_per_step:.3f} | {row.processor_per_step:.3f} | {row.steps} "
            f"| {row.seconds_total:.1f} | {row.ended or 'broken off'} | {row.peak_mb:.0f} | {ratio} |"
        )
    return "\n".join(lines)


def growth(rows: Iterable[Row]) -> str:
    """Say how seconds of our engines grow: with resolution, with points, with drags at once."""
    ours = [row for row in rows if row.engine != THEIRS]
    lines = []
    for engine in dict.fromkeys(row.engine for row in ours):
        own = [row for row in ours if row.engine == engine]
        for name in dict.fromkeys(row.case for row in own):
            same = sorted((row for row in own if row.case == name), key=lambda row: row.resolution)
            same = [row for row in same if row.network == same[0].network]
            if len(same) > 1:
                lines.append(f"{engine}, {name}, " + _compare(same, [f"{row.resolution} px" for row in same]))
        counts = [row for row in own if row.case.endswith(" of eyes")]
        if len(counts) > 1:
            labels = [str(row.points) for row in counts]
            lines.append(f"{engine}, points in one place, " + _compare(counts, labels))
        batches = [row for row in own if row.case.startswith("eyes ×")]
        if len(batches) > 1:
            rates = [f"{row.batch}: {row.batch / row.processor_per_step:.1f}" for row in batches]
            lines.append(f"{engine}, drags at once, steps a processor second: " + ", ".join(rates))
    return "\n".join(lines)


def _compare(rows: Sequence[Row], labels: Sequence[str]) -> str:
    least = rows[0].processor_per_step
    parts = (
        f"{label}: {row.processor_per_step / least:.2f} ×" for label, row in zip(labels, rows, strict=True)
    )
    return "processor seconds a step: " + ", ".join(parts)


def _key(row: Row) -> tuple[str, str, int]:
    return row.network, row.case, row.resolution
