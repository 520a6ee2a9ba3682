"""A direction comes back from its file, on the network it fits and on no other."""

import numpy as np
import pytest

from faces.directions import DirectionError, load_direction, save_direction
from faces.stack import Layer, Part
from tests.faces.edits import SHAPE, edit, same, w


def test_a_direction_comes_back_and_numpy_reads_it_too(tmp_path):
    layer = edit(1, w(0))
    save_direction(tmp_path / "smile.npz", layer, "ab")
    assert np.allclose(np.load(tmp_path / "smile.npz")["offset"], w(1), atol=1e-5)
    again, remark = load_direction(tmp_path / "smile.npz", SHAPE, "ab")
    assert again.title == "Smile" and remark == "" and same(again.pending, layer.offset)
    assert "another network" in load_direction(tmp_path / "smile.npz", SHAPE, "cd")[1]


def test_a_direction_of_another_shape_is_refused(tmp_path):
    save_direction(tmp_path / "smile.npz", edit(1, w(0)), "ab")
    with pytest.raises(DirectionError, match="its offset is 6 × 8; this network needs 14 × 64"):
        load_direction(tmp_path / "smile.npz", (14, 64), "ab")


def test_what_has_not_run_is_no_direction_yet(tmp_path):
    with pytest.raises(DirectionError, match="replay it first"):
        save_direction(tmp_path / "smile.npz", Layer("Smile", (Part("smile"),)), "ab")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"\x80\x04cos\nsystem\n."])
def test_a_damaged_direction_is_one_clear_line(content, tmp_path):
    (tmp_path / "d.npz").write_bytes(content)
    with pytest.raises(DirectionError, match=r"d\.npz: it is damaged or none; a direction is an \.npz"):
        load_direction(tmp_path / "d.npz", SHAPE, "ab")


def test_a_direction_runs_nothing_that_is_in_the_file(tmp_path):
    np.savez(tmp_path / "d.npz", offset=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DirectionError, match="damaged or none"):
        load_direction(tmp_path / "d.npz", SHAPE, "ab")
    np.savez(tmp_path / "e.npz", w=w(0))
    with pytest.raises(DirectionError, match="damaged or none"):
        load_direction(tmp_path / "e.npz", SHAPE, "ab")
