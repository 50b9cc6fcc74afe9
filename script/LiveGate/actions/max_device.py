"""Actions on Max for Live devices."""

import re

from ..lom import parameter_values, targets
from ..lom.device_descriptions import ON_TRACK, PLACE, described, placed
from ..lom.listing import listing
from ..lom.parameter_values import PARAM_NAME
from ..registry import action

# MxDeviceAudioEffect, MxDeviceMidiEffect, MxDeviceInstrument.
CLASS_NAME_START = "MxDevice"
# Only their names distinguish the devices of the pack CV Tools: CV LFO, CV Instrument, ...
CV_TOOLS_NAME = re.compile(r"\bCV\b")

LISTED = {"track_index": "integer", "track_name": "string", "count": "integer"}


@action(
    "max_for_live",
    ["read"],
    result=dict(PLACE, is_m4l="boolean", class_name="string", class_display_name="string"),
    sentence="<read> whether {the device} on {track} is a Max device",
)
def is_max_device(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Reports whether a device was made in Max for Live. Uses Device.class_name."""
    device = targets.device(host, track_index, device_index)
    names = {"class_name": device.class_name, "class_display_name": device.class_display_name}
    return placed(track_index, device_index, device, is_m4l=_is_max(device), **names)


@action(
    "max_for_live",
    ["read"],
    result=dict(LISTED, devices="array"),
    shows=ON_TRACK,
    sentence="<read> the Max devices on {track}",
)
def get_m4l_devices(host, track_index: targets.INDEX):
    """Lists the Max for Live devices of a track, as get_track_devices does, but for `type`, which is a word.

    type_number is the number. Devices inside racks are left out. Uses Device.class_name.
    """
    return _listed(host, track_index, "devices", _is_max)


@action(
    "max_for_live",
    ["read"],
    result=dict(LISTED, cv_devices="array"),
    shows=ON_TRACK,
    sentence="<read> the CV Tools devices on {track}",
)
def get_cv_tools_devices(host, track_index: targets.INDEX):
    """Lists the devices of a track that come from the pack CV Tools: those made in Max with CV in their names.

    A renamed device is not recognised. Uses Device.class_name and Device.name.
    """
    return _listed(host, track_index, "cv_devices", _is_cv_tool)


@action(
    "max_for_live",
    ["read"],
    result=dict(
        PLACE,
        param_index="integer",
        name="string",
        value="number",
        min="number",
        max="number",
        is_enabled="boolean",
    ),
    sentence="<read> {the parameter} of {the device} on {track}",
)
def get_m4l_param_by_name(host, track_index: targets.INDEX, device_index: targets.INDEX, param_name: PARAM_NAME):
    """Reports one parameter of a Max for Live device by its name.

    Without an exact match, case is ignored if the match is unique. get_device_parameter_by_name does the same for all
    devices. Uses DeviceParameter.name.
    """
    device = targets.device_that(host, track_index, device_index, _is_max, "a Max for Live device")
    index, parameter = parameter_values.named(device, param_name)
    return placed(
        track_index,
        device_index,
        device,
        param_index=index,
        name=parameter.name,
        value=parameter.value,
        min=parameter.min,
        max=parameter.max,
        is_enabled=bool(parameter.is_enabled),
    )


def _listed(host, track_index, field, is_wanted):
    track = targets.track(host, track_index)

    def describe(index, device):
        return _described(index, device) if is_wanted(device) else None

    def finish(found):
        devices = [each for each in found if each is not None]
        return {"track_index": track_index, "track_name": track.name, "count": len(devices), field: devices}

    return listing(track.devices, describe, finish)


def _described(index, device):
    """The type is a word here, as clients of these lists know it."""
    entry = described(index, device)
    return dict(entry, type=entry["type_name"], type_number=entry["type"])


def _is_max(device):
    return device.class_name.startswith(CLASS_NAME_START)


def _is_cv_tool(device):
    return _is_max(device) and CV_TOOLS_NAME.search(device.name) is not None
