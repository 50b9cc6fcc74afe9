"""The control surface that Live loads: starts the bridge, calls its tick, closes it."""

import time
import traceback

from . import catalog, clock, settings
from .bridge import Bridge
from .host import Host
from .log import Log
from .version import PROTOCOL, VERSION

TIMER_MS = 10


class Surface:
    """Live's callbacks. A timer calls the bridge; `update_display`, ten times a second, restarts a timer that died."""

    def __init__(self, c_instance, read_settings=settings.read, now=None):
        import Live  # imported here, since the catalogue is generated without Live

        now = now or clock.choose()
        self._log = Log(c_instance.log_message, now)
        self._host = Host(c_instance, Live)
        self._bridge = self._start_bridge(self._host, read_settings, now)
        self._make_timer = Live.Base.Timer
        self._timer = None
        self._timer_fired = False
        self._start_timer()

    @property
    def bridge_address(self):
        """Where the bridge listens, `127.0.0.1:9004`, or None."""
        return self._bridge.address if self._bridge else None

    def update_display(self):
        if not self._timer_fired:
            self._tick()
            self._start_timer()
        self._timer_fired = False

    def disconnect(self):
        bridge, self._bridge = self._bridge, None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if bridge is not None:
            bridge.close()

    def build_midi_map(self, midi_map_handle):
        """Maps the controllers that `map_midi_cc` has named."""
        self._host.build_midi_map(midi_map_handle)

    def receive_midi(self, midi_bytes):
        """See build_midi_map."""

    def refresh_state(self):
        """Does nothing: there is no hardware with lights to set."""

    def port_settings_changed(self):
        """See build_midi_map."""

    def connect_script_instances(self, instanciated_scripts):
        """Does nothing: the script works alone."""

    def can_lock_to_devices(self):
        return False

    def suggest_input_port(self):
        return ""

    def suggest_output_port(self):
        return ""

    def suggest_map_mode(self, cc_no, channel):
        return -1

    def supports_pad_translation(self):
        return False

    def _start_bridge(self, host, read_settings, now):
        try:
            current = read_settings()
        except settings.Unusable as error:
            self._log.say("not listening: %s" % error)
            return None
        return Bridge(current, _facts(host), host, now, self._log)

    def _start_timer(self):
        """Starts the timer, or restarts one that died. Without a timer `update_display` calls the bridge, more slowly."""
        if self._bridge is None:
            return
        try:
            if self._timer is None:
                self._timer = self._make_timer(self._on_timer, TIMER_MS, True, True)
            else:
                self._timer.restart()
        except Exception as error:
            self._log.warn("timer", "cannot start a timer: %s" % error)

    def _on_timer(self):
        self._timer_fired = True
        self._tick()

    def _tick(self):
        if self._bridge is None:
            return
        try:
            self._bridge.tick()
        except Exception:  # an exception in the callback would stop the timer
            self._log.warn("tick", "internal error in a tick\n%s" % traceback.format_exc())


def _facts(host):
    """The facts about script and Live that the gateway receives when it connects."""
    return {
        **catalog.loaded(),
        "protocol": PROTOCOL,
        "version": VERSION,
        "live_version": host.live_version,
        # The script accepts the caller of a command.
        "takes_caller": True,
        # Larger for every set that is opened, even after a restart of Live.
        "set_epoch": int(time.time() * 1000),
    }
