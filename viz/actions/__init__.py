"""What a person did: frozen records, made by the panels and the canvas, understood by viz/editor.py."""

from viz.actions import (
    capture,
    compare,
    face,
    history,
    jobs,
    layers,
    network,
    photo,
    picture,
    points,
    project,
    stack,
    window,
)
from viz.actions.capture import ChangeCapture, SaveEditFilm, SavePicture, SaveWindow
from viz.actions.compare import CompareAgainst, HoldBefore, MoveLine, SetCompare
from viz.actions.face import ChangeFace, ClickExpression, LookForFaces, ReadExpressions, ResetFace
from viz.actions.history import GoToEntry, LetGo, Redo, Undo
from viz.actions.jobs import ContinueJob, DismissBanner, PauseJob, StepJob, StopJob
from viz.actions.layers import ChangeLayers
from viz.actions.network import (
    CancelDownload,
    CancelLoading,
    ChooseDevice,
    ChooseOffer,
    DropFiles,
    OpenNetwork,
    StartDownload,
    TypePath,
)
from viz.actions.photo import BringIn, ChangePhoto, OpenPhoto, SavePhoto
from viz.actions.picture import ChangeLatent, ChangeWalk, OpenLatent, PassTime, SaveLatent, ScrubEdit
from viz.actions.points import (
    ChangeDrag,
    ChangeMask,
    DeletePair,
    MirrorPairs,
    MoveMarker,
    NudgeMarker,
    Paint,
    SelectMarker,
    StartDrag,
)
from viz.actions.project import (
    DiscardWork,
    GiveUpArrival,
    OpenProject,
    PutOffWork,
    RecoverWork,
    SaveProject,
    SaveProjectAs,
    TypeProject,
)
from viz.actions.stack import (
    ChangeLayer,
    ClearStack,
    JoinLayers,
    MoveLayer,
    OpenStackFile,
    RemoveLayer,
    ReplayStack,
    SaveDirection,
    SaveRecipe,
    TypeStackPath,
)
from viz.actions.window import (
    AskForFile,
    ChangeView,
    ChangeWindow,
    HidePanel,
    Quit,
    ResetLayout,
    ShowPanel,
    Tell,
    Zoom,
)

Action = (
    network.Action
    | picture.Action
    | photo.Action
    | points.Action
    | face.Action
    | capture.Action
    | compare.Action
    | history.Action
    | project.Action
    | layers.Action
    | jobs.Action
    | stack.Action
    | window.Action
)
