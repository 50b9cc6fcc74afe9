"""The devices of a track, and the outputs that follow from them."""

from .base import reads
from .device_chain import OF_AUDIO, OF_MIDI, DeviceChain


class TrackDevices(DeviceChain):
    is_on = True

    @property
    def track(self):
        return self

    @property
    def taken_types(self):
        return OF_MIDI if self.has_midi_input else OF_AUDIO

    @reads
    def has_midi_output(self):
        return not self.puts_out_audio

    @reads
    def has_audio_output(self):
        return self.puts_out_audio

    @reads
    def can_show_chains(self):
        return self._has_rack and self.instrument.can_show_chains

    @reads
    def is_showing_chains(self):
        return self._has_rack and self.instrument.is_showing_chains

    @property
    def _has_rack(self):
        return self.instrument is not None and self.instrument.can_have_chains

    def post(self, member):
        super().post(member)
        if member == "devices":
            self.post_automatic_name()
            self.view.post("selected_device")
            for track in self.song.tracks + self.song.return_tracks:
                track.post_offers()
