"""Reads the situation that conditions are compared with: the names that a command reaches, and the set's state."""

from . import reach
from .budget import NEW, Named
from .device_place import owner, racks_and_device
from .name_patterns import matching_values

# Song.session_record_status: 0 off, 1 on, 2 about to begin or to end.
SESSION_RECORD_OFF = 0


def targets(parameter_names):
    """The kinds of objects that a command with these parameters targets, each with the parameter that names it."""
    found = {}
    row = next((name for name in ("clip_index", "scene_index") if name in parameter_names), None)
    if "track_index" in parameter_names:
        found["track"] = "track_index"
    if row is not None:
        # With a track a row is a clip; alone it is a scene.
        found["clip" if "track" in found else "scene"] = row
    for kind in ("device", "return"):
        if kind + "_index" in parameter_names:
            found[kind] = kind + "_index"
    return found


class Situation:
    """The objects that a command targets, for the client's condition. Each value is read from Live when first needed."""

    def __init__(self, host, action, params, budget):
        self._song = host.song
        self._budget = budget
        self._action = action
        self._params = params
        self._known = {}
        self._costs = {}

    def get(self, member, default=()):
        """What a condition compares: objects as tuples of Named, or a state. Each comparison costs time."""
        if member not in self._known:
            self._known[member] = self._look(member, default)
            self._costs[member] = matching_cost(self._known[member]) if member in reach.ALL else 0
        self._budget.spend(self._costs[member])
        return self._known[member]

    def names(self):
        """The names of the targets by kind, as an answer contains them."""
        return {kind: [each.name for each in self.get(kind)] for kind in self._action.targets}

    def touched(self):
        """The names of the targets and of the declared changes by kind; missing objects are left out."""
        by = {kind: parameter for kind, parameter in self._action.touches.items() if parameter is not None}
        by.update(self._action.targets)
        found = {kind: self._budget.names(self._named(kind, by)) for kind in by}
        return {kind: names for kind, names in found.items() if names}

    def _look(self, member, default):
        if member in _STATES:
            return _STATES[member](self._song, self._tracks(), self._budget)
        return self._objects_named(member) if member in reach.ALL else default

    def _objects_named(self, kind):
        return tuple(self._budget.named(self._named(kind, self._action.targets)))

    def _named(self, kind, by):
        index = self._params.get(by.get(kind))
        if index is None:
            return ()
        if kind == "clip":
            slots = [slot for track in self._tracks() for _, slot in _at(track.clip_slots, index)]
            return [(index, slot.clip) for slot in slots if slot.has_clip]
        if kind == "device":
            return [(int(index), device) for device in self._racks_and_device(index)[-1:]]
        return _at(reach.BY_INDEX[kind](self._song), index)

    def _racks_and_device(self, place):
        track = owner(self._song, self._params)
        return [] if track is None else racks_and_device(track.devices, place)

    def _tracks(self):
        """The targeted track, if any."""
        index = self._params.get("track_index")
        return () if index is None else [track for _, track in _at(self._song.tracks, index)]


class Shown(Situation):
    """The names that an answer may contain: those of the targets, and those that the action declares with `shows`.

    If a parameter may name any object of a kind, all names of that kind count.
    """

    def _objects_named(self, kind):
        return tuple(dict.fromkeys(self._shown(kind)))

    def _shown(self, kind):
        names = []
        if kind in self._action.targets:
            is_named = self._params.get(self._action.targets[kind]) is not None and self._is_track_known(kind)
            items = self._named(kind, self._action.targets) if is_named else reach.ALL[kind](self._song)
            names += self._budget.named(items)
            if kind == "device" and not items and is_named:
                # The answer reveals whether a device of the requested name exists.
                asked = getattr(self._params[self._action.targets[kind]], "name", None)
                names += [] if asked is None else [Named(asked, None)]
        if kind in self._action.shows:
            names += self._declared(kind, self._action.shows[kind])
        return names

    def _is_track_known(self, kind):
        """Whether an index of a clip or device says which it is: a track may be named otherwise than by its index."""
        if kind not in reach.ON_TRACK or "track" not in self._action.targets:
            return True
        return any(self._params.get(name) is not None for name in ("track_index", "return_index"))

    def _declared(self, kind, where):
        if callable(where):
            named = self._budget.each(where(self._song, **self._params))
            return [Named(name, None) for name in named if name is not None]
        if where is None:
            return self._budget.named(reach.ALL[kind](self._song))
        return self._budget.named(item for track in self._tracks() for item in reach.ON_TRACK[kind](track))


class Reach(Shown):
    """The objects that a command may change, look at, or name in its answer; the rules of roles are compared with them.

    If a command may change any object of a kind, it reaches all of them. A group includes its tracks, a rack its devices.
    A device inside racks belongs to them: what forbids a rack forbids its devices.
    A new name counts in addition to the present one. An object that the command creates has no present name: its new name cannot
    allow the command (`forbids` false), but may forbid it.
    """

    def __init__(self, host, action, params, budget, forbids):
        super().__init__(host, action, params, budget)
        self._host = host
        self._forbids = forbids

    def _objects_named(self, kind):
        action = self._action
        names = self._shown(kind)
        if kind in action.touches or kind in action.targets:
            names += self._budget.named(self._reached(kind))
        if kind == "device" and kind in action.targets and self._forbids:
            place = self._params.get(action.targets[kind])
            racks = () if place is None else self._racks_and_device(place)[:-1]
            names += self._budget.named((int(place), rack) for rack in racks)
        if kind == action.names and self._params.get("name") is not None and (kind in action.targets or self._forbids):
            names.append(Named(self._params["name"], self._params.get(action.targets.get(kind), NEW)))
        return tuple(dict.fromkeys(names))

    def objects(self, kind):
        """The objects of a kind that the command names, with their contents; if it names none, those that it reaches."""
        if self._params.get(self._action.targets.get(kind)) is not None:
            return reach.with_contents(kind, self._song, self._named(kind, self._action.targets))
        return self._reached(kind)

    def _reached(self, kind):
        touches, by = self._action.touches, self._action.targets
        if kind in touches and touches[kind] is None and not self._is_narrow(kind):
            return reach.ALL[kind](self._song)
        if touches.get(kind) is not None:
            by = touches
        return reach.with_contents(kind, self._song, self._named(kind, by))

    def _is_narrow(self, kind):
        """Whether a command that may change any object of a kind changes only its target this time."""
        narrows = self._action.narrows.get(kind)
        return narrows is not None and narrows(self._host, **self._params)


def matching_cost(objects):
    """The values of Live that could be read in the time that it takes to match these Named with a rule's patterns."""
    return int(sum(matching_values(each.name) for each in objects))


def _at(items, index):
    return ((index, items[index]),) if index < len(items) else ()


def _is_armed(song, named, budget):
    return any(track.can_be_armed and track.arm for track in budget.each(named or song.tracks, 2))


def _is_recording(song, _named, budget):
    """Into the arrangement or a session clip, including a recording that waits for its launch quantization."""
    return bool(
        song.record_mode
        or int(song.session_record_status) != SESSION_RECORD_OFF
        or any(_records_clip(track, budget) for track in song.tracks)
    )


def _records_clip(track, budget):
    """A track records only into the clip that it plays, so no other slot is read."""
    budget.spend(1)
    playing = track.playing_slot_index
    budget.spend(2 if playing >= 0 else 0)
    return playing >= 0 and track.clip_slots[playing].is_recording


_STATES = {
    "playing": lambda song, _named, _budget: bool(song.is_playing),
    "recording": _is_recording,
    "armed": _is_armed,
}
