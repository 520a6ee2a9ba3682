"""Job: to draw features of the picture shown, where somebody looks at them."""

from typing import TYPE_CHECKING

from dnnlib.errors import EditorError
from viz import answers
from viz.feature_pictures import extent, feature_picture

if TYPE_CHECKING:
    from viz.jobs.desk import Desk


def look(desk: "Desk") -> None:
    """Draw the features that are watched, if any are."""
    watch = desk.inbox.watched()
    if watch is None or watch.view is None or desk.loaded is None:
        return
    session, view = desk.loaded, watch.view
    block = min(max(view.block, 0), session.num_blocks - 1)
    try:
        features, margin = session.features(block)
    except EditorError as error:
        # Whatever is shown or dragged goes on: this is only a look at it.
        return desk.say(answers.Failed(watch.epoch, str(error)))
    channels, height, width = features.shape
    picture = feature_picture(features, view)
    shape = (channels, height, width)
    desk.show_layer(answers.Layer(watch.epoch, picture, block, shape, margin, extent(features)))
