"""Chains of racks, with their mixers. A chain of a drum rack plays one note, or all."""

from .base import Model, State, models, reads
from .color import Colored, check_index
from .device_chain import OF_AUDIO, OF_MIDI_ALONE, DeviceChain
from .mixer import UNITY_GAIN, Send, TrackActivator
from .parameter import DeviceParameter
from .ranges import within
from .units import PAN, VOLUME

ALL_NOTES = -1
HIGHEST_NOTE, CHOKE_GROUPS = 127, 16
_MUTED, _NAMELESS = 0.0, "Chain"


@models("ChainMixerDevice.ChainMixerDevice")
class ChainMixer(Model):
    """The mixer of a chain in a MIDI effect rack has only the activator."""

    chain_activator = State(owns=True)
    _volume = State(owns=True)
    _panning = State(owns=True)
    _sends = State((), owns=True)

    def __init__(self, chain):
        super().__init__(chain)
        self._values["chain_activator"] = TrackActivator(self)
        if chain.has_audio_mixer:
            self._values["_volume"] = DeviceParameter(self, "Chain Volume", 0, 1, UNITY_GAIN, unit=VOLUME)
            self._values["_panning"] = DeviceParameter(self, "Chain Pan", -1, 1, 0, unit=PAN)

    def add_send(self):
        self._values["_sends"] = (*self._sends, Send(self))

    @reads
    def volume(self):
        return self._of_audio(self._volume)

    @reads
    def panning(self):
        return self._of_audio(self._panning)

    @reads
    def sends(self):
        return self._of_audio(self._sends)

    def _of_audio(self, part):
        if not self.parent.has_audio_mixer:
            raise RuntimeError("Chains of MIDI effect racks have no such parameter")
        return part


@models("Chain.Chain")
class Chain(Colored, DeviceChain, Model):
    mixer_device = State(owns=True)
    is_auto_colored = State(True, also=("color", "color_index"))
    _color_index = State(0, check=check_index, also=("color", "color_index"))
    _solo = State(False, also=("solo",))
    _given_name = State("", also=("name",))

    def __init__(self, rack, name=""):
        super().__init__(rack)
        self._values["_given_name"] = name
        self._values["mixer_device"] = ChainMixer(self)

    @property
    def track(self):
        return self.parent.track

    @property
    def is_on(self):
        return self.parent.is_active

    @property
    def has_audio_mixer(self):
        return self.taken_types != OF_MIDI_ALONE

    @property
    def taken_types(self):
        return self.parent.chains_take

    @reads
    def name(self):
        """A chain without a name of its own has the name of its first device."""
        return self._given_name or next((device.name for device in self.devices), _NAMELESS)

    @name.setter
    def name(self, value):
        self._given_name = value

    @reads
    def color_index(self):
        return self.track.color_index if self.is_auto_colored else self._color_index

    @color_index.setter
    def color_index(self, value):
        self._color_index = value
        self.is_auto_colored = False

    @reads
    def has_audio_input(self):
        return self.taken_types == OF_AUDIO

    @reads
    def has_midi_input(self):
        return self.taken_types != OF_AUDIO

    @reads
    def has_audio_output(self):
        return self.puts_out_audio

    @reads
    def has_midi_output(self):
        return not self.puts_out_audio

    @reads
    def mute(self):
        return self.mixer_device.chain_activator.value == _MUTED

    @mute.setter
    def mute(self, value):
        self.mixer_device.chain_activator.value = _MUTED if value else 1.0

    @reads
    def solo(self):
        return self._solo

    @solo.setter
    def solo(self, value):
        self._solo = value

    @reads
    def muted_via_solo(self):
        return not self._solo and any(chain.solo for chain in self.parent.chains)

    def post(self, member):
        super().post(member)
        if member == "devices":
            self.post("name")
        if member == "solo":
            for chain in self.parent.chains:
                chain.post("muted_via_solo")


@models("DrumChain.DrumChain")
class DrumChain(Chain):
    """`in_note` is the note that plays the chain, and decides its pad; `out_note` is the note its devices get."""

    in_note = State(ALL_NOTES, check=within(ALL_NOTES, HIGHEST_NOTE))
    out_note = State(60, check=within(0, HIGHEST_NOTE))
    choke_group = State(0, check=within(0, CHOKE_GROUPS))

    def put(self, note):
        """Before it is part of a rack: sets the note that decides its pad."""
        self._values["in_note"] = note

    def post(self, member):
        super().post(member)
        self.parent.post_to_pads(self, member)
