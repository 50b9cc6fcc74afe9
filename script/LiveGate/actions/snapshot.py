"""Reads the set, or a part of it, to any depth in one answer (bulk read)."""

from ..device_place import DEVICE_PATH, DevicePlace, racks_and_device
from ..errors import Refusal, shown
from ..lines import Encoded, json_of
from ..lom import device_descriptions, parameter_values, targets
from ..lom.excursion import when_at_home
from ..lom.listing import described
from ..parameters import Boolean, Integer, Text
from ..registry import action
from ..steps import when_time_allows
from . import arrangement, audio_clip, clip, groove, locator, master, mixer, notes, rack, return_track, routing, scene
from . import song, track

BYTES_MAX = 3 * 1024 * 1024
# So many fragments of text are made without checking the clock.
FRAGMENTS_PER_PIECE = 8
RESTARTS_MAX = 3
SET = "set"

NAME = Text(max_length=256, min_length=1)


def _scenes_shown(song, track_index=None, track_name=None, return_index=None, master=False, **_others):
    """The names of scenes occur in a snapshot of the whole set, not in that of a track."""
    is_of_set = track_index is None and track_name is None and return_index is None and not master
    return [scene.name for scene in song.scenes] if is_of_set else ()


def _connected_tracks(song, track_index=None, clip_index=None, device_index=None, device_path=None, **_others):
    """The names of tracks in the routing of the one track that is described."""
    is_of_track = track_index is not None and clip_index is None and device_index is None and device_path is None
    return routing.mentioned(song, "track", track_index) if is_of_track else ()


@action(
    "snapshot",
    ["read"],
    result={"kind": "string", "depth": "integer", "consistent": "boolean", "ticks": "integer", "snapshot": "object"},
    heavy={"depth": 2},
    shows={"return": None, "scene": _scenes_shown, "track": _connected_tracks},
    sentence="<read> a snapshot of the set[: {the track}][: {the return}]{master?: the master:}[, {the clip}][, {the device}]",
)
def get_snapshot(
    host,
    track_index: targets.INDEX = None,
    track_name: NAME = None,
    return_index: targets.INDEX = None,
    master: Boolean() = False,
    clip_index: targets.INDEX = None,
    clip_name: NAME = None,
    device_index: targets.INDEX = None,
    device_name: NAME = None,
    device_path: DEVICE_PATH = None,
    depth: Integer(minimum=0, maximum=6, unit="levels") = 1,
):
    """Describes the whole set, or one track, clip or device of it, named by index or by exact name, in one answer.

    Depth 0 is the object itself; each further level adds its contents. A set contains tracks, return_tracks, master_track,
    scenes, locators and grooves; a track routing, sends, clips (by row), arrangement_clips, take_lanes and devices; a clip
    notes, a take lane its clips; a device parameters and chains; a chain devices. A clip has the name of its groove, or null;
    an audio clip gain, pitch and warping. track_name may also name a return track or the master track, as return_index and
    master do; device_path leads to a device inside racks, as in [0, 1, 0]: device, chain, device.
    A long snapshot takes several ticks; consistent is false if tracks or scenes were added, moved or deleted meanwhile.
    At most 3 MiB. Uses the readable members of Song and of everything in it.
    """
    device = _without_none(device_index=device_index, device_name=device_name, device_path=device_path)
    clip = _without_none(clip_index=clip_index, clip_name=clip_name)
    if clip and device:
        raise Refusal("invalid_params", "pass either a clip or a device, not both")
    track = _without_none(track_index=track_index, track_name=track_name, return_index=return_index, master=master or None)
    kind, walk = _chosen(host, _place(host, **_one_of(track)), _one_of(clip), _one_of(device), depth)

    def begin():
        return Snapshot(host, kind, depth, walk).begin()

    # The snapshot of the set includes the play position.
    return when_at_home(host, begin) if kind == SET else begin()


class Snapshot:
    """A snapshot in progress: text that grows by a few fragments per step."""

    def __init__(self, host, kind, depth, walk):
        self._host = host
        self._kind = kind
        self._depth = depth
        self._make_walk = walk
        self._first_tick = host.tick
        self._began_with = self._structure = _structure(host.song)
        self._restarts = 0

    def begin(self):
        self._walk = self._make_walk()
        self._fragments = []
        self._bytes = 0
        return self.step()

    def step(self):
        for _ in range(FRAGMENTS_PER_PIECE):
            try:
                fragment = next(self._walk)
            except StopIteration:
                return self._answer()
            except Exception:
                if not self._may_begin_anew():
                    raise
                return when_time_allows(self._begin_anew, begun=False)
            self._take(fragment)
        return when_time_allows(self.step, begun=False)

    def _begin_anew(self):
        return when_at_home(self._host, self.begin)

    def _may_begin_anew(self):
        """Whether the error came from a deletion during the walk, so that the walk can restart."""
        structure = _structure(self._host.song)
        if structure == self._structure or self._restarts == RESTARTS_MAX:
            return False
        self._structure = structure
        self._restarts += 1
        return True

    def _take(self, fragment):
        self._fragments.append(fragment)
        self._bytes += len(fragment)
        if self._bytes > BYTES_MAX:
            raise Refusal("live_error", "the snapshot would exceed 3 MiB; request less depth, or one track at a time")

    def _answer(self):
        return {
            "kind": self._kind,
            "depth": self._depth,
            "consistent": _structure(self._host.song) == self._began_with,
            "ticks": self._host.tick - self._first_tick + 1,
            "snapshot": Encoded("".join(self._fragments)),
        }


def _chosen(host, place, clip, device, depth):
    """The kind of the requested object, and a function that starts the walk through it."""
    if not clip and not device:
        if place is None:
            return SET, lambda: _of_set(host, depth)
        return "track", lambda: _of_track(host, place, depth)
    if place is None:
        what = "clip" if clip else "device"
        raise Refusal("invalid_params", "a %s needs its track: pass track_index or track_name" % what)
    track = place.find(host.song)
    if clip:
        slots = track.clip_slots if place.kind == "track" else ()
        filled = [(slot.clip if slot.has_clip else None) for slot in slots]
        row = _index(filled, "clip", clip.get("clip_index"), clip.get("clip_name"))
        return "clip", lambda: _of_clip(row, slots[row].clip, depth)
    index, found = _device(track, **device)
    return "device", lambda: _of_device(index, found, depth)


def _device(track, device_index=None, device_name=None, device_path=None):
    """The index of a device in its chain, and the device."""
    if device_path is None:
        index = _index(track.devices, "device", device_index, device_name)
        return index, track.devices[index]
    if len(device_path) % 2 == 0:
        raise Refusal("invalid_params", "device_path must be a device, then any number of a chain and a device in it")
    found = racks_and_device(track.devices, DevicePlace(device_path))
    if not found:
        path = ".".join(map(str, device_path))
        raise Refusal("live_error", "device_path %s leads to no device of %s" % (path, track.name))
    return device_path[-1], found[-1]


def _place(host, track_index=None, track_name=None, return_index=None, master=None):
    """The requested track, or None."""
    if track_index is not None:
        targets.track(host, track_index)
        return Place("track", track_index)
    if return_index is not None:
        targets.return_track(host, return_index)
        return Place("return", return_index)
    if track_name is None:
        return Place("master") if master else None
    places = _places(host.song)
    return places[_index([place.find(host.song) for place in places], "track", None, track_name)]


def _index(items, what, index, name):
    """The position of the item with this index or name; None among the items is an empty place."""
    if index is not None:
        if index >= len(items) or items[index] is None:
            sentence = "there is no %s at %s_index %d; there are %d places"
            raise Refusal("live_error", sentence % (what, what, index, len(items)))
        return index
    found = [place for place, item in enumerate(items) if item is not None and item.name == name]
    if len(found) != 1:
        there = "none" if not found else "several, at %s" % ", ".join(map(str, found[:10]))
        raise Refusal("live_error", "expected one %s called %s, and there is %s" % (what, shown(name), there))
    return found[0]


def _without_none(**params):
    return {name: value for name, value in params.items() if value is not None}


def _one_of(params):
    """`params`, of which at most one may be there."""
    if len(params) > 1:
        raise Refusal("invalid_params", "pass either %s, not both" % " or ".join(sorted(params)))
    return params


def _structure(song):
    """Identifies the tracks and scenes and their order."""
    return tuple(item._live_ptr for items in (song.tracks, song.return_tracks, song.scenes) for item in items)


class Place:
    """The place of a track: among the set's tracks, its return tracks, or the master track."""

    def __init__(self, kind, index=0):
        self.kind = kind
        self._index = index

    def find(self, live):
        tracks = {"track": live.tracks, "return": live.return_tracks, "master": (live.master_track,)}
        return tracks[self.kind][self._index]

    def info(self, host, num_clips):
        if self.kind == "track":
            own = track.info(host, self._index, num_clips)
        elif self.kind == "return":
            own = return_track.get_return_track_info(host, self._index)
        else:
            own = master.get_master_track_info(host)
        return dict(own, kind=self.kind)

    def sends(self, host):
        """The sends of the track; only the set's tracks have them in a snapshot."""
        return mixer.get_track_sends(host, self._index)["sends"] if self.kind == "track" else ()


def _places(live):
    """The places of all tracks, return tracks and the master track."""
    return [*_places_of("track", live.tracks), *_places_of("return", live.return_tracks), Place("master")]


def _of_set(host, depth):
    """The play position must be at home, since it is part of the set."""
    live = host.song
    return _described(
        song.described(live),
        depth,
        tracks=lambda: _array(_of_track(host, place, depth - 1) for place in _places_of("track", live.tracks)),
        return_tracks=lambda: _array(
            _of_track(host, place, depth - 1) for place in _places_of("return", live.return_tracks)
        ),
        master_track=lambda: _of_track(host, Place("master"), depth - 1),
        scenes=lambda: _array(_flat(scene.get_scene_info(host, index)) for index in range(len(live.scenes))),
        locators=lambda: _array(None if each is None else _flat(each) for each in locator.described(live)),
        grooves=lambda: _array(map(_flat, described(live.groove_pool.grooves, groove.described))),
    )


def _of_track(host, place, depth):
    found = place.find(host.song)
    slots = found.clip_slots if place.kind == "track" else ()
    num_clips = 0
    for is_filled in track.slots_filled(found) if place.kind == "track" else ():
        num_clips += is_filled
        yield ""
    yield from _described(
        place.info(host, num_clips),
        depth,
        routing=lambda: _flat(routing.routed(found) if place.kind == "track" else {}),
        sends=lambda: _array(map(_flat, place.sends(host))),
        clips=lambda: _array(_clip_or_none(row, slot, depth - 1) for row, slot in enumerate(slots)),
        arrangement_clips=lambda: _array(map(_flat, _arrangement(found) if place.kind == "track" else ())),
        take_lanes=lambda: _array(_of_lane(index, lane, depth - 1) for index, lane in enumerate(_lanes(found))),
        devices=lambda: _array(_of_device(index, device, depth - 1) for index, device in enumerate(found.devices)),
    )


def _lanes(track):
    return getattr(track, "take_lanes", ())  # since Live 12


def _of_lane(index, lane, depth):
    own = {"index": index, "name": lane.name, "num_clips": len(lane.arrangement_clips)}
    return _described(own, depth, clips=lambda: _array(map(_flat, _arrangement(lane))))


def _clip_or_none(row, slot, depth):
    return _of_clip(row, slot.clip, depth) if slot.has_clip else None


def _of_clip(row, found, depth):
    own = dict(
        clip.described(found),
        clip_index=row,
        looping=bool(found.looping),
        start_marker=found.start_marker,
        end_marker=found.end_marker,
        signature_numerator=found.signature_numerator,
        signature_denominator=found.signature_denominator,
        groove=str(found.groove.name) if found.has_groove else None,
    )
    if found.is_audio_clip:
        own.update(audio_clip.sound(found))
    return _described(own, depth, notes=lambda: _array(_notes(found) if found.is_midi_clip else ()))


def _of_device(index, found, depth):
    chains = found.chains if found.can_have_chains else ()
    return _described(
        device_descriptions.described(index, found),
        depth,
        parameters=lambda: _array(
            _flat(parameter_values.described(place, parameter)) for place, parameter in enumerate(found.parameters)
        ),
        chains=lambda: _array(_of_chain(place, chain, depth - 1) for place, chain in enumerate(chains)),
    )


def _arrangement(found):
    return described(found.arrangement_clips, arrangement.description)


def _notes(found):
    return (note if note is None else _flat(note) for note in notes.each_of(found))


def _of_chain(index, found, depth):
    devices = found.devices
    return _described(
        rack.described(index, found),
        depth,
        devices=lambda: _array(_of_device(place, device, depth - 1) for place, device in enumerate(devices)),
    )


def _places_of(kind, tracks):
    return [Place(kind, index) for index in range(len(tracks))]


def _described(own, depth, **children):
    """The object's own values, followed by its children if the depth includes them."""
    text = json_of(own)
    if depth <= 0:
        yield text
        return
    yield text[:-1]
    for name, child in children.items():
        yield ', "%s": ' % name
        yield from child()
    yield "}"


def _array(items):
    separator = "["
    for item in items:
        if item is None:  # work before the first item
            yield ""
            continue
        yield separator
        yield from item
        separator = ", "
    yield "]" if separator == ", " else "[]"


def _flat(values):
    """An object without children."""
    yield json_of(values)
