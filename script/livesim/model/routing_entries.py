"""The entries of the routing choosers: possible connections of a track in the set and in the simulated studio.

That studio has an audio interface with two inputs and two outputs, a computer keyboard and no MIDI ports. Entries have
Live's names. Assumed (UNCONFIRMED.md): that a type without channels offers one channel with an empty name.
"""

from .base import models
from .values import Value

EXTERNAL, RESAMPLING, MAIN_TRACK, TRACK, PARENT_GROUP, NOWHERE = 0, 2, 3, 4, 5, 6
MIDI_LAYOUT, MONO, STEREO = 0, 1, 2
POST_FX = "Post FX"
_TAPS = ("Pre FX", POST_FX, "Post Mixer")
_MIDI_CHANNELS = ("All Channels", *("Ch. %d" % number for number in range(1, 17)))


@models("Track.RoutingType")
class RoutingType(Value):
    """An entry of the upper chooser. Entries of other tracks are equal if they mean the same track."""

    fields = {"display_name": "", "category": NOWHERE, "attached_object": None}

    def __eq__(self, other):
        return isinstance(other, RoutingType) and self._meaning == other._meaning

    def __hash__(self):
        return hash(self._meaning)

    @property
    def _meaning(self):
        return self.category, self.attached_object or self.display_name


@models("Track.RoutingChannel")
class RoutingChannel(Value):
    """An entry of the lower chooser: the channel of the chosen type."""

    fields = {"display_name": "", "layout": STEREO}

    def __eq__(self, other):
        return isinstance(other, RoutingChannel) and self._meaning == other._meaning

    def __hash__(self):
        return hash(self._meaning)

    @property
    def _meaning(self):
        return self.display_name, self.layout


def midi_sources(track):
    outside = [_entry(track, "All Ins", EXTERNAL), _entry(track, "Computer Keyboard", EXTERNAL)]
    return [*outside, *_tracks(track, lambda other: other.has_midi_input), _entry(track, "No Input", NOWHERE)]


def audio_sources(track):
    outside = [_entry(track, "Ext. In", EXTERNAL), _entry(track, "Resampling", RESAMPLING)]
    inside = [*_tracks(track, lambda other: other.has_audio_output), *_returns(track), _main(track)]
    return [*outside, *inside, _entry(track, "No Input", NOWHERE)]


def sidechain_sources(track):
    inside = [*_tracks(track, lambda other: other.has_audio_output), *_returns(track), _main(track)]
    return [_entry(track, "No Input", NOWHERE), *inside]


def taps(track, source):
    return _channels(track, _TAPS if source.category in (TRACK, MAIN_TRACK) else [""], STEREO)


def midi_destinations(track):
    return [*_tracks(track, lambda other: other.has_midi_input), _entry(track, "No Output", NOWHERE)]


def audio_destinations(track):
    """A track's own group has its own kind of entry."""
    group = [_entry(track, "Group", PARENT_GROUP)] if track.is_grouped else []
    others = _tracks(track, lambda other: not other.has_midi_input and other is not track.group_track)
    inside = [*group, _main(track), *others, *_returns(track)]
    return [_entry(track, "Ext. Out", EXTERNAL), *inside, _entry(track, "Sends Only", NOWHERE)]


def source_channels(track, source):
    if source.category in (TRACK, MAIN_TRACK):
        return _channels(track, _TAPS, MIDI_LAYOUT if track.has_midi_input else STEREO)
    if source.category == EXTERNAL:
        return _channels(track, _MIDI_CHANNELS, MIDI_LAYOUT) if track.has_midi_input else _interface(track)
    return _channels(track, [""], STEREO)


def destination_channels(track, destination):
    if destination.category == EXTERNAL:
        return _interface(track)
    layout = STEREO if track.has_audio_output else MIDI_LAYOUT
    return _channels(track, ["Track In" if destination.category == TRACK else ""], layout)


def _tracks(track, is_offered):
    return [_to(other) for other in track.song.tracks if other is not track and is_offered(other)]


def _returns(track):
    return [_to(other) for other in track.song.return_tracks if other is not track]


def _main(track):
    return _entry(track, track.song.main_name, MAIN_TRACK)


def _to(other):
    return RoutingType(other.live, display_name=other.name, category=TRACK, attached_object=other)


def _entry(track, name, category):
    return RoutingType(track.live, display_name=name, category=category)


def _interface(track):
    return [*_channels(track, ["1/2"], STEREO), *_channels(track, ["1", "2"], MONO)]


def _channels(track, names, layout):
    return [RoutingChannel(track.live, display_name=name, layout=layout) for name in names]
