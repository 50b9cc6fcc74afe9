"""Built-in kinds of device with few of their parameters, so that every device of the browser loads.

Classes and names are Live's; of the parameters there are the ones that a user turns first.
"""

from . import kind as kinds
from .device import AUDIO_EFFECT, INSTRUMENT, MIDI_EFFECT, Device
from .kind import LIVE_11, LIVE_12, Kind, knob, switch
from .special_devices import CcControlDevice, DrumCellDevice, LooperDevice
from .units import DECIBELS, INTEGER, PAN, SEMITONES, decibels, hertz, milliseconds, percent

_BOTH = (LIVE_11, LIVE_12)
_PERCENT, _GAIN = percent(), decibels(-36, 0)
_MIX, _VOLUME = knob("Dry/Wet", 1.0, unit=_PERCENT), knob("Volume", 0.8, unit=_GAIN)
_OUTPUT = knob("Output", 0, -24, 24, DECIBELS)
_MOD_WHEEL = (knob("Mod Wheel", 0, 0, 127, INTEGER),)
_LOOPER = (switch("State", 0, ("Stop", "Record", "Play", "Overdub")), knob("Feedback", 1))


def _kinds(device_type, *described):
    for name, class_name, parameters, *more in described:
        model, versions = (more + [Device, _BOTH][len(more) :])[:2]
        yield Kind(name, class_name, device_type, model, parameters, versions)


def _delays(*names):
    return tuple(knob(name, 0.3, unit=milliseconds(1, 999)) for name in names)


kinds.register(
    *_kinds(
        INSTRUMENT,
        ("Collision", "Collision", (knob("Mallet Stiffness", 0.5), knob("Res 1 Decay", 0.5), _VOLUME)),
        ("Electric", "LoungeLizard", (knob("M Stiffness", 0.5), knob("F Tone Decay", 0.5), _VOLUME)),
        ("External Instrument", "ProxyInstrumentDevice", (knob("Gain", 0, -36, 36, DECIBELS),)),
        ("Impulse", "InstrumentImpulse", (knob("Global Time", 0.5), knob("Global Transpose", 0, -48, 48, SEMITONES))),
        ("Tension", "StringStudio", (knob("Exc Force", 0.5), knob("Str Decay", 0.5), _VOLUME)),
        ("Drum Sampler", "DrumCell", (knob("Transpose", 0, -48, 48, SEMITONES), _VOLUME), DrumCellDevice, (LIVE_12,)),
    ),
    *_kinds(
        MIDI_EFFECT,
        ("CC Control", "MidiCcControl", _MOD_WHEEL, Device, (LIVE_11,)),
        ("CC Control", "MidiCcControl", _MOD_WHEEL, CcControlDevice, (LIVE_12,)),
    ),
    *_kinds(
        AUDIO_EFFECT,
        ("Amp", "Amp", (knob("Gain", 0.5), knob("Bass", 0.5), knob("Treble", 0.5), _MIX)),
        ("Auto Pan", "AutoPan", (knob("Amount", 0, unit=_PERCENT), knob("Frequency", 0.5)), Device, (LIVE_11,)),
        ("Auto Pan-Tremolo", "AutoPan2", (knob("Amount", 0, unit=_PERCENT), knob("Rate", 0.5)), Device, (LIVE_12,)),
        ("Auto Shift", "AutoShift", (knob("Shift", 0, -12, 12, SEMITONES), _MIX), Device, (LIVE_12,)),
        ("Beat Repeat", "BeatRepeat", (knob("Chance", 1, unit=_PERCENT), knob("Interval", 3, 0, 7, INTEGER))),
        ("Cabinet", "Cabinet", (switch("Cabinet Type", 0, ("1x12", "2x12", "4x12", "4x10")), _MIX)),
        ("Corpus", "Corpus", (knob("Decay", 0.5), knob("Tune", 0.5), _MIX)),
        ("Dynamic Tube", "Tube", (knob("Drive", 0, -15, 15, DECIBELS), knob("Tone", 0, -1, 1, PAN), _MIX)),
        ("Erosion", "Erosion", (knob("Frequency", 0.5, unit=hertz(500, 22000)), knob("Amount", 0, unit=_PERCENT))),
        ("External Audio Effect", "ProxyAudioEffectDevice", (knob("Gain", 0, -36, 36, DECIBELS), _MIX)),
        ("Filter Delay", "FilterDelay", _delays("1 Delay Time", "2 Delay Time", "3 Delay Time")),
        ("Grain Delay", "GrainDelay", (*_delays("Delay Time"), knob("Pitch", 0, -36, 12, SEMITONES), _MIX)),
        ("Looper", "Looper", _LOOPER, Device, (LIVE_11,)),
        ("Looper", "Looper", _LOOPER, LooperDevice, (LIVE_12,)),
        ("Multiband Dynamics", "MultibandDynamics", (knob("Amount", 1, unit=_PERCENT), _OUTPUT)),
        ("Overdrive", "Overdrive", (knob("Drive", 0.5, unit=_PERCENT), knob("Tone", 0.5, unit=_PERCENT), _MIX)),
        ("Pedal", "Pedal", (switch("Type", 0, ("OD", "Distort", "Fuzz")), knob("Gain", 0.5), _MIX)),
        ("Resonators", "Resonator", (knob("Decay", 0.5), knob("Note", 60, 0, 127, INTEGER), _MIX)),
        ("Spectral Time", "Spectral", (switch("Freezer On"), *_delays("Delay Time"), _MIX)),
        ("Spectrum", "SpectrumAnalyzer", ()),
        ("Tuner", "Tuner", ()),
        ("Vinyl Distortion", "Vinyl", (knob("Tracing Drive", 0.3), knob("Crackle Volume", 0.0))),
        ("Vocoder", "Vocoder", (knob("Depth", 1, unit=percent(0, 200)), knob("Formant Shift", 0, -36, 36), _MIX)),
    ),
)
