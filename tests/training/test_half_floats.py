"""Blocks compute in half floats where the file says so, on CUDA; the picture stays the same."""

from typing import Any

import pytest
import torch

from tests.training.published import Published, difference, needs_golden
from training import blocks_stylegan2, layers_stylegan3
from training.layers import working_dtype

CUDA = torch.cuda.is_available()
# The largest difference from float32, as a share of the picture's largest value. Half floats have 11 bits.
NEAR = 0.02
KEYS = {"stylegan2_cond64": 2, "stylegan2_256": 4, "stylegan3t_64": 4, "stylegan3r_64": 4}


def test_half_floats_are_for_cuda_alone():
    assert working_dtype(True, torch.device("cuda")) == torch.float16
    assert working_dtype(False, torch.device("cuda")) == torch.float32
    for name in ("cpu", "mps"):
        assert working_dtype(True, torch.device(name)) == torch.float32


@pytest.fixture
def as_on_cuda(monkeypatch):
    """Let blocks on the CPU choose as they would on a GPU; note what they chose."""
    chosen = []

    def choose(use_fp16: bool, device: torch.device) -> torch.dtype:
        chosen.append(working_dtype(use_fp16, torch.device("cuda")))
        return chosen[-1]

    for module in (blocks_stylegan2, layers_stylegan3):
        monkeypatch.setattr(module, "working_dtype", choose)
    return chosen


def halved(name: str) -> tuple[Published, Any]:
    """A reference network whose largest blocks run in half floats, as its file or its defaults say."""
    published = Published.load(name)
    kwargs = {**published.about["init_kwargs"], "num_fp16_res": KEYS[name]}
    generator = type(published.generator())(**kwargs)
    generator.load_state_dict(published.state())
    return published, generator.eval().requires_grad_(False)


@needs_golden
@pytest.mark.parametrize("name", KEYS)
def test_the_picture_is_the_same_within_tolerance(name, as_on_cuda):
    published, generator = halved(name)
    ws = published.tensor("w_psi07")[:1]
    found = generator.synthesis(ws)
    assert found.dtype == torch.float32
    assert torch.float16 in as_on_cuda
    assert difference(found, published.arrays["img_const_psi07"]) < NEAR


@needs_golden
@pytest.mark.parametrize("name", ["stylegan2_cond64", "stylegan3t_64"])
def test_gradients_point_the_same_way(name, as_on_cuda, monkeypatch):
    published, generator = halved(name)
    ws = published.tensor("wplus").requires_grad_()
    shape = published.arrays["img_const_wplus"].shape
    weights = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    (rough,) = torch.autograd.grad((generator.synthesis(ws) * weights).sum(), ws)
    monkeypatch.undo()
    (exact,) = torch.autograd.grad((generator.synthesis(ws) * weights).sum(), ws)
    assert float(torch.cosine_similarity(rough.flatten(), exact.flatten(), dim=0)) > 0.99


@needs_golden
@pytest.mark.skipif(not CUDA, reason="no GPU")
@pytest.mark.parametrize("name", KEYS)
def test_a_gpu_draws_the_same_picture(name):
    published, generator = halved(name)
    found = generator.to("cuda").synthesis(published.tensor("w_psi07")[:1].to("cuda")).cpu()
    assert difference(found, published.arrays["img_const_psi07"]) < NEAR
