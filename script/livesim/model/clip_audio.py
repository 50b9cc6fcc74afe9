"""The audio part of clips, which MIDI clips refuse: the sample, its gain and pitch, and its warping.

Live applies a change of warping after the callback, as its documentation says. Warped, all positions in a clip are
beats; unwarped they are seconds of the sample, and the clip cannot be looped.
"""

from ..errors import invalid_value
from .base import State, command, query, reads
from .parameter import single_precision
from .ranges import within
from .units import VOLUME
from .values import WarpMarker
from .warping import Warp

UNITY_GAIN = 0.4
# A clip's gain has the same curve as a fader, from silence to 24 dB instead of 6.
ABOVE_A_FADER_DB = 18

REX, COUNT = 5, 7
# As measured in Live for plain samples: REX is for files of that kind.
WARP_MODES = tuple(mode for mode in range(COUNT) if mode != REX)
_REGION = ("_loop_start", "_loop_end", "_start_marker", "_end_marker")


def _check_warp_mode(mode):
    if mode not in WARP_MODES:
        raise invalid_value()


def _of_audio(label, state, keep=lambda value: value):
    """A property over another member that only audio clips have. `keep` converts a written value to the stored one."""

    def get(clip):
        clip.require_audio(label)
        return getattr(clip, state)

    def put(clip, value):
        clip.require_audio(label)
        setattr(clip, state, keep(value))

    return reads(get, put)


class ClipAudio:
    sample = None
    _gain = State(single_precision(UNITY_GAIN), also=("gain",), check=within(0, 1))
    _pitch_coarse = State(0, also=("pitch_coarse",), check=within(-48, 48))
    _pitch_fine = State(0.0, also=("pitch_fine",), check=within(-50, 49))
    _ram_mode = State(False, also=("ram_mode",))
    _warp_mode = State(0, also=("warp_mode",), check=_check_warp_mode)
    _warping = State(True, also=("warping",))
    _warp = State(Warp(((0.0, 0.0),), 120.0), also=("warp_markers",))

    gain = _of_audio("Gain", "_gain", single_precision)
    pitch_coarse = _of_audio("Pitch", "_pitch_coarse")
    pitch_fine = _of_audio("Pitch", "_pitch_fine", single_precision)
    ram_mode = _of_audio("RAM mode", "_ram_mode")
    warp_mode = _of_audio("Warp mode", "_warp_mode")

    @property
    def is_audio(self):
        return self.sample is not None

    @property
    def is_unwarped(self):
        return self.is_audio and not self._warping

    def require_audio(self, label):
        if not self.is_audio:
            raise RuntimeError("%s is only available for Audio Clips" % label)

    @reads
    def file_path(self):
        self.require_audio("File path")
        return self.sample.path

    @reads
    def sample_length(self):
        self.require_audio("Sample length")
        return self.sample.sample_length

    @reads
    def sample_rate(self):
        self.require_audio("Sample rate")
        return self.sample.sample_rate

    @reads
    def gain_display_string(self):
        self.require_audio("Gain")
        if not self._gain:
            return "-inf dB"
        return "%.1f dB" % (VOLUME.shown(self._gain, 0, 1) + ABOVE_A_FADER_DB)

    @reads
    def available_warp_modes(self):
        self.require_audio("Warp mode")
        return WARP_MODES

    @reads
    def warping(self):
        self.require_audio("Warping")
        return self._warping

    @warping.setter
    def warping(self, value):
        self.require_audio("Warping")
        self.live.loop.later(lambda: self._switch_warping(value))

    @reads
    def warp_markers(self):
        self.require_audio("Warp markers")
        return [WarpMarker(self.live, sample_time=seconds, beat_time=beat) for seconds, beat in self._warp.listed()]

    @command
    def add_warp_marker(self, warp_marker):
        self._require_warped("Warp markers")
        if not 0 <= warp_marker.sample_time <= self.sample.seconds:
            raise RuntimeError("Warp marker sample time is out of range")
        self._warp = self._warp.adding(warp_marker.sample_time, warp_marker.beat_time)

    @command
    def move_warp_marker(self, marker_beat_time, beat_time_distance):
        self._require_warped("Warp markers")
        self._warp = self._warp.moving(marker_beat_time, beat_time_distance)

    @command
    def remove_warp_marker(self, beat_time):
        self._require_warped("Warp markers")
        self._warp = self._warp.removing(beat_time)

    @query
    def beat_to_sample_time(self, beat_time):
        """Counted in samples, unlike the times of warp markers."""
        self._require_warped("Beat time")
        return self._warp.seconds_at(beat_time) * self.sample.sample_rate

    @query
    def sample_to_beat_time(self, sample_time):
        self._require_warped("Beat time")
        return self._warp.beat_at(sample_time / self.sample.sample_rate)

    @query
    def seconds_to_sample_time(self, seconds):
        self.require_audio("Sample time")
        if self._warping:
            raise RuntimeError("The sample is warped")
        return seconds * self.sample.sample_rate

    def _require_warped(self, label):
        self.require_audio(label)
        if not self._warping:
            raise RuntimeError("The sample is not warped")

    def _switch_warping(self, value):
        if self.life.subject is None or value == self._warping:
            return
        self.song.history.begin_call()
        try:
            if not value:
                self.looping = False
            for state in _REGION:
                position = getattr(self, state)
                setattr(self, state, self._warp.beat_at(position) if value else self._within_sample(position))
            self._warping = value
        finally:
            self.song.history.end_call()
        self.live.notifications.notify()

    def _within_sample(self, beat):
        return min(max(self._warp.seconds_at(beat), 0.0), self.sample.seconds)
