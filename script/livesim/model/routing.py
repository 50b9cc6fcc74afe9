"""Routing: a track's signal source and destination (patch bay).

Assumed (UNCONFIRMED.md): that a track receives other tracks' signals "Post FX" by default, and that a route to a
deleted track becomes no output.
"""

from . import routing_entries as entries
from .base import State, reads

TYPE, CHANNEL = "type", "channel"


def _members(way, part):
    return ("%s_routing_%s" % (way, part), "current_%s_%srouting" % (way, "sub_" if part == CHANNEL else ""))


def _offers(way, part):
    return ("available_%s_routing_%ss" % (way, part), "%s_%sroutings" % (way, "sub_" if part == CHANNEL else ""))


def _kept(way, part):
    """The chosen entry; None before a choice. Another type offers other channels."""
    also = _members(way, part)
    return State(None, also=also if part == CHANNEL else (*also, *_members(way, CHANNEL), *_offers(way, CHANNEL)))


def _offered(way, part):
    return reads(lambda track: track.route(way).offered(part))


def _chosen(way, part):
    def put(track, entry):
        if entry not in track.route(way).offered(part):
            raise ValueError("The %s is not one of those that are available" % part)
        track.route(way).choose(part, entry)

    return reads(lambda track: track.route(way).chosen(part), put)


def _offered_names(way, part):
    """The same in the older members of the API: names instead of objects."""
    return reads(lambda track: [entry.display_name for entry in track.route(way).offered(part)])


def _chosen_name(way, part):
    def put(track, name):
        named = [entry for entry in track.route(way).offered(part) if entry.display_name == name]
        if not named:
            raise RuntimeError("There is no routing of that name")
        track.route(way).choose(part, named[0])

    return reads(lambda track: track.route(way).chosen(part).display_name, put)


class TrackRouting:
    _input_type = _kept("input", TYPE)
    _input_channel = _kept("input", CHANNEL)
    _midi_output_type = _kept("output", TYPE)
    _midi_output_channel = _kept("output", CHANNEL)
    _audio_output_type = _kept("output", TYPE)
    _audio_output_channel = _kept("output", CHANNEL)

    available_input_routing_types = _offered("input", TYPE)
    available_input_routing_channels = _offered("input", CHANNEL)
    available_output_routing_types = _offered("output", TYPE)
    available_output_routing_channels = _offered("output", CHANNEL)
    input_routing_type = _chosen("input", TYPE)
    input_routing_channel = _chosen("input", CHANNEL)
    output_routing_type = _chosen("output", TYPE)
    output_routing_channel = _chosen("output", CHANNEL)

    input_routings = _offered_names("input", TYPE)
    input_sub_routings = _offered_names("input", CHANNEL)
    output_routings = _offered_names("output", TYPE)
    output_sub_routings = _offered_names("output", CHANNEL)
    current_input_routing = _chosen_name("input", TYPE)
    current_input_sub_routing = _chosen_name("input", CHANNEL)
    current_output_routing = _chosen_name("output", TYPE)
    current_output_sub_routing = _chosen_name("output", CHANNEL)

    def route(self, way):
        """The current input or output of the track: the output of a MIDI track depends on its devices."""
        if way == "input":
            if not self.is_playable:
                raise RuntimeError("Group, Return and %s Tracks have no input routing!" % self.song.main_name)
            types = entries.midi_sources if self.has_midi_input else entries.audio_sources
            return Route(self, "input", types(self), entries.EXTERNAL, entries.source_channels)
        if self.is_main:
            raise RuntimeError("%s track has no output routing!" % self.song.main_name)
        if not self.has_audio_output:
            types = entries.midi_destinations(self)
            return Route(self, "midi_output", types, entries.NOWHERE, entries.destination_channels)
        types, usual = entries.audio_destinations(self), entries.PARENT_GROUP if self.is_grouped else entries.MAIN_TRACK
        return Route(self, "audio_output", types, usual, entries.destination_channels)

    @property
    def has_source(self):
        """Whether there is a sound to record. How Live treats MIDI tracks without an input has not been measured."""
        return self.has_midi_input or self.route("input").chosen(TYPE).category != entries.NOWHERE

    def post(self, member):
        super().post(member)
        if member == "name":
            for track in self.song.tracks + self.song.return_tracks:
                track.post_offers()

    def post_offers(self):
        """Called when the tracks of the set or their names have changed."""
        for way in ("input", "output"):
            for member in (*_offers(way, TYPE), *_members(way, TYPE), *_members(way, CHANNEL)):
                self.post(member)


class SidechainRouting:
    """The input of a device that other tracks control (sidechain)."""

    _input_type = _kept("input", TYPE)
    _input_channel = _kept("input", CHANNEL)

    available_input_routing_types = _offered("input", TYPE)
    available_input_routing_channels = _offered("input", CHANNEL)
    input_routing_type = _chosen("input", TYPE)
    input_routing_channel = _chosen("input", CHANNEL)

    def route(self, way):
        types = entries.sidechain_sources(self.track)
        return Route(self, way, types, entries.NOWHERE, lambda _device, source: entries.taps(self.track, source))


class Route:
    """One end of a track or device: the choices, and the chosen one."""

    def __init__(self, track, end, types, usual, channels_of):
        self.track, self.end, self.types, self.usual, self._channels_of = track, end, types, usual, channels_of

    def offered(self, part):
        return self.types if part == TYPE else self._channels_of(self.track, self.chosen(TYPE))

    def chosen(self, part):
        """The current offer, since another track may have been renamed or deleted."""
        offered, kept = self.offered(part), getattr(self.track, self._member(part))
        if kept in offered:
            return offered[offered.index(kept)]
        if part == CHANNEL:
            return next((entry for entry in offered if entry.display_name == entries.POST_FX), offered[0])
        category = self.usual if kept is None else entries.NOWHERE
        return next(entry for entry in offered if entry.category == category)

    def choose(self, part, entry):
        if entry == self.chosen(part):
            return
        if part == TYPE:
            setattr(self.track, self._member(CHANNEL), None)
        setattr(self.track, self._member(part), entry)

    def _member(self, part):
        return "_%s_%s" % (self.end, part)
