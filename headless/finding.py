"""The second floor of a session: the faces in its picture."""

from collections.abc import Callable
from pathlib import Path

from faces.bundled import BundledDetector
from faces.landmarks import Face, LandmarkDetector
from headless.needs import ChooseDetector, LoadedGenerator
from headless.picture import PictureSession


class FaceSession(PictureSession):
    """Finds the faces in the picture in front of us.

    Args:
        generator: as training.checkpoint.load_generator gives it.
        path: where it came from.
        choose_detector: called with the checkpoint's metadata and the person's wish ("auto", "bundled",
            "face-alignment"), once for each wish.
        on_remark: told what a person should know, in one line.
    """

    def __init__(
        self,
        generator: LoadedGenerator,
        path: Path,
        choose_detector: ChooseDetector,
        on_remark: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._choose = choose_detector
        self._detectors: dict[str, LandmarkDetector] = {}
        super().__init__(generator, path, on_remark)

    def detect(self, wish: str = "auto") -> list[Face]:
        """Find the faces in the picture, the largest first; empty if there is none."""
        return self.detector(wish).detect(self.frame())

    def glance(self) -> bool:
        """Say whether there seems to be a face, by one look of the bundled detector, which is always here."""
        detector = self.detector("bundled")
        if isinstance(detector, BundledDetector):
            return detector.glance(self.frame())
        return bool(detector.detect(self.frame()))

    def detector(self, wish: str = "auto") -> LandmarkDetector:
        """Give the detector of a wish; what a person should know about the choice is remarked once."""
        if wish not in self._detectors:
            choice = self._choose(self._generator.metadata, wish)
            self._detectors[wish] = choice.detector
            if choice.note:
                self.on_remark(choice.note)
        return self._detectors[wish]
