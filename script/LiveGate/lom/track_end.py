"""One end of a track, its input or its output: the choices that Live offers, and choosing by name."""

from ..errors import Refusal, shown
from . import polling, targets

INPUT, OUTPUT = "input", "output"


class TrackEnd:
    """Reads everything again on each use, because another type has other channels."""

    @classmethod
    def of(cls, host, track_index, way):
        track = targets.track(host, track_index)
        if way == INPUT and track.is_foldable:
            raise Refusal("live_error", "track %d (%s) is a group and has no input" % (track_index, track.name))
        return cls(track, track_index, way)

    def __init__(self, track, track_index, way):
        self.track, self._track_index, self._way = track, track_index, way

    @property
    def types(self):
        return getattr(self.track, "available_%s_routing_types" % self._way)

    @property
    def channels(self):
        return getattr(self.track, "available_%s_routing_channels" % self._way)

    @property
    def type(self):
        return getattr(self.track, "%s_routing_type" % self._way)

    @type.setter
    def type(self, entry):
        setattr(self.track, "%s_routing_type" % self._way, entry)

    @property
    def channel(self):
        return getattr(self.track, "%s_routing_channel" % self._way)

    @channel.setter
    def channel(self, entry):
        setattr(self.track, "%s_routing_channel" % self._way, entry)

    @property
    def type_name(self):
        return self.type.display_name

    @property
    def channel_name(self):
        return self.channel.display_name

    def choose_type(self, host, name, channel_name=None):
        """Steps (see steps.py) to the type of that name, and to the channel of that name if given."""
        entry = self._named(self.types, name, "routing_type_name")
        former = self.type, self.channel
        if entry != former[0]:
            self.type = entry

        def answer():
            if channel_name is None:
                return self._answer()
            try:
                return self.choose_channel(host, channel_name, "routing_channel")
            except Refusal:
                self.type, self.channel = former
                raise

        return self._when_taken(host, lambda: self.type_name == name, name, answer)

    def choose_channel(self, host, name, parameter, **fields):
        if type(name) is int:
            name = self._at(self.channels, name, parameter)
        self.channel = self._named(self.channels, name, parameter)
        return self._when_taken(host, lambda: self.channel_name == name, name, lambda: dict(self._answer(), **fields))

    def _when_taken(self, host, holds, name, answer):
        sentence = "Live did not take %s for the %s of track %d" % (shown(name), self._way, self._track_index)
        return polling.until(host, holds, answer, lambda: sentence)

    def _answer(self):
        route = self.type_name + (", " + self.channel_name if self.channel_name else "")
        return {
            "track_index": self._track_index,
            "routing_type": self.type_name,
            "routing_channel": self.channel_name,
            "message": "the %s of track %d is %s" % (self._way, self._track_index, route),
        }

    def _at(self, entries, place, parameter):
        """The name of the entry at a place in the list."""
        if place >= len(entries):
            sentence = "%s %d does not exist at the %s of track %d; there are %d"
            raise Refusal("live_error", sentence % (parameter, place, self._way, self._track_index, len(entries)))
        return entries[place].display_name

    def _named(self, entries, name, parameter):
        names = [entry.display_name for entry in entries]
        if name not in names:
            # Do not list the existing entries: they hold the names of other tracks.
            sentence = "%s %s does not exist at the %s of track %d; get_track_available_%s_routing_types lists those that do"
            raise Refusal("live_error", sentence % (parameter, shown(name), self._way, self._track_index, self._way))
        if names.count(name) > 1:
            sentence = "%s %s is ambiguous: %d entries at the %s of track %d have this name; rename one of the tracks"
            found = (parameter, shown(name), names.count(name), self._way, self._track_index)
            raise Refusal("live_error", sentence % found)
        return entries[names.index(name)]
