"""The base of both frameworks' control surfaces: Live's callbacks, the task clock, the log, components and controls.

The clock is `update_display`, ten times a second: schedule_message(n, ...) runs at the n-th following update, and at
the next one for 0. Threads of a script may schedule messages, too.
"""

import contextlib
import traceback

from .dependency import inject
from .events import EventObject
from .refusing import lacks
from .surface_midi import SurfaceMidi
from .tasks import TaskGroup

DISPLAY_PERIOD_S = 0.1
_published = []


def get_control_surfaces():
    """All running surfaces of these frameworks."""
    return _published


def publish_control_surface(control_surface):
    get_control_surfaces().append(control_surface)


@lacks(
    methods="""set_pad_translations toggle_lock call_listeners _component_guard
    _control_surfaces _get_tasks _is_sending_scheduled_messages _in_build_midi_map _in_component_guard
    _accumulate_midi_messages _flush_midi_messages _disconnect_and_unregister_all_components""",
    attributes="""mxd_midi_scheduler _displays _pad_translations _remaining_scheduled_messages
    _suppress_requests_counter _midi_message_dict _control_surface_injector
    _ownership_handler _pre_serialize""",
)
class Surface(SurfaceMidi, EventObject):
    """The common base. Assumed (UNCONFIRMED.md): that ableton.v2, too, has `log_message` and `in_component_guard`."""

    __events__ = ("received_midi", "disconnect")

    def __init__(self, c_instance=None, publish_self=True, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        assert c_instance
        self.canonical_parent = None
        self._c_instance = c_instance
        self._components = []
        self._scheduled = []
        self._task_group = TaskGroup(auto_kill=False)
        self._enabled = True
        self._guard_depth = 0
        self._begin_midi()
        if publish_self:
            publish_control_surface(self)

    @property
    def components(self):
        return tuple(component for component in self._components if not component.is_private)

    @property
    def root_components(self):
        return tuple(component for component in self.components if component.is_root)

    @property
    def _tasks(self):
        return self._task_group

    def schedule_message(self, delay_in_ticks, callback, parameter=None):
        assert callable(callback)
        self._scheduled.append([delay_in_ticks, callback, parameter])

    def update_display(self):
        with self.component_guard():
            self._send_scheduled_messages()
            self._task_group.update(DISPLAY_PERIOD_S)

    @contextlib.contextmanager
    def component_guard(self):
        """Objects created inside belong to this surface; at the end MIDI is sent and the MIDI map is rebuilt, once."""
        if self._guard_depth:
            yield
            return
        self._guard_depth += 1
        try:
            with inject(**self._provided()).everywhere(), self.suppressing_rebuild_requests():
                with self.accumulating_midi_messages():
                    yield
        finally:
            self._guard_depth -= 1

    def set_suppress_rebuild_requests(self, suppress):
        """As scripts from before `component_guard` do it: no rebuilds from True to False."""
        if suppress:
            self._suppressed += 1
        else:
            self._suppressed -= 1
            if self._is_rebuild_wanted and not self._suppressed:
                self.request_rebuild_midi_map()

    _set_suppress_rebuild_requests = set_suppress_rebuild_requests

    @property
    def in_component_guard(self):
        return self._guard_depth > 0

    def get_control_by_name(self, control_name):
        return next((control for control in self.controls if control.name == control_name), None)

    def log_message(self, *parts):
        self._c_instance.log_message("(%s) %s" % (type(self).__name__, " ".join(map(str, parts))))

    def show_message(self, message):
        assert isinstance(message, str)
        self._c_instance.show_message(message)

    def port_settings_changed(self):
        self.refresh_state()

    def refresh_state(self):
        self.update()

    def update(self):
        with self.component_guard():
            for control in self.controls:
                control.clear_send_cache()
            for component in self._components:
                component.update()

    def connect_script_instances(self, scripts):
        """Live calls this to announce all scripts to each other."""

    def can_lock_to_devices(self):
        return False

    def supports_pad_translation(self):
        return False

    def set_enabled(self, enable):
        if self._enabled != bool(enable):
            self._enabled = bool(enable)
            with self.component_guard():
                for component in self.root_components or self._components:
                    component._set_enabled_recursive(self._enabled)

    def set_feedback_channels(self, channels):
        self._c_instance.set_feedback_channels(channels)

    def set_controlled_track(self, track):
        self._c_instance.set_controlled_track(track)

    def release_controlled_track(self):
        self._c_instance.release_controlled_track()

    def disconnect(self):
        self.notify_disconnect(self)
        with self.component_guard():
            for part in [*self._components, *self.controls]:
                part.canonical_parent = None
                part.disconnect()
        self._components, self.controls, self._scheduled = [], [], []
        self._task_group.clear()
        if self in get_control_surfaces():
            get_control_surfaces().remove(self)
        super().disconnect()

    def _provided(self):
        """The dependencies that the script's parts can inject, each as a function that returns it."""
        return {
            "song": self._c_instance.song,
            "parent_task_group": lambda: self._task_group,
            "register_component": lambda: self._register_component,
            "register_control": lambda: self._register_control,
            "request_rebuild_midi_map": lambda: self.request_rebuild_midi_map,
            "send_midi": lambda: self._send_midi,
            "show_message": lambda: self.show_message,
            "log_message": lambda: self.log_message,
            "set_session_highlight": lambda: self._c_instance.set_session_highlight,
        }

    def _register_component(self, component):
        assert component not in self._components, "this component is among them already"
        self._components.append(component)
        component.canonical_parent = self

    def _send_scheduled_messages(self):
        """A thread may append to the list meanwhile, so only what was taken from it is counted down."""
        taken = [self._scheduled.pop(0) for _ in range(len(self._scheduled))]
        for message in taken:
            message[0] -= 1
        self._scheduled[:0] = [message for message in taken if message[0] > 0]
        for ticks, callback, parameter in taken:
            if ticks <= 0:
                self._deliver(callback, parameter)

    def _deliver(self, callback, parameter):
        """A message that fails does not stop the delivery of the others."""
        try:
            callback(parameter) if parameter else callback()
        except Exception:  # the frameworks log it, too
            self._c_instance.log_message(traceback.format_exc())
