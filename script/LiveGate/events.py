"""The topics of subscriptions: the indexes of each event, the path to its value, and how to read it (observable values).

A function walks to the value and returns how to read it, or None if nothing is there. It listens only to members that
have listeners in both Live 11 and Live 12.
"""

from . import device_place
from .errors import shown
from .parameters import REQUIRED, Integer, Invalid, Object, Text
from .steps import AT_A_TIME

EVENT_NAME_LENGTH_MAX = 32
# Finding so many slots fits one tick.
SLOTS_PER_TOPIC = 64
EVENTS = {}


class Event:
    """One kind of value that a client can subscribe to."""

    def __init__(self, name, function, indexes, interval_ms):
        self.name = name
        self.interval_ms = interval_ms  # between two readings of the value, at least
        self.indexes = indexes
        self._find = function
        members = [("event", Text(max_length=EVENT_NAME_LENGTH_MAX), REQUIRED)]
        for index in indexes:
            members += device_place.TOPIC_MEMBERS if index == device_place.INDEX else [(index, Integer(), REQUIRED)]
        self._form = Object(members)

    def topic(self, value):
        """The client's topic as a key: the event and its indexes; a device inside racks has its path as a tuple."""
        checked = self._form.check(value)
        if device_place.INDEX in self.indexes:
            checked[device_place.INDEX] = device_place.index_or_path(checked)
        return (self.name,) + tuple(checked[index] for index in self.indexes)

    def named(self, indexes):
        """The indexes of a topic as an event's fields."""
        fields = dict(zip(self.indexes, indexes))
        if isinstance(fields.get(device_place.INDEX), tuple):
            fields[device_place.PATH] = fields.pop(device_place.INDEX)
        return fields

    def find(self, topic, path):
        """Walks along `path` and sets how to read the topic, or None; a generator that yields after each piece of the walk."""
        found = self._find(path, *topic.indexes)
        topic.read = (yield from found) if hasattr(found, "__next__") else found


class TopicForm:
    """The type of a topic in a request."""

    kind = "object"

    def check(self, value):
        if type(value) is not dict:
            raise Invalid("must be an object, got %s" % shown(value))
        name = value.get("event")
        if type(name) is not str:
            raise Invalid("must be a string, got %s" % shown(name) if "event" in value else "is required").at(".event")
        if name not in EVENTS:
            raise Invalid("must be one of %s, got %s" % (", ".join(EVENTS), shown(name))).at(".event")
        return EVENTS[name].topic(value)

    def entry(self):
        return {"type": self.kind}


def event(*indexes, interval_ms=0, name=None):
    """Registers the decorated function as the event of the same name, or of another."""

    def register(function):
        called = name or function.__name__
        EVENTS[called] = Event(called, function, indexes, interval_ms)
        return function

    return register


@event()
def tempo(path):
    return path.reading(path.song, "tempo", float)


TRANSPORT = ("is_playing", "record_mode", "session_record", "metronome", "loop", "arrangement_overdub")


@event()
def transport(path):
    song = path.song.subject
    path.listen(path.song, *TRANSPORT)
    return lambda: {member: bool(getattr(song, member)) for member in TRANSPORT}


@event("track_index")
def track_name(path, track_index):
    return path.reading(track_at(path, track_index), "name", str)


@event("track_index")
def track_volume(path, track_index):
    return path.reading(fader(path, track_at(path, track_index), "volume"), "value", float)


@event("track_index")
def track_pan(path, track_index):
    return path.reading(fader(path, track_at(path, track_index), "panning"), "value", float)


@event("track_index")
def track_mute(path, track_index):
    return path.reading(track_at(path, track_index), "mute", bool)


@event("track_index")
def track_solo(path, track_index):
    return path.reading(track_at(path, track_index), "solo", bool)


@event("track_index")
def track_arm(path, track_index):
    track = track_at(path, track_index)
    if track is not None and not track.subject.can_be_armed:
        return lambda: False  # such a track has no arm button, and no listener for it
    return path.reading(track, "arm", bool)


@event("track_index", "send_index")
def track_send(path, track_index, send_index):
    mixer = path.part(track_at(path, track_index), "mixer_device")
    return path.reading(path.item(mixer, "sends", send_index), "value", float)


@event("track_index")
def track_sends(path, track_index):
    mixer = path.part(track_at(path, track_index), "mixer_device")
    if mixer is None:
        return None
    sends = path.all(mixer, "sends")
    for node in sends:
        path.listen(node, "value")
    return lambda: [float(node.subject.value) for node in sends]


@event("track_index")
def track_devices(path, track_index):
    return names_of(path, track_at(path, track_index), "devices")


@event("track_index", "clip_index")
def track_clips(path, track_index, clip_index):
    """Reports the names of the clips in SLOTS_PER_TOPIC slots of the track, starting at `clip_index`, by row."""
    track = track_at(path, track_index)
    rows = range(clip_index, clip_index + SLOTS_PER_TOPIC)
    slots = [(row, path.item(track, "clip_slots", row)) for row in rows]
    if slots[0][1] is None:
        return None
    clips = [(str(row), path.part(slot, "clip", signalled_by="has_clip")) for row, slot in slots if slot is not None]
    named = [(row, clip) for row, clip in clips if clip is not None]
    for _, clip in named:
        path.listen(clip, "name")
    return lambda: {row: str(clip.subject.name) for row, clip in named}


@event("return_index")
def return_devices(path, return_index):
    return names_of(path, path.item(path.song, "return_tracks", return_index), "devices")


@event()
def master_devices(path):
    return names_of(path, path.part(path.song, "master_track"), "devices")


@event("return_index")
def return_volume(path, return_index):
    track = path.item(path.song, "return_tracks", return_index)
    return path.reading(fader(path, track, "volume"), "value", float)


@event()
def master_volume(path):
    return path.reading(fader(path, path.part(path.song, "master_track"), "volume"), "value", float)


@event("track_index", "clip_index")
def clip_state(path, track_index, clip_index):
    """Listens to the track as well: its members say which slot plays and which was fired."""
    track = track_at(path, track_index)
    slot = path.item(track, "clip_slots", clip_index)
    if slot is None:
        return None
    path.listen(track, "playing_slot_index", "fired_slot_index")
    path.listen(slot, "is_triggered", "playing_status", "controls_other_clips")
    clip = path.part(slot, "clip", signalled_by="has_clip")
    if clip is not None:
        path.listen(clip, "is_recording")
        return lambda: _state(slot.subject, clip.subject)
    return lambda: _state_without_clip(slot.subject)


@event("track_index", "clip_index")
def clip_name(path, track_index, clip_index):
    slot = path.item(track_at(path, track_index), "clip_slots", clip_index)
    return path.reading(path.part(slot, "clip", signalled_by="has_clip"), "name", str)


@event("scene_index")
def scene_state(path, scene_index):
    scene = path.item(path.song, "scenes", scene_index)
    if scene is None:
        return None
    path.listen(scene, "name", "is_triggered")
    return lambda: {"name": str(scene.subject.name), "is_triggered": bool(scene.subject.is_triggered)}


@event()
def selection(path):
    view = path.part(path.song, "view")
    path.follow(view, "selected_track")
    path.follow(view, "selected_scene")
    path.listen(view, "selected_track", "selected_scene")
    path.listen(path.song, "scenes")
    selected = view.subject.selected_track
    others = path.all(path.song, "return_tracks") + [path.part(path.song, "master_track")]
    track, track_index = next(((each, None) for each in others if each.subject == selected), (None, None))
    if track is None:
        track, track_index = yield from _same(path, "tracks", selected)
    if track is None:
        track = path.part(view, "selected_track")
    path.listen(track, "name")
    _, scene_index = yield from _same(path, "scenes", view.subject.selected_scene)
    return lambda: {
        "track_index": track_index,
        "track_name": str(track.subject.name),
        "scene_index": scene_index,
    }


def _same(path, member, wanted):
    """The node of this object in a list of the song's, and its index; None if it is not there."""
    for index, node in enumerate(path.each(path.song, member)):
        if node.subject == wanted:
            return node, index
        if index % AT_A_TIME == AT_A_TIME - 1:
            yield
    return None, None


@event()
def tracks(path):
    return names_of(path, path.song, "tracks")


@event()
def return_tracks(path):
    return names_of(path, path.song, "return_tracks")


@event()
def scenes(path):
    return names_of(path, path.song, "scenes")


def track_at(path, track_index):
    """The node of a track, or None."""
    return path.item(path.song, "tracks", track_index)


def fader(path, track, member):
    """The node of a parameter of a track's mixer, or None."""
    return path.part(path.part(track, "mixer_device"), member)


def names_of(path, owner, member):
    """Reports the names of a list's objects; it changes when objects are added or removed, too."""
    if owner is None:
        return None
    path.listen(owner, member)
    named = []
    for node in path.each(owner, member):
        path.listen(node, "name")
        named.append(node)
        if len(named) % AT_A_TIME == 0:
            yield
    return lambda: (str(node.subject.name) for node in named)


def _state(slot, playable):
    if slot.is_triggered:
        return "triggered"
    if playable.is_recording:
        return "recording"
    return "playing" if playable.is_playing else "stopped"


def _state_without_clip(slot):
    """A group's slot reports the clips in the group; an empty slot may wait for a recording to begin."""
    if slot.controls_other_clips:
        return _state(slot, slot)
    return "triggered" if slot.is_triggered and slot.will_record_on_start else "empty"
