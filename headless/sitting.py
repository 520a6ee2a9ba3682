"""A face of a photograph that is in the generator: how it came in, and how edits of it go back."""

import dataclasses

import numpy as np
from PIL import Image

from dnnlib.latents import Latent
from dnnlib.photos import Photo
from faces.align import Alignment
from faces.landmarks import Face
from faces.masks import Mask
from faces.paste import Paste
from faces.whole_face import face_mask
from headless.needs import Projection
from headless.picture import Picture

# The photograph is shown, and filmed, at this longer side, px.
SCREEN = 1280


@dataclasses.dataclass(frozen=True, eq=False)
class Sitting:
    """A face of a photograph, in the generator.

    Attributes:
        latent: what the generator draws it from.
        alignment: where the face was cut out of the photograph.
        aligned: what was cut out, uint8 [S, S, 3].
        inverted: how the generator draws it.
        step: the state of the projection that counts; None where a record was taken up again.
        face: as it was found.
        full: puts edits back into the photograph.
        small: likewise, into the one on the screen.
        mask: [S, S], where the whole face is.
    """

    latent: Latent
    alignment: Alignment
    aligned: Picture
    inverted: Picture
    step: Projection | None
    face: Face
    full: Paste
    small: Paste
    mask: Mask

    @classmethod
    def of(
        cls,
        photo: Photo,
        small: Picture,
        face: Face,
        latent: Latent,
        alignment: Alignment,
        aligned: Picture,
        inverted: Picture,
        step: Projection | None,
    ) -> "Sitting":
        """Make one, ready to put edits back into a photograph, and into the same for the screen."""
        full = Paste.of(photo.pixels, photo.rgb, alignment, inverted)
        shrunk = Alignment((alignment.quad + 0.5) * (small.shape[1] / photo.size[1]) - 0.5, alignment.size)
        near = Paste.of(small, small, shrunk, inverted)
        whole = face_mask(alignment.to_frame(face.landmarks), alignment.size)
        return cls(latent, alignment, aligned, inverted, step, face, full, near, whole)


def for_the_screen(rgb: Picture) -> Picture:
    """Shrink a photograph for the screen."""
    height, width = rgb.shape[:2]
    scale = SCREEN / max(height, width)
    if scale >= 1:
        return rgb
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX, reducing_gap=2.0))
