"""Actions on freezing. Live's API tells whether a track is frozen; freezing and flattening are left to people."""

from ..lom import targets
from ..registry import action

TRACK = {"track": "track_index"}
FROZEN = {"track_index": "integer", "frozen": "boolean"}


@action(
    "property",
    ["read"],
    result={"track_index": "integer", "is_frozen": "boolean", "can_be_frozen": "boolean"},
)
def get_track_is_frozen(host, track_index: targets.INDEX):
    """Reports whether a track is frozen, and whether it could be. Uses Track.is_frozen and Track.can_be_frozen."""
    track = targets.track(host, track_index)
    return {
        "track_index": track_index,
        "is_frozen": bool(track.is_frozen),
        "can_be_frozen": bool(track.can_be_frozen),
    }


@action("freeze_flatten", ["edit"], TRACK, FROZEN, missing="Track.freeze")
def freeze_track(host, track_index: targets.INDEX):
    """Would freeze a track, which Live's API cannot: it has no Track.freeze."""


@action("freeze_flatten", ["edit"], TRACK, FROZEN, missing="Track.unfreeze")
def unfreeze_track(host, track_index: targets.INDEX):
    """Would unfreeze a track, which Live's API cannot: it has no Track.unfreeze."""


@action(
    "freeze_flatten",
    ["edit", "destructive"],
    dict(TRACK, clip=None, device=None),
    {"track_index": "integer", "message": "string"},
    missing="Track.flatten",
)
def flatten_track(host, track_index: targets.INDEX):
    """Would turn a frozen track into plain audio, which Live's API cannot: it has no Track.flatten."""
