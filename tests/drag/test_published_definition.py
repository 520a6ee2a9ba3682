"""The published definition of motion, tracking and mask, without a network: features in, figures out."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from drag.config import DragConfig
from drag.published import PublishedMatching
from tests.drag.replay import DRAGS

HERE = Path(__file__).parent / "data"
FILES = sorted(HERE.glob("unit_*.npz")) + sorted(DRAGS.glob("unit_*.npz"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_points_loss_and_slope_are_the_published_ones(path):
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(str(arrays["meta_json"]))
    matching = PublishedMatching(DragConfig(r1=about["r1"], r2=about["r2"]), (about["h"], about["h"]))
    points, targets = (torch.tensor(arrays[name][:, ::-1].copy()).float() for name in ("points0", "targets"))
    first = torch.tensor(arrays["features"][:1])
    held = matching.held(1 - torch.tensor(arrays["mask"]).float(), first) if "mask" in arrays else None
    reference = matching.reference(first, points)

    for index, expected in enumerate(arrays["features"]):
        features = torch.tensor(expected[None]).requires_grad_()
        if index > 0:
            points = matching.track(features.detach(), reference, points)
        terms = matching.motion(features, reference, points, targets)
        loss = terms.sum()
        if held is not None:
            loss = loss + about["lambda_mask"] * matching.hold(features, first, held)
        (slope,) = torch.autograd.grad(loss, features)

        np.testing.assert_array_equal(points.numpy()[:, ::-1], arrays["points"][index])
        assert loss.item() == pytest.approx(arrays["loss"][index], abs=1e-5 if held is None else 1e-4)
        reference_slope = arrays["grad_features"][index]
        np.testing.assert_allclose(
            slope[0].numpy(), reference_slope, atol=1e-4 * np.abs(reference_slope).max()
        )
        # The reference lists a term for each handle that is further than 1 px away, then the mask.
        active = terms[(targets - points).norm(dim=1) > 1].detach().numpy()
        np.testing.assert_allclose(active, arrays["l1"][index][: len(active)], atol=1e-5)
        far = (targets - points).norm(dim=1) > matching.stop_distance
        assert arrays["stop"][index] == (not far.any())


def test_radii_follow_the_height_by_pythons_rounding():
    for height, r1, r2 in ((64, 0, 2), (128, 1, 3), (256, 2, 6), (512, 3, 12), (1024, 6, 24)):
        matching = PublishedMatching(DragConfig.published(), (height, height))
        assert (matching.pull_radius, matching.search_radius) == (r1, r2)
        assert matching.can_pull == (r1 > 0)


def test_a_mask_counts_only_if_it_runs_from_0_to_1():
    matching = PublishedMatching(DragConfig.published(), (8, 8))
    features = torch.zeros(1, 1, 4, 4)
    half = torch.ones(8, 8)
    half[:4] = 0
    assert matching.held(half, features) is not None
    assert matching.held(torch.ones(8, 8), features) is None
    assert matching.held(0.5 * half, features) is None
