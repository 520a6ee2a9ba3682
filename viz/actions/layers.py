"""Actions on the view into the network."""

from dataclasses import dataclass

from viz.state import LayersState


@dataclass(frozen=True, eq=False)
class ChangeLayers:
    """Other features are looked at, or none, or another part of their picture."""

    layers: LayersState


Action = ChangeLayers
