"""Actions on whole tracks: creating, copying, deleting, naming, finding and describing them."""

from .. import steps
from ..errors import Refusal, shown
from ..lom import trail_values, targets
from ..lom.listing import described, listing
from ..parameters import Text
from ..registry import action

TRACK = {"track": "track_index"}
NEW_TRACK = {"set": None, "selection": None}
CREATED = {"track_index": "integer", "name": "string", "message": "string"}
ANNOTATION = {"annotation": "string"}


@action(
    "track",
    ["edit", "names"],
    NEW_TRACK,
    CREATED,
    one_undo_step=True,
    names="track",
    records=("track_index", "name"),
    sentence="<create|created> MIDI track[ {name}]",
)
def create_midi_track(host, name: targets.NAME = None, index: targets.INDEX = None):
    """Adds a MIDI track at the end, or before the track at the index, and selects it; without a name Live gives it one.

    Uses Song.create_midi_track.
    """
    track = host.song.create_midi_track(_place(host, index))
    return lambda: _finish_creating(host, track, name)


@action(
    "track",
    ["edit", "names"],
    NEW_TRACK,
    CREATED,
    one_undo_step=True,
    names="track",
    records=("track_index", "name"),
    sentence="<create|created> audio track[ {name}]",
)
def create_audio_track(host, name: targets.NAME = None, index: targets.INDEX = None):
    """Adds an audio track at the end, or before the track at the index, and selects it; without a name Live gives it one.

    Uses Song.create_audio_track.
    """
    track = host.song.create_audio_track(_place(host, index))
    return lambda: _finish_creating(host, track, name)


# This affects other tracks: those of a group, and the folded group around a copied track, which Live unfolds.
@action(
    "track",
    ["edit", "destructive"],
    {"track": None, "clip": None, "device": None, "selection": None},
    {"message": "string"},
    removes={"track": trail_values.track},
    sentence="<delete|deleted> {the track}",
)
def delete_track(host, track_index: targets.INDEX):
    """Deletes a track with its clips and devices, a group with all its tracks; tracks to the right move left.

    Live keeps the last track. Uses Song.delete_track.
    """
    track = targets.track(host, track_index)
    name = track.name
    host.song.delete_track(track_index)
    targets.require(targets.position(host.song.tracks, track) is None, "Live did not delete track %d" % track_index)
    return {"message": "track %d (%s) was deleted" % (track_index, name)}


@action(
    "track",
    ["edit"],
    # The copy of a group has copies of its tracks; each has copies of the clips and devices.
    dict(NEW_TRACK, track=None, clip=None, device=None),
    {"track_index": "integer", "new_index": "integer", "name": "string", "message": "string"},
    records=("new_index", "name"),
    makes="track",
    sentence="<duplicate|duplicated> {the track}",
)
def duplicate_track(host, track_index: targets.INDEX):
    """Copies a track with its clips and devices, a group with all its tracks; inserts the copy after it and selects it.

    Tracks to the right move right. Uses Song.duplicate_track.
    """
    targets.track(host, track_index)
    before = list(host.song.tracks)
    host.song.duplicate_track(track_index)
    return lambda: _finish_duplicating(host, track_index, before)


@action(
    "track",
    ["edit", "names"],
    TRACK,
    {"name": "string", "message": "string"},
    names="track",
    sets={"name": "track.name"},
    sentence="<rename|renamed> {the track} to {name}",
)
def rename_track(host, track_index: targets.INDEX, name: targets.NAME):
    """Names a track; an empty name lets Live choose one. Uses Track.name."""
    track = targets.track(host, track_index)
    track.name = name
    return {"name": track.name, "message": "track %d is called %s" % (track_index, track.name)}


@action(
    "track",
    ["read"],
    result={
        "track_index": "integer",
        "name": "string",
        "color": "integer",
        "volume": "number",
        "pan": "number",
        "mute": "boolean",
        "solo": "boolean",
        "arm": "boolean",
        "is_foldable": "boolean",
        "has_midi_input": "boolean",
        "has_audio_input": "boolean",
        "num_devices": "integer",
        "num_clips": "integer",
    },
    sentence="<read> {the track}",
)
def get_track_info(host, track_index: targets.INDEX):
    """Reports a track's name, mixer, state, and how many devices and session clips it has.

    The color is 0xRRGGBB as a number; is_foldable is true for groups. Uses Track and Track.mixer_device.
    """
    return steps.gather(
        slots_filled(targets.track(host, track_index)), lambda filled: info(host, track_index, sum(filled))
    )


def slots_filled(track):
    """Whether each slot of a track has a clip."""
    return described(track.clip_slots, lambda _index, slot: slot.has_clip)


def info(host, track_index, num_clips):
    """What get_track_info reports, with the number of clips in the track's slots."""
    track = targets.track(host, track_index)
    return {
        "track_index": track_index,
        "name": track.name,
        "color": track.color,
        "volume": track.mixer_device.volume.value,
        "pan": track.mixer_device.panning.value,
        "mute": track.mute,
        "solo": track.solo,
        "arm": track.can_be_armed and track.arm,
        "is_foldable": track.is_foldable,
        "has_midi_input": track.has_midi_input,
        "has_audio_input": track.has_audio_input,
        "num_devices": len(track.devices),
        "num_clips": num_clips,
    }


def _names_looked_up(song, name):
    """The answer reveals whether a track has that name, so it counts either way; else whether any name contains it."""
    names = [track.name for track in song.tracks]
    return [name] if name in names else [name, *names]


def _contains(track, text):
    return text.casefold() in track.name.casefold()


# How well a name matches.
EXACT, CONTAINED = "exact", "contained"


@action(
    "track",
    ["read"],
    result={"track_index": "integer", "name": "string", "count": "integer"},
    shows={"track": _names_looked_up},
    sentence="<look|looked> up the track {name}",
)
def get_track_index_by_name(host, name: Text(max_length=256, min_length=1)):
    """Finds a track by its name: the first match, and the number of matches.

    Without an exact match, a track matches whose name contains the text in any case; the answer has its whole name. Ignores
    return tracks and the master track. Uses Track.name.
    """

    def finish(matching):
        wanted = EXACT if EXACT in matching else CONTAINED
        if wanted not in matching:
            raise Refusal("live_error", "no track is called %s" % shown(name))
        index = matching.index(wanted)
        return {"track_index": index, "name": host.song.tracks[index].name, "count": matching.count(wanted)}

    def match(_index, track):
        return EXACT if track.name == name else CONTAINED if _contains(track, name) else None

    return listing(host.song.tracks, match, finish)


@action(
    "track_annotation",
    ["read"],
    result=ANNOTATION,
    missing="Track.annotation",
    sentence="<read> the annotation of {track}",
)
def get_track_annotation(host, track_index: targets.INDEX):
    """Would report the info text of a track; Live's API cannot: it has no Track.annotation."""


@action(
    "track_annotation",
    ["edit"],
    TRACK,
    ANNOTATION,
    missing="Track.annotation",
    sentence="<set> the annotation of {track} to {annotation_text}",
)
def set_track_annotation(host, track_index: targets.INDEX, annotation_text: Text(max_length=65536)):
    """Would set the info text of a track; Live's API cannot: it has no Track.annotation."""


def _place(host, index):
    """Where a new track goes, as Live takes it: -1 is the end."""
    if index is not None and index > len(host.song.tracks):
        raise Refusal("live_error", "index is %d; the set has %d tracks" % (index, len(host.song.tracks)))
    return -1 if index is None else index


def _finish_creating(host, track, name):
    index = targets.position(host.song.tracks, track)
    targets.require(index is not None, "the new track disappeared at once")
    if name is not None:
        track.name = name
    return {"track_index": index, "name": track.name, "message": "track %d (%s) was created" % (index, track.name)}


def _finish_duplicating(host, track_index, before):
    after = list(host.song.tracks)
    targets.require(len(after) > len(before), "Live did not copy track %d" % track_index)
    same = [one == other for one, other in zip(before, after)]
    new_index = same.index(False) if False in same else len(before)
    message = "track %d was copied; the copy is track %d (%s)" % (track_index, new_index, after[new_index].name)
    return {"track_index": track_index, "new_index": new_index, "name": after[new_index].name, "message": message}
