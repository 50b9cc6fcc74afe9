"""Actions on Simpler, Live's single-sample sampler."""

from ..lom import targets
from ..lom.device_descriptions import PLACE, placed
from ..parameters import Integer
from ..registry import action
from .device import DEVICE

MODE_NAMES = ("classic", "one_shot", "slicing")
MODE = dict(PLACE, playback_mode="integer", playback_mode_name="string")


@action(
    "sampler_simpler",
    ["read"],
    result=MODE,
    sentence="<read> the playback mode of {the device} on {track}",
)
def get_sample_playback_mode(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Reports the playback mode of a Simpler: 0 classic, 1 one-shot, 2 slicing. Uses SimplerDevice.playback_mode."""
    return _described(track_index, device_index, _simpler(host, track_index, device_index))


@action(
    "sampler_simpler",
    ["device"],
    DEVICE,
    MODE,
    sets={"playback_mode": "device.playback_mode"},
    sentence="<set> the playback mode of {the device} on {track} {>playback_mode=mode classic|one-shot|slicing}",
)
def set_sample_playback_mode(
    host, track_index: targets.INDEX, device_index: targets.INDEX, mode: Integer(minimum=0, maximum=2)
):
    """Sets the playback mode of a Simpler: 0 classic, 1 one-shot, 2 slicing. Uses SimplerDevice.playback_mode."""
    simpler = _simpler(host, track_index, device_index)
    simpler.playback_mode = mode
    targets.require_value("mode", mode, int(simpler.playback_mode))
    return _described(track_index, device_index, simpler)


def _simpler(host, track_index, device_index):
    # Only SimplerDevice has a playback mode; Sampler has none.
    return targets.device_that(
        host, track_index, device_index, lambda device: hasattr(device, "playback_mode"), "a Simpler"
    )


def _described(track_index, device_index, simpler):
    mode = int(simpler.playback_mode)
    fields = {"playback_mode": mode, "playback_mode_name": MODE_NAMES[mode]}
    return placed(track_index, device_index, simpler, **fields)
