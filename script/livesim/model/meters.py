"""The meters of a track: the level of what it plays, computed from notes and faders, as no sound is made.

A MIDI track with an instrument is as loud as its loudest note that sounds, an audio track sways between two levels
while a clip plays. Groups, returns and the main track are as loud as the loudest track that they get. Inputs are silent.
Assumed (UNCONFIRMED.md): the scale, from 0 to 1.
"""

import math

from .base import reads

SILENCE = 0.0
QUIETEST, LOUDEST = 0.3, 0.8  # of an audio clip
SWAY_BEATS = 2.0
_OUTPUT = ("output_meter_level", "output_meter_left", "output_meter_right")


def _of_audio(name, has_it, read):
    def get(track):
        if not has_it(track):
            raise RuntimeError("MIDI tracks have no '%s' property!" % name)
        return read(track)

    return reads(get)


def _silence(_track):
    return SILENCE


def _left(track):
    return track.level * min(1.0, 1.0 - track.mixer_device.panning.value)


def _right(track):
    return track.level * min(1.0, 1.0 + track.mixer_device.panning.value)


class TrackMeters:
    _shown = SILENCE

    performance_impact = reads(lambda track: 0.0)
    input_meter_level = reads(_silence)
    output_meter_level = reads(lambda track: track.level)
    input_meter_left = _of_audio("input_meter_left", lambda track: track.has_audio_input, _silence)
    input_meter_right = _of_audio("input_meter_right", lambda track: track.has_audio_input, _silence)
    output_meter_left = _of_audio("output_meter_left", lambda track: track.has_audio_output, _left)
    output_meter_right = _of_audio("output_meter_right", lambda track: track.has_audio_output, _right)

    @property
    def level(self):
        """After the fader, from 0 to 1."""
        if not self.is_main and (self.mute or self.muted_via_solo):
            return SILENCE
        return min(1.0, self._loudness() * self.mixer_device.volume.value)

    def post_meters(self):
        """Notifies the listeners of meters that have changed."""
        if not self.listeners or not any(member in self.listeners for member in _OUTPUT):
            return
        before, self._shown = self._shown, self.level
        if self._shown != before:
            for member in _OUTPUT:
                self.post(member)

    def _loudness(self):
        song = self.song
        if self.is_playable:
            return self._loudness_of_clip() if song.is_playing else SILENCE
        if self.is_group:
            return max((track.level for track in self.members), default=SILENCE)
        if self.is_main:
            alone = [track for track in song.tracks if not track.is_grouped]
            return max((track.level for track in (*alone, *song.return_tracks)), default=SILENCE)
        number = song.return_tracks.index(self)
        return max((track.level * track.mixer_device.sends[number].value for track in song.tracks), default=SILENCE)

    def _loudness_of_clip(self):
        """A MIDI track without an instrument has no meter but the one of its notes."""
        clip = self.playing_clip or next((clip for clip in self.arrangement_clips if clip.is_playing), None)
        if clip is None or clip.muted:
            return SILENCE
        if clip.is_audio:
            sway = (1 + math.sin(2 * math.pi * clip.playing_position / SWAY_BEATS)) / 2
            return QUIETEST + (LOUDEST - QUIETEST) * sway
        return clip.loudness_at(clip.playing_position)
