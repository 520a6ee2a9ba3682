"""What is asked of a landmark network, and how near it comes.

The loss counts distances in px of the 128 px picture; lids and lips count more than the jaw, and the openings
between them count once more, since they are what the expressions are measured by. A small term keeps each
heatmap a soft hill of a set width, which is what makes its mean a smooth guide.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from faces.landmark_network import INPUT_SIZE, LandmarkReading
from faces.landmarks import EYE_CORNERS, EYES, JAW, LID_PAIRS, LIP_PAIRS, LIPS
from tools.landmark_pictures import PictureSet, Sample, whole


def point_weights() -> Tensor:
    """Give each landmark its weight [68], 1 on average: lids most, then lips, the jaw least."""
    weights = torch.ones(68)
    weights[list(JAW)] = 0.6
    weights[list(LIPS)] = 1.6
    weights[list(EYES)] = 2.2
    return weights / weights.mean()


def landmark_loss(reading: LandmarkReading, sample: Sample) -> Tensor:
    """Add up distances, openings, the width of the heatmaps (px of the 128 px picture) and the face score."""
    face = sample.is_face > 0
    seen, asked = reading.landmarks[face] * INPUT_SIZE, sample.landmarks[face] * INPUT_SIZE
    inside = ((asked > 0) & (asked < INPUT_SIZE)).all(2, keepdim=True)
    distance = F.smooth_l1_loss(seen, asked, beta=0.5, reduction="none") * inside
    points = (distance * point_weights()[:, None]).mean()
    upper, lower = (list(row) for row in zip(*(LID_PAIRS + LIP_PAIRS), strict=True))
    openings = F.smooth_l1_loss(seen[:, lower] - seen[:, upper], asked[:, lower] - asked[:, upper], beta=0.5)
    spread = (reading.spread[face] * INPUT_SIZE - 2.5).square().mean()
    score = F.binary_cross_entropy_with_logits(reading.score, sample.is_face)
    return points + openings + 0.02 * spread + 0.3 * score


@torch.no_grad()
def check(network: nn.Module, source: PictureSet) -> dict[str, float]:
    """Measure on undistorted pictures: errors in % of the eye distance, and the faces seen in %."""
    was_training = network.training
    network.eval()
    errors, openings, seen = [], [], []
    upper, lower = (list(row) for row in zip(*(LID_PAIRS + LIP_PAIRS), strict=True))
    for start in range(0, len(source.pictures), 25):
        sample = whole(PictureSet(source.pictures[start : start + 25], source.landmarks[start : start + 25]))
        reading = network(sample.pictures)
        unit = (sample.landmarks[:, EYE_CORNERS[0]] - sample.landmarks[:, EYE_CORNERS[1]]).norm(dim=1)
        error = reading.landmarks - sample.landmarks
        errors.append(error.norm(dim=2).mean(1) / unit)
        openings.append((error[:, lower] - error[:, upper]).norm(dim=2).mean(1) / unit)
        seen.append((reading.score > 0).float())
    network.train(was_training)
    means = [100 * float(torch.cat(column).mean()) for column in (errors, openings, seen)]
    return dict(zip(("error", "opening", "seen"), means, strict=True))
