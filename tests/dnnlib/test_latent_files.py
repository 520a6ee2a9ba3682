"""Latents go to a file and come back exactly; numpy reads them; what is none is refused in one line."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dnnlib.errors import EditorError
from dnnlib.latent_files import load_latent, save_latent
from dnnlib.latents import LatentError

W = np.random.RandomState(0).randn(14, 64).astype(np.float32)
Z = np.random.RandomState(1).randn(64).astype(np.float32)


def test_w_z_and_seed_come_back_exactly(tmp_path: Path) -> None:
    save_latent(tmp_path / "a.npz", W, Z, 18)
    back = load_latent(tmp_path / "a.npz")
    assert back.name == "a.npz" and back.seed == 18
    assert back.w is not None and back.z is not None
    assert (back.w == W).all() and (back.z == Z).all()


def test_numpy_reads_it_without_pickle(tmp_path: Path) -> None:
    save_latent(tmp_path / "a.npz", W, Z, 18)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        assert (file["w"] == W).all() and (file["z"] == Z).all() and int(file["seed"]) == 18
        assert file["w"].dtype == np.float32
    save_latent(tmp_path / "a.npy", W, Z, 18)
    assert (np.load(tmp_path / "a.npy", allow_pickle=False) == W).all()
    back = load_latent(tmp_path / "a.npy")
    assert back.w is not None and (back.w == W).all() and back.z is None


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, ">f4"])
def test_what_other_programs_write_is_read(tmp_path: Path, order: str, kind: object) -> None:
    # As NVIDIA's projector does: one picture's w, with a leading one.
    w = np.asarray(W[None], kind, order=order)  # type: ignore[call-overload]
    np.savez_compressed(tmp_path / "projected_w.npz", w=w)
    back = load_latent(tmp_path / "projected_w.npz")
    assert back.w is not None and back.w.shape == (14, 64)
    assert (back.w == w[0].astype(np.float32)).all()


def test_z_alone_will_do(tmp_path: Path) -> None:
    np.savez(tmp_path / "z.npz", z=Z[None])
    back = load_latent(tmp_path / "z.npz")
    assert back.w is None and back.z is not None and (back.z == Z).all()


def refused(path: Path) -> str:
    with pytest.raises(LatentError) as caught:
        load_latent(path)
    message = str(caught.value)
    assert path.name in message and "\n" not in message
    return message


def test_what_is_no_latent_is_refused_in_one_line(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "missing.npz")
    (tmp_path / "text.npz").write_text("holiday")
    assert "no numpy file" in refused(tmp_path / "text.npz")
    (tmp_path / "empty.npy").write_bytes(b"")
    assert "no numpy file" in refused(tmp_path / "empty.npy")
    np.savez(tmp_path / "other.npz", faces=W)
    assert "neither w nor z" in refused(tmp_path / "other.npz")
    np.savez(tmp_path / "direction.npz", offset=W)
    assert "Stack panel" in refused(tmp_path / "direction.npz")
    np.savez(tmp_path / "many.npz", w=np.stack([W, W]))
    assert "[2, 14, 64]" in refused(tmp_path / "many.npz")
    np.savez(tmp_path / "nan.npz", w=np.full((14, 64), np.nan))
    assert "not a number" in refused(tmp_path / "nan.npz")
    np.savez(tmp_path / "huge.npz", w=np.full((14, 64), 1e300))
    assert "not a number" in refused(tmp_path / "huge.npz")
    np.savez(tmp_path / "words.npz", w=np.array(["a", "b"]))
    assert "expected numbers" in refused(tmp_path / "words.npz")
    np.save(tmp_path / "nothing.npy", np.zeros((0, 64)))
    assert "expected one latent" in refused(tmp_path / "nothing.npy")


def test_a_pickle_in_it_is_not_opened(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "run",))

    np.savez(tmp_path / "trap.npz", allow_pickle=True, w=np.array([Trap()], object))
    assert "expected numbers" in refused(tmp_path / "trap.npz")
    assert not (tmp_path / "run").exists()


def test_a_claim_is_not_believed(tmp_path: Path) -> None:
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }".ljust(117) + b"\n"
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    (tmp_path / "vast.npy").write_bytes(data)
    assert "claims to be [1000000, 1000000]" in refused(tmp_path / "vast.npy")
    with zipfile.ZipFile(tmp_path / "vast.npz", "w") as archive:
        archive.writestr("w.npy", data)
    assert "claims to be" in refused(tmp_path / "vast.npz")
    save_latent(tmp_path / "whole.npy", W)
    (tmp_path / "cut.npy").write_bytes((tmp_path / "whole.npy").read_bytes()[:-1])
    assert "ends in the middle of w" in refused(tmp_path / "cut.npy")


@settings(max_examples=60, deadline=None)
@example(place=42, value=91, length=127)
@given(place=st.integers(0, 100_000), value=st.integers(0, 255), length=st.integers(0, 100_000))
def test_a_damaged_file_is_read_or_refused_but_never_worse(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int, length: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    for name in ("a.npz", "a.npy"):
        save_latent(folder / name, W, Z, 18)
        data = bytearray((folder / name).read_bytes())
        data[place % len(data)] = value
        (folder / name).write_bytes(data[: length % len(data) + 1])
        try:
            load_latent(folder / name)
        except EditorError as error:
            assert "\n" not in str(error)


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(EditorError, match="cannot be written"):
        save_latent(tmp_path / "nowhere" / "a.npz", W)
