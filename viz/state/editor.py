"""The whole."""

from dataclasses import dataclass, field

from viz.answers import Frame
from viz.state.capture import CaptureState
from viz.state.compare import CompareState
from viz.state.face import FaceState
from viz.state.history import Arrival, History
from viz.state.jobs import Banner, Curve, Job, JobKind
from viz.state.latent import LatentState, WalkState
from viz.state.layers import LayersState
from viz.state.machine import MachineState
from viz.state.network import DownloadState, NetworkState
from viz.state.photo import PhotoState
from viz.state.picture import PictureState
from viz.state.points import DragState, PointPair
from viz.state.project import ProjectState
from viz.state.window import ViewState, WindowState


@dataclass(frozen=True, eq=False)
class EditorState:
    """The whole.

    Attributes:
        epoch: of the last command sent.
        picture_epoch: of the command that the picture belongs to; frames of others are old.
        waiting: what the worker waits for, if it said so last.
        edits: how many edits the picture has behind it since its seed.
        replay: which edits of the stack are to be done next, right after one that has ended.
        stack_path: what stands in the path box of the stack.
    """

    network: NetworkState = field(default_factory=NetworkState)
    downloads: DownloadState = field(default_factory=DownloadState)
    latent: LatentState = field(default_factory=LatentState)
    layers: LayersState = field(default_factory=LayersState)
    walk: WalkState = field(default_factory=WalkState)
    face: FaceState = field(default_factory=FaceState)
    drag: DragState = field(default_factory=DragState)
    capture: CaptureState = field(default_factory=CaptureState)
    picture: PictureState = field(default_factory=PictureState)
    photo: PhotoState = field(default_factory=PhotoState)
    compare: CompareState = field(default_factory=CompareState)
    history: History = field(default_factory=History)
    arrival: Arrival | None = None
    project: ProjectState = field(default_factory=ProjectState)
    window: WindowState = field(default_factory=WindowState)
    view: ViewState = field(default_factory=ViewState)
    machine: MachineState = field(default_factory=MachineState)
    curve: Curve = field(default_factory=Curve)
    frame: Frame | None = None
    job: Job | None = None
    banners: tuple[Banner, ...] = ()
    notice: str = ""
    waiting: str = ""
    epoch: int = 0
    picture_epoch: int = 0
    edits: int = 0
    stack_path: str = ""
    replay: tuple[int, ...] | None = None

    @property
    def image_size(self) -> tuple[int, int] | None:
        """(height, width) of the picture shown, px."""
        if self.frame is None:
            return None
        height, width = self.frame.picture.shape[:2]
        return height, width

    @property
    def seen(self) -> ViewState:
        """What part is seen of what is on the stage: the photograph, or the picture."""
        return self.view if self.photo.shown is None else self.photo.seen

    @property
    def seen_size(self) -> tuple[int, int] | None:
        """(height, width) of what is on the stage, px."""
        photograph = self.photo.shown
        return self.image_size if photograph is None else photograph.shape[:2]

    @property
    def complete_pairs(self) -> tuple[PointPair, ...]:
        """The points that have a target."""
        return tuple(pair for pair in self.drag.pairs if pair.target is not None)

    @property
    def busy(self) -> bool:
        """Whether a job runs; editing points and mask waits for it."""
        return self.job is not None

    @property
    def moving(self) -> bool:
        """Whether the picture changes by itself: a job runs and is not paused, or a walk goes on."""
        return (self.job is not None and not self.job.paused) or self.walk.playing

    @property
    def editable(self) -> bool:
        """Whether points may be moved and the mask painted: nothing runs, or a drag by hand is paused."""
        return self.job is None or (self.job.paused and self.job.kind is JobKind.DRAG)

    @property
    def of_photo(self) -> bool:
        """Whether the picture is of the face that was brought in from a photograph."""
        given = self.photo.given
        return given is not None and given.is_same(self.latent.given)

    @property
    def photo_waits(self) -> bool:
        """Whether a photograph is on the stage whose face is not in the network: edits would be unseen."""
        return self.photo.shown is not None and not self.of_photo

    @property
    def ready(self) -> bool:
        """Whether an edit can begin: there is a picture, and nothing is under way."""
        return self.frame is not None and not self.busy and self.network.loading is None
