"""Actions on what is selected: reading it, and selecting a scene, slot or device."""

from ..lom import targets
from ..lom.track_places import fields_of, name_of
from ..registry import action

SELECTION = {"selection": None}


@action(
    "view",
    ["read"],
    result={"track_index": "integer", "scene_index": "integer", "device_index": "integer"},
    sentence="<read> the selection",
)
def get_selection(host):
    """Reports the indexes of the selected track, of the selected scene, and of the device selected on that track.

    -1: a return track or the master track is selected, or no device of the track's own chain. Uses Song.View and
    Track.View.selected_device.
    """
    view = host.song.view
    track = view.selected_track
    device = track.view.selected_device
    return {
        "track_index": _position(host.song.tracks, track),
        "scene_index": _position(host.song.scenes, view.selected_scene),
        "device_index": _position(track.devices, device),
    }


@action(
    "view",
    ["view"],
    SELECTION,
    {"scene_index": "integer"},
    records=("scene_index",),
    sentence="<select|selected> {the scene}",
)
def select_scene(host, scene_index: targets.INDEX):
    """Selects a scene. Uses Song.View.selected_scene."""
    scene = targets.scene(host, scene_index)
    host.song.view.selected_scene = scene
    targets.require(host.song.view.selected_scene == scene, "Live did not select scene %d" % scene_index)
    return {"scene_index": scene_index}


@action(
    "view",
    ["view"],
    SELECTION,
    {"track_index": "integer", "clip_index": "integer"},
    records=("track_index", "clip_index"),
    sentence="<select|selected> slot {clip_index} of {track}",
)
def select_clip_slot(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Selects a track and a scene, and with them the slot where they meet. Uses Song.View."""
    slot = targets.slot(host, track_index, clip_index, "clip_index")
    view = host.song.view
    view.highlighted_clip_slot = slot
    track, scene = host.song.tracks[track_index], host.song.scenes[clip_index]
    view.selected_track, view.selected_scene = track, scene
    is_selected = view.selected_track == track and view.selected_scene == scene
    targets.require(is_selected, "Live did not select row %d of track %d" % (clip_index, track_index))
    return {"track_index": track_index, "clip_index": clip_index}


@action(
    "view",
    ["view"],
    SELECTION,
    {"track_index": "integer", "device_index": "integer"},
    records=("device_index",),
    sentence="<select|selected> {the device} on {track}",
)
def select_device(host, track_index: targets.INDEX, device_index: targets.INDEX):
    """Selects a device of a track's own chain, and its track. Uses Song.View.select_device."""
    device = targets.device(host, track_index, device_index)
    host.song.view.select_device(device)
    selected = targets.track(host, track_index).view.selected_device
    targets.require(selected == device, "Live did not select device %s of %s" % (device_index, name_of(track_index)))
    return dict(fields_of(track_index), device_index=device_index)


def _position(items, wanted):
    found = None if wanted is None else targets.position(items, wanted)
    return -1 if found is None else found
