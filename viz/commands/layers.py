"""Commands about the inside of the network."""

from dataclasses import dataclass

from viz.feature_pictures import LayerView


@dataclass(frozen=True)
class Watch:
    """Draw these features now, and again with each picture, until another is watched; None: none any more."""

    epoch: int
    view: LayerView | None


Command = Watch
