"""Describes devices in answers, whatever track or chain they are on (serialisation)."""

from .. import reach
from .listing import listing
from .track_places import fields_of

# The fields by which an answer identifies its device.
PLACE = {"track_index": "integer", "device_index": "integer", "device_name": "string"}
SUMMARY = {"track_name": "string", "count": "integer", "devices": "array"}

# The names in an answer that lists the devices of a track, or of the master track.
ON_TRACK = {"device": "track_index"}
ON_MASTER = {"device": lambda song: (device and device.name for _, device in reach.devices_on(song.master_track))}

# Live's name for the first parameter of every device.
ON_SWITCH = "Device On"
TYPE_NAMES = {0: "undefined", 1: "instrument", 2: "audio_effect", 4: "midi_effect"}


def placed(track_index, device_index, device, **fields):
    return dict(fields, device_index=device_index, device_name=device.name, **fields_of(track_index))


def summary(track, **place):
    """The device chain of a track of any kind."""
    return listing(
        track.devices,
        described,
        lambda devices: dict(place, track_name=track.name, count=len(devices), devices=devices),
    )


def described(index, device):
    switch = on_switch(device)
    is_active = bool(device.is_active)
    return dict(
        device_type(device),
        index=index,
        name=device.name,
        class_name=device.class_name,
        is_on=is_active if switch is None else bool(switch.value),
        is_active=is_active,
        num_parameters=len(device.parameters),
        num_chains=len(device.chains) if device.can_have_chains else 0,
    )


def device_type(device):
    kind = int(device.type)
    return {"type": kind, "type_name": TYPE_NAMES.get(kind, "unknown")}


def on_switch(device):
    """The parameter that switches a device on and off, or None."""
    parameters = device.parameters
    return parameters[0] if len(parameters) and parameters[0].original_name == ON_SWITCH else None
