"""Application: Live itself, its version, its document, and the surfaces that it hosts. It outlives the set."""

from .base import Model, State, command, models, query, reads


@models("Application.Application")
class Application(Model):
    view = State(undo=False, owns=True)
    average_process_usage = reads(lambda application: 0.0)
    peak_process_usage = reads(lambda application: 0.0)
    open_dialog_count = reads(lambda application: 0)
    current_dialog_button_count = reads(lambda application: 0)
    current_dialog_message = reads(lambda application: "")
    number_of_push_apps_running = reads(lambda application: 0)
    unavailable_features = reads(lambda application: ())

    def __init__(self, live):
        self.live, self.parent = live, None
        self._birth()
        self.view = ApplicationView(self)

    def path(self):
        return "live_app"

    @reads
    def control_surfaces(self):
        return [surface.script for surface in self.live.surfaces]

    @query
    def get_document(self):
        return self.live.set

    @query
    def get_major_version(self):
        return self.live.version_parts[0]

    @query
    def get_minor_version(self):
        return self.live.version_parts[1]

    @query
    def get_bugfix_version(self):
        return self.live.version_parts[2]

    @query
    def get_version_string(self):
        return self.live.version

    @query
    def get_variant(self):
        return "Suite"

    @query
    def has_option(self, name):
        return False


@models("Application.Application.View")
class ApplicationView(Model):
    browse_mode = reads(lambda view: False)
    focused_document_view = State("Session", undo=False)
    _visible = State(frozenset(["Session"]), undo=False)

    VIEWS = ("Browser", "Arranger", "Session", "Detail", "Detail/Clip", "Detail/DeviceChain")

    @query
    def available_main_views(self):
        return self.VIEWS

    @query
    def is_view_visible(self, name, main_window_only=True):
        self._require_view(name)
        return name in self._visible

    @command
    def show_view(self, name):
        self._require_view(name)
        document_views = {"Session", "Arranger"}
        if name in document_views:
            self.focused_document_view = name
            self._visible -= document_views
        self._visible |= {name}

    @command
    def focus_view(self, name):
        self.show_view(name or self.focused_document_view)

    @command
    def hide_view(self, name):
        self._require_view(name)
        self._visible -= {name}

    def _require_view(self, name):
        if name not in self.VIEWS:
            raise RuntimeError("There is no view of that name")
