"""A script without any framework: Live's callbacks, its MIDI map, listeners added and removed by hand."""

import Live

CONTROL, VOLUME, PRESS = 7, 8, 9


def create_instance(c_instance):
    return Plain(c_instance)


class Plain(object):
    def __init__(self, c_instance):
        self._c_instance = c_instance
        self.received = []
        self.song().add_tracks_listener(self._on_tracks)
        self._timer = Live.Base.Timer(callback=self._on_timer, interval=50, repeat=True, start=True)
        self.ticks = 0

    def song(self):
        return self._c_instance.song()

    def build_midi_map(self, midi_map_handle):
        script = self._c_instance.handle()
        Live.MidiMap.forward_midi_cc(script, midi_map_handle, 0, CONTROL)
        Live.MidiMap.forward_midi_note(script, midi_map_handle, 0, PRESS)
        Live.MidiMap.forward_midi_pitchbend(script, midi_map_handle, 0)
        volume = self.song().tracks[0].mixer_device.volume
        Live.MidiMap.map_midi_cc(midi_map_handle, volume, 0, VOLUME, Live.MidiMap.MapMode.absolute, True)

    def receive_midi(self, midi_bytes):
        self.received.append(midi_bytes)
        if midi_bytes[:2] == (0x90, PRESS):
            self.song().create_midi_track(-1)

    def update_display(self):
        self._c_instance.send_midi((0xB0, CONTROL, len(self.song().tracks)))

    def disconnect(self):
        self._timer.stop()
        self.song().remove_tracks_listener(self._on_tracks)

    def _on_tracks(self):
        self._c_instance.show_message("%d tracks" % len(self.song().tracks))
        self._c_instance.request_rebuild_midi_map()

    def _on_timer(self):
        self.ticks += 1
