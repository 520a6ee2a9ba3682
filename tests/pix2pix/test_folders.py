"""Pairs are read from folders as they lie, and what is wrong with them is named before training begins."""

import numpy as np
import pytest
from PIL import Image

from pix2pix import folders
from pix2pix.data import DataError
from pix2pix.folders import (
    PairFile,
    decode,
    open_picture,
    open_with_alpha,
    part_of,
    side_by_side,
    two_folders,
)
from tests.pix2pix.conftest import picture, train, write_pairs

PLENTY = 1e9


def save(path, array, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **how)
    return path


def test_side_by_side_pairs_are_cut_in_the_middle(tmp_path):
    write_pairs(tmp_path / "set", 3)
    pairs = decode(side_by_side(tmp_path / "set", "train"), 32, tmp_path, PLENTY)
    assert pairs.names == ("000", "001", "002")
    assert (pairs.inputs[1] == picture(1)).all() and (pairs.targets[1] == 255 - picture(1)).all()


def test_two_folders_are_matched_by_name_whatever_the_endings(tmp_path):
    for name in ("b", "a"):
        save(tmp_path / "in" / f"{name}.png", picture(ord(name)))
        save(tmp_path / "out" / f"{name}.bmp", 255 - picture(ord(name)))
    pairs = decode(two_folders(tmp_path / "in", tmp_path / "out"), 32, tmp_path, PLENTY)
    assert pairs.names == ("a", "b")
    assert (pairs.targets[0] == 255 - picture(ord("a"))).all()


@pytest.mark.parametrize("lonely", ["in", "out"])
def test_a_missing_partner_is_named_with_what_was_expected(tmp_path, lonely):
    for folder in ("in", "out"):
        save(tmp_path / folder / "both.png", picture(0))
    save(tmp_path / lonely / "single.png", picture(1))
    with pytest.raises(
        DataError, match=r"single\.png: no partner; expected single with any ending in .*(in|out)"
    ):
        two_folders(tmp_path / "in", tmp_path / "out")


def test_two_pictures_of_one_name_are_refused(tmp_path):
    save(tmp_path / "in" / "a.png", picture(0))
    save(tmp_path / "in" / "a.bmp", picture(0))
    save(tmp_path / "out" / "a.png", picture(0))
    with pytest.raises(DataError, match=r"a\.png: a\.bmp has the same name"):
        two_folders(tmp_path / "in", tmp_path / "out")


def test_unequal_sizes_odd_widths_and_damaged_files_are_named(tmp_path):
    left = save(tmp_path / "left.png", picture(0))
    with pytest.raises(DataError, match=r"right\.png: 32×40 px; expected the size of .*left\.png, 32×32 px"):
        folders.open_pair(PairFile("x", left, save(tmp_path / "right.png", picture(0, height=40))))
    with pytest.raises(DataError, match=r"odd\.png: 33 px wide; expected two pictures"):
        folders.open_pair(PairFile("x", save(tmp_path / "odd.png", picture(0, width=33))))
    whole = save(tmp_path / "cut.jpg", picture(0, 200, 200)).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match=r"cut\.jpg: cannot be read .*truncated"):
        open_picture(tmp_path / "cut.jpg")
    for content in (b"", b"<html>not found</html>"):
        (tmp_path / "page.png").write_bytes(content)
        with pytest.raises(DataError, match=r"page\.png: not a picture; expected PNG, JPEG"):
            open_picture(tmp_path / "page.png")
    with pytest.raises(DataError, match=r"nowhere\.png: cannot be read"):
        open_picture(tmp_path / "nowhere.png")


def test_one_bad_picture_stops_the_run_in_one_line_before_it_begins(tmp_path):
    write_pairs(tmp_path / "set", 2)
    (tmp_path / "set" / "train" / "999.png").write_bytes(b"not a picture")
    said, code = train(
        "--dataset", tmp_path / "set", "--out", tmp_path / "run", "--size", 32, "--device", "cpu"
    )
    assert code == 1
    assert said.strip().splitlines()[-1].startswith("Error: ") and "999.png: not a picture" in said
    assert "Traceback" not in said and not (tmp_path / "run").exists()


@pytest.mark.parametrize("split", ["train", "val"])
def test_a_folder_that_is_not_there_or_empty_is_named(tmp_path, split):
    with pytest.raises(DataError, match=r"nowhere: no such folder, and no data set of that name"):
        side_by_side(tmp_path / "nowhere", split)
    with pytest.raises(DataError, match="no pictures in it"):
        side_by_side(tmp_path, split)


def test_a_tenth_is_held_back_and_the_sides_never_mix(tmp_path):
    pairs = [PairFile(f"{i}", tmp_path) for i in range(30)]
    train_names = {pair.name for pair in part_of(pairs, "train")}
    held = {pair.name for pair in part_of(pairs, "val")}
    assert len(held) == 3 and not train_names & held and len(train_names | held) == 30
    assert {pair.name for pair in part_of(pairs, "test")} == held
    assert part_of(pairs[:1], "train") == part_of(pairs[:1], "val") == pairs[:1]


def test_a_missing_split_lends_the_other(tmp_path):
    write_pairs(tmp_path / "set", 2, splits=("train", "test"))
    assert [pair.left.parent.name for pair in side_by_side(tmp_path / "set", "val")] == ["test", "test"]


def test_what_does_not_fit_into_memory_is_mapped_once_and_found_again(tmp_path):
    write_pairs(tmp_path / "set", 3)
    files = side_by_side(tmp_path / "set", "train")
    whole = decode(files, 16, tmp_path / "cache", PLENTY)
    mapped = decode(files, 16, tmp_path / "cache", 100)
    assert isinstance(mapped.inputs, np.memmap) and not isinstance(whole.inputs, np.memmap)
    assert (mapped.inputs == whole.inputs).all() and (mapped.targets == whole.targets).all()
    (cache,) = (tmp_path / "cache").iterdir()
    before = cache.stat().st_mtime_ns
    decode(files, 16, tmp_path / "cache", 100)
    assert cache.stat().st_mtime_ns == before
    save(files[0].left, np.zeros((32, 64, 3), np.uint8))  # A changed picture is not found in an old cache.
    assert (decode(files, 16, tmp_path / "cache", 100).inputs[0] == 0).all()


# ----------------------------------------------------------------------------
# All kinds of pictures.


def test_grey_palette_cmyk_and_16_bit_pictures_become_rgb(tmp_path):
    grey = np.full((8, 8), 100, np.uint8)
    assert (np.asarray(open_picture(save(tmp_path / "grey.png", grey))) == 100).all()
    deep = np.full((8, 8), 100 * 257, np.uint16)
    assert (np.asarray(open_picture(save(tmp_path / "deep.png", deep))) == 100).all()
    Image.new("CMYK", (8, 8), (0, 0, 0, 0)).save(tmp_path / "cmyk.jpg")
    assert (np.asarray(open_picture(tmp_path / "cmyk.jpg")) > 250).all()
    Image.fromarray(grey).convert("P").save(tmp_path / "palette.png")
    assert np.asarray(open_picture(tmp_path / "palette.png")).shape == (8, 8, 3)


def test_transparent_pictures_lie_on_white_and_keep_their_alpha(tmp_path):
    rgba = np.zeros((8, 6, 4), np.uint8)
    rgba[:, :3, 3] = 255
    colours, alpha = open_with_alpha(save(tmp_path / "half.png", rgba))
    assert (colours[:, :3] == 0).all() and (colours[:, 3:] == 255).all()
    assert alpha is not None and np.array_equal(alpha, rgba[..., 3])
    assert open_with_alpha(save(tmp_path / "opaque.png", rgba[..., :3]))[1] is None


def test_a_photograph_stored_on_its_side_is_turned_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn by 90° clockwise.
    path = save(tmp_path / "side.jpg", picture(0, 16, 24), exif=exif)
    assert open_picture(path).size == (16, 24)
