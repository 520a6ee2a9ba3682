"""A trained generator is tested, used on any picture, and exported, with nothing said again."""

import json
import sys
from typing import cast

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pix2pix import export, predict, test
from pix2pix.folders import open_picture, open_with_alpha
from pix2pix.networks import UNet, make_generator
from pix2pix.run_folder import RunError, load_generator
from pix2pix.use import spans, translate
from tests.pix2pix.conftest import DROPPING, picture, tiny_trainer, train, write_pairs


class Negative(torch.nn.Module):
    """Paints the negative: what a picture of any size must come out as is known."""

    multiple = 32

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(-1.0))
        self.largest = 0

    def forward(self, picture):
        assert picture.shape[2] % 32 == 0 and picture.shape[3] % 32 == 0
        self.largest = max(self.largest, *picture.shape[2:])
        return picture * self.weight


@given(height=st.integers(1, 150), width=st.integers(1, 150), tile=st.sampled_from([32, 64, 128]))
@settings(max_examples=30, deadline=None)
def test_any_size_comes_out_as_it_went_in_whole_or_in_tiles(height, width, tile):
    source = picture(0, height, width)
    network = Negative()
    assert (translate(cast(UNet, network), source, tile) == 255 - source).all()
    assert network.largest <= tile


@given(length=st.integers(1, 5000), tile=st.integers(8, 512))
def test_tiles_cover_all_and_overlap_by_a_quarter(length, tile):
    found = spans(length, tile)
    assert found[0].start == 0 and found[-1].stop == length
    assert all(span.stop - span.start == min(tile, length) for span in found)
    for left, right in zip(found, found[1:], strict=False):
        assert left.stop - right.start >= tile // 4 - 1


# ----------------------------------------------------------------------------
# Norm and dropout at test time.


def test_in_use_an_instance_normed_network_paints_as_it_did_in_training():
    network = make_generator("unet5", width=4, dropout=0.0)
    pictures = torch.rand(3, 3, 32, 32) * 2 - 1
    trained = network.train()(pictures)
    used = network.eval()(pictures)
    alone = torch.cat([network(one[None]) for one in pictures])
    assert torch.allclose(trained, used, atol=1e-5)
    assert torch.allclose(used, alone, atol=1e-5)  # Nor does it matter what else is in the batch.


def test_dropout_is_off_in_use_and_can_be_asked_for(tmp_path):
    trainer = tiny_trainer(tmp_path / "run", max_steps=2, **DROPPING)
    for _ in trainer.run_steps():
        pass
    pictures = torch.rand(1, 3, 64, 64) * 2 - 1
    still, options, file = load_generator(tmp_path / "run")
    assert file == tmp_path / "run/latest.pt" and options.width == 4
    assert torch.equal(still(pictures), still(pictures))
    noisy, _, _ = load_generator(tmp_path / "run", dropout=True)
    assert not torch.equal(noisy(pictures), noisy(pictures))
    assert not any(module.training for module in noisy.modules() if not isinstance(module, torch.nn.Dropout))


def test_batch_norm_uses_its_running_means(tmp_path):
    trainer = tiny_trainer(tmp_path / "run", norm="batch", max_steps=3)
    for _ in trainer.run_steps():
        pass
    network, _, _ = load_generator(tmp_path / "run", "latest")
    pictures = torch.rand(2, 3, 32, 32) * 2 - 1
    together = network(pictures)
    assert torch.allclose(together[:1], network(pictures[:1]), atol=1e-5)


def test_a_checkpoint_is_found_by_its_name(run):
    assert load_generator(run, "best")[2] == run / "best.pt"
    assert load_generator(run / "latest.pt")[2] == run / "latest.pt"
    with pytest.raises(RunError, match="expected best, latest, or the number of an epoch"):
        load_generator(run, "newest")
    with pytest.raises(RunError, match=r"epoch_0007\.pt: no such checkpoint"):
        load_generator(run, "7")


# ----------------------------------------------------------------------------
# test.py


def test_a_whole_split_is_painted_measured_and_shown(tmp_path):
    write_pairs(tmp_path / "facades", 3)
    flags = ("--dataset", "facades", "--data", tmp_path, "--direction", "left-to-right", "--device", "cpu")
    said, code = train(*flags, "--size", 32, "--width", 4, "--max-steps", 2, "--out", tmp_path / "run")
    assert code == 0, said
    result = CliRunner().invoke(test.main, [str(tmp_path / "run"), "--split", "val", "--data", str(tmp_path)])
    assert result.exit_code == 0, result.output
    folder = tmp_path / "run/test-val-latest"
    figures = json.loads((folder / "figures.json").read_text())
    assert figures["pictures"] == 3 and 0 < figures["l1"] < 1 and 0 <= figures["class_iou"] <= 1
    assert f"{figures['psnr']:.4f}" in result.output
    output = np.asarray(open_picture(folder / "outputs/001.png")).astype(float)
    assert np.abs(output - (255 - picture(1))).mean() / 255 == pytest.approx(
        float((folder / "figures.csv").read_text().splitlines()[2].split(",")[1])
    )
    page = (folder / "index.html").read_text()
    assert page.count("<img") == 9 and 'src="targets/002.png"' in page
    assert open_picture(folder / "contact.png").size == (3 * 128, 128)


def test_names_cannot_break_the_page(tmp_path):
    from pix2pix.web_page import write_page

    write_page(tmp_path / "index.html", "<b>", {"l1": 0.1}, ['a"<script>&#'])
    page = (tmp_path / "index.html").read_text()
    assert "<script>" not in page and "a%22%3Cscript%3E%26%23.png" in page and "<title>&lt;b&gt;" in page


# ----------------------------------------------------------------------------
# predict.py


def test_single_files_and_folders_of_any_kind_are_painted(tmp_path, run):
    folder = tmp_path / "mine"
    folder.mkdir()
    Image.fromarray(picture(1, 50, 70)).save(folder / "odd.jpg")
    Image.fromarray(picture(2)[..., 0]).save(folder / "grey.png")
    rgba = np.dstack([picture(3, 40, 33), np.full((40, 33), 77, np.uint8)])
    Image.fromarray(rgba).save(tmp_path / "odd.png")
    result = CliRunner().invoke(predict.main, [str(run), str(folder), str(tmp_path / "odd.png")])
    assert result.exit_code == 0, result.output
    out = run / "predictions"
    colours, alpha = open_with_alpha(out / "odd.png")
    assert colours.shape == (50, 70, 3) and alpha is None
    assert open_picture(out / "grey.png").size == (32, 32)
    colours, alpha = open_with_alpha(out / "odd-2.png")  # Two inputs of one name: neither output is lost.
    assert colours.shape == (40, 33, 3) and alpha is not None and np.unique(alpha).tolist() == [77]
    assert open_picture(folder / "odd.jpg").size == (70, 50)  # The inputs stay as they were.


def test_a_picture_that_cannot_be_read_is_named_before_any_is_painted(tmp_path, run):
    Image.fromarray(picture(1)).save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(b"bad")
    for bad in ("bad.png", "missing.png"):
        result = CliRunner().invoke(predict.main, [str(run), str(tmp_path / "good.png"), str(tmp_path / bad)])
        assert result.exit_code == 1 and bad in result.output
    assert not (run / "predictions").exists()


# ----------------------------------------------------------------------------
# export.py


def test_the_exported_network_paints_the_same_at_any_size(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    torch.manual_seed(0)
    network = make_generator("unet256", width=4, depth=3).eval()
    assert export.export(network, tmp_path / "net.onnx") < 1e-4
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"))
    pictures = torch.rand(2, 3, 48, 80) * 2 - 1
    (painted,) = session.run(None, {"picture": pictures.numpy()})
    expected = network(pictures).detach()
    assert torch.allclose(torch.from_numpy(painted), expected, atol=1e-4)
    assert expected.std() > 0.01


def test_an_export_that_differs_leaves_no_file(tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    network = make_generator("unet5", width=4, depth=2).eval()
    monkeypatch.setattr(export, "TOLERANCE", -1.0)
    with pytest.raises(export.ExportError, match="the exported outputs differ"):
        export.export(network, tmp_path / "net.onnx")
    assert not list(tmp_path.iterdir())


def test_the_export_command_says_how_near_it_is(tmp_path, run):
    pytest.importorskip("onnxruntime")
    result = CliRunner().invoke(export.main, [str(run), str(tmp_path / "net.onnx")])
    assert result.exit_code == 0 and "outputs agree within" in result.output


def test_a_missing_library_is_named_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(
        export.ExportError, match=r"onnxruntime is missing: pip install -r requirements-extra\.txt"
    ):
        export.export(make_generator("unet5", width=4, depth=2), tmp_path / "net.onnx")
