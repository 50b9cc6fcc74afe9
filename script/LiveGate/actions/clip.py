"""Actions on the clips in the session's slots: creating, copying, launching, stopping."""

from ..errors import Refusal
from ..lom import trail_values, targets
from ..parameters import Number
from ..registry import action

CLIP = {"track": "track_index", "clip": "scene_index"}
PLACE = {"track_index": "integer", "scene_index": "integer", "clip_index": "integer", "message": "string"}
# A track plays one clip at a time: launching or stopping one also affects the one that plays or waits there.
STOP = {"track": "track_index", "clip": None}
# Launching also starts the transport, with which every track plays, and may select the launched object.
LAUNCH = {"track": None, "clip": None, "set": None, "selection": None}
LAUNCHED = dict(PLACE, is_triggered="boolean", is_playing="boolean")


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, length="number"),
    records=("length",),
    sentence="<create|created> a MIDI clip of {length beats} in slot {scene_index} of {track}",
)
def create_midi_clip(
    host,
    track_index: targets.INDEX,
    scene_index: targets.INDEX,
    length: Number(exclusive_minimum=0, unit="beats") = 4.0,
):
    """Creates an empty MIDI clip in an empty slot of a MIDI track. Uses ClipSlot.create_clip."""
    slot = targets.slot(host, track_index, scene_index)
    if slot.has_clip:
        raise Refusal("live_error", "row %d of track %d has a clip already" % (scene_index, track_index))
    if not targets.track(host, track_index).has_midi_input:
        raise Refusal("live_error", "track %d is not a MIDI track" % track_index)
    slot.create_clip(length)
    targets.require(slot.has_clip, "Live did not create the clip")
    return _placed(track_index, scene_index, "was created", length=slot.clip.length)


@action(
    "clip",
    ["edit", "destructive"],
    CLIP,
    PLACE,
    removes={"clip": trail_values.clip},
    sentence="<delete|deleted> {the clip} on {track}",
)
def delete_clip(host, track_index: targets.INDEX, scene_index: targets.INDEX):
    """Deletes the clip in a slot. Uses ClipSlot.delete_clip."""
    slot = targets.filled_slot(host, track_index, scene_index)
    slot.delete_clip()
    targets.require(not slot.has_clip, "Live did not delete the clip")
    return _placed(track_index, scene_index, "was deleted")


def _has_free_slot_below(host, track_index, scene_index):
    """Whether a free slot below takes the copy, so that no scene is added."""
    slots = host.song.tracks[track_index].clip_slots if track_index < len(host.song.tracks) else ()
    return any(not slot.has_clip for slot in slots[scene_index + 1 :])


def _plays_already(host, track_index, scene_index):
    """Whether launching a clip starts nothing but that clip."""
    return bool(host.song.is_playing)


@action(
    "clip",
    ["edit"],
    # The copy goes into the next free slot; a scene added for it gives every track a slot, and is selected.
    {"track": None, "scene": None, "clip": None, "set": None, "selection": None},
    dict(PLACE, new_index="integer", source_clip_index="integer", destination_clip_index="integer"),
    records=("new_index",),
    narrows={"track": _has_free_slot_below, "scene": _has_free_slot_below},
    sentence="<duplicate|duplicated> {the clip} on {track}",
)
def duplicate_clip(host, track_index: targets.INDEX, scene_index: targets.INDEX):
    """Copies a clip into the next free slot below it; if there is none, Live adds a scene.

    Uses Track.duplicate_clip_slot.
    """
    targets.filled_slot(host, track_index, scene_index)
    track = targets.track(host, track_index)
    new_index = int(track.duplicate_clip_slot(scene_index))
    targets.require(track.clip_slots[new_index].has_clip, "Live did not copy the clip")
    rows = {"new_index": new_index, "source_clip_index": scene_index, "destination_clip_index": new_index}
    return _placed(track_index, scene_index, "was copied to row %d" % new_index, **rows)


@action(
    "clip",
    ["launch"],
    LAUNCH,
    LAUNCHED,
    sets={"is_triggered": "slot.is_triggered", "is_playing": "slot.is_playing"},
    narrows={"track": _plays_already},
    sentence="<launch|launched> {the clip} on {track}",
)
def launch_clip(host, track_index: targets.INDEX, scene_index: targets.INDEX):
    """Launches a clip; it starts at the next launch quantization, and the clip that plays on the track stops then.

    If the set does not play, this starts the transport, and with it the other tracks. Uses ClipSlot.fire.
    """
    slot = targets.filled_slot(host, track_index, scene_index)
    slot.fire()
    return _launched(slot, track_index, scene_index, "is launched")


@action(
    "clip",
    ["launch", "stop"],
    STOP,
    LAUNCHED,
    sets={"is_triggered": "slot.is_triggered", "is_playing": "slot.is_playing"},
    sentence="<stop|stopped> {the clip} on {track}",
)
def stop_clip(host, track_index: targets.INDEX, scene_index: targets.INDEX):
    """Stops a clip that plays or is triggered, at the next launch quantization; otherwise does nothing.

    Live stops the whole track: a triggered clip that would follow does not start either. Refused for a triggered clip
    while another one plays on the track, which would stop. Uses ClipSlot.stop.
    """
    slot = targets.filled_slot(host, track_index, scene_index)
    if slot.is_playing or slot.is_triggered:
        _require_none_playing_but(slot, targets.track(host, track_index), track_index, scene_index)
        slot.stop()
    return _launched(slot, track_index, scene_index, "stops at the next launch quantization")


@action(
    "clip",
    ["launch", "stop"],
    {"track": None, "clip": None},
    {"message": "string"},
    sentence="<stop|stopped> all clips",
)
def stop_all_clips(host):
    """Stops all clips at the next launch quantization; the transport continues. Uses Song.stop_all_clips."""
    host.song.stop_all_clips()
    return {"message": "all clips stop at the next launch quantization"}


@action(
    "clip",
    ["read"],
    result={
        "track_index": "integer",
        "scene_index": "integer",
        "name": "string",
        "color": "integer",
        "length": "number",
        "loop_start": "number",
        "loop_end": "number",
        "is_midi_clip": "boolean",
        "is_audio_clip": "boolean",
        "is_playing": "boolean",
        "is_triggered": "boolean",
        "muted": "boolean",
    },
    sentence="<read> {the clip} on {track}",
)
def get_clip_info(host, track_index: targets.INDEX, scene_index: targets.INDEX):
    """Reports a clip's name, color, length, loop, kind and state.

    Times are in beats, or in seconds for an unwarped audio clip. Uses Clip.name, Clip.loop_start and others.
    """
    clip = targets.filled_slot(host, track_index, scene_index).clip
    return dict(described(clip), track_index=track_index, scene_index=scene_index)


def described(clip):
    """The fields of a clip, without its place."""
    return {
        "name": clip.name,
        "color": clip.color,
        "length": clip.length,
        "loop_start": clip.loop_start,
        "loop_end": clip.loop_end,
        "is_midi_clip": clip.is_midi_clip,
        "is_audio_clip": clip.is_audio_clip,
        "is_playing": clip.is_playing,
        "is_triggered": clip.is_triggered,
        "muted": clip.muted,
    }


@action(
    "clip",
    ["edit", "names"],
    CLIP,
    dict(PLACE, name="string"),
    names="clip",
    sets={"name": "clip.name"},
    sentence="<rename|renamed> {the clip} on {track} to {name}",
)
def set_clip_name(host, track_index: targets.INDEX, scene_index: targets.INDEX, name: targets.NAME):
    """Names a clip. Uses Clip.name."""
    clip = targets.filled_slot(host, track_index, scene_index).clip
    clip.name = name
    return _placed(track_index, scene_index, "is called %s" % clip.name, name=clip.name)


def _require_none_playing_but(slot, track, track_index, scene_index):
    playing = track.playing_slot_index
    if playing >= 0 and not slot.is_playing:
        sentence = (
            "row %d of track %d only waits to play, and Live can only stop the whole track, on which row %d plays; "
            "stop_clip of row %d stops both, launch_clip of row %d lets it continue"
        )
        raise Refusal("live_error", sentence % (scene_index, track_index, playing, playing, playing))


def _launched(slot, track_index, scene_index, what):
    return _placed(track_index, scene_index, what, is_triggered=slot.is_triggered, is_playing=slot.is_playing)


def _placed(track_index, scene_index, what, **fields):
    message = "the clip in row %d of track %d %s" % (scene_index, track_index, what)
    return dict(fields, track_index=track_index, scene_index=scene_index, clip_index=scene_index, message=message)
