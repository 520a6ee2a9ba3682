"""Many handles cost about what one costs, and a step waits for the device once."""

import dataclasses
import time
from collections import Counter

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from drag.session import DragSession
from drag.types import DragConfig, DragRequest
from tests.drag.stubs import PatternGuide, RubberSheet

PUBLISHED = dataclasses.replace(DragConfig.published(), r1=32.0, r2=48.0)


class Operations(TorchDispatchMode):
    """Counts the operations that torch is asked to do."""

    def __init__(self):
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        self.counts[function.name()] += 1
        return function(*arguments, **(options or {}))


def session_of(count, config, sheet=None, guides=()):
    sheet = sheet or RubberSheet()
    random = np.random.default_rng(0)
    points = random.uniform(4, 28, (count, 2))
    mask = np.zeros((32, 32))
    mask[4:28, 4:28] = 1
    return DragSession(sheet, sheet.start(), DragRequest(points, points[::-1], mask), config, guides)


def operations_of_a_step(session):
    session.step()
    session.step()
    with Operations() as operations:
        session.step()
    return operations.counts


@pytest.mark.parametrize("config", [DragConfig(), PUBLISHED], ids=["paper", "published"])
def test_a_step_asks_torch_for_the_same_operations_however_many_handles(config):
    assert operations_of_a_step(session_of(2, config)) == operations_of_a_step(session_of(68, config))


@pytest.mark.parametrize("config", [DragConfig(), PUBLISHED], ids=["paper", "published"])
def test_no_number_is_read_off_the_device_but_in_one_piece(config):
    counts = operations_of_a_step(session_of(68, config))
    assert counts["aten::_local_scalar_dense"] == 0
    assert counts["aten::nonzero"] == 0
    assert counts["aten::masked_select"] == 0


def test_with_a_guide_the_handles_cost_nothing_more_either():
    sheet = RubberSheet()
    config = dataclasses.replace(DragConfig.guided(), motion_weight=1.0, step_rule="adam")
    one, many = (
        operations_of_a_step(session_of(n, config, sheet, [PatternGuide(sheet, sheet.start() + 0.02)]))
        for n in (2, 68)
    )
    assert one == many


PRESETS = {"paper": DragConfig.paper(), "published": DragConfig.published()}


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS)
def test_68_handles_cost_about_what_one_costs(config):
    sheet = RubberSheet(size=256, channels=64)
    assert _ratio(sheet, sheet.start(), config) < 1.6


class WholeMaps:
    """A generator that gives whole maps, whatever rectangles are asked for, as many families do."""

    def __init__(self, generator):
        self._generator = generator

    def __getattr__(self, name):
        return getattr(self._generator, name)

    def taps(self, ws, feature_block=None, rgb_resolution=None, noise_mode="const", cut=None):
        return self._generator.taps(ws, feature_block, rgb_resolution, noise_mode)


@pytest.fixture
def real_network():
    from training.networks_stylegan2 import Generator

    torch.manual_seed(0)
    generator = Generator(64, 0, 64, 256, 3, channel_base=8192, channel_max=256).eval().requires_grad_(False)
    return generator, generator.mapping(torch.randn(1, 64))


@pytest.mark.slow
@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS)
def test_on_whole_maps_68_handles_cost_at_most_a_quarter_more_than_one(config, real_network):
    generator, w = real_network
    assert _ratio(WholeMaps(generator), w, config) < 1.25


@pytest.mark.slow
def test_on_rectangles_68_handles_cost_at_most_a_quarter_more_than_five_in_their_place(real_network):
    generator, w = real_network
    assert _ratio(generator, w, DragConfig.paper(), few=5, place=(88, 168)) < 1.25


def _ratio(generator, w, config, few=1, place=(40, 216)):
    """Processor time of a step with 68 handles over one with few, in a square, the least of several steps."""

    def seconds(count):
        points = np.random.default_rng(0).uniform(place[0], place[1], (count, 2))
        # The same corners for few and many, so that their rectangles are the same.
        points[: min(count, 2)] = [(place[0], place[0]), (place[1], place[1])][: min(count, 2)]
        session = DragSession(generator, w, DragRequest(points, points[::-1]), config)
        session.step()
        taken = []
        for _ in range(5):
            start = time.process_time()
            session.step()
            taken.append(time.process_time() - start)
        return min(taken)

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return seconds(68) / seconds(few)
    finally:
        torch.set_num_threads(threads)
