"""Where faces are cut out of photographs, so that they stand as those in a generator's own frames do."""

from dnnlib.errors import EditorError
from dnnlib.latents import Latent
from faces.align import Alignment, ffhq_alignment, standing_like, stands_otherwise
from faces.landmarks import Face
from headless.session import EditSession


class PhotoDeskError(EditorError):
    """Something was asked of a photograph before it was ready, or of a network that cannot have one."""


class Cutter:
    """Says it for one session's generator; how faces stand there is looked at once, when first needed."""

    def __init__(self, session: EditSession) -> None:
        self._session = session
        self._standing: tuple[Alignment | None] | tuple[()] = ()

    def alignment(self, face: Face) -> Alignment:
        """Give the square round a face that is to be cut out.

        Raises:
            PhotoDeskError: if the generator's frames are not square.
        """
        height, width = self._session.image_size
        if height != width:
            raise PhotoDeskError(
                f"{self._session.path.name}: its pictures are {width} × {height}; a face of a photograph "
                "needs a network with square ones, made for faces"
            )
        alignment = ffhq_alignment(face.landmarks, width)
        own = self._own_alignment()
        return alignment if own is None else standing_like(alignment, own)

    def _own_alignment(self) -> Alignment | None:
        """See how the faces stand in the generator's own frames; None where they stand as FFHQ's do."""
        if not self._standing:
            session = self._session
            average = session.draw(session.w_at(Latent(psi=0.0)))
            faces = session.detector("bundled").detect(average)
            own = ffhq_alignment(faces[0].landmarks, average.shape[0]) if faces else None
            self._standing = (own if own is not None and stands_otherwise(own) else None,)
        return self._standing[0]
