"""The default pairs, with nothing to fetch: label maps and the portraits that the project's renderer draws.

A label map says which part each pixel shows (skin, hair, lips ...). Skin, hair, clothes and backdrop come in
four tones, each a class of its own, so that the portrait's colours can be known from the map.
"""

import numpy as np
import torch
from tqdm import tqdm

from pix2pix.data import PairSet
from training.portraits import FACTOR_INDEX, PARTS, Portrait, factors_from_scores, render
from training.portraits.stream import sample_scores

TRAIN_PAIRS, HELD_OUT_PAIRS = 400, 50

_CHUNK = 10  # Portraits drawn at once: enough to keep the processor busy, few enough for its memory.

# The tones: the parts that share one, the factor that it sets, the factors that are held still, its colours.
_TONES = (
    (
        ("skin", "neck", "ear"),
        "skin_tone",
        ("skin_warmth", "light"),
        ("f6d7c3", "e2b189", "b9835c", "7f5740"),
    ),
    (("hair",), "hair_colour", ("hair_shade",), ("2c2428", "6f4630", "b0713f", "dcb679")),
    (("clothes",), "cloth_colour", ("cloth_shade",), ("2f5b7a", "7aa06e", "d8925a", "7d5082")),
    (("background",), "back_colour", ("back_shade",), ("dfe4cf", "b9d3dc", "c6c4e4", "f0cfc0")),
)
_LEVELS = torch.tensor([-1.4, -0.45, 0.45, 1.4])  # The normal scores of the four tones.
_PLAIN = {
    "brow": "4a2a10", "eye": "ffffff", "iris": "1060c0", "lid": "c86418", "nose": "e05030",
    "lip": "c00030", "mouth": "600010", "teeth": "d0f0ff",
}  # fmt: skip


def palette() -> np.ndarray:
    """The colours of the classes, uint8 [classes, 3]: tone t of part p at 4 p + t; plain parts repeat."""
    colours = np.zeros((len(PARTS), 4, 3), np.uint8)
    for part, code in _PLAIN.items():
        colours[PARTS.index(part)] = _colour(code)
    for parts, _, _, codes in _TONES:
        for place, part in enumerate(parts):
            for tone, code in enumerate(codes):
                # Neck and ears take the skin's tone, a little darker each, to remain classes of their own.
                colours[PARTS.index(part), tone] = _colour(code) * (1 - 0.12 * place)
    return colours.reshape(-1, 3)


def draw_pairs(count: int, size: int, seed: int, first: int, title: str = "") -> PairSet:
    """Draw label maps (inputs) and portraits (targets), uint8 [count, size, size, 3] each.

    Args:
        seed: of the whole set; the same seed and number give the same pair.
        first: the number of the first pair, so that splits do not overlap.
        title: what the bar says; no bar if empty.
    """
    colours, inputs, targets = palette(), [], []
    chunks = [range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    with tqdm(total=count, desc=title, unit="portrait", disable=not title, leave=False) as bar:
        for chunk in chunks:
            tones, portrait = _draw([seed * 1_000_003 + first + number for number in chunk], size)
            classes = 4 * portrait.labels.long() + tones[:, _group_of_part()].gather(
                1, portrait.labels.long().flatten(1)
            ).view_as(portrait.labels.long())
            inputs.append(colours[classes.numpy()])
            image = ((portrait.image + 1) * 127.5).round().to(torch.uint8)
            targets.append(image.permute(0, 2, 3, 1).numpy())
            bar.update(len(chunk))
    names = tuple(f"{first + number:06d}" for number in range(count))
    return PairSet(np.concatenate(inputs), np.concatenate(targets), names)


def _draw(numbers: list[int], size: int) -> tuple[torch.Tensor, Portrait]:
    """Draw the portraits of some numbers, each from dice of its own; returns their tones [N, groups] too."""
    scores, tones = [], []
    for number in numbers:
        dice = torch.Generator().manual_seed(number)
        scores.append(sample_scores(1, dice))
        tones.append(torch.randint(len(_LEVELS), [1, len(_TONES)], generator=dice))
    chosen, table = torch.cat(tones), torch.cat(scores)
    for group, (_, factor, still, _) in enumerate(_TONES):
        table[:, FACTOR_INDEX[factor]] = _LEVELS[chosen[:, group]]
        table[:, [FACTOR_INDEX[name] for name in still]] = 0.0
    return chosen, render(factors_from_scores(table), size)


def _group_of_part() -> torch.Tensor:
    """For each part, the column of the tones that it takes its tone from; plain parts may take any."""
    groups = {part: group for group, (parts, *_) in enumerate(_TONES) for part in parts}
    return torch.tensor([groups.get(part, 0) for part in PARTS])


def _colour(code: str) -> np.ndarray:
    """RRGGBB -> floats [3]."""
    return np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)], dtype=float)
