"""Actions on the master track, called Main in Live 12: its faders, its devices, and the volume of the metronome."""

from ..lom import parameter_values, targets
from ..lom.device_descriptions import ON_MASTER, described
from ..lom.listing import listing
from ..registry import action
from .mixer import PAN, VOLUME
from .track_settings import COLOR_INDEX

MASTER = {"master": None}


@action(
    "master_track",
    ["read"],
    result={"name": "string", "color": "integer", "volume": "number", "pan": "number", "num_devices": "integer"},
    sentence="<read> the master track",
)
def get_master_track_info(host):
    """Reports the master track's name, color, volume (0.85 is 0 dB), pan and number of devices. Uses Song.master_track."""
    track = host.song.master_track
    return {
        "name": track.name,
        "color": track.color,
        "volume": track.mixer_device.volume.value,
        "pan": track.mixer_device.panning.value,
        "num_devices": len(track.devices),
    }


@action(
    "master_track",
    ["mix"],
    MASTER,
    {"volume": "number"},
    sets={"volume": "master.mixer_device.volume.value"},
    sentence="<set> volume of the master {>volume dB}",
)
def set_master_volume(host, volume: VOLUME):
    """Sets the volume of the master track. Uses MixerDevice.volume."""
    fader = host.song.master_track.mixer_device.volume
    return {"volume": parameter_values.write_as("the volume of the master track", fader, volume)}


@action(
    "master_track",
    ["mix"],
    MASTER,
    {"pan": "number"},
    sets={"pan": "master.mixer_device.panning.value"},
    sentence="<set> pan of the master {>pan pan}",
)
def set_master_pan(host, pan: PAN):
    """Sets the pan of the master track. Uses MixerDevice.panning."""
    knob = host.song.master_track.mixer_device.panning
    return {"pan": parameter_values.write_as("the pan of the master track", knob, pan)}


@action(
    "master_track",
    ["edit", "names"],
    MASTER,
    {"name": "string"},
    names="master",
    sets={"name": "master.name"},
    sentence="<rename|renamed> the master to {name}",
)
def rename_master_track(host, name: targets.NAME):
    """Names the master track; an empty name lets Live choose one. Uses Track.name."""
    track = host.song.master_track
    track.name = name
    return {"name": track.name}


@action(
    "master_track",
    ["edit"],
    MASTER,
    {"color_index": "integer", "color": "integer"},
    sets={"color_index": "master.color_index"},
    sentence="<set> the color of the master {>color_index}",
)
def set_master_color(host, color_index: COLOR_INDEX):
    """Sets the color of the master track: an index in Live's palette of 70 colors. Uses Track.color_index."""
    track = host.song.master_track
    track.color_index = color_index
    targets.require(track.color_index == color_index, "Live did not change the color of the master track")
    return {"color_index": color_index, "color": track.color}


@action(
    "master_track",
    ["read"],
    result={"count": "integer", "devices": "array"},
    shows=ON_MASTER,
    sentence="<read> the devices on the master",
)
def get_master_devices(host):
    """Lists the devices of the master track, as get_track_devices does for other tracks. Uses Track.devices."""
    return listing(
        host.song.master_track.devices, described, lambda devices: {"count": len(devices), "devices": devices}
    )


@action(
    "metronome",
    ["read"],
    result={"volume": "number"},
    sentence="<read> the volume of the metronome",
)
def get_metronome_volume(host):
    """Reports the volume of the metronome: Live's cue volume, which previews share. Uses MixerDevice.cue_volume."""
    return {"volume": host.song.master_track.mixer_device.cue_volume.value}


@action(
    "metronome",
    ["mix"],
    MASTER,
    {"volume": "number"},
    sets={"volume": "master.mixer_device.cue_volume.value"},
    sentence="<set> volume of the metronome {>volume dB}",
)
def set_metronome_volume(host, volume: VOLUME):
    """Sets the volume of the metronome: Live's cue volume, which previews share. Uses MixerDevice.cue_volume."""
    knob = host.song.master_track.mixer_device.cue_volume
    return {"volume": parameter_values.write_as("the volume of the metronome", knob, volume)}
