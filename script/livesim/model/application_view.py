"""Application.View: which of Live's views are shown and have the focus, scrolling, and hot-swap from the keyboard.

Live shows the Session or the Arranger in its main window, never both. The clip view and the device view share the
detail area: Live 11 shows one of them, Live 12 can show both. Scrolling the Session and the devices moves the
selection, which the API shows; the scroll position of other views cannot be read, so it is not kept.
"""

import contextlib

from ..errors import invalid_value
from .base import Model, State, command, models, query, reads

UP, DOWN, LEFT, RIGHT = range(4)
DOCUMENTS = ("Arranger", "Session")
DETAILS = ("Detail/Clip", "Detail/DeviceChain")
MAIN_VIEWS = ("Browser", *DOCUMENTS, "Detail", *DETAILS)


@models("Application.Application.View")
class ApplicationView(Model):
    events = ("is_view_visible", "view_focus_changed")
    focused_document_view = State("Session", undo=False)
    _visible = State(frozenset(("Browser", "Detail/DeviceChain")), undo=False)
    _detail = State("Detail/DeviceChain", undo=False)  # the view that the detail area shows when it opens again

    @reads
    def browse_mode(self):
        return self.parent.browser.hotswap_target is not None

    @query
    def available_main_views(self):
        return MAIN_VIEWS

    @query
    def is_view_visible(self, name, main_window_only=True):
        self._require_view(name)
        return self._shows(name)

    @command
    def show_view(self, name):
        with self._notifying():
            self._show(self._named(name))

    @command
    def focus_view(self, name):
        with self._notifying():
            self._show(self._named(name))
        self.post("view_focus_changed")

    @command
    def hide_view(self, name):
        with self._notifying():
            self._hide(self._named(name))
    @command
    def scroll_view(self, direction, name, modifier_pressed):
        self._require_direction(direction)
        name = self._named(name)
        if name == "Session":
            self._scroll_session(direction)
        elif name == "Detail/DeviceChain" and direction in (LEFT, RIGHT):
            self._scroll_devices(direction)

    @command
    def zoom_view(self, direction, name, modifier_pressed):
        """In the Session, zooming scrolls."""
        self._require_direction(direction)
        if self._named(name) == "Session":
            self._scroll_session(direction)

    @command
    def toggle_browse(self):
        browser = self.parent.browser
        if browser.hotswap_target is not None:
            browser.hotswap_target = None
            return
        for view in ("Browser", "Detail/DeviceChain"):
            self.show_view(view)
        browser.hotswap_target = self.live.set.view.selected_track.view.selected_device

    def _shows(self, name):
        if name in DOCUMENTS:
            return name == self.focused_document_view
        return not self._visible.isdisjoint(DETAILS) if name == "Detail" else name in self._visible

    def _show(self, name):
        if name in DOCUMENTS:
            self.focused_document_view = name
            return
        if name == "Detail":
            name = self._detail
        if name in DETAILS:
            self._detail = name
            if self.live.major_version < 12:
                self._visible -= frozenset(DETAILS)
        self._visible |= {name}

    def _hide(self, name):
        if name in DOCUMENTS and self._shows(name):
            self.focused_document_view = next(other for other in DOCUMENTS if other != name)
        self._visible -= frozenset(DETAILS if name == "Detail" else (name,))

    @contextlib.contextmanager
    def _notifying(self):
        """Notifies the listeners of each view that the block shows or hides."""
        before = {name: self._shows(name) for name in MAIN_VIEWS}
        yield
        for name in MAIN_VIEWS:
            if self._shows(name) != before[name]:
                self.post("is_view_visible %s" % name)

    def _scroll_session(self, direction):
        song_view = self.live.set.view
        if direction in (LEFT, RIGHT):
            song = self.live.set
            tracks = (*song.visible_tracks, *song.return_tracks, song.master_track)
            song_view.selected_track = _neighbour(tracks, song_view.selected_track, direction == RIGHT)
        else:
            scenes = self.live.set.scenes
            song_view.selected_scene = _neighbour(scenes, song_view.selected_scene, direction == DOWN)

    def _scroll_devices(self, direction):
        """Selects the neighbour in the same chain."""
        song_view = self.live.set.view
        selected = song_view.selected_track.view.selected_device
        if selected is not None:
            song_view.select_device(_neighbour(selected.parent.devices, selected, direction == RIGHT))

    def _named(self, name):
        """An empty name means the document view that is shown."""
        self._require_view(name or self.focused_document_view)
        return name or self.focused_document_view

    def _require_view(self, name):
        if name not in MAIN_VIEWS:
            raise RuntimeError("There is no view of that name")

    def _require_direction(self, direction):
        if direction not in (UP, DOWN, LEFT, RIGHT):
            raise invalid_value()


def _neighbour(items, item, is_forward):
    """The next or the previous one, or the same at the end."""
    index = items.index(item) + (1 if is_forward else -1)
    return items[min(max(index, 0), len(items) - 1)]
