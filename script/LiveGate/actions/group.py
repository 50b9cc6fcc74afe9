"""Actions on group tracks. Live's API can read and fold them, but neither create nor dissolve them."""

from ..errors import Refusal
from ..lom import targets
from ..parameters import Boolean
from ..registry import action

NO_GROUP = -1


@action(
    "track_group",
    ["read"],
    result={
        "track_index": "integer",
        "is_grouped": "boolean",
        "is_group_track": "boolean",
        "group_track_index": "integer",
    },
    sentence="<read> whether {track} is in a group",
)
def get_track_is_grouped(host, track_index: targets.INDEX):
    """Reports whether a track is in a group, the index of that group (-1 for none), and whether it is a group itself.

    Uses Track.is_grouped, Track.group_track and Track.is_foldable.
    """
    track = targets.track(host, track_index)
    is_grouped = bool(track.is_grouped)
    return {
        "track_index": track_index,
        "is_grouped": is_grouped,
        "is_group_track": bool(track.is_foldable),
        "group_track_index": targets.position(host.song.tracks, track.group_track) if is_grouped else NO_GROUP,
    }


@action(
    "property",
    ["read"],
    result={"track_index": "integer", "is_foldable": "boolean"},
    sentence="<read> whether {track} can be folded",
)
def get_track_is_foldable(host, track_index: targets.INDEX):
    """Reports whether a track can be folded; only groups can. Uses Track.is_foldable."""
    return {"track_index": track_index, "is_foldable": bool(targets.track(host, track_index).is_foldable)}


# Folding hides the tracks in the group.
@action(
    "routing",
    ["view"],
    {"track": None},
    {"track_index": "integer", "fold_state": "boolean"},
    sets={"fold_state": "track.fold_state"},
    sentence="{folded?<fold|folded>:<unfold|unfolded>} {track}",
)
def set_track_fold_state(host, track_index: targets.INDEX, folded: Boolean() = True):
    """Folds a group, which hides its tracks, or unfolds it; refused for other tracks. Uses Track.fold_state."""
    track = targets.track(host, track_index)
    if not track.is_foldable:
        sentence = "track %d (%s) is not a group and cannot be folded; get_track_is_foldable reports which tracks can"
        raise Refusal("live_error", sentence % (track_index, track.name))
    track.fold_state = folded
    fold_state = bool(track.fold_state)
    targets.require(fold_state == folded, "Live did not fold or unfold track %d" % track_index)
    return {"track_index": track_index, "fold_state": fold_state}


@action(
    "track_group",
    ["edit", "names"],
    {"set": None, "selection": None},
    {"track_index": "integer", "name": "string", "message": "string"},
    missing="Song.create_group_track",
    names="track",
    sentence="<create|created> group track[ {name}]",
)
def create_group_track(host, name: targets.NAME = None):
    """Would add an empty group; Live's API cannot: it has no Song.create_group_track."""


@action(
    "track_group",
    ["edit"],
    {"set": None, "track": None, "selection": None},
    {"start_index": "integer", "end_index": "integer", "message": "string"},
    missing="Song.group_tracks",
    sentence="<group|grouped> tracks {start_index} to {end_index}",
)
def group_tracks(host, start_index: targets.INDEX, end_index: targets.INDEX):
    """Would group the tracks from one index to another; Live's API cannot: it has no Song.group_tracks."""


@action(
    "track_group",
    ["edit", "destructive"],
    {"set": None, "track": None, "selection": None},
    {"group_track_index": "integer", "message": "string"},
    missing="Song.ungroup_track",
    sentence="<ungroup|ungrouped> track {group_track_index}",
)
def ungroup_track(host, group_track_index: targets.INDEX):
    """Would dissolve a group and keep its tracks; Live's API cannot: it has no Song.ungroup_track."""
