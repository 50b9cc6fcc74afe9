"""The built-in kinds of device, and the making of a device by its name.

Names, classes, choices and raw ranges are those of Live 11 and 12. No kind has all of Live's parameters; the displayed
value stays within Live's range, but follows a simpler curve (units.py).
"""

from . import kind as kinds
from .audio_effects import AUDIO_EFFECTS
from .device import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT, Device
from .device_chain import OF_AUDIO, OF_MIDI, OF_MIDI_ALONE
from .drum_rack import DrumRack
from .kind import LIVE_11, LIVE_12, Kind, knob, switch
from .rack import RackDevice
from .simpler import SimplerDevice
from .special_devices import DriftDevice, MeldDevice, WavetableDevice
from .units import DECIBELS, INTEGER, PAN, SEMITONES, decibels, hertz, milliseconds, percent

_PERCENT, _GAIN = percent(), decibels(-36, 0)
_SEMITONES_48 = {"low": -48, "high": 48, "unit": SEMITONES}
_FILTER_TYPES = ("Lowpass", "Highpass", "Bandpass", "Notch", "Morph")
_SCALES = ("Chromatic", "Major", "Minor", "Dorian", "Mixolydian", "Lydian", "Phrygian", "Locrian")


def make_device(parent, name):
    """Makes a device of a built-in kind, by its exact name, for a track or a chain; it is not inserted yet.

    Raises ValueError, as Live does, for a name without a kind in its version.
    """
    return kinds.built_in(parent.live, name).make(parent)


def kind_names(live):
    """The names that `make_device` takes, with the type of each: instrument, audio effect or MIDI effect."""
    return {kind.name: kind.type for kind in kinds.all_built_in(live)}


def _instrument(name, class_name, *parameters, model=Device, versions=(LIVE_11, LIVE_12)):
    return Kind(name, class_name, INSTRUMENT, model, parameters, versions)


def _midi_effect(name, class_name, *parameters):
    return Kind(name, class_name, MIDI_EFFECT, Device, parameters)


def _envelope(prefix, sustain):
    """Attack, decay, sustain and release."""
    return (
        knob(prefix + "Attack", 0.0, unit=milliseconds(0.1, 20000)),
        knob(prefix + "Decay", 0.6, unit=milliseconds(1, 60000)),
        knob(prefix + "Sustain", sustain, unit=_PERCENT),
        knob(prefix + "Release", 0.36, unit=milliseconds(1, 60000)),
    )


kinds.register(
    _instrument(
        "Operator",
        "Operator",
        switch("Osc-A On", 1),
        knob("A Coarse", 1, 0, 48, INTEGER),
        knob("A Fine", 0, 0, 1000, INTEGER),
        knob("Osc-A Level", 1, unit=_GAIN),
        *_envelope("Ae ", sustain=1.0),
        switch("Osc-B On", 0),
        knob("Osc-B Level", 0, unit=_GAIN),
        switch("Filter On", 1),
        switch("Filter Type", 0, _FILTER_TYPES),
        knob("Filter Freq", 0.932621, unit=hertz(30, 18500)),
        knob("Filter Res", 0.277778, 0, 1.25, percent(0, 125)),
        switch("Algorithm", 0, tuple("Alg. %d" % number for number in range(1, 12))),
        knob("Transpose", **_SEMITONES_48),
        knob("Panorama", 0, -1, 1, PAN),
        knob("Tone", 0.7, unit=_PERCENT),
        knob("Volume", 0.4, unit=_GAIN),
    ),
    _instrument(
        "Wavetable",
        "InstrumentVector",
        switch("Osc 1 On", 1),
        knob("Osc 1 Transp", 0, -24, 24, SEMITONES),
        knob("Osc 1 Pos", 0, unit=_PERCENT),
        knob("Osc 1 Gain", 0.5, unit=decibels(-60, 6)),
        switch("Osc 2 On", 0),
        switch("Sub On", 0),
        switch("Flt 1 On", 1),
        knob("Flt 1 Freq", 1, unit=hertz(20, 20500)),
        knob("Flt 1 Res", 0, 0, 1.25, percent(0, 125)),
        *_envelope("Amp ", sustain=0.7),
        knob("Volume", 0.7, unit=decibels(-60, 6)),
        model=WavetableDevice,
    ),
    _instrument(
        "Drift",
        "Drift",
        switch("Osc 1 Wave", 0, ("Sine", "Triangle", "Shark Tooth", "Saturated", "Saw", "Pulse", "Rectangle")),
        knob("Osc 1 Shape", 0, unit=_PERCENT),
        knob("Osc 1 Gain", 0.5, unit=decibels(-60, 6)),
        knob("LP Freq", 1, unit=hertz(20, 20000)),
        knob("LP Reso", 0, unit=_PERCENT),
        *_envelope("Env 1 ", sustain=0.7),
        knob("Volume", 0.5, unit=decibels(-60, 6)),
        model=DriftDevice,
    ),
    _instrument(
        "Meld",
        "InstrumentMeld",
        knob("A Volume", 0.7, unit=_GAIN),
        knob("B Volume", 0.7, unit=_GAIN),
        knob("Voice Spread", 0, unit=_PERCENT),
        knob("Drive", 0, unit=_PERCENT),
        knob("Volume", 0.575440, unit=_GAIN),
        model=MeldDevice,
        versions=(LIVE_12,),
    ),
    _instrument(
        "Analog",
        "UltraAnalog",
        switch("OSC1 On/Off", 1),
        switch("OSC1 Shape", 1, ("Sine", "Saw", "Rect", "Noise")),
        knob("OSC1 Level", 0.8, unit=_GAIN),
        knob("F1 Freq", 0.8, unit=hertz(20, 22000)),
        knob("F1 Resonance", 0, unit=_PERCENT),
        knob("Volume", 0.8, unit=_GAIN),
    ),
    _instrument(
        "Simpler",
        "OriginalSimpler",
        switch("Snap", 1),
        knob("Sample Selector", 0, 0, 127, INTEGER),
        knob("S Start", 0, unit=_PERCENT),
        knob("S Length", 1, unit=_PERCENT),
        switch("S Loop On", 0),
        knob("Transpose", **_SEMITONES_48),
        knob("Detune", 0, -50, 50, INTEGER),
        knob("Volume", -12, -36, 36, DECIBELS),
        knob("Vol < Vel", 0.35, unit=_PERCENT),
        knob("Pan", 0, -1, 1, PAN),
        *_envelope("Ve ", sustain=1.0),
        switch("Trigger Mode", 1, ("Trigger", "Gate")),
        switch("F On", 0),
        knob("Filter Freq", 1, unit=hertz(30, 22000)),
        knob("Filter Res", 0, 0, 1.25, percent(0, 125)),
        model=SimplerDevice,
    ),
    _instrument(
        "Sampler",
        "MultiSampler",
        switch("Osc On", 0),
        knob("Transpose", **_SEMITONES_48),
        knob("Volume", -12, -36, 36, DECIBELS),
        knob("Pan", 0, -1, 1, PAN),
        *_envelope("Ve ", sustain=1.0),
        switch("F On", 1),
        knob("Filter Freq", 1, unit=hertz(30, 22000)),
    ),
    _midi_effect(
        "Arpeggiator",
        "MidiArpeggiator",
        switch("Style", 0, ("Up", "Down", "UpDown", "DownUp", "Converge", "Diverge", "Play Order", "Random")),
        switch("Sync On", 1),
        knob("Synced Rate", 7, 0, 13, INTEGER),
        knob("Gate", 50, 1, 200, INTEGER),
        knob("Transp. Steps", 0, 0, 8, INTEGER),
        switch("Hold On", 0),
    ),
    _midi_effect(
        "Chord",
        "MidiChord",
        *(knob("Shift%d" % number, 0, -36, 36, SEMITONES) for number in range(1, 7)),
        *(knob("Velocity%d" % number, 1, 0, 2, percent(0, 200)) for number in range(1, 7)),
    ),
    _midi_effect(
        "Note Length",
        "MidiNoteLength",
        switch("Trigger Mode", 0, ("Note On", "Note Off")),
        switch("Sync On", 0),
        knob("Time Length", 0.5, unit=milliseconds(10, 60000)),
        knob("Gate", 1, 0, 2, percent(0, 200)),
    ),
    _midi_effect(
        "Pitch",
        "MidiPitcher",
        knob("Pitch", 0, -128, 128, SEMITONES),
        knob("Lowest", 0, 0, 127, INTEGER),
        knob("Range", 127, 0, 127, INTEGER),
    ),
    _midi_effect(
        "Random",
        "MidiRandom",
        knob("Chance", 0, unit=_PERCENT),
        knob("Choices", 1, 1, 24, INTEGER),
        switch("Mode", 0, ("Rnd", "Alt")),
        switch("Sign", 0, ("Add", "Sub", "Bi")),
    ),
    _midi_effect(
        "Scale",
        "MidiScale",
        knob("Base", 0, 0, 11, INTEGER),
        switch("Scale Name", 1, _SCALES),
        knob("Transpose", 0, -36, 36, SEMITONES),
        switch("Fold On", 0),
    ),
    _midi_effect(
        "Velocity",
        "MidiVelocity",
        switch("Mode", 0, ("Clip", "Gate", "Fixed")),
        knob("Drive", 0, -64, 64, INTEGER),
        knob("Random", 0, 0, 64, INTEGER),
        knob("Out Hi", 127, 1, 127, INTEGER),
        knob("Out Low", 1, 1, 127, INTEGER),
    ),
    *AUDIO_EFFECTS,
    Kind("Instrument Rack", "InstrumentGroupDevice", INSTRUMENT, RackDevice, details=OF_MIDI),
    Kind("Drum Rack", "DrumGroupDevice", INSTRUMENT, DrumRack, details=OF_MIDI),
    Kind("Audio Effect Rack", "AudioEffectGroupDevice", AUDIO_EFFECT, RackDevice, details=OF_AUDIO),
    Kind("MIDI Effect Rack", "MidiEffectGroupDevice", MIDI_EFFECT, RackDevice, details=OF_MIDI_ALONE),
)
