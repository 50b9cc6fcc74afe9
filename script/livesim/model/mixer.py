"""MixerDevice: the faders of a track. The main track alone has crossfader, cue volume and tempo; it has no sends."""

from .base import Model, State, models, reads
from .parameter import DeviceParameter
from .units import PAN, SEND, VOLUME

UNITY_GAIN = 0.85
RETURN_LETTERS = "ABCDEFGHIJKL"
SWITCH = ("Off", "On")


def _one_of(what, allowed):
    def check(value):
        if value not in allowed:
            raise RuntimeError("Invalid %s!" % what)

    return check


@models("MixerDevice.MixerDevice")
class MixerDevice(Model):
    volume = State(owns=True)
    panning = State(owns=True)
    left_split_stereo = State(owns=True)
    right_split_stereo = State(owns=True)
    track_activator = State(owns=True)
    sends = State((), owns=True)
    panning_mode = State(0, check=_one_of("panning mode", (0, 1)))
    _crossfade_assign = State(1, also=("crossfade_assign",), check=_one_of("crossfade assignment", (0, 1, 2)))
    _crossfader = State(owns=True)
    _cue_volume = State(owns=True)
    _song_tempo = State(owns=True)

    def __init__(self, track):
        super().__init__(track)
        self.volume = DeviceParameter(self, "Track Volume", 0, 1, UNITY_GAIN, unit=VOLUME)
        self.panning = DeviceParameter(self, "Track Panning", -1, 1, 0, unit=PAN)
        self.left_split_stereo = DeviceParameter(self, "Split Stereo Pan L", -1, 1, -1, unit=PAN)
        self.right_split_stereo = DeviceParameter(self, "Split Stereo Pan R", -1, 1, 1, unit=PAN)
        self.track_activator = TrackActivator(self)
        if track.is_main:
            self._crossfader = DeviceParameter(self, "Crossfader", -1, 1, 0)
            self._cue_volume = DeviceParameter(self, "Preview Volume", 0, 1, UNITY_GAIN, unit=VOLUME)
            self._song_tempo = SongTempo(self)

    def add_send(self):
        self.sends += (Send(self),)

    def remove_send(self, index):
        self.sends = self.sends[:index] + self.sends[index + 1 :]

    @reads
    def crossfader(self):
        return _of_the_main_track(self._crossfader, "Only the main track has a crossfader!")

    @reads
    def cue_volume(self):
        return _of_the_main_track(self._cue_volume, "Cue volume available on the main track only!")

    @reads
    def song_tempo(self):
        return _of_the_main_track(self._song_tempo, "Only the main track has the song tempo!")

    @reads
    def crossfade_assign(self):
        if self.parent.is_main:
            raise RuntimeError("Main track has no crossfader assignment!")
        return self._crossfade_assign

    @crossfade_assign.setter
    def crossfade_assign(self, value):
        self._crossfade_assign = value


def _of_the_main_track(parameter, sentence):
    if parameter is None:
        raise RuntimeError(sentence)
    return parameter


class Send(DeviceParameter):
    """The level that the track sends to the return track of the same letter."""

    def __init__(self, mixer):
        super().__init__(mixer, "Send", 0, 1, 0, unit=SEND)

    @reads
    def name(self):
        return "Send %s" % RETURN_LETTERS[self.parent.sends.index(self)]

    @reads
    def original_name(self):
        return self.name


class TrackActivator(DeviceParameter):
    """The track's on-off switch: the inverse of its mute."""

    def __init__(self, mixer):
        super().__init__(mixer, "Speaker On", 0, 1, 1, SWITCH)

    def post(self, member):
        super().post(member)
        if member == "value":
            self.parent.parent.post("mute")


class SongTempo(DeviceParameter):
    """The tempo as a parameter of the main track: an alias of the song's tempo."""

    def __init__(self, mixer):
        super().__init__(mixer, "Song Tempo", 20, 999, 120)

    def post(self, member):
        super().post(member)
        if member == "value":
            self.post("display_value")

    @reads
    def value(self):
        return self.song.tempo

    @value.setter
    def value(self, value):
        self.song.tempo = value
