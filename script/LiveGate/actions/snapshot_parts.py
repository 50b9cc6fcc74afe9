"""What a snapshot says of each kind of thing: fragments of JSON text, made one after the other (serialisation)."""

from ..lines import json_of
from ..lom import device_descriptions, parameter_values
from ..lom.listing import described
from . import arrangement, clip, locator, master, mixer, notes, rack, return_track, scene, song, track


class Place:
    """Where a track is: among the set's tracks or return tracks, or at their end."""

    def __init__(self, kind, index=0):
        self.kind = kind
        self._index = index

    def find(self, live):
        tracks = {"track": live.tracks, "return": live.return_tracks, "master": (live.master_track,)}
        return tracks[self.kind][self._index]

    def info(self, host):
        infos = {"track": track.get_track_info, "return": return_track.get_return_track_info}
        if self.kind == "master":
            return dict(master.get_master_track_info(host), kind=self.kind)
        return dict(infos[self.kind](host, self._index), kind=self.kind)

    def sends(self, host):
        """What goes to the return tracks; only the set's tracks have sends here."""
        return mixer.get_track_sends(host, self._index)["sends"] if self.kind == "track" else ()


def places(live):
    """Of all tracks, return tracks and the master track."""
    return [*_places("track", live.tracks), *_places("return", live.return_tracks), Place("master")]


def of_set(host, depth):
    """For a song that stands where it belongs: its position is part of it."""
    live = host.song
    return _described(
        song.described(live),
        depth,
        tracks=lambda: _array(of_track(host, place, depth - 1) for place in _places("track", live.tracks)),
        return_tracks=lambda: _array(
            of_track(host, place, depth - 1) for place in _places("return", live.return_tracks)
        ),
        master_track=lambda: of_track(host, Place("master"), depth - 1),
        scenes=lambda: _array(_flat(scene.get_scene_info(host, index)) for index in range(len(live.scenes))),
        locators=lambda: _array(map(_flat, locator.described(live))),
    )


def of_track(host, place, depth):
    found = place.find(host.song)
    slots = found.clip_slots if place.kind == "track" else ()
    return _described(
        place.info(host),
        depth,
        sends=lambda: _array(map(_flat, place.sends(host))),
        clips=lambda: _array(of_clip(row, slot.clip, depth - 1) for row, slot in enumerate(slots) if slot.has_clip),
        arrangement_clips=lambda: _array(map(_flat, _arrangement(found) if place.kind == "track" else ())),
        devices=lambda: _array(of_device(index, device, depth - 1) for index, device in enumerate(found.devices)),
    )


def of_clip(row, found, depth):
    own = dict(
        clip.described(found),
        clip_index=row,
        looping=bool(found.looping),
        start_marker=found.start_marker,
        end_marker=found.end_marker,
        signature_numerator=found.signature_numerator,
        signature_denominator=found.signature_denominator,
    )
    return _described(own, depth, notes=lambda: _array(_notes(found) if found.is_midi_clip else ()))


def of_device(index, found, depth):
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
        devices=lambda: _array(of_device(place, device, depth - 1) for place, device in enumerate(devices)),
    )


def _places(kind, tracks):
    return [Place(kind, index) for index in range(len(tracks))]


def _described(own, depth, **children):
    """The values of a thing, and below them what is in it, if that is asked for."""
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
        if item is None:  # work on the way to the first one
            yield ""
            continue
        yield separator
        yield from item
        separator = ", "
    yield "]" if separator == ", " else "[]"


def _flat(values):
    """A thing in which nothing is."""
    yield json_of(values)
