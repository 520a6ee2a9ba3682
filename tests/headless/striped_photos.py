"""A photograph's face brought into the stripes, for tests."""

from collections import namedtuple

import numpy as np
import torch

from dnnlib.errors import EditorError
from faces.landmarks import Face
from headless.options import EditOptions
from headless.photo_desk import PhotoDesk
from tests.headless.stubs import StripedGenerator, average_landmarks, striped_session

EDIT = EditOptions(expression="close_eyes")
FACE = Face((average_landmarks().numpy() * 160 + (90, 40)).astype(np.float32), 1.0)
FILES = {
    "aligned.png", "inverted.png", "edited.png", "photo_before.png", "photo_after.png", "photo.gif",
    "w.npz", "photo.json", "tuned.safetensors",
}  # fmt: skip


class Step(namedtuple("Step", "stage done total w best seconds_left ended message generator distance")):
    def frame(self):
        ws = self.w[None]
        pixels = (self.generator.synthesis(ws)[0] * 127.5 + 128).clamp(0, 255).to(torch.uint8)
        return pixels.permute(1, 2, 0).contiguous().numpy()


class StripeProjector:
    """Comes from dark eyes to bright ones in some steps; the last one has a tuned generator."""

    budgets = ("quick", "usual", "thorough")

    def __init__(self, generator, stop_after=None):
        self.generator, self.stop_after, self.asked, self.closed = generator, stop_after, [], 0

    def project(self, target, budget, keep):
        self.asked.append((target, budget, keep))
        w = torch.zeros(4, 8)
        try:
            for index in range(5):
                if index == self.stop_after:
                    raise KeyboardInterrupt
                w = w.clone()
                w[:, 0] = index / 8
                last = index == 4
                generator = StripedGenerator({"title": "Tuned"}) if last else self.generator
                yield Step(
                    "tuning" if last else "w", index, 4, w, index != 2, 4.0 - index,
                    "done" if last else None, f"Step {index}.", generator, 1.0 - index / 5,
                )  # fmt: skip
        finally:
            self.closed += 1

    def save_tuned(self, path, step, photo):
        if step.generator is self.generator:
            return False
        path.write_bytes(photo.encode())
        return True

    def load_tuned(self, path):
        if path.read_bytes() != b"me.png":
            raise EditorError(f"{path.name}: not a tuned generator")
        return StripedGenerator({"title": "Read again"})


def opening(stop_after=None, keep=None, made=None, tuned=None):
    def open_session():
        session = striped_session()
        projector = StripeProjector(session._own._generator, stop_after)
        session.photos = PhotoDesk(session, projector, keep, tuned)
        if made is not None:
            made.append((session, projector))
        return session

    return open_session
