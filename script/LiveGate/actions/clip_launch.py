"""Actions on how a clip is launched, where it lies in its loop, and on its notes by their numbers."""

from ..lom import targets
from ..parameters import Array, Boolean, Integer, Number
from ..registry import action
from .clip_settings import CLIP, PLACE, placed, write

NOTE_IDS_MAX = 1000


@action(
    "property",
    ["edit"],
    CLIP,
    dict(PLACE, launch_mode="integer"),
    sets={"launch_mode": "clip.launch_mode"},
    sentence="<set> the launch mode of {the clip} on {track} {>launch_mode trigger|gate|toggle|repeat}",
)
def set_clip_launch_mode(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, launch_mode: Integer(minimum=0, maximum=3)
):
    """Sets how a clip is launched: 0 trigger, 1 gate, 2 toggle, 3 repeat. Uses Clip.launch_mode."""
    clip = targets.clip(host, track_index, clip_index)
    return placed(track_index, clip_index, launch_mode=int(write(clip, "launch_mode", launch_mode, "the launch mode")))


@action(
    "property",
    ["edit"],
    CLIP,
    dict(PLACE, launch_quantization="integer"),
    sets={"launch_quantization": "clip.launch_quantization"},
    sentence="<set> the launch quantization of {the clip} on {track} {>launch_quantization}",
)
def set_clip_launch_quantization(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, launch_quantization: Integer(minimum=0, maximum=14)
):
    """Sets a clip's launch quantization: 0 as the set's, 1 none, 2 eight bars, then ever shorter.

    Uses Clip.launch_quantization.
    """
    clip = targets.clip(host, track_index, clip_index)
    actual = write(clip, "launch_quantization", launch_quantization, "the launch quantization")
    return placed(track_index, clip_index, launch_quantization=int(actual))


@action(
    "property",
    ["edit"],
    CLIP,
    dict(PLACE, legato="boolean"),
    sets={"legato": "clip.legato"},
    sentence="<switch|switched> legato of {the clip} on {track} {legato?on:off}{was legato}",
)
def set_clip_legato(host, track_index: targets.INDEX, clip_index: targets.INDEX, legato: Boolean()):
    """Sets whether a launched clip takes over the position of the clip that played before. Uses Clip.legato."""
    clip = targets.clip(host, track_index, clip_index)
    clip.legato = legato
    targets.require(clip.legato == legato, "Live did not switch legato")
    return placed(track_index, clip_index, legato=legato)


@action(
    "property",
    ["edit"],
    CLIP,
    dict(PLACE, velocity_amount="number"),
    sets={"velocity_amount": "clip.velocity_amount"},
    sentence="<set> the velocity amount of {the clip} on {track} {>velocity_amount %}",
)
def set_clip_velocity_amount(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, velocity_amount: Number(minimum=0, maximum=1)
):
    """Sets how much the velocity of a launching note matters for a clip's volume. Uses Clip.velocity_amount."""
    clip = targets.clip(host, track_index, clip_index)
    actual = write(clip, "velocity_amount", velocity_amount, "the velocity amount")
    return placed(track_index, clip_index, velocity_amount=float(actual))


@action(
    "property",
    ["edit"],
    CLIP,
    dict(PLACE, position="number"),
    sets={"position": "clip.position"},
    sentence="<move|moved> the loop of {the clip} on {track} {>position beats}",
)
def set_clip_position(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, position: Number(unit="beats")
):
    """Moves a clip's loop, or its start and end without a loop, and keeps the length. Uses Clip.position."""
    clip = targets.clip(host, track_index, clip_index)
    return placed(track_index, clip_index, position=float(write(clip, "position", position, "the position")))


@action(
    "clip",
    ["edit"],
    CLIP,
    dict(PLACE, loop_end="number"),
    sets={"loop_end": "clip.loop_end"},
    sentence="<double|doubled> the loop of {the clip} on {track}",
)
def duplicate_clip_loop(host, track_index: targets.INDEX, clip_index: targets.INDEX):
    """Makes the loop of a MIDI clip twice as long, with its notes repeated. Uses Clip.duplicate_loop."""
    clip = targets.midi_clip(host, track_index, clip_index)
    length = clip.loop_end - clip.loop_start
    clip.duplicate_loop()
    targets.require_value("the loop's length", 2 * length, clip.loop_end - clip.loop_start)
    return placed(track_index, clip_index, loop_end=float(clip.loop_end))


@action(
    "notes",
    ["edit", "destructive"],
    CLIP,
    dict(PLACE, removed="integer"),
    records=("removed",),
    sentence="<remove|removed> notes of {the clip} on {track}",
)
def remove_notes_by_id(
    host, track_index: targets.INDEX, clip_index: targets.INDEX, note_ids: Array(Integer(), max_items=NOTE_IDS_MAX)
):
    """Removes notes by their numbers, which get_notes_extended reports as note_id. Uses Clip.remove_notes_by_id."""
    clip = targets.midi_clip(host, track_index, clip_index)
    found = len(clip.get_notes_by_id(note_ids))
    clip.remove_notes_by_id(note_ids)
    return placed(track_index, clip_index, removed=found)
