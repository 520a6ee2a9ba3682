"""What photo.json tells of a photograph that was edited."""

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from headless.edit import describe
from headless.session import EditSession, Picture

if TYPE_CHECKING:
    from headless.photo import PhotoResult


def told_of(result: "PhotoResult", session: EditSession) -> dict[str, Any]:
    """Say what was done and how it went, as plain data for JSON. Points are (x, y) px of the photograph."""
    sitting, photo, step = result.sitting, result.photo, result.step
    changed = (result.after.pixels != photo.pixels).any(axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return {
        **asdict(replace(result.options, photo=None)),
        "photo": str(photo.path),
        "photo_size": list(photo.size),
        "photo_kind": photo.kind,
        "bits": 8 if photo.full == 255 else 16,
        "notes": [*photo.notes, *([result.note] if result.note else [])],
        "faces_found": result.faces,
        "landmarks": np.round(result.face.landmarks, 2).tolist(),
        "quad": np.round(sitting.alignment.quad, 3).tolist(),
        "inversion": {
            "seconds": round(result.seconds, 2),
            "steps": step.done,
            "stage": step.stage,
            "distance": round(float(step.distance), 6) if np.isfinite(step.distance) else None,
            "message": step.message,
            "mean_difference": round(_apart(sitting.aligned, sitting.inverted), 3),
        },
        "stopped": result.stopped,
        "changed_pixels": int(changed.sum()),
        "changed_box": [int(v) for v in (columns[0], rows[0], columns[-1], rows[-1])] if len(rows) else None,
        "edit": _of_the_edit(result, session),
    }


def _of_the_edit(result: "PhotoResult", session: EditSession) -> dict[str, Any]:
    """Say how the edit went, without what is about seeds."""
    told = describe(result.edited, session)
    return {name: told[name] for name in told if name not in ("seed", "label", "psi", "mask_file")}


def _apart(first: Picture, second: Picture) -> float:
    """Average the absolute difference of two frames, 0..255."""
    return float(np.abs(first.astype(np.float32) - second.astype(np.float32)).mean())
