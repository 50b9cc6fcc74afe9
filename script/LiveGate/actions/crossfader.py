"""Actions on the crossfader: its position, and the assignment of tracks to its sides."""

from ..lom import targets
from ..parameters import Integer
from ..registry import action

ASSIGNMENTS = {0: "A", 1: "None", 2: "B"}
ASSIGNED = {"track_index": "integer", "crossfader_assignment": "integer", "assignment_name": "string"}


@action(
    "crossfader",
    ["read"],
    result=ASSIGNED,
    sentence="<read> the crossfader assignment of {track}",
)
def get_crossfader_assignment(host, track_index: targets.INDEX):
    """Reports the crossfader assignment of a track: 0 is A, 1 is none, 2 is B.

    Uses MixerDevice.crossfade_assign.
    """
    return _assigned(track_index, targets.track(host, track_index))


@action(
    "crossfader",
    ["mix"],
    {"track": "track_index"},
    ASSIGNED,
    sets={"crossfader_assignment": "track.mixer_device.crossfade_assign"},
    sentence="<assign|assigned> {track} to the crossfader {>crossfader_assignment=assignment A|none|B}",
)
def set_crossfader_assignment(host, track_index: targets.INDEX, assignment: Integer(enum=(0, 1, 2))):
    """Assigns a track to a side of the crossfader: 0 is A, 1 is none, 2 is B.

    Uses MixerDevice.crossfade_assign.
    """
    track = targets.track(host, track_index)
    track.mixer_device.crossfade_assign = assignment
    assigned = _assigned(track_index, track)
    is_taken = assigned["crossfader_assignment"] == assignment
    targets.require(is_taken, "Live did not change the crossfader assignment of track %d" % track_index)
    return assigned


@action("crossfader", ["read"], result={"position": "number"}, sentence="<read> the crossfader")
def get_crossfader_position(host):
    """Reports the position of the crossfader: -1 is all A, 1 is all B. Uses MixerDevice.crossfader of the master track."""
    return {"position": host.song.master_track.mixer_device.crossfader.value}


def _assigned(track_index, track):
    assignment = int(track.mixer_device.crossfade_assign)
    return {
        "track_index": track_index,
        "crossfader_assignment": assignment,
        "assignment_name": ASSIGNMENTS.get(assignment, "unknown"),
    }
