"""Grids of pictures with words over their columns."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dnnlib.pictures import save_png

_GAP, _BAR = 4, 26
_PAPER, _INK = (255, 255, 255), (30, 30, 30)


def grid(
    columns: Sequence[str], rows: Sequence[Sequence[np.ndarray]], titles: Sequence[str] = ()
) -> np.ndarray:
    """Lay pictures out in rows under the names of their columns.

    Args:
        columns: one word each.
        rows: of pictures uint8 [H, W, 3], all of one size, one for each column.
        titles: a word beside each row, where a new group of rows begins; empty for the others.

    Returns:
        uint8 [H', W', 3].
    """
    height, width = rows[0][0].shape[:2]
    groups = [row for row, title in enumerate(titles) if title]
    sheet_height = _BAR + len(rows) * (height + _GAP) + _BAR * len(groups)
    sheet = Image.new("RGB", (len(columns) * (width + _GAP) - _GAP, sheet_height), _PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for column, name in enumerate(columns):
        pen.text((column * (width + _GAP) + 6, 4), name, fill=_INK, font=font)
    top = _BAR
    for index, row in enumerate(rows):
        if index in groups:
            pen.text((6, top + 4), titles[index], fill=_INK, font=font)
            top += _BAR
        for column, picture in enumerate(row):
            sheet.paste(Image.fromarray(picture), (column * (width + _GAP), top))
        top += height + _GAP
    return np.asarray(sheet)


def save_first_batch(path: Path, inputs: np.ndarray, targets: np.ndarray) -> None:
    """Show what a run is given and what it is asked for, so that a wrong direction is seen at once."""
    rows = [[first, second] for first, second in zip(inputs, targets, strict=True)]
    save_png(path, grid(("input", "target"), rows))


def save_contact_sheet(
    path: Path, pictures: Sequence[np.ndarray], columns: int = 10, side: int = 128
) -> None:
    """Show many pictures small, row by row."""
    small = [
        np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS))
        for picture in pictures
    ]
    blank = np.full((side, side, 3), 255, np.uint8)
    columns = min(columns, len(small))
    small += [blank] * (-len(small) % columns)
    rows = [np.concatenate(small[start : start + columns], axis=1) for start in range(0, len(small), columns)]
    save_png(path, np.concatenate(rows))
