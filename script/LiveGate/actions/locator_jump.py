"""Actions that jump to locators, name them, and set or delete one at the play position."""

from ..errors import Refusal, shown
from ..lom import excursion, play_position, targets
from ..parameters import Either, Integer, Text
from ..registry import action
from .locator import SET, in_order

LOCATOR = Either(Integer(), Text(max_length=256, min_length=1))


@action(
    "loop_locator",
    ["transport"],
    SET,
    {"locator_index": "integer", "time": "number"},
    sets={"current_song_time": play_position.at_home},
    sentence="<jump|jumped> to a locator[: {>current_song_time beats}]",
)
def jump_to_locator(host, locator: LOCATOR):
    """Jumps to a locator, by its index in the order of times or by its exact name; of several, to the first.

    At once, or at the next launch quantization if the set plays. Uses CuePoint.jump.
    """

    def begin():
        index, found = _found(host, locator)
        time = float(found.time)
        plays = host.song.is_playing
        found.jump()
        if plays:
            # The launch quantization decides when it arrives.
            return {"locator_index": index, "time": time}
        return play_position.await_arrival(host, time, lambda here: {"locator_index": index, "time": time})

    return excursion.when_at_home(host, begin)


@action(
    "loop_locator",
    ["edit", "names"],
    SET,
    {"locator_index": "integer", "name": "string"},
    names="locator",
    missing={"11": "CuePoint.set_name"},
    records=("locator_index", "name"),
    sentence="<rename|renamed> {the locator} to {name}",
)
def rename_locator(host, locator_index: targets.INDEX, name: targets.NAME):
    """Names a locator, by its index in the order of times. In Live 11 names are read-only. Uses CuePoint.name."""

    def begin():
        _, found = _found(host, locator_index)
        found.name = name
        targets.require(found.name == name, "Live did not rename locator %d" % locator_index)
        return {"locator_index": locator_index, "name": str(found.name)}

    return excursion.when_at_home(host, begin)


@action(
    "loop_locator",
    ["edit", "destructive"],
    SET,
    {"count": "integer", "message": "string"},
    records=("count",),
    sentence="<set> or <delete|deleted> the locator at the play position",
)
def toggle_locator(host):
    """Sets a locator at the play position, or deletes the one that is there. Uses Song.set_or_delete_cue."""

    def begin():
        was_there = bool(host.song.is_cue_point_selected())
        host.song.set_or_delete_cue()
        message = "the locator was deleted" if was_there else "a locator was set"
        return lambda: {"count": len(host.song.cue_points), "message": message}

    return excursion.when_at_home(host, begin)


def _found(host, locator):
    """The index of the locator of this name or index in the order of times, and the locator."""
    ordered = in_order(host.song)
    if type(locator) is str:
        for index, each in enumerate(ordered):
            if each.name == locator:
                return index, each
    elif locator < len(ordered):
        return locator, ordered[locator]
    existing = "locators 0 to %d" % (len(ordered) - 1) if ordered else "no locators"
    raise Refusal("live_error", "locator_index or name %s does not exist; the set has %s" % (shown(locator), existing))
