"""Stand-ins for the base classes of Ableton's script frameworks, so that other people's scripts run here.

Only what scripts without hardware use: the task clock, scheduled messages, the log, the song. `install` puts them where
scripts import them from. Importing anything else of the frameworks fails, as it should: it is not here.
"""

import contextlib
import sys
import traceback
import types


class _Surface:
    """The clock is `update_display`, ten times a second: schedule_message(n, ...) comes at the n-th that follows."""

    def __init__(self, c_instance=None, publish_self=True, *arguments, **keywords):
        assert c_instance
        super().__init__(*arguments, **keywords)
        self._c_instance = c_instance
        self._scheduled = []
        self._guard_depth = 0
        self.controls = []

    def schedule_message(self, delay_in_ticks, callback, parameter=None):
        assert delay_in_ticks > 0
        assert callable(callback)
        self._scheduled.append([delay_in_ticks, callback, parameter])

    def update_display(self):
        with self.component_guard():
            for message in self._scheduled:
                message[0] -= 1
            due = [message for message in self._scheduled if message[0] <= 0]
            self._scheduled = [message for message in self._scheduled if message[0] > 0]
            for _ticks, callback, parameter in due:
                self._deliver(callback, parameter)

    def _deliver(self, callback, parameter):
        """One message that fails does not keep the others from being delivered."""
        try:
            callback(parameter) if parameter else callback()
        except Exception:  # the frameworks log it, too
            self._c_instance.log_message(traceback.format_exc())

    @contextlib.contextmanager
    def component_guard(self):
        self._guard_depth += 1
        try:
            yield
        finally:
            self._guard_depth -= 1

    @property
    def in_component_guard(self):
        return self._guard_depth > 0

    def log_message(self, *parts):
        self._c_instance.log_message("(%s) %s" % (type(self).__name__, " ".join(map(str, parts))))

    def show_message(self, message):
        self._c_instance.show_message(message)

    def instance_identifier(self):
        return self._c_instance.instance_identifier()

    def request_rebuild_midi_map(self):
        self._c_instance.request_rebuild_midi_map()

    def build_midi_map(self, midi_map_handle):
        pass

    def receive_midi(self, midi_bytes):
        pass

    def port_settings_changed(self):
        self.refresh_state()

    def refresh_state(self):
        self.update()

    def update(self):
        pass

    def connect_script_instances(self, scripts):
        pass

    def can_lock_to_devices(self):
        return False

    def suggest_input_port(self):
        return ""

    def suggest_output_port(self):
        return ""

    def suggest_map_mode(self, cc_no, channel):
        return -1

    def set_enabled(self, enable):
        pass

    def _send_midi(self, midi_event_bytes, optimized=True):
        return self._c_instance.send_midi(midi_event_bytes)

    def disconnect(self):
        self._scheduled = []


class FrameworkControlSurface(_Surface):
    """`_Framework.ControlSurface.ControlSurface`: song and application are methods."""

    def song(self):
        return self._c_instance.song()

    def application(self):
        return sys.modules["Live"].Application.get_application()


class V2ControlSurface(_Surface):
    """`ableton.v2.control_surface.ControlSurface`: song and application are properties."""

    @property
    def song(self):
        return self._c_instance.song()

    @property
    def application(self):
        return sys.modules["Live"].Application.get_application()

    def update_display(self):
        self.update_display_hook()
        super().update_display()

    def update_display_hook(self):
        pass


def install():
    _place("_Framework.ControlSurface", FrameworkControlSurface)
    _place("ableton.v2.control_surface", V2ControlSurface)


def _place(module_name, surface_class):
    """Makes the module and the packages around it; scripts know the class as ControlSurface."""
    made = type("ControlSurface", (surface_class,), {"__module__": module_name, "__doc__": surface_class.__doc__})
    parts = module_name.split(".")
    for length in range(1, len(parts) + 1):
        name = ".".join(parts[:length])
        if name not in sys.modules:
            sys.modules[name] = types.ModuleType(name, "Simulated: see livesim.")
            sys.modules[name].__path__ = []
            if length > 1:
                setattr(sys.modules[".".join(parts[: length - 1])], parts[length - 1], sys.modules[name])
    sys.modules[module_name].ControlSurface = made
