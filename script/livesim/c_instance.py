"""The `c_instance` that a Remote Script receives: its interface to Live, as public scripts use it."""

import collections

from .errors import NotSimulated
from .midi_map import CONTROL, NOTE_ON

SENT_MAX = 1000
NOT_SIMULATED = frozenset(("full_velocity", "note_repeat", "playhead", "velocity_levels"))


class CInstance:
    """MIDI ports are not simulated: `sent_midi` keeps the latest messages that a script sends.

    Methods that do nothing here have no effect on the set in Live either: they concern the controller, or frames that
    Live draws.
    """

    def __init__(self, live, handle):
        self._live = live
        self._handle = handle
        self.surface = None
        self.sent_midi = collections.deque(maxlen=SENT_MAX)
        self._is_rebuild_due = False

    def __getattr__(self, name):
        if name in NOT_SIMULATED:
            raise NotSimulated("c_instance.%s is not simulated" % name)
        raise AttributeError("c_instance has no attribute %r" % name)

    def song(self):
        return self._live.song

    def handle(self):
        return self._handle

    def instance_identifier(self):
        return self._handle

    def log_message(self, *parts):
        self._live.log("RemoteScriptMessage: " + " ".join(map(str, parts)))

    def show_message(self, message):
        self._live.person.status_bar = message
        self._live.log("StatusBar: %s" % message)

    def send_midi(self, midi_bytes):
        self.sent_midi.append(tuple(midi_bytes))
        return True

    def request_rebuild_midi_map(self):
        """Live asks the script for its MIDI map when no callback of a script runs, once for all requests."""
        if not self._live.loop.is_calling:
            self._rebuild()
        elif not self._is_rebuild_due:
            self._is_rebuild_due = True
            self._live.loop.later(self._rebuild)

    def update_locks(self):
        pass

    def toggle_lock(self):
        pass

    def set_session_highlight(self, track_offset, scene_offset, width, height, include_return_tracks):
        pass

    def set_controlled_track(self, track):
        pass

    def release_controlled_track(self):
        pass

    def set_feedback_channels(self, channels):
        pass

    def set_feedback_velocity(self, velocity):
        pass

    def set_pad_translation(self, translations):
        pass

    def set_cc_translation(self, from_identifier, from_channel, to_identifier, to_channel):
        self._translate(CONTROL, from_identifier, from_channel, to_identifier, to_channel)

    def set_note_translation(self, from_identifier, from_channel, to_identifier, to_channel):
        self._translate(NOTE_ON, from_identifier, from_channel, to_identifier, to_channel)

    def preferences(self, name):
        return b""

    def _translate(self, *translation):
        self._live.midi_map_of(self._handle).translate(*translation)

    def _rebuild(self):
        self._is_rebuild_due = False
        if self.surface is not None:
            self.surface.build_midi_map(self._handle)
