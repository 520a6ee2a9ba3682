"""The view into the network's layers."""

from dataclasses import dataclass, field

from viz.answers import Layer
from viz.feature_pictures import LayerView
from viz.state.window import ViewState


@dataclass(frozen=True, eq=False)
class LayersState:
    """What is looked at inside the network.

    Attributes:
        shown: whether the panel is in sight: only then are features drawn.
        view: which features, and how.
        seen: what part of their picture is in the panel.
        epoch: of the command that asked for them; answers to older ones are let go.
        layer: the newest picture of features; None until there is one.
    """

    shown: bool = False
    view: LayerView = field(default_factory=LayerView)
    seen: ViewState = field(default_factory=ViewState)
    epoch: int = 0
    layer: Layer | None = None
