"""Simpler: an instrument that plays one sample, and the sample with its markers, warping and slices.

Sample positions count frames. Slices are simulated by region and by hand; the other styles need an analysis of the
audio. The simulation plays no sound, so the playing position stays 0.
"""

from ..errors import NotSimulated, invalid_value
from .base import Model, State, command, models, query, reads
from .clip_audio import ABOVE_A_FADER_DB, UNITY_GAIN
from .device import Device, DeviceView
from .parameter import single_precision
from .ranges import within
from .units import VOLUME

BY_TRANSIENT, BY_BEAT, BY_REGION, BY_HAND = range(4)
LAST_WARP_MODE, LAST_BEAT_DIVISION = 6, 10
REGIONS_MIN, REGIONS_MAX = 2, 64


@models("Sample.Sample")
class Sample(Model):
    warping = State(False)
    warp_mode = State(0, check=within(0, LAST_WARP_MODE))
    slicing_style = State(BY_TRANSIENT, also=("slices",), check=within(BY_TRANSIENT, BY_HAND))
    slicing_sensitivity = State(0.5, also=("slices",), check=within(0, 1))
    slicing_beat_division = State(4, also=("slices",), check=within(0, LAST_BEAT_DIVISION))
    slicing_region_count = State(8, also=("slices",), check=within(REGIONS_MIN, REGIONS_MAX))
    _gain = State(single_precision(UNITY_GAIN), also=("gain",), check=within(0, 1))
    _start_marker = State(0, also=("start_marker",))
    _end_marker = State(0, also=("end_marker",))
    _made_slices = State((), also=("slices",))

    def __init__(self, simpler, file):
        super().__init__(simpler)
        self._file = file
        self._values["_end_marker"] = file.sample_length

    @reads
    def file_path(self):
        return self._file.path

    @reads
    def length(self):
        return self._file.sample_length

    @reads
    def sample_rate(self):
        return self._file.sample_rate

    @reads
    def gain(self):
        return self._gain

    @gain.setter
    def gain(self, value):
        self._gain = single_precision(value)

    @query
    def gain_display_string(self):
        """The gain has the same curve as a fader, from silence to 24 dB instead of 6."""
        return "%.1f dB" % (VOLUME.shown(self._gain, 0, 1) + ABOVE_A_FADER_DB) if self._gain else "-inf dB"

    @reads
    def start_marker(self):
        return self._start_marker

    @start_marker.setter
    def start_marker(self, frame):
        if not 0 <= frame < self._end_marker:
            raise invalid_value()
        self._start_marker = frame

    @reads
    def end_marker(self):
        return self._end_marker

    @end_marker.setter
    def end_marker(self, frame):
        if not self._start_marker < frame <= self.length:
            raise invalid_value()
        self._end_marker = frame

    @reads
    def slices(self):
        if self.slicing_style == BY_REGION:
            count = self.slicing_region_count
            return tuple(self.length * region // count for region in range(count))
        self._require_own_slices()
        return self._made_slices

    @command
    def insert_slice(self, frame):
        self._require_own_slices()
        if not 0 <= frame < self.length:
            raise invalid_value()
        self._made_slices = tuple(sorted({*self._made_slices, frame}))

    @command
    def remove_slice(self, frame):
        self._require_own_slices()
        self._made_slices = tuple(made for made in self._made_slices if made != frame)

    @command
    def move_slice(self, old, new):
        self._require_own_slices()
        if old not in self._made_slices or not 0 <= new < self.length:
            raise invalid_value()
        self._made_slices = tuple(sorted({*self._made_slices, new} - {old}))
        return new

    @command
    def clear_slices(self):
        self._require_own_slices()
        self._made_slices = ()

    def _require_own_slices(self):
        if self.slicing_style != BY_HAND:
            raise NotSimulated("Of slices the simulation knows those by region and those that are made by hand")


LAST_MODE, BEND_MAX = 2, 24
NO_SAMPLE = -1


def _frame(marker=None):
    """A position in the sample: that of a marker, or 0 for the fades, which are not simulated."""
    return reads(lambda view: NO_SAMPLE if view.parent.sample is None else marker(view.parent.sample) if marker else 0)


@models("SimplerDevice.SimplerDevice.View")
class SimplerView(DeviceView):
    selected_slice = State(NO_SAMPLE, undo=False)
    sample_start = _frame(lambda sample: sample.start_marker)
    sample_end = _frame(lambda sample: sample.end_marker)
    sample_loop_start = _frame(lambda sample: sample.start_marker)
    sample_loop_end = _frame(lambda sample: sample.end_marker)
    sample_loop_fade = _frame()
    sample_env_fade_in = _frame()
    sample_env_fade_out = _frame()


@models("SimplerDevice.SimplerDevice")
class SimplerDevice(Device):
    view_model = SimplerView
    sample = State(owns=True)
    playback_mode = State(0, check=within(0, LAST_MODE))
    slicing_playback_mode = State(0, check=within(0, LAST_MODE))
    pad_slicing = State(False)
    retrigger = State(True)
    voices = State(8)
    pitch_bend_range = State(5, check=within(0, BEND_MAX))
    note_pitch_bend_range = State(48, check=within(0, 48))

    multi_sample_mode = reads(lambda simpler: False)
    playing_position = reads(lambda simpler: 0.0)
    playing_position_enabled = reads(lambda simpler: False)
