import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from faces.landmark_network import (
    NETWORKS,
    LandmarkFileError,
    load_landmark_network,
    read_heatmaps,
    save_landmark_network,
)


@pytest.fixture(params=NETWORKS)
def network(request):
    torch.manual_seed(0)
    return NETWORKS[request.param]().eval()


@pytest.fixture
def saved(tmp_path, network):
    path = tmp_path / "net.safetensors"
    save_landmark_network(path, network, {"licence": "none"})
    return path


def test_a_heatmap_with_one_hot_cell_reads_as_the_middle_of_that_cell():
    logits = torch.full((1, 68, 16, 32), -50.0)
    logits[0, :, 3, 8] = 50.0
    mean, spread = read_heatmaps(logits)
    assert torch.allclose(mean, torch.tensor([8.5 / 32, 3.5 / 16]))
    assert spread.max() < 1e-3


def test_a_heatmap_between_two_cells_reads_as_a_point_between_them():
    logits = torch.full((1, 68, 16, 16), -50.0)
    logits[0, :, 4, [4, 5]] = 10.0
    mean, spread = read_heatmaps(logits)
    assert torch.allclose(mean, torch.tensor([5.0 / 16, 4.5 / 16]))
    assert torch.allclose(spread, torch.tensor(0.5 / 16))


def test_a_reading_has_landmarks_inside_the_picture_a_score_and_a_spread(network):
    reading = network(torch.rand(2, 3, 128, 128) * 2 - 1)
    assert reading.landmarks.shape == (2, 68, 2) and reading.score.shape == (2,)
    assert reading.spread.shape == (2, 68) and (reading.spread > 0).all()
    assert ((reading.landmarks > 0) & (reading.landmarks < 1)).all()


def test_pictures_in_a_batch_are_read_one_by_one(network):
    pictures = torch.rand(3, 3, 128, 128) * 2 - 1
    together, alone = network(pictures).landmarks[1], network(pictures[1:2]).landmarks[0]
    assert torch.allclose(together, alone, atol=1e-5)


def test_every_landmark_is_differentiable_to_the_picture(network):
    picture = (torch.rand(1, 3, 128, 128) * 2 - 1).requires_grad_()
    reading = network(picture)
    for index in (0, 37, 66):
        (slope,) = torch.autograd.grad(reading.landmarks[0, index].sum(), picture, retain_graph=True)
        assert slope.isfinite().all() and slope.abs().max() > 0


def test_a_saved_network_reads_as_before_and_takes_no_more_room_than_promised(network, saved):
    again, metadata = load_landmark_network(saved)
    pictures = torch.rand(1, 3, 128, 128) * 2 - 1
    assert torch.allclose(network(pictures).landmarks, again(pictures).landmarks, atol=2e-3)
    assert metadata["licence"] == "none" and not again.training
    assert not any(parameter.requires_grad for parameter in again.parameters())
    assert saved.stat().st_size < (6e6 if metadata["network"] == "hourglass" else 3e6)


# ----------------------------------------------------------------------------
# Broken files.


def refused(path):
    with pytest.raises(LandmarkFileError) as error:
        load_landmark_network(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_a_missing_file_is_refused(tmp_path):
    refused(tmp_path / "nothing.safetensors")


@pytest.mark.parametrize("content", [b"", b"not a checkpoint at all", b"\xff" * 64])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "net.safetensors"
    path.write_bytes(content)
    refused(path)


def test_a_truncated_file_is_refused(saved):
    saved.write_bytes(saved.read_bytes()[:-1000])
    refused(saved)


def rewrite(path, metadata=None, tensors=None):
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        old = dict(file.metadata())
    save_file(load_file(path) | (tensors or {}), path, metadata=old | (metadata or {}))


@pytest.mark.parametrize(
    "metadata",
    [
        {"network": "unheard of"},
        {"config": "{"},
        {"config": json.dumps({"widths": [1]})},
        {"config": json.dumps({"unheard": 1})},
        {"config": json.dumps([])},
    ],
)
def test_a_description_that_does_not_fit_is_refused(saved, metadata):
    rewrite(saved, metadata)
    refused(saved)


def test_weights_that_are_not_numbers_are_refused(saved):
    name = next(name for name in load_file(saved) if name.startswith("stem"))
    rewrite(saved, tensors={name: torch.full_like(load_file(saved)[name], float("nan"))})
    refused(saved)
