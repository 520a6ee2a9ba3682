"""Part of the Network panel: published checkpoints to fetch, and how the fetch goes."""

from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.widgets import button, coloured, disabled, fact, hint, main_button, muted, stop_button
from viz.actions import Action, CancelDownload, ChooseOffer, OpenNetwork, StartDownload
from viz.catalogue import Offer
from viz.state import DownloadState, Fetch
from viz.words import download_text

_ROWS = 6.5  # Of the list; the half row shows that there is more.


def draw(downloads: DownloadState) -> list[Action]:
    """Draw the list, what is to be known of the one chosen, and its button or bar."""
    if not downloads.offers:
        return []
    flags = imgui.TreeNodeFlags_.span_avail_width
    opened = imgui.tree_node_ex("Get a model", flags)
    hint("Published checkpoints, to fetch onto this machine. Default: folded")
    if not opened:
        # A download goes on where the list is closed, and can be cancelled there too.
        return _draw_fetch(downloads, downloads.fetch) if downloads.fetch is not None else []
    found = _draw_list(downloads)
    chosen = next((offer for offer in downloads.offers if offer.name == downloads.chosen), None)
    if chosen is not None:
        fact("Size", f"{chosen.size}, {chosen.family}")
        fact("Licence", chosen.licence)
        hint(chosen.page)
    if downloads.fetch is not None:
        found += _draw_fetch(downloads, downloads.fetch)
    elif chosen is not None:
        found += _draw_button(chosen)
    imgui.tree_pop()
    return found


def _draw_list(downloads: DownloadState) -> list[Action]:
    found: list[Action] = []
    height = imgui.get_text_line_height_with_spacing() * _ROWS
    imgui.begin_child("offers", imgui.ImVec2(0, height), imgui.ChildFlags_.borders)
    for offer in downloads.offers:
        edge = imgui.get_cursor_pos_x() + imgui.get_content_region_avail().x
        if imgui.selectable(f"{offer.title}##{offer.name}", offer.name == downloads.chosen)[0]:
            found.append(ChooseOffer(offer.name))
        hint(f"{offer.name}\n{offer.family}, {offer.size}\n{offer.licence}\n{offer.page}")
        note = "here" if offer.path is not None else offer.size.removeprefix("about ")
        imgui.same_line(edge - imgui.calc_text_size(note).x)
        imgui.text_colored(theme.GOOD if offer.path is not None else theme.MUTED, note)
    imgui.end_child()
    return found


def _draw_button(chosen: Offer) -> list[Action]:
    if chosen.path is not None:
        pressed = button("Open##offer", width=-1, tooltip="It is on this machine: open it")
        return [OpenNetwork(str(chosen.path))] if pressed else []
    tooltip = "Fetch it into checkpoints/ and open it. You can go on working meanwhile."
    return [StartDownload(chosen.name)] if main_button("Download", width=-1, tooltip=tooltip) else []


def _draw_fetch(downloads: DownloadState, fetch: Fetch) -> list[Action]:
    title = next((offer.title for offer in downloads.offers if offer.name == fetch.name), fetch.name)
    coloured(title, theme.TEXT)
    muted(download_text(fetch))
    width = imgui.get_font_size() * 6
    room = imgui.get_content_region_avail().x - width - imgui.get_style().item_spacing.x
    told = fetch.progress
    # Without a length the bar wanders.
    share = told.got / told.total if told is not None and told.total else -float(imgui.get_time())
    imgui.progress_bar(share, imgui.ImVec2(room, 0), "" if share < 0 else f"{share:.0%}")
    imgui.same_line()
    with disabled(fetch.cancelling):
        pressed = stop_button(
            "Cancelling …" if fetch.cancelling else "Cancel##fetch",
            width=width,
            tooltip="What has come stays, to go on with later",
        )
    return [CancelDownload()] if pressed else []
