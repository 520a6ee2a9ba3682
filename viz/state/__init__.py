"""All that the window knows: frozen dataclasses. A panel reads them, the rules (viz/rules) make new ones."""

from viz.state.capture import CaptureState, FilmKind
from viz.state.compare import Against, CompareMode, CompareState
from viz.state.editor import EditorState
from viz.state.face import AUTOMATIC, DETECTORS, FaceState
from viz.state.history import Arrival, Entry, History, Moment
from viz.state.jobs import Banner, Curve, Job, JobKind, Outcome
from viz.state.latent import LatentState, WalkState
from viz.state.layers import LayersState
from viz.state.machine import MachineState
from viz.state.network import DownloadState, Fetch, NetworkState
from viz.state.photo import BUDGETS, PhotoState, PhotoView
from viz.state.picture import Edit, PictureState
from viz.state.points import GREATEST_BRUSH, AfterLook, DragState, Marker, Mask, MaskChange, PointPair, Tool
from viz.state.project import ProjectState
from viz.state.window import ViewState, WindowState
