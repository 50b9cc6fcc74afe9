"""Actions on locators: the named positions in the arrangement (cue points)."""

from .. import steps
from ..budget import Budget
from ..errors import Refusal
from ..lom import excursion, listing, polling, play_position, targets
from ..parameters import Number
from ..registry import action

SET = {"set": None}
# In one piece of an action all locators are read so often.
LOCATOR_VALUES = 4
USUAL_NAME = "Locator"
NEXT, PREVIOUS = "next", "prev"


def _named_at(host, locator_index):
    """The fields of a locator that the trail keeps when it is deleted."""
    locator = in_order(host.song)[locator_index]
    return {"name": locator.name, "time": locator.time}


@action(
    "loop_locator",
    ["read"],
    result={"count": "integer", "locators": "array"},
    sentence="<read> the locators",
)
def get_locators(host):
    """Lists the locators in the order of their times: locator_index (and index), name, and time in beats. Uses Song.cue_points."""

    def finish(found):
        locators = [each for each in found if each is not None]
        return {"count": len(locators), "locators": locators}

    return steps.gather(described(host.song), finish)


@action(
    "loop_locator",
    ["edit", "names"],
    SET,
    {"locator_index": "integer", "name": "string", "time": "number", "message": "string"},
    one_undo_step=True,
    names="locator",
    records=("locator_index", "name", "time"),
    sentence="<create|created> locator[ {name}] at {time=time_in_beats beats}",
)
def create_locator(host, time_in_beats: Number(minimum=0, unit="beats"), name: targets.NAME = None):
    """Sets a locator and names it, by default "Locator".

    Refused while the set plays or records, and if a locator exists at that time. Live sets locators only at the play
    position, which is moved there for a moment and restored. Live 11 numbers locators itself: there `name` is refused.
    Uses Song.set_or_delete_cue and CuePoint.name.
    """

    def begin():
        _require_nameable(host, name)
        excursion.require_rest(host.song)
        there = _at(host.song, time_in_beats)
        if there is not None:
            raise Refusal("live_error", "the locator %s is at beat %s already" % (there.name, there.time))
        return excursion.to(host, time_in_beats, lambda: _set(host, time_in_beats, name))

    return excursion.when_at_home(host, begin)


@action(
    "loop_locator",
    ["edit", "destructive"],
    SET,
    {"locator_index": "integer", "message": "string"},
    removes={"locator": _named_at},
    sentence="<delete|deleted> {the locator}",
)
def delete_locator(host, locator_index: targets.INDEX):
    """Deletes a locator, by its index in the order of times. Refused while the set plays or records.

    Live deletes locators only at the play position, which is moved there for a moment and restored. Uses
    Song.set_or_delete_cue.
    """

    def begin():
        excursion.require_rest(host.song)
        locators = in_order(host.song)
        if locator_index >= len(locators):
            existing = "locators 0 to %d" % (len(locators) - 1) if locators else "no locators"
            raise Refusal("live_error", "locator_index %d does not exist; the set has %s" % (locator_index, existing))
        locator = locators[locator_index]
        return excursion.to(host, locator.time, lambda: _delete(host, locator, locator_index))

    return excursion.when_at_home(host, begin)


@action(
    "project",
    ["read"],
    result={"can_jump_to_next_cue": "boolean"},
    sentence="<read> whether there is a next locator",
)
def get_can_jump_to_next_cue(host):
    """Reports whether there is a locator after the play position. Uses Song.can_jump_to_next_cue."""
    return excursion.when_at_home(host, lambda: {"can_jump_to_next_cue": bool(host.song.can_jump_to_next_cue)})


@action(
    "project",
    ["read"],
    result={"can_jump_to_prev_cue": "boolean"},
    sentence="<read> whether there is a previous locator",
)
def get_can_jump_to_prev_cue(host):
    """Reports whether there is a locator before the play position. Uses Song.can_jump_to_prev_cue."""
    return excursion.when_at_home(host, lambda: {"can_jump_to_prev_cue": bool(host.song.can_jump_to_prev_cue)})


@action(
    "project",
    ["transport"],
    SET,
    {"time": "number", "message": "string"},
    sets={"current_song_time": play_position.at_home},
    sentence="<jump|jumped> to the next locator[: {>current_song_time beats}]",
)
def jump_to_next_cue(host):
    """Jumps to the next locator: at once, or at the next launch quantization if the set plays.

    Refused if there is none. Uses Song.jump_to_next_cue.
    """
    return excursion.when_at_home(host, lambda: _jump(host, NEXT))


@action(
    "project",
    ["transport"],
    SET,
    {"time": "number", "message": "string"},
    sets={"current_song_time": play_position.at_home},
    sentence="<jump|jumped> to the previous locator[: {>current_song_time beats}]",
)
def jump_to_prev_cue(host):
    """Jumps to the previous locator: at once, or at the next launch quantization if the set plays.

    Refused if there is none. Uses Song.jump_to_prev_cue.
    """
    return excursion.when_at_home(host, lambda: _jump(host, PREVIOUS))


def described(song):
    """The locators one by one, in the order of their times; before them a None for each that is only ordered."""
    timed = []
    for each in listing.described(song.cue_points, lambda index, locator: (locator.time, index, locator)):
        timed.append(each)
        yield None
    yield from listing.described([locator for _, _, locator in sorted(timed, key=lambda each: each[:2])], _described)


def _described(index, locator):
    return {"locator_index": index, "index": index, "name": str(locator.name), "time": float(locator.time)}


def _require_nameable(host, name):
    if name is not None and not host.can_name_locators:
        sentence = "Live %s cannot name locators; omit name, and Live gives the locator a number" % host.live_version
        raise Refusal("live_error", sentence)


def in_order(song):
    # Live does not guarantee an order.
    return sorted(_all(song), key=lambda locator: locator.time)


def _all(song):
    """The locators; refused if there are more than can be read at one moment."""
    return Budget().each(song.cue_points, LOCATOR_VALUES)


def _at(song, time):
    for locator in _all(song):
        if excursion.is_near(locator.time, time):
            return locator
    return None


def _set(host, time, name):
    # At an existing locator, the same call would delete it.
    targets.require(not host.song.is_cue_point_selected(), "a locator was set at beat %s meanwhile" % time)
    host.song.set_or_delete_cue()
    return polling.until(
        host,
        lambda: _at(host.song, time) is not None,
        lambda: _named(host, time, name),
        lambda: "Live did not set a locator at beat %s" % time,
    )


def _named(host, time, name):
    locator = _at(host.song, time)
    if host.can_name_locators:
        locator.name = USUAL_NAME if name is None else name
    return {
        "locator_index": targets.position(in_order(host.song), locator),
        "name": str(locator.name),
        "time": float(locator.time),
        "message": "the locator %s is at beat %s" % (locator.name, locator.time),
    }


def _delete(host, locator, locator_index):
    song = host.song
    there = targets.position(song.cue_points, locator) is not None and song.is_cue_point_selected()
    targets.require(there, "locator %d was deleted meanwhile; list the locators again (get_locators)" % locator_index)
    name = str(locator.name)
    song.set_or_delete_cue()
    return polling.until(
        host,
        lambda: targets.position(host.song.cue_points, locator) is None,
        lambda: {"locator_index": locator_index, "message": "locator %d (%s) was deleted" % (locator_index, name)},
        lambda: "Live did not delete locator %d" % locator_index,
    )


def _jump(host, direction):
    song = host.song
    times = _times(song, direction)
    if not times or not getattr(song, "can_jump_to_%s_cue" % direction):
        where = "after" if direction == NEXT else "before"
        raise Refusal("live_error", "there is no locator %s the play position" % where)
    plays = song.is_playing
    getattr(song, "jump_to_%s_cue" % direction)()
    if plays:
        # The launch quantization decides when it arrives.
        return {"time": times[0], "message": "the set jumps to beat %s at the next launch quantization" % times[0]}
    message = "the play position is at beat %s" % times[0]
    return play_position.await_arrival(host, times[0], lambda here: {"time": times[0], "message": message})


def _times(song, direction):
    """The times of the locators in that direction, the nearest first."""
    here = song.current_song_time
    times = [float(locator.time) for locator in _all(song) if not excursion.is_near(locator.time, here)]
    if direction == NEXT:
        return sorted(time for time in times if time > here)
    return sorted((time for time in times if time < here), reverse=True)
