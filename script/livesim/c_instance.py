"""The `c_instance` that a Remote Script receives: its line to Live, as public scripts use it."""


class CInstance:
    """MIDI ports are not simulated: what a script sends is counted in `sent_midi` and goes nowhere."""

    def __init__(self, live, handle):
        self._live = live
        self._handle = handle
        self.surface = None
        self.sent_midi = 0

    def song(self):
        return self._live.song

    def handle(self):
        return self._handle

    def instance_identifier(self):
        return self._handle

    def log_message(self, *parts):
        self._live.log("RemoteScriptMessage: " + " ".join(map(str, parts)))

    def show_message(self, message):
        self._live.log("StatusBar: %s" % message)

    def send_midi(self, midi_bytes):
        self.sent_midi += 1
        return True

    def request_rebuild_midi_map(self):
        if self.surface is not None:
            self.surface.build_midi_map(self._handle)

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
        pass

    def set_note_translation(self, from_identifier, from_channel, to_identifier, to_channel):
        pass

    def preferences(self, name):
        return b""
