"""Reads the devices of a set's description: built-in ones by name, racks with chains, plug-ins, Max devices, samples.

    "EQ Eight"                                        a built-in device
    {"device": "Reverb", "name": "Hall", "parameters": {"Decay Time": 0.7}}
    {"device": "Drum Rack", "chains": [{"name": "Kick", "note": 36, "devices": [{"sample": "Kick", "seconds": 0.5}]}]}
    {"plugin": "Synth", "parameters": ["Cutoff"], "presets": ["Init"]},  {"max": "Shimmer", "type": "audio_effect"}
"""

import dataclasses

from .device_plan import ChainPlan, MaxPlan, PluginPlan, RackPlan, SimplerPlan
from .model import kind as kinds
from .model.audio_file import RECORDED_RATE, AudioFile
from .model.chain import ALL_NOTES
from .model.device import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT
from .model.device_kinds import make_device
from .set_fields import Fields, SetError, number, text

DEVICES_MAX, CHAINS_MAX, RACKS_DEEP_MAX, NAMES_MAX = 32, 128, 8, 128
MACROS = 16
_TYPES = {"instrument": INSTRUMENT, "audio_effect": AUDIO_EFFECT, "midi_effect": MIDI_EFFECT}
_OF_A_RACK = "chains returns macros"


@dataclasses.dataclass(frozen=True)
class DevicePlan:
    """A device with a name and parameter values of its own; `plan` builds it, or is the name of a built-in one."""

    plan: object
    name: str = ""
    values: tuple = ()
    where: str = ""

    def build(self, parent):
        device = make_device(parent, self.plan) if isinstance(self.plan, str) else self.plan.build(parent)
        if self.name:
            device.name = self.name
        for name, value in self.values:
            self._parameter(device, name).place_at(value)
        return device

    def _parameter(self, device, name):
        for parameter in device.parameters:
            if parameter.name == name:
                return parameter
        known = ", ".join(parameter.name for parameter in device.parameters)
        raise SetError("%s.parameters: there is no %s; known are: %s" % (self.where, ascii(name), known))


class Reader:
    """For a version of Live, whose built-in devices it knows by name."""

    def __init__(self, version):
        self._known = kinds.names_of(int(version))

    def chain(self, fields, depth=0):
        """The devices of a track or of a chain."""
        return tuple(self._device(*item, depth) for item in fields.items("devices", DEVICES_MAX))

    def _device(self, value, where, depth):
        if isinstance(value, str):
            return self._built_in(value, where)
        if isinstance(value, dict) and "plugin" in value:
            fields = Fields(value, where, "plugin type parameters presets")
            names = self._names(fields, "parameters") or PluginPlan.parameters
            presets = self._names(fields, "presets")
            return PluginPlan(fields.text("plugin"), self._type(fields, "instrument"), names, presets)
        if isinstance(value, dict) and "max" in value:
            fields = Fields(value, where, "max type parameters")
            names = self._names(fields, "parameters") or MaxPlan.parameters
            return MaxPlan(fields.text("max"), self._type(fields, "audio_effect"), names)
        if isinstance(value, dict) and "sample" in value:
            fields = Fields(value, where, "sample seconds")
            length = round(fields.number("seconds", 1.0, 0.001, 3600.0) * RECORDED_RATE)
            return SimplerPlan(AudioFile("/Samples/%s.wav" % fields.text("sample"), length, RECORDED_RATE))
        return self._described(value, where, depth)

    def _described(self, value, where, depth):
        fields = Fields(value, where, "device name parameters " + _OF_A_RACK)
        name = self._built_in(fields.get("device"), fields.at("device"))
        values = fields.get("parameters") or {}
        if not isinstance(values, dict) or len(values) > NAMES_MAX:
            raise SetError("%s must be an object of at most %d values" % (fields.at("parameters"), NAMES_MAX))
        where_values = fields.at("parameters")
        settings = tuple((key, number(one, "%s.%s" % (where_values, key), 0, 1)) for key, one in values.items())
        plan = self._rack(name, fields, depth) if name.endswith("Rack") else name
        for field in () if name.endswith("Rack") else _OF_A_RACK.split():
            if fields.has(field):
                raise SetError("%s is for racks, not for %s" % (fields.at(field), name))
        return DevicePlan(plan, fields.text("name"), settings, where)

    def _rack(self, name, fields, depth):
        if depth >= RACKS_DEEP_MAX:
            raise SetError("%s: racks are nested at most %d deep" % (fields.where, RACKS_DEEP_MAX))
        chains = tuple(self._chain(*item, depth) for item in fields.items("chains", CHAINS_MAX))
        returns = tuple(self._chain(*item, depth) for item in fields.items("returns", CHAINS_MAX))
        macros = {}
        for value, where in fields.items("macros", NAMES_MAX):
            macro = Fields(value, where, "macro chain device parameter")
            target = (macro.integer("chain", 0, 0, CHAINS_MAX), macro.integer("device", 0, 0, DEVICES_MAX))
            number_of_macro = macro.integer("macro", 1, 1, MACROS) - 1
            macros.setdefault(number_of_macro, []).append((*target, macro.text("parameter")))
        return RackPlan(name, chains, returns, macros)

    def _chain(self, value, where, depth):
        fields = Fields(value, where, "name note devices")
        note = fields.integer("note", ALL_NOTES, ALL_NOTES, 127)
        return ChainPlan(self.chain(fields, depth + 1), fields.text("name"), note)

    def _built_in(self, value, where):
        if text(value, where) not in self._known:
            known = ", ".join(sorted(self._known))
            raise SetError("%s: there is no device %s; known are: %s" % (where, ascii(value), known))
        return value

    @staticmethod
    def _names(fields, name):
        return tuple(text(*item) for item in fields.items(name, NAMES_MAX))

    @staticmethod
    def _type(fields, usual):
        return _TYPES[fields.choice("type", tuple(_TYPES), usual)]
