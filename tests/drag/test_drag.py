"""What `drag` promises to whoever asks it for steps."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from drag.engine import drag
from drag.types import DragConfig, DragError, DragRequest, EndReason
from tests.drag.stubs import RubberSheet

LEFT, RIGHT = RubberSheet.LEFT, RubberSheet.RIGHT
PUBLISHED = dataclasses.replace(DragConfig.published(), r1=32.0, r2=48.0, step_size=2e-3)
CONFIGS = {"paper": DragConfig(), "paper in w": DragConfig(space="w"), "published": PUBLISHED}


def steps_of(request, config=None, sheet=None, w=None):
    sheet = sheet or RubberSheet()
    return list(drag(sheet, sheet.start() if w is None else w, request, config))


def short(config=None, max_steps=6):
    return dataclasses.replace(config or DragConfig(), max_steps=max_steps)


# ----------------------------------------------------------------------------
# It gets there.


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_a_handle_is_dragged_to_its_target(config):
    steps = steps_of(DragRequest([LEFT], [(14, 18)]), config)
    last = steps[-1]
    assert last.ended is EndReason.REACHED
    assert last.message == f"Reached in {last.index} steps."
    # The sheet itself says where the handle is; whole pixels can say no more than that.
    truth = np.array(LEFT) + RubberSheet.GAIN * last.w.mean(dim=0)[:2].numpy()
    assert np.linalg.norm(truth - last.points[0]) < (0.3 if config.preset == "paper" else 0.8)
    assert np.linalg.norm(truth - (14, 18)) < (0.5 if config.preset == "paper" else 2.5)


def test_the_first_step_is_the_start_and_every_step_is_numbered():
    steps = steps_of(DragRequest([LEFT], [(13, 17)]))
    assert [step.index for step in steps] == list(range(len(steps)))
    assert torch.equal(steps[0].w, RubberSheet().start())
    assert steps[0].points.tolist() == [list(LEFT)]
    assert steps[0].remaining == 1
    assert [step.ended for step in steps[:-1]] == [None] * (len(steps) - 1)
    for step in steps:
        assert step.loss == pytest.approx(sum(step.losses.values()))
        np.testing.assert_allclose(
            step.distances, np.linalg.norm(step.points - [(13, 17)], axis=1), rtol=1e-5
        )


def test_points_keep_their_order():
    steps = steps_of(DragRequest([RIGHT, LEFT], [(20, 18), (12, 14)]), short())
    assert steps[0].points.tolist() == [list(RIGHT), list(LEFT)]
    assert (
        steps[-1].distances.argmax()
        == np.linalg.norm(steps[-1].points - [(20, 18), (12, 14)], axis=1).argmax()
    )


@given(st.permutations(range(4)), st.sampled_from(sorted(CONFIGS)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_points_does_not_matter(order, name):
    points = np.array([LEFT, RIGHT, (10, 10), (20, 22)])
    targets = points + [(2, 1), (-2, 0), (0, 2), (1, 1)]
    straight = steps_of(DragRequest(points, targets), short(CONFIGS[name], 3))[-1]
    mixed = steps_of(DragRequest(points[list(order)], targets[list(order)]), short(CONFIGS[name], 3))[-1]
    torch.testing.assert_close(mixed.w, straight.w, atol=1e-4, rtol=0)
    np.testing.assert_allclose(mixed.points, straight.points[list(order)], atol=0.05)


def test_pictures_that_are_not_square_are_dragged():
    sheet = RubberSheet(width_px=24)
    last = steps_of(DragRequest([LEFT], [(13, 17)]), sheet=sheet)[-1]
    assert last.ended is EndReason.REACHED
    assert last.frame().shape == (32, 24, 3)


def test_a_block_beyond_the_generators_last_is_taken_for_the_last():
    request = DragRequest([LEFT], [(13, 17)])
    last, beyond = (steps_of(request, short(DragConfig(feature_block=block)))[-1] for block in (3, 30))
    assert torch.equal(last.w, beyond.w)


# ----------------------------------------------------------------------------
# What moves.


def test_in_w_plus_the_first_layers_move_and_in_w_all_alike():
    request = DragRequest([LEFT], [(13, 17)])
    start = torch.randn(6, 8, generator=torch.Generator().manual_seed(3)) * 0.01
    free = steps_of(request, short(DragConfig(moving_layers=2)), w=start)[-1].w - start
    assert (free[:2] != 0).any() and (free[2:] == 0).all()
    alike = steps_of(request, short(DragConfig(space="w", moving_layers=2)), w=start)[-1].w - start
    assert (alike[0] != 0).any()
    torch.testing.assert_close(alike, alike[:1].expand(6, 8), atol=1e-6, rtol=0)
    published = steps_of(request, short(dataclasses.replace(PUBLISHED, space="w", moving_layers=2)), w=start)
    moved = published[-2].w - start
    assert (moved[:2] != 0).any() and (moved[2:] == 0).all()


def test_tied_layers_stay_together_and_tethered_ones_near_the_start():
    request = DragRequest([LEFT], [(16, 19)])

    class Uneven(RubberSheet):
        """Its first layer counts for more than the others."""

        def features(self, ws, height, width):
            return super().features(ws * torch.tensor([3.0, 1, 1, 1, 0, 0])[None, :, None], height, width)

    def moved(**weights):
        config = short(DragConfig(**weights), 15)
        return steps_of(request, config, Uneven())[-1].w[:6]

    def spread(w):
        return (w - w.mean(dim=0)).norm()

    assert spread(moved(tie_weight=1e4)) < 0.5 * spread(moved())
    assert moved(tether_weight=1e4).norm() < 0.5 * moved().norm()


def half_mask():
    mask = np.zeros((32, 32), dtype=bool)
    mask[:, :16] = True
    return mask


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_a_mask_of_ones_is_no_mask_and_booleans_are_numbers(config):
    def last_w(mask):
        return steps_of(DragRequest([LEFT], [(13, 17)], mask), short(config))[-1].w

    assert torch.equal(last_w(np.ones((32, 32))), last_w(None))
    assert torch.equal(last_w(half_mask()), last_w(half_mask().astype(np.float64)))
    assert not torch.equal(last_w(half_mask()), last_w(None))


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_what_the_mask_does_not_free_is_held(config):
    """Two handles are pulled; only the left half may move."""

    def moved(mask):
        request = DragRequest([LEFT, RIGHT], [(13, 16), (25, 16)], mask)
        # The last but one: the last step shows the best state, which may be an earlier one.
        w = steps_of(request, short(config, 15))[-2].w.mean(dim=0)
        return w[0].item(), w[2].item()

    free_left, free_right = moved(None)
    held_left, held_right = moved(half_mask())
    assert free_left > 0 and free_right > 0
    assert held_left > 0.3 * free_left
    assert abs(held_right) < 0.5 * free_right


# ----------------------------------------------------------------------------
# It changes nothing that it was handed.


def test_nothing_is_changed_but_w_of_the_step():
    sheet = RubberSheet()
    start = sheet.start().requires_grad_()
    request = DragRequest([LEFT], [(13, 17)], half_mask())
    random = torch.get_rng_state()
    steps = steps_of(request, short(), sheet, start)
    assert torch.equal(start, sheet.start()) and start.grad is None
    assert request.points.tolist() == [list(LEFT)]
    assert torch.equal(torch.get_rng_state(), random)
    assert not any(step.w.requires_grad for step in steps)
    steps[0].w.fill_(9)
    steps[0].points.fill(9)
    assert steps[1].w.abs().max() < 1 and steps[1].points.max() > 9.1


def test_it_runs_where_gradients_are_off_and_takes_w_with_a_batch_of_one():
    request = DragRequest([LEFT], [(13, 17)])
    sheet = RubberSheet()
    expected = steps_of(request, short())[-1].w
    with torch.no_grad():
        assert torch.equal(steps_of(request, short())[-1].w, expected)
    with torch.inference_mode():
        batch = sheet.start()[None]
        assert torch.equal(steps_of(request, short(), sheet, batch)[-1].w, expected)


def test_the_same_drag_twice_is_the_same():
    request = DragRequest([LEFT], [(13, 17)])
    one, two = (steps_of(request, short()) for _ in range(2))
    assert all(torch.equal(a.w, b.w) and a.loss == b.loss for a, b in zip(one, two, strict=True))


# ----------------------------------------------------------------------------
# Frames.


def test_a_frame_is_drawn_when_asked_for_and_once():
    sheet = RubberSheet()
    step = steps_of(DragRequest([LEFT], [(13, 17)]), short(), sheet)[-1]
    calls = sheet.calls
    frame = step.frame()
    assert sheet.calls == calls + 1
    assert step.frame() is frame and sheet.calls == calls + 1
    assert frame.dtype == np.uint8 and frame.shape == (32, 32, 3)
    image = (sheet.synthesis(step.w[None])[0] * 127.5 + 128).clamp(0, 255).permute(1, 2, 0)
    np.testing.assert_array_equal(frame, np.floor(image.numpy()))


def test_a_broken_picture_is_an_error_and_not_a_frame():
    class Broken(RubberSheet):
        def synthesis(self, ws, noise_mode="const"):
            return super().synthesis(ws) * torch.nan

    sheet = Broken()
    step = next(drag(sheet, sheet.start(), DragRequest([LEFT], [(13, 17)])))
    with pytest.raises(DragError, match="not a number"):
        step.frame()


def test_weights_that_are_not_numbers_end_in_an_error():
    sheet = RubberSheet()
    sheet.phases[0] = torch.nan
    for config in CONFIGS.values():
        with pytest.raises(DragError, match="At the start the loss"):
            next(drag(sheet, sheet.start(), DragRequest([LEFT], [(13, 17)]), config))
