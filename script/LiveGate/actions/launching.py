"""Actions that launch and stop slots, tracks and scenes as buttons do, and settings of slots."""

from ..errors import Refusal
from ..lom import targets
from ..parameters import Boolean
from ..registry import action
from .clip import LAUNCH, STOP
from .scene import CONTENTS

SLOT = {"track": "track_index", "clip": "clip_index"}
PLACE = {"track_index": "integer", "clip_index": "integer"}


@action(
    "clip",
    ["launch"],
    LAUNCH,
    dict(PLACE, is_triggered="boolean"),
    sets={"is_triggered": "slot.is_triggered"},
    sentence="<press|pressed> the button of slot {clip_index} on {track}",
)
def fire_slot(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Presses a slot's button: launches its clip, or stops the track where there is none.

    Refused for an empty slot of an armed track, which would record. Uses ClipSlot.fire.
    """
    slot = targets.slot(host, track_index, clip_index, "clip_index")
    track = host.song.tracks[track_index]
    if not slot.has_clip and track.can_be_armed and track.arm:
        sentence = "row %d of track %d is empty and the track is armed: its button would record"
        raise Refusal("live_error", sentence % (clip_index, track_index))
    slot.fire()
    return {"track_index": track_index, "clip_index": clip_index, "is_triggered": bool(slot.is_triggered)}


@action(
    "clip",
    ["record"],
    LAUNCH,
    dict(PLACE, is_triggered="boolean"),
    sets={"is_triggered": "slot.is_triggered"},
    sentence="<press|pressed> the button of slot {clip_index} on {track}, to record if it is empty and armed",
)
def fire_slot_or_record(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Presses a slot's button as fire_slot, and records into an empty slot of an armed track. Uses ClipSlot.fire."""
    slot = targets.slot(host, track_index, clip_index, "clip_index")
    slot.fire()
    return {"track_index": track_index, "clip_index": clip_index, "is_triggered": bool(slot.is_triggered)}


@action(
    "track",
    ["launch", "stop"],
    STOP,
    {"track_index": "integer", "message": "string"},
    sentence="<stop|stopped> the clips on {track}",
)
def stop_track_clips(host, track_index: targets.INDEX):
    """Stops the clips of a track at the next launch quantization. Uses Track.stop_all_clips."""
    targets.track(host, track_index).stop_all_clips()
    return {"track_index": track_index, "message": "the clips of track %d stop" % track_index}


@action(
    "clip",
    ["edit"],
    SLOT,
    dict(PLACE, has_stop_button="boolean"),
    sets={"has_stop_button": "slot.has_stop_button"},
    sentence="{has_stop_button?<add|added>:<remove|removed>} the stop button of slot {clip_index} on {track}",
)
def set_slot_stop_button(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, has_stop_button: Boolean()
):
    """Gives a slot its stop button, or takes it away. Uses ClipSlot.has_stop_button."""
    slot = targets.slot(host, track_index, clip_index, "clip_index")
    slot.has_stop_button = has_stop_button
    targets.require(slot.has_stop_button == has_stop_button, "Live did not change the stop button")
    return {"track_index": track_index, "clip_index": clip_index, "has_stop_button": has_stop_button}


@action(
    "clip",
    ["edit"],
    {"track": None, "clip": None},
    {"track_index": "integer", "clip_index": "integer", "target_track_index": "integer", "target_clip_index": "integer"},
    records=("target_track_index", "target_clip_index"),
    sentence="<copy|copied> {the clip} on {track} to slot {target_clip_index} of track {target_track_index}",
)
def copy_clip(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    target_track_index: targets.INDEX,
    target_clip_index: targets.INDEX,
):
    """Copies a clip into an empty slot of a track of its kind. Uses ClipSlot.duplicate_clip_to."""
    slot = targets.filled_slot(host, track_index, clip_index, "clip_index")
    target = _target(host, target_track_index, target_clip_index)
    if target.has_clip:
        sentence = "row %d of track %d has a clip already"
        raise Refusal("live_error", sentence % (target_clip_index, target_track_index))
    slot.duplicate_clip_to(target)
    targets.require(target.has_clip, "Live did not copy the clip; it takes a track of the same kind")
    return {
        "track_index": track_index,
        "clip_index": clip_index,
        "target_track_index": target_track_index,
        "target_clip_index": target_clip_index,
    }


@action(
    "scene",
    ["launch"],
    dict(CONTENTS, scene=None, set=None),
    {"scene_index": "integer", "is_triggered": "boolean"},
    records=("scene_index",),
    sentence="<launch|launched> the selected scene",
)
def launch_selected_scene(host):
    """Launches the selected scene and, where Live is set to do so, selects the next one. Uses Scene.fire_as_selected."""
    scene = host.song.view.selected_scene
    scene_index = targets.position(host.song.scenes, scene)
    scene.fire_as_selected()
    return {"scene_index": scene_index, "is_triggered": bool(scene.is_triggered)}


def _target(host, track_index, row):
    """The slot that a copy goes to."""
    tracks = host.song.tracks
    if track_index >= len(tracks):
        sentence = "target_track_index %d does not exist; the set has tracks 0 to %d"
        raise Refusal("live_error", sentence % (track_index, len(tracks) - 1))
    return targets.slot(host, track_index, row, "target_clip_index")
