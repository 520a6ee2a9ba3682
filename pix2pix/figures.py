"""How good outputs are: distances to the target, likeness, sharpness, and labels that agree."""

from collections.abc import Mapping, Sequence

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

_BRIGHTNESS = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601.
_SMALLEST = 7  # The window of SSIM, px.


def picture_figures(output: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Compare an output with its target, both uint8 [H, W, 3], at least 7 px wide and high.

    Returns:
        l1: mean absolute difference, 0..1.
        psnr: peak signal-to-noise ratio, dB; 100 where they are equal.
        ssim: structural similarity (Wang et al. 2004), mean of the three colours, 1 where they are equal.
        sharpness: mean length of the output's brightness gradient, over the target's: 1 is as sharp.
    """
    l1 = float(np.abs(output.astype(float) - target).mean() / 255)
    psnr = 100.0 if l1 == 0 else float(peak_signal_noise_ratio(target, output))
    ssim = float(structural_similarity(target, output, channel_axis=2, win_size=_SMALLEST))
    return {"l1": l1, "psnr": psnr, "ssim": ssim, "sharpness": edges(output) / max(edges(target), 1e-6)}


def edges(picture: np.ndarray) -> float:
    """Mean length of the brightness gradient of a picture uint8 [H, W, 3], in 1/255 a pixel."""
    down, right = np.gradient(picture @ _BRIGHTNESS)
    return float(np.hypot(down, right).mean())


def mean_figures(each: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Average the figures of many pictures, name by name."""
    return {name: float(np.mean([figures[name] for figures in each])) for name in (each[0] if each else {})}


# ----------------------------------------------------------------------------
# Label maps.


def classes_of(picture: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Read a label map uint8 [H, W, 3]: for each pixel the class [H, W] whose colour is nearest.

    Args:
        palette: uint8 [classes, 3].
    """
    flat = picture.reshape(-1, 3).astype(np.int32)
    distances = ((flat[:, None, :] - palette[None].astype(np.int32)) ** 2).sum(axis=2)
    return distances.argmin(axis=1).reshape(picture.shape[:2])


def confusion(output: np.ndarray, target: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Count pixels by class in the target (rows) and in the output (columns): int64 [classes, classes]."""
    count = len(palette)
    pairs = classes_of(target, palette) * count + classes_of(output, palette)
    return np.bincount(pairs.ravel(), minlength=count * count).reshape(count, count)


def label_figures(counts: np.ndarray) -> dict[str, float]:
    """What a confusion matrix says, as Long et al. 2015 define it.

    Returns:
        pixel_accuracy: share of the pixels with the right class.
        class_iou: intersection over union, a mean over the classes that occur in target or output.
    """
    right = np.diag(counts)
    union = counts.sum(axis=0) + counts.sum(axis=1) - right
    seen = union > 0
    return {
        "pixel_accuracy": float(right.sum() / max(1, counts.sum())),
        "class_iou": float((right[seen] / union[seen]).mean()) if seen.any() else 0.0,
    }
