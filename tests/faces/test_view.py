import numpy as np
import pytest
import torch

from faces.view import View, look, view_of, whole_frame


def ramp(height, width):
    """A picture whose first channel is x and second y, px of the frame."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return torch.stack([x, y, x * 0])[None].float()


def test_a_square_frame_of_the_networks_size_is_seen_as_it_is():
    frame = torch.rand(1, 3, 128, 128)
    assert look(frame, whole_frame(128, 128), 128, 128) is frame


@pytest.mark.parametrize("view", [View(0, 0, 256), View(40, 70, 64), View(10.5, 20.25, 150), View(0, 0, 128)])
@pytest.mark.parametrize("shown", [256, 128])
def test_what_a_view_shows_and_where_it_says_it_is_agree(view, shown):
    seen = look(ramp(shown, shown) * (256 / shown), view, 256, 256)
    share = torch.tensor([[40.5, 80.5]]) / 128
    x, y = view.to_frame(share)[0].tolist()
    # A picture at half the size has its pixel centres half a pixel further.
    offset = 0.5 * (256 / shown) - 0.5
    assert seen[0, 0, 80, 40].item() + offset == pytest.approx(x, abs=0.3)
    assert seen[0, 1, 80, 40].item() + offset == pytest.approx(y, abs=0.3)


def test_a_large_frame_is_averaged_not_sampled():
    frame = torch.zeros(1, 3, 1024, 1024)
    frame[:, :, ::2] = 1
    for view in (View(0, 0, 1024), View(100, 100, 700)):
        inner = look(frame, view, 1024, 1024)[:, :, 8:-8, 8:-8]
        assert inner.min() > 0.3 and inner.max() < 0.7


def test_an_aligned_face_is_looked_at_in_the_whole_frame(landmarks):
    assert view_of(landmarks, 256, 256) == View(0, 0, 256)
    assert view_of(landmarks * 4, 1024, 1024) == View(0, 0, 1024)


def test_another_face_is_looked_at_through_a_square_that_puts_it_there(landmarks):
    small = landmarks * 0.4 + np.array((130, 20))
    view = view_of(small, 256, 256)
    placed = (small + 0.5 - (view.left, view.top)) / view.side * 256 - 0.5
    assert view_of(placed, 256, 256) == View(0, 0, 256)


def test_a_frame_that_is_not_square_is_never_seen_whole(landmarks):
    assert not view_of(landmarks, 256, 300).covers(256, 300)


def test_looking_is_differentiable():
    frame = torch.rand(1, 3, 64, 64, dtype=torch.float64, requires_grad=True)
    view = View(5.0, 9.0, 40.0)
    look(frame, view, 64, 64).square().sum().backward()
    assert frame.grad is not None and frame.grad.abs().sum() > 0
