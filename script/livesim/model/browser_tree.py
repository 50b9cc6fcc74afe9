"""The content of the simulated browser: Suite's devices, a few invented plug-ins, and a small user library.

Names of devices are Live's; packs, presets, samples and plug-ins are invented. A function makes each entry's children,
so that a tree of several thousand items costs no time until a script reads it.
"""

import dataclasses
import functools
import typing

from .device import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT
from .kind import Kind, knob
from .third_party_devices import MaxDevice, PluginDevice


def _nothing():
    return ()


@dataclasses.dataclass(frozen=True)
class Entry:
    """`device` is the name of the device that it loads, and `type` its type; a file without them is a sample or a clip.

    `kind` makes the device, where it is not a built-in one.
    """

    name: str
    children: typing.Callable = _nothing
    device: typing.Optional[str] = None
    type: int = 0
    is_file: bool = False
    kind: typing.Optional[Kind] = None

    @property
    def is_loadable(self):
        return self.is_file or self.device is not None

    @property
    def is_device(self):
        return self.device is not None and not self.is_file


def _folder(name, *children):
    return Entry(name, lambda: children)


def _files(stem, suffix, count, **fields):
    """A number of numbered files, made on access."""
    return lambda: [Entry("%s %03d%s" % (stem, number, suffix), is_file=True, **fields) for number in _upto(count)]


def _upto(count):
    return range(1, count + 1)


def _device(device_type, name, presets=12):
    """A device with its presets below; presets of racks are racks that contain devices."""
    suffix = ".adg" if name.endswith("Rack") else ".adv"
    return Entry(name, _files(name, suffix, presets, device=name, type=device_type), name, device_type)


def _devices(device_type, names):
    return [_device(device_type, name) for name in names]


INSTRUMENTS = """Analog, Collision, Drift, Electric, External Instrument, Impulse, Instrument Rack, Operator, Sampler,
    Simpler, Tension, Wavetable"""
INSTRUMENTS_OF_12 = "Drum Sampler, Meld"
AUDIO_EFFECTS = {
    "Delay & Loop": "Beat Repeat, Delay, Echo, Filter Delay, Grain Delay, Looper",
    "Drive & Color": """Amp, Cabinet, Drum Buss, Dynamic Tube, Erosion, Overdrive, Pedal, Redux, Saturator,
        Vinyl Distortion""",
    "Dynamics": "Compressor, Gate, Glue Compressor, Limiter, Multiband Dynamics",
    "EQ & Filters": "Auto Filter, Channel EQ, EQ Eight, EQ Three",
    "Pitch & Modulation": "Chorus-Ensemble, Phaser-Flanger, Shifter",
    "Reverb & Resonance": """Corpus, Hybrid Reverb, Resonators, Reverb, Spectral Resonator, Spectral Time,
        Vocoder""",
    "Utilities": "Audio Effect Rack, External Audio Effect, Spectrum, Tuner, Utility",
}
AUDIO_EFFECTS_OF_11 = {"Pitch & Modulation": "Auto Pan"}
AUDIO_EFFECTS_OF_12 = {"Drive & Color": "Roar", "Pitch & Modulation": "Auto Pan-Tremolo, Auto Shift"}
MIDI_EFFECTS = "Arpeggiator, CC Control, Chord, MIDI Effect Rack, Note Length, Pitch, Random, Scale, Velocity"
MAX_KINDS = (
    Kind("Max Audio Effect", "MxDeviceAudioEffect", AUDIO_EFFECT, MaxDevice),
    Kind("Max Instrument", "MxDeviceInstrument", INSTRUMENT, MaxDevice),
    Kind("Max MIDI Effect", "MxDeviceMidiEffect", MIDI_EFFECT, MaxDevice),
)
PLUGIN_FOLDERS = {"AUv2": "AuPluginDevice", "VST": "PluginDevice", "VST3": "PluginDevice"}
PLUGINS = {"Sample Synth": INSTRUMENT, "Sample Piano": INSTRUMENT, "Sample Echo": AUDIO_EFFECT}
SOUNDS = ("Ambient & Evolving", "Bass", "Brass", "Guitar & Plucked", "Mallets", "Pad", "Piano & Keys", "Voices")
SAMPLES = ("Clap", "Hat", "Kick", "Loop", "Perc", "Snare", "Texture", "Vox")
COLLECTIONS = ("Favorites", "Orange", "Yellow", "Green", "Blue", "Purple", "Gray")


def _names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def _instruments(major_version):
    names = _names(INSTRUMENTS) + (_names(INSTRUMENTS_OF_12) if major_version >= 12 else [])
    return _devices(INSTRUMENT, sorted(names))


def _audio_effects(major_version):
    of_version = AUDIO_EFFECTS_OF_12 if major_version >= 12 else AUDIO_EFFECTS_OF_11
    for folder, names in AUDIO_EFFECTS.items():
        present = sorted(_names(names) + _names(of_version.get(folder, "")))
        yield Entry(folder, functools.partial(_devices, AUDIO_EFFECT, present))


def _midi_effects():
    return _devices(MIDI_EFFECT, _names(MIDI_EFFECTS))


def _drums():
    return [_device(INSTRUMENT, "Drum Rack", 0), *_files("Kit", ".adg", 200, device="Drum Rack", type=INSTRUMENT)()]


def _sounds():
    for name in SOUNDS:
        yield Entry(name, _files(name, ".adg", 150, device="Instrument Rack", type=INSTRUMENT))


def _max_devices():
    for kind in MAX_KINDS:
        fields = {"device": kind.name, "type": kind.type, "kind": kind}
        yield Entry(kind.name, _files(kind.name, ".amxd", 20, **fields), **fields)


def _plugins():
    for folder, class_name in PLUGIN_FOLDERS.items():
        yield _folder(folder, Entry("Northern Audio", functools.partial(_plugins_of_a_vendor, class_name)))


def _plugins_of_a_vendor(class_name):
    for name, device_type in PLUGINS.items():
        kind = Kind(name, class_name, device_type, PluginDevice, (knob("Mix", 0.5),))
        yield Entry(name, device=name, type=device_type, kind=kind)


def _samples():
    return [entry for name in SAMPLES for entry in _files(name, ".wav", 400)()]


def _user_library():
    leads = _files("Lead", ".adv", 3, device="Operator", type=INSTRUMENT)
    presets = _folder("Presets", _folder("Instruments", Entry("Operator", leads)))
    return [_folder("Clips"), _folder("Defaults"), presets, _folder("Samples", *_files("Take", ".wav", 5)())]


def _packs():
    return [Entry("Invented Pack", _files("Pack Sound", ".adg", 40, device="Instrument Rack", type=INSTRUMENT))]


def roots(major_version):
    """The browser's own items: for each the entry and the address prefix of its descendants."""
    plugins = "Plug-ins" if major_version >= 12 else "Plug-Ins"
    return {
        "sounds": (Entry("Sounds", _sounds), "query:Sounds"),
        "drums": (Entry("Drums", _drums), "query:Drums"),
        "instruments": (Entry("Instruments", lambda: _instruments(major_version)), "query:Synths"),
        "audio_effects": (Entry("Audio Effects", lambda: _audio_effects(major_version)), "query:AudioFx"),
        "midi_effects": (Entry("MIDI Effects", _midi_effects), "query:MidiFx"),
        "max_for_live": (Entry("Max for Live", _max_devices), "query:M4L"),
        "plugins": (Entry(plugins, _plugins), "query:Plugins"),
        "clips": (Entry("Clips", _files("Groove", ".alc", 60)), "query:Clips"),
        "samples": (Entry("Samples", _samples), "query:Samples"),
        "packs": (Entry("Packs", _packs), "query:LivePacks"),
        "user_library": (Entry("User Library", _user_library), "query:UserLibrary"),
        "current_project": (Entry("Current Project"), "query:CurrentProject"),
    }


def user_folders():
    return [(Entry("Field Recordings", _files("Street", ".wav", 30)), "userfolder:Field%20Recordings")]


def collections():
    return [(Entry(name), "colors:%d" % index) for index, name in enumerate(COLLECTIONS)]
