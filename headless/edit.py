"""One edit from beginning to end, and the files that tell of it.

before.png  after.png  edit.gif    what a person looks at
mask.png                           white = may move
w.npz                              w `before` and `after`, `mask` [H, W], `directions` of the drag
edit.json                          all that it takes to repeat the edit, and how it went
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dnnlib.files import writable_folder
from dnnlib.pictures import save_gif, save_png
from drag.types import DragStep, EndReason
from faces.adjust import Adjustment
from faces.expression import Expression
from faces.expressions import find_expression, read_library
from faces.landmarks import Face, choose_face
from faces.report import AdjustmentReport
from headless.options import EditOptions
from headless.session import EditSession, Picture

FILM_FPS = 15
FILM_HOLD = 10  # Times that the last frame of the film is repeated.


@dataclass(frozen=True, eq=False)
class EditResult:
    """An edit that was done, or was stopped on the way.

    Attributes:
        step: the state that counts: the last, or the best so far where it was stopped.
        before: the picture, uint8 [H, W, 3]; likewise `after`.
        face_after: None if no face was found afterwards.
    """

    options: EditOptions
    plan: Adjustment
    step: DragStep
    reason: EndReason
    steps: int
    seconds: float
    w_before: np.ndarray
    before: Picture
    after: Picture
    face_before: Face
    face_after: Face | None
    report: AdjustmentReport

    @property
    def stopped(self) -> bool:
        """Whether a person broke it off."""
        return self.reason is EndReason.STOPPED

    def summary(self) -> str:
        """Say in one line how it went."""
        stopped = "Stopped by you. " if self.stopped else ""
        return f"{stopped}{self.step.message} {self.report.summary()}."


def run_edit(
    options: EditOptions, open_session: Callable[[], EditSession], out: str | os.PathLike[str]
) -> tuple[EditResult, list[Path]]:
    """Do one edit, and write what it came to.

    Ctrl-C ends the drag and keeps the best state so far; before the first step, and while files are written,
    it goes on to the caller, and the folder is as it was.

    Args:
        options: which picture and what to do with it.
        open_session: reads the checkpoint; called once the folder is known to take files.
        out: the folder; made if it is missing.

    Returns:
        How it went, and the files.

    Raises:
        FileError: if the folder takes no files; before any work is done.
        NoFaceError: if there is no face in the picture.
        EditorError: whatever loading, detecting and dragging find wrong.
    """
    folder = writable_folder(out)
    session = open_session()
    result = edit(session, options)
    return result, write_result(result, session, folder)


# ----------------------------------------------------------------------------
# The work.


def edit(session: EditSession, options: EditOptions) -> EditResult:
    """Do one edit of the picture of a seed, with a bar on the terminal; nothing is written."""
    session.generate(options.seed, options.psi, options.label)
    return edit_face(session, options)


def edit_face(
    session: EditSession,
    options: EditOptions,
    expression: Expression | None = None,
    strength: float | None = None,
) -> EditResult:
    """Do one edit of the picture that the session is at; its seed, class and truncation do not count.

    An expression and a strength that are given take the place of those of the options.
    """
    face = choose_face(session.detect(options.detector))
    if expression is None:
        expression = find_expression(options.expression, read_library().expressions)
    strength = options.strength if strength is None else strength
    plan = session.plan(expression, strength, face, options.detector, automatic_mask=options.automatic_mask)
    before, w_before = session.frame(), session.w.cpu().numpy()
    began = time.monotonic()
    step, last, reason = _follow(session, plan, face)
    seconds = time.monotonic() - began
    session.settle(step)
    found = session.detect(options.detector)
    after = min(found, key=lambda one: _apart(one, face)) if found else None
    report = session.report(plan, after)
    return EditResult(
        options, plan, step, reason, last.index, seconds,
        w_before, before, session.frame(), face, after, report,
    )  # fmt: skip


def _follow(session: EditSession, plan: Adjustment, face: Face) -> tuple[DragStep, DragStep, EndReason]:
    """Take the steps; give the state that counts, the last one, and why it was the last."""
    last = best = None
    with tqdm(total=plan.config.max_steps, desc=plan.expression.title, unit="step", leave=False) as bar:
        try:
            for last in session.adjust(plan, face):
                best = last if last.best or best is None else best
                bar.update(last.index - bar.n)
                bar.set_postfix_str(f"{max(0.0, last.remaining):.0%} of the way left")
        except KeyboardInterrupt:
            if last is None or best is None:
                raise
            if last.ended is None:
                return best, last, EndReason.STOPPED
    if last is None or last.ended is None:
        raise RuntimeError("a drag ended without saying why")
    return last, last, last.ended


def _apart(one: Face, other: Face) -> float:
    return float(np.linalg.norm(one.landmarks.mean(axis=0) - other.landmarks.mean(axis=0)))


# ----------------------------------------------------------------------------
# The files.


def write_result(result: EditResult, session: EditSession, folder: Path) -> list[Path]:
    """Write the files of an edit, all of them or none.

    They are made in a folder beside and moved to their places at the end.

    Returns:
        Where they are.
    """
    mask = result.plan.request.mask
    with tempfile.TemporaryDirectory(dir=folder, prefix=".edit-") as name:
        making = Path(name)
        save_png(making / "before.png", result.before)
        save_png(making / "after.png", result.after)
        if mask is not None:
            grey = np.round(mask * 255).astype(np.uint8)
            save_png(making / "mask.png", np.repeat(grey[..., None], 3, axis=2))
        directions = session.directions().cpu().numpy()
        arrays = {"before": result.w_before, "after": result.step.w.cpu().numpy(), "directions": directions}
        if mask is not None:
            arrays["mask"] = mask
        np.savez(making / "w.npz", allow_pickle=False, **arrays)
        save_gif(making / "edit.gif", _film(session), FILM_FPS)
        record = json.dumps(describe(result, session), indent=1, allow_nan=False)
        (making / "edit.json").write_text(record + "\n", encoding="utf-8")
        # The JSON comes last: where it is, the files that it names are there too.
        names = sorted(path.name for path in making.iterdir() if path.name != "edit.json") + ["edit.json"]
        for name in names:
            os.replace(making / name, folder / name)
    return [folder / name for name in names]


def _film(session: EditSession) -> Iterable[Picture]:
    draws = tqdm(session.film(), desc="edit.gif", unit="frame", leave=False)
    frames = [draw() for draw in draws]
    return frames + frames[-1:] * FILM_HOLD


def describe(result: EditResult, session: EditSession) -> dict[str, Any]:
    """Say what was done and how it went, as plain data for JSON. Points are (x, y) px."""
    options, plan, figures = result.options, result.plan, result.report.figures()
    masked = plan.request.mask is not None
    return {
        "network": str(session.path),
        "network_sha256": session.sha256,
        "title": session.title,
        **asdict(options),
        "detector_used": session.detector(options.detector).name,
        "image_size": list(session.image_size),
        "w_file": "w.npz",
        "mask_file": "mask.png" if masked else None,
        "indices": [int(index) for index in plan.indices],
        "points": plan.request.points.tolist(),
        "targets": plan.request.targets.tolist(),
        "config": asdict(plan.config),
        "end_reason": result.reason.value,
        "message": result.step.message,
        "steps": result.steps,
        "seconds": round(result.seconds, 3),
        "points_after": _numbers(result.step.points),
        **{name: value for name, value in figures.items() if name not in ("expression", "strength")},
    }


def _numbers(points: np.ndarray) -> list[list[float]]:
    """Round points to thousandths of a pixel, which is more than any detector knows."""
    return [[round(float(x), 3), round(float(y), 3)] for x, y in points]
