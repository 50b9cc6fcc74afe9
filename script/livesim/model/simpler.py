"""SimplerDevice: an instrument that plays one sample, or nothing as long as it is empty.

It makes no sound here, so that its playing position rests.
"""

from .base import State, models, reads
from .device import Device, DeviceView
from .ranges import within

LAST_MODE, BEND_MAX = 2, 24
NO_SAMPLE = -1


def _frame(marker=None):
    """A position in the sample: that of a marker, or 0 for the fades, which are none."""
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
