"""The ground floor of a session: a generator, and the picture of the w in front of us."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from dnnlib.errors import EditorError
from dnnlib.latents import GivenLatent, Latent
from drag.latent import directions_of
from drag.request import FloatArray
from headless.latents import w_of
from headless.needs import LoadedGenerator
from headless.noise import WithNoise
from headless.tuned import TunedCopies

Picture = npt.NDArray[np.uint8]

# How many w it takes to learn how w spreads; more change nothing that can be seen.
_SPREAD_SAMPLES = 1000


class SessionError(EditorError):
    """The network cannot be worked with."""


class PictureSession:
    """Draws the pictures of one generator. Everything runs on the thread that calls.

    Args:
        generator: as training.checkpoint.load_generator gives it.
        path: where it came from.
        on_remark: told what a person should know, in one line.

    Attributes:
        on_wait: told, in one line and again and again, what is waited for; None where nobody listens.
        tuned: copies of the generator that draw latents from files.

    Raises:
        SessionError: if its pictures are not numbers.
    """

    def __init__(
        self,
        generator: LoadedGenerator,
        path: Path,
        on_remark: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.path = path
        self.title = generator.metadata.get("title", path.stem)
        self.sha256 = generator.source_sha256
        self.image_size = generator.image_size
        self.num_ws, self.w_dim, self.num_blocks = generator.num_ws, generator.w_dim, generator.num_blocks
        self.c_dim, self.z_dim = generator.c_dim, generator.z_dim
        self.on_remark = on_remark
        self.on_wait: Callable[[str], None] | None = None
        self._generator = self._own = WithNoise(generator)
        self.has_noise = self._own.has_noise
        self.tuned = TunedCopies()
        self._label, self._latent = 0, Latent()
        self._drawn: tuple[Tensor, Picture] | None = None
        self._spread: dict[int, Tensor] = {}
        # A network that cannot draw is turned away here, before anything else is let go for it.
        self.generate(seed=0, psi=0.5)
        self.frame()

    @property
    def latent(self) -> Latent:
        """What the picture in front of us comes from."""
        return self._latent

    @property
    def detector_named(self) -> str:
        """Which detector the network's file asks for: "bundled" for one that draws portraits, or empty."""
        return self._own.metadata.get("detector", "")

    # ------------------------------------------------------------------------
    # Which w.

    @property
    def w(self) -> Tensor:
        """[num_ws, w_dim] float32: the picture in front of us."""
        return self._w

    def generate(self, seed: int, psi: float, label: int = 0) -> None:
        """Go to the w of a seed: z is what numpy's RandomState draws for it, as NVIDIA's tools do.

        Args:
            seed: of z.
            psi: truncation.
            label: the class, counted from 0, of a network that knows classes; 0 for any other.

        Raises:
            SessionError: if the network knows no such class.
        """
        self.go_to_latent(Latent(seed, psi, label))

    def go_to_latent(self, latent: Latent) -> None:
        """Go to the w of a description, and draw with its noise from now on.

        Raises:
            SessionError: if the network knows no such class.
            LatentError: if a latent from a file does not fit this network.
        """
        self._check_label(latent.label)
        if latent.given is not None:
            self.check_latent(latent.given)
        self._use(latent)
        self.go_to(w_of(latent, self.num_ws, self._generator.z_dim, self._map))

    def w_at(self, latent: Latent) -> FloatArray:
        """Find the w [num_ws, w_dim] of a description without a file, and stay where we are."""
        return as_array(w_of(latent, self.num_ws, self._generator.z_dim, self._map))

    def _check_label(self, label: int) -> None:
        if not 0 <= label < max(1, self.c_dim):
            known = (
                f"has the classes 0 to {self.c_dim - 1}" if self.c_dim else "knows no classes: leave it out"
            )
            raise SessionError(f"{self.path.name}: label {label}: this network {known}")

    def _use(self, latent: Latent) -> None:
        """Take the class, the noise and, where it has one, the tuned generator of a latent from now on."""
        self._label, self._latent = latent.label, latent
        self._generator = self.tuned.of(latent) or self._own
        self._generator.mode, self._generator.seed = latent.noise, latent.noise_seed

    def check_latent(self, given: GivenLatent) -> None:
        """See that a latent from a file fits this network.

        Raises:
            LatentError: if it does not.
        """
        given.check(self.num_ws, self.w_dim, self._generator.z_dim)

    def _map(self, z: npt.NDArray[np.float64], psi: float, cutoff: int | None = None) -> Tensor:
        """Find the w [N, num_ws, w_dim] of z [N, z_dim] and the class in use."""
        device = next(iter(self._generator.parameters())).device
        c = torch.zeros(len(z), self.c_dim, device=device)
        if self.c_dim:
            c[:, self._label] = 1
        with torch.no_grad():
            return self._generator.mapping(
                torch.from_numpy(z).float().to(device), c, truncation_psi=psi, truncation_cutoff=cutoff
            )

    def go_to(self, w: Tensor | npt.NDArray[np.float32], latent: Latent | None = None) -> None:
        """Go to any w [num_ws, w_dim].

        Args:
            w: where to.
            latent: what it comes from, whose class and noise are taken; None leaves them as they are.

        Raises:
            SessionError: if this network's w has another shape, or it knows no such class.
        """
        new = self._as_w(w)
        if latent is not None:
            self._check_label(latent.label)
            self._use(latent)
        self._w = new

    def _as_w(self, w: Tensor | npt.NDArray[np.float32]) -> Tensor:
        """Copy a w to the generator's device."""
        if tuple(w.shape) != (self.num_ws, self.w_dim):
            found = " × ".join(map(str, w.shape))
            raise SessionError(f"{self.path.name}: its w is {self.num_ws} × {self.w_dim}, not {found}")
        given = w.detach().clone() if isinstance(w, Tensor) else torch.from_numpy(np.array(w, np.float32))
        return given.to(next(iter(self._generator.parameters())).device)

    def current_w(self) -> FloatArray:
        """Give the w of the picture in front of us as an array [num_ws, w_dim] float32, read-only."""
        return as_array(self._w)

    # ------------------------------------------------------------------------
    # Its picture.

    def draw(self, w: Tensor | npt.NDArray[np.float32]) -> Picture:
        """Draw the picture of any w [num_ws, w_dim], and stay where we are: uint8 [H, W, 3].

        Raises:
            SessionError: if this network's w has another shape, or the picture is not made of numbers.
        """
        return self._draw(self._as_w(w))

    def frame(self) -> Picture:
        """Draw the picture of w: uint8 [H, W, 3], read-only. It is drawn once, however often it is asked for.

        Raises:
            SessionError: if it is not made of numbers.
        """
        if self._drawn is None or self._drawn[0] is not self._w:
            picture = self._draw(self._w)
            picture.flags.writeable = False
            self._drawn = (self._w, picture)
        return self._drawn[1]

    def _draw(self, w: Tensor) -> Picture:
        with torch.no_grad():
            image = self._generator.synthesis(w[None], noise_mode="const")[0, :3]
        if not bool(image.isfinite().all()):
            raise SessionError(
                f"{self.path.name}: its pictures are not numbers; the weights are damaged, get the file again"
            )
        image = image.expand(3, -1, -1) if len(image) == 1 else image
        pixels = (image * 127.5 + 128).clamp(0, 255).to(torch.uint8)
        return np.asarray(pixels.permute(1, 2, 0).contiguous().cpu().numpy())

    def features(self, block: int) -> tuple[FloatArray, int]:
        """Compute the features of a block for the w in front of us.

        Returns:
            [C, h, w] float32, and how many cells of them on each side lie beyond the picture.

        Raises:
            NetworkError: if there is no such block.
        """
        with torch.no_grad():
            taps = self._generator.taps(self._w[None], feature_block=block)
        if taps.features is None:
            raise SessionError(f"{self.path.name}: block {block} gives no features")
        return as_array(taps.features[0].float()), taps.margin

    def directions(self) -> Tensor:
        """Learn how w spreads [w_dim, w_dim], once for each class, from a fixed thousand of z."""
        if self._label not in self._spread:
            z = np.random.RandomState(0).randn(_SPREAD_SAMPLES, self._generator.z_dim)
            self._spread[self._label] = directions_of(self._map(z, 1.0)[:, 0])
        return self._spread[self._label]


def as_array(w: Tensor) -> FloatArray:
    """Copy a tensor to a read-only array."""
    array: FloatArray = w.detach().cpu().numpy().astype(np.float32, copy=True)
    array.flags.writeable = False
    return array
