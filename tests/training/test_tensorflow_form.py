"""Networks of the TensorFlow form become the same generators."""

from functools import partial

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from tests.training.published import GOLDEN, IMAGE, Published, difference, needs_golden
from torch_utils.safe_pickle import TensorFlowNetwork
from torch_utils.stored_tensor import StoredTensor
from training.checkpoint import (
    UnknownNetworkError,
    load_generator,
)
from training.convert import main as convert
from training.tensorflow_form import translate_arguments, translate_variables


@needs_golden
def test_tensorflow_pickle():
    published = Published.load("tf_stylegan2_32")
    found = load_generator(GOLDEN / "pkl" / "tf_stylegan2_32.pkl")
    assert found.init_kwargs == published.about["init_kwargs"]
    state = found.state_dict()
    for key, expected in published.state().items():
        assert torch.equal(state[key], expected), key
    img = found.synthesis(published.tensor("wplus"))
    assert difference(img, published.arrays["img_const_wplus"]) <= IMAGE


@needs_golden
@pytest.mark.parametrize("name", ["out.safetensors", "out.pkl"])
def test_tensorflow_pickles_are_converted(tmp_path, name):
    source, target = GOLDEN / "pkl" / "tf_stylegan2_32.pkl", tmp_path / name
    done = CliRunner().invoke(convert, [str(source), str(target)])
    assert done.exit_code == 0, done.output
    first, last = load_generator(source).state_dict(), load_generator(target).state_dict()
    assert list(first) == list(last)
    assert all(torch.equal(first[key], last[key]) for key in first)


def test_tensorflow_names():
    static = {"resolution": 8, "fmap_base": 16, "architecture": "resnet", "label_size": 2, "label_fmaps": 5}
    weight = np.random.RandomState(0).randn(3, 3, 2, 4)
    variables = {
        "lod": np.zeros([]),
        "dlatent_avg": np.zeros(4),
        "mapping/Dense1/weight": np.ones([2, 3]),
        "mapping/LabelEmbed/bias": np.ones([5]),
        "synthesis/4x4/Const/const": np.ones([1, 6, 4, 4]),
        "synthesis/noise0": np.zeros([1, 1, 4, 4]),
        "synthesis/noise1": np.ones([1, 1, 8, 8]),
        "synthesis/noise2": np.full([1, 1, 8, 8], 2.0),
        "synthesis/8x8/Conv0_up/weight": weight,
        "synthesis/8x8/Conv1/weight": weight,
        "synthesis/8x8/Conv1/mod_bias": np.zeros([2]),
        "synthesis/8x8/Skip/weight": np.ones([1, 1, 2, 4]),
    }
    network = TensorFlowNetwork("Gs", static, in_a_file(variables))
    kwargs = translate_arguments(network)
    assert (kwargs["channel_base"], kwargs["conv_clamp"], kwargs["num_fp16_res"]) == (32, None, 0)
    assert kwargs["mapping_kwargs"]["embed_features"] == 5
    translated = translate_variables(network, kwargs)
    state = {key: stored.load() for key, stored in translated.items()}
    assert {key: tuple(value.shape) for key, value in state.items()} == {
        key: stored.shape for key, stored in translated.items()
    }
    assert state["mapping.fc1.weight"].shape == (3, 2)
    assert state["synthesis.b8.conv1.affine.bias"].tolist() == [1, 1]
    assert state["synthesis.b8.conv0.noise_const"].tolist()[0][0] == 1
    assert state["synthesis.b8.conv1.noise_const"].tolist()[0][0] == 2
    straight = torch.from_numpy(weight).float().permute(3, 2, 0, 1)
    assert torch.equal(state["synthesis.b8.conv1.weight"], straight)
    assert torch.equal(state["synthesis.b8.conv0.weight"], straight.flip(2, 3))
    assert "synthesis.b8.skip.resample_filter" in state and "synthesis.b8.resample_filter" in state
    with pytest.raises(UnknownNetworkError, match="LabelConcat"):
        translate_variables(
            TensorFlowNetwork("Gs", static, in_a_file({"mapping/LabelConcat/weight": np.ones([2, 2])})),
            kwargs,
        )


def in_a_file(arrays):
    """Arrays as the reader hands them out."""
    tensors = {name: torch.from_numpy(value) for name, value in arrays.items()}
    return {
        name: StoredTensor(tuple(value.shape), value.dtype, partial(torch.clone, value))
        for name, value in tensors.items()
    }
