"""Panel: what a block of the network has computed for the picture, as a picture; drawn while in sight."""

import dataclasses

from imgui_bundle import imgui

from gui_utils.texture import Texture
from gui_utils.widgets import choice, hint, muted, row
from viz.actions import Action, ChangeLayers
from viz.answers import Layer
from viz.feature_pictures import GREATEST_GAIN, MOST_TILES, LayerMode, LayerView
from viz.shortcuts import with_keys
from viz.state import EditorState, LayersState, ViewState
from viz.view import Point, View

_LEAST_HEIGHT = 8.0  # Of the text's: of the picture.
_NOTCH = 1.2  # A notch of the wheel makes so many times larger.
_MOST_CHANNELS = 1024
_BLOCK = with_keys(
    "Whose features are shown: 0 is the coarsest. Drags by hand follow those of the Feature block in the "
    "Drag panel. Default: 5",
    "Layers: the next block",
)
_MODE = (
    "Three: three channels as red, green and blue. Grid: the first channels side by side. "
    "Mean: the mean of all channels. Norm: their length in each cell. Default: three"
)
_CHANNELS = "Which channels are red, green and blue; pull or double-click to type. Default: 0, 1, 2"
_COUNT = "How many channels are side by side. Default: 16"
_NORMALISE = "The greatest absolute value becomes white or black; otherwise 1 does. Default: on"
_GAIN = "Makes the picture stronger or fainter, dB: 20 are ten times. Default: 0 dB"
_PICTURE = "The wheel zooms under the cursor, a pull moves it, a double click fits it"
_MODE_WORDS = {
    LayerMode.RGB: "Three",
    LayerMode.GRID: "Grid",
    LayerMode.MEAN: "Mean",
    LayerMode.NORM: "Norm",
}


class LayersPanel:
    """Draws the panel and keeps the texture of its picture."""

    def __init__(self) -> None:
        self._texture: Texture | None = None
        self._uploaded: Layer | None = None

    def close(self) -> None:
        """Give the texture back."""
        if self._texture is not None:
            self._texture.delete()
        self._texture, self._uploaded = None, None

    def hidden(self, state: EditorState) -> list[Action]:
        """Let nothing be drawn for a panel that nobody sees."""
        if not state.layers.shown:
            return []
        return [ChangeLayers(dataclasses.replace(state.layers, shown=False))]

    def draw(self, state: EditorState) -> list[Action]:
        """Draw the settings, and below them the picture."""
        layers = state.layers
        if state.network.loaded is None:
            muted("No network is loaded.")
            return self.hidden(state)
        changed = dataclasses.replace(
            layers, shown=True, view=_draw_view(layers.view, state.network.loaded.num_blocks, layers.layer)
        )
        if layers.layer is not None:
            _draw_facts(layers.layer)
            changed = dataclasses.replace(changed, seen=self._draw_picture(layers.layer, layers))
        same = (changed.shown, changed.view, changed.seen) == (layers.shown, layers.view, layers.seen)
        return [] if same else [ChangeLayers(changed)]

    # ------------------------------------------------------------------------
    # The picture.

    def _draw_picture(self, layer: Layer, layers: LayersState) -> ViewState:
        """Draw it into what is left of the panel; give what part of it is to be seen."""
        corner, left = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail()
        room = max(left.x, 8.0), max(left.y, _LEAST_HEIGHT * imgui.get_font_size())
        imgui.invisible_button("##layer", imgui.ImVec2(*room))
        seen = layers.seen
        height, width = layer.picture.shape[:2]
        fitted = View.fit((height, width), (corner.x, corner.y), room, 2.0)
        middle = corner.x + room[0] / 2, corner.y + room[1] / 2
        view = fitted if seen.zoom is None else View.around(seen.centre, seen.zoom, middle)
        texture = self._with(layer)
        pen = imgui.get_window_draw_list()
        pen.push_clip_rect(corner, imgui.ImVec2(corner.x + room[0], corner.y + room[1]), True)
        first = imgui.ImVec2(view.left, view.top)
        last = imgui.ImVec2(view.left + width * view.zoom, view.top + height * view.zoom)
        pen.add_image(texture.ref, first, last)
        pen.pop_clip_rect()
        if not imgui.is_item_active():
            hint(_PICTURE)
        return _viewed(seen, view, fitted, middle)

    def _with(self, layer: Layer) -> Texture:
        if self._texture is None:
            self._texture = Texture(pixelated=True)
        if self._uploaded is not layer:
            self._texture.upload(layer.picture)
            self._uploaded = layer
        return self._texture


def _viewed(seen: ViewState, view: View, fitted: View, middle: Point) -> ViewState:
    """Zoom and move with the mouse on the last item."""
    if not imgui.is_item_hovered() and not imgui.is_item_active():
        return seen
    if imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
        return ViewState()
    io, mouse = imgui.get_io(), imgui.get_mouse_pos()
    if io.mouse_wheel:
        zoom = view.zoom * _NOTCH**io.mouse_wheel
        if zoom <= fitted.zoom:
            return ViewState()
        x, y = view.to_picture((mouse.x, mouse.y))
        centre = x - (mouse.x - middle[0]) / zoom, y - (mouse.y - middle[1]) / zoom
        return ViewState(zoom, centre)
    if imgui.is_item_active() and seen.zoom is not None and (io.mouse_delta.x or io.mouse_delta.y):
        x, y = seen.centre
        return ViewState(seen.zoom, (x - io.mouse_delta.x / seen.zoom, y - io.mouse_delta.y / seen.zoom))
    return seen


# ----------------------------------------------------------------------------
# The settings.


def _draw_view(view: LayerView, num_blocks: int, layer: Layer | None) -> LayerView:
    clamped = imgui.SliderFlags_.always_clamp
    row("Block", _BLOCK)
    shown = min(view.block, num_blocks - 1)
    changed, block = imgui.slider_int("##layer_block", shown, 0, num_blocks - 1, "%d", clamped)
    hint(_BLOCK)
    texts = [(mode.value, words) for mode, words in _MODE_WORDS.items()]
    mode = LayerMode(choice("layer_mode", view.mode.value, texts, _MODE))
    view = dataclasses.replace(view, block=block if changed else view.block, mode=mode)
    most = layer.shape[0] if layer is not None else _MOST_CHANNELS
    if mode is LayerMode.RGB:
        row("Channels", _CHANNELS)
        red, green, blue = imgui.drag_int3("##channels", [*view.channels], 0.1, 0, most - 1, "%d", clamped)[1]
        hint(_CHANNELS)
        view = dataclasses.replace(view, channels=(red, green, blue))
    elif mode is LayerMode.GRID:
        row("Tiles", _COUNT)
        count = imgui.slider_int("##tiles", view.count, 1, MOST_TILES, "%d channels", clamped)[1]
        hint(_COUNT)
        view = dataclasses.replace(view, count=count)
    row("Gain", _GAIN)
    box = imgui.get_frame_height() + imgui.get_style().item_spacing.x
    imgui.set_next_item_width(imgui.get_content_region_avail().x - box)
    changed, gain = imgui.slider_float("##gain", view.gain, -GREATEST_GAIN, GREATEST_GAIN, "%.0f dB", clamped)
    hint(_GAIN)
    imgui.same_line()
    normalise = imgui.checkbox("##normalise", view.normalise)[1]
    hint(f"Normalise. {_NORMALISE}")
    return dataclasses.replace(view, gain=float(gain) if changed else view.gain, normalise=normalise)


def _draw_facts(layer: Layer) -> None:
    channels, height, width = layer.shape
    low, high = layer.extent
    muted(f"{channels} channels of {width} × {height}, {low:.3g} to {high:.3g}")
    beyond = f"; {layer.margin} cells on each side lie beyond the picture" if layer.margin else ""
    hint(f"Features of block {layer.block}, before they become colours{beyond}")
