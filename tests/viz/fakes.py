"""A session that draws plain pictures and drags slowly: the window and its worker can be tried alone."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from dnnlib.errors import EditorError
from dnnlib.latents import Latent
from drag.config import DragConfig
from drag.path import EditPath
from drag.request import DragRequest
from faces.expression import Expression
from faces.landmarks import Face
from tests.viz.gate import Gate

SIZE = 64


def face_at(x: float = 32.0, y: float = 32.0, radius: float = 20.0) -> Face:
    """Give a round face of 68 landmarks."""
    angles = np.linspace(0, 2 * np.pi, 68, endpoint=False)
    landmarks = np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)
    return Face(landmarks.astype(np.float32), 0.9)


@dataclass
class FakeStep:
    """Looks like a drag.types.DragStep."""

    index: int
    points: np.ndarray
    distances: np.ndarray
    remaining: float
    picture: np.ndarray
    ended: Any = None
    message: str = ""
    best: bool = True
    loss: float = 0.5

    def frame(self) -> np.ndarray:
        return self.picture

    def stopped(self) -> "FakeStep":
        self.ended = SimpleNamespace(value="stopped")
        self.message = f"Stopped after {self.index} steps."
        return self


@dataclass
class FakeSession:
    """Looks like a headless.session.EditSession; `step_seconds` is how slow it is, and it waits at its gate.

    The picture's red is the seed, its green psi in hundredths, its blue grows with each step.
    """

    path: Path = Path("fake.safetensors")
    step_seconds: float = 0.0
    steps: int = 10
    faces: list[Face] = field(default_factory=lambda: [face_at()])
    title: str = "A fake"
    sha256: str = "ab" * 32
    image_size: tuple[int, int] = (SIZE, SIZE)
    num_ws: int = 8
    w_dim: int = 16
    num_blocks: int = 4
    c_dim: int = 0
    z_dim: int = 12
    has_noise: bool = True
    on_remark: Callable[[str], None] = lambda text: None
    on_wait: Callable[[str], None] | None = None
    photos: Any = None
    moved_where: Any = None
    seed: int = 0
    psi: float = 1.0
    blue: int = 0
    seeds: list[int] = field(default_factory=list)
    requests: list[DragRequest] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    latents: list[Latent] = field(default_factory=list)
    looked_at: list[tuple[int, int]] = field(default_factory=list)
    glances: list[int] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    configs: list[DragConfig] = field(default_factory=list)
    planned: list[dict[str, Any]] = field(default_factory=list)
    went_to: list[np.ndarray] = field(default_factory=list)
    passed: list[Any] = field(default_factory=list)
    targets: Any = None
    gate: Gate = field(default_factory=Gate)

    def _note(self) -> None:
        self.threads.add(threading.get_ident())

    def go_to_latent(self, latent: Latent) -> None:
        self._note()
        time.sleep(self.step_seconds)
        self.gate.go_through()
        self.seed, self.psi, self.blue = latent.seed, latent.psi, 0
        self.latents.append(latent)
        self.labels.append(latent.label)
        self.seeds.append(latent.seed)

    def frame(self) -> np.ndarray:
        self._note()
        return self.draw(self.current_w())

    def current_w(self) -> np.ndarray:
        w = np.zeros((self.num_ws, self.w_dim), np.float32)
        w[:, :3] = (self.seed, self.psi * 100, self.blue)
        return w

    def go_to(self, w: np.ndarray, latent: Latent) -> None:
        self._note()
        self.went_to.append(w)
        self.seed, self.psi, self.blue = int(w[0, 0]), float(w[0, 1]) / 100, round(float(w[0, 2]))
        self.passed = []

    def draw(self, w: np.ndarray) -> np.ndarray:
        picture = np.zeros((SIZE, SIZE, 3), np.uint8)
        picture[:] = [round(float(value)) % 256 for value in w[0, :3]]
        return picture

    def path_of_edit(self) -> EditPath | None:
        if not self.passed:
            return None
        steps, ws, points = zip(*self.passed, strict=True)
        return EditPath.of(steps, ws, points, self.targets)

    def detect(self, detector: str) -> list[Face]:
        self._note()
        return self.faces

    def features(self, block: int) -> tuple[np.ndarray, int]:
        """Channel by channel a level, in one half: the first is the block's, the second the seed's."""
        self._note()
        self.looked_at.append((block, self.seed))
        features = np.zeros((6, 4 << block, 4 << block), np.float32)
        features[0], features[1], features[2] = block / 4, (self.seed % 100) / 100, self.blue / 255
        features[3:, : 2 << block] = -1
        return features, 0

    def glance(self) -> bool:
        self._note()
        self.glances.append(self.seed)
        return bool(self.faces)

    def plan(self, expression: Expression, strength: float, face: Face, detector: str, **rest: Any) -> Any:
        if not self.faces:
            raise EditorError("no face")
        self.planned.append({"expression": expression.key, "strength": strength, "face": face, **rest})
        points = face.landmarks[[37, 38]]
        mask = np.zeros((SIZE, SIZE), np.float32)
        mask[20:40, 20:40] = 1
        request = DragRequest(points, points + 3, mask if rest["automatic_mask"] else rest["mask"])
        return SimpleNamespace(
            request=request, config=DragConfig(max_steps=self.steps), expression=expression
        )

    def adjust(self, plan: Any, face: Face) -> Iterator[Any]:
        return self._steps(plan.request, lambda: plan.config)

    def drag(
        self,
        request: DragRequest,
        options: Callable[[], DragConfig],
        newest: Callable[[], DragRequest] | None = None,
    ) -> Iterator[Any]:
        return self._steps(request, options, newest)

    def _steps(
        self,
        request: DragRequest,
        options: Callable[[], DragConfig],
        newest: Callable[[], DragRequest] | None = None,
    ) -> Iterator[FakeStep]:
        steps = self.steps
        self.passed, self.targets = [], request.targets
        for index in range(steps + 1):
            self._note()
            self.configs.append(options())
            request = newest() if newest is not None else request
            self.requests.append(request)
            time.sleep(self.step_seconds)
            self.gate.go_through()
            share = index / steps
            points = request.points + share * (request.targets - request.points)
            self.blue = min(255, index * 20)
            self.passed.append((index, self.current_w(), points.astype(np.float32)))
            step = FakeStep(
                index,
                points.astype(np.float32),
                np.linalg.norm(request.targets - points, axis=1),
                1 - share,
                self.frame(),
            )
            if index == steps:
                step.ended = SimpleNamespace(value="reached")
                step.message = f"Reached after {index} steps."
            yield step

    def report(self, plan: Any, after: Face | None) -> Any:
        return SimpleNamespace(
            measure_name="lid aperture",
            before=9.8,
            asked=0.0,
            achieved=0.7 if after is not None else None,
            share=0.93,
            tracked=0.4,
            drift_outside_mask=1.2,
            unit="px",
            closed="closed, by the detector and by the tracked lids",
            members=(),
        )
