"""Plans of devices for initial sets: built-in devices by name, racks, plug-ins, Max devices, Simplers with a sample."""

import dataclasses
import os

from .model.audio_file import AudioFile
from .model.chain import ALL_NOTES
from .model.device import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT
from .model.device_kinds import make_device
from .model.kind import Kind, knob
from .model.simpler import Sample
from .model.third_party_devices import MaxDevice, PluginDevice

_MAX_KINDS = {
    INSTRUMENT: ("Max Instrument", "MxDeviceInstrument"),
    AUDIO_EFFECT: ("Max Audio Effect", "MxDeviceAudioEffect"),
    MIDI_EFFECT: ("Max MIDI Effect", "MxDeviceMidiEffect"),
}


def place(chain, plans):
    """Adds devices to a track or a chain: names of built-in ones, and plans."""
    made = [make_device(chain, plan) if isinstance(plan, str) else plan.build(chain) for plan in plans]
    _require_order(chain, made)
    chain.devices = tuple(made)


def _require_order(chain, devices):
    """MIDI effects, at most one instrument, audio effects, as far as the chain takes them."""
    before = None
    for device in devices:
        if device.type not in chain.taken_types:
            raise ValueError("%s can not stand in the chain of %s" % (device.name, chain.name))
        order = chain.taken_types.index(device.type)
        if before is not None and (order < before or order == before and device.type == INSTRUMENT):
            raise ValueError("%s can not stand at that place in the chain of %s" % (device.name, chain.name))
        before = order


@dataclasses.dataclass(frozen=True)
class ChainPlan:
    """A chain of a rack. In a drum rack, `note` is the note of the chain's pad."""

    devices: tuple = ()
    name: str = ""
    note: int = ALL_NOTES

    def build(self, rack, model):
        chain = model(rack, self.name)
        if self.note != ALL_NOTES:
            chain.put(self.note)
        place(chain, self.devices)
        return chain


@dataclasses.dataclass(frozen=True)
class RackPlan:
    """`macros` maps the number of a macro, from 0, to the parameters it controls: (chain, device, name) of each."""

    name: str = "Instrument Rack"
    chains: tuple = ()
    returns: tuple = ()
    macros: dict = dataclasses.field(default_factory=dict)

    def build(self, parent):
        rack = make_device(parent, self.name)
        rack.chains = tuple(chain.build(rack, rack.chain_model) for chain in self.chains)
        rack.return_chains = tuple(chain.build(rack, rack.return_chain_model) for chain in self.returns)
        for chain in rack.chains:
            for _return_chain in self.returns:
                chain.mixer_device.add_send()
        for number, targets in self.macros.items():
            rack.macros[number].map_to(*(_find(rack, *target) for target in targets))
            rack.macros[number].meet_targets()
        return rack


def _find(rack, chain_index, device_index, name):
    try:
        parameters = rack.chains[chain_index].devices[device_index].parameters
        return next(parameter for parameter in parameters if parameter.name == name)
    except (IndexError, StopIteration):
        where = "chain %d, device %d of %s" % (chain_index, device_index, rack.name)
        raise ValueError("a macro names %r in %s, which is not there" % (name, where)) from None


@dataclasses.dataclass(frozen=True)
class PluginPlan:
    """`parameters` names the configured parameters; the class is "AuPluginDevice" for Audio Units."""

    name: str
    type: int = INSTRUMENT
    parameters: tuple = ("Cutoff", "Resonance")
    presets: tuple = ()
    class_name: str = "PluginDevice"

    def build(self, parent):
        kind = Kind(self.name, self.class_name, self.type, PluginDevice, _knobs(self.parameters), details=self.presets)
        return kind.make(parent)


@dataclasses.dataclass(frozen=True)
class MaxPlan:
    """`inputs` and `outputs` are the numbers of the device's own audio connections."""

    name: str
    type: int = AUDIO_EFFECT
    parameters: tuple = ("Amount", "Rate")
    inputs: int = 0
    outputs: int = 0

    def build(self, parent):
        display_name, class_name = _MAX_KINDS[self.type]
        connections = (self.inputs, self.outputs)
        kind = Kind(display_name, class_name, self.type, MaxDevice, _knobs(self.parameters), details=connections)
        device = kind.make(parent)
        device.name = self.name
        return device


@dataclasses.dataclass(frozen=True)
class SimplerPlan:
    """A Simpler with a sample, which gives it its name."""

    file: AudioFile

    def build(self, parent):
        simpler = make_device(parent, "Simpler")
        simpler.sample = Sample(simpler, self.file)
        simpler.name = os.path.splitext(os.path.basename(self.file.path))[0]
        return simpler


def _knobs(names):
    return tuple(knob(name, 0.5) for name in names)
