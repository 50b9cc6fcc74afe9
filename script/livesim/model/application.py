"""Application: Live itself, its version, its browser and dialogs, its document, and the surfaces that it hosts.

It outlives the set. Assumed (UNCONFIRMED.md): the form of the build's identifier.
"""

from .application_dialogs import ApplicationDialogs
from .application_view import ApplicationView
from .base import Model, State, models, query, reads
from .browser import Browser


@models("Application.Application")
class Application(ApplicationDialogs, Model):
    view = State(undo=False, owns=True)
    browser = State(undo=False, owns=True)
    average_process_usage = State(0.0, undo=False)
    peak_process_usage = State(0.0, undo=False)
    number_of_push_apps_running = reads(lambda application: 0)
    unavailable_features = reads(lambda application: ())

    def __init__(self, live):
        self.live, self.parent = live, None
        self._birth()
        self.browser = Browser(self)
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
    def get_build_id(self):
        return "simulated-%s" % self.live.version

    @query
    def get_variant(self):
        return "Suite"

    @query
    def has_option(self, name):
        """The simulated Options.txt is empty."""
        return False
