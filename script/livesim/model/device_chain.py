"""The chain of devices of a track or of a chain in a rack: allowed positions, insertion and deletion.

MIDI effects come first, then at most one instrument, then audio effects; audio tracks and audio effect racks take audio
effects alone, MIDI effect racks MIDI effects alone. Assumed (UNCONFIRMED.md): that `insert_device` refuses a second
instrument, while the browser replaces the first one.
"""

from . import kind as kinds
from .base import State, command
from .device import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT

AT_THE_END = -1
OF_MIDI, OF_AUDIO, OF_MIDI_ALONE = (MIDI_EFFECT, INSTRUMENT, AUDIO_EFFECT), (AUDIO_EFFECT,), (MIDI_EFFECT,)
_SIGNALS = ("has_audio_output", "has_midi_output")


class DeviceChain:
    """A subclass states in `taken_types` which types it takes, in their order, and has `is_on` and `track`."""

    devices = State((), owns=True)

    @command
    def insert_device(self, name, index=AT_THE_END):
        self.require_thawed()
        kind = kinds.built_in(self.live, name)
        present = self.devices
        index = len(present) if index == AT_THE_END else index
        if index not in self.places_for(kind.type):
            raise RuntimeError("Can not insert device '%s': it can not stand at that place" % name)
        device = kind.make(self)
        self.devices = present[:index] + (device,) + present[index:]
        return device

    @command
    def delete_device(self, index):
        self.require_thawed()
        if not 0 <= index < len(self.devices):
            raise IndexError("Invalid device index")
        self.devices = self.devices[:index] + self.devices[index + 1 :]

    @command
    def duplicate_device(self, index):
        self.require_thawed()
        if not 0 <= index < len(self.devices):
            raise IndexError("Invalid device index")
        device = self.devices[index]
        if device.type == INSTRUMENT:
            raise RuntimeError("Can not duplicate instrument")
        self.devices = self.devices[: index + 1] + (device.copied(self),) + self.devices[index + 1 :]

    def require_thawed(self):
        if self.track.is_frozen:
            raise RuntimeError("The track is frozen")

    @property
    def instrument(self):
        return next((device for device in self.devices if device.type == INSTRUMENT), None)

    def places_for(self, device_type, without=None):
        """The allowed positions for a device of that type, counted with all devices but `without`."""
        types = [device.type for device in self.devices if device is not without]
        places = range(len(types) + 1)
        return [place for place in places if self._is_in_order([*types[:place], device_type, *types[place:]])]

    def nearest_place(self, device_type, wanted, without=None):
        return min(self.places_for(device_type, without), key=lambda place: abs(place - wanted), default=None)

    def _is_in_order(self, types):
        if not set(types) <= set(self.taken_types) or types.count(INSTRUMENT) > 1:
            return False
        ranks = [self.taken_types.index(kind) for kind in types]
        return ranks == sorted(ranks)

    @property
    def puts_out_audio(self):
        return MIDI_EFFECT not in self.taken_types or self.instrument is not None

    def post(self, member):
        super().post(member)
        if member == "devices":
            for signal in _SIGNALS:
                self.post(signal)
