"""The content of the racks that presets of the browser make: invented, as the presets are."""

from .device_kinds import make_device

_PADS = ("Kick", "Rim", "Snare", "Clap", "Tom Low", "Hat Closed", "Tom Mid", "Hat Open", "Tom High", "Crash")
_FIRST_PAD = 36
_CHAINS = {
    "Instrument Rack": (("Synth", ("Operator", "Chorus-Ensemble")), ("Layer", ("Analog",))),
    "Audio Effect Rack": (("Chain", ("EQ Eight", "Compressor")),),
    "MIDI Effect Rack": (("Chain", ("Chord", "Arpeggiator")),),
}


def fill(rack, name):
    """Gives a new rack, which is not inserted yet, the chains of a preset."""
    if name == "Drum Rack":
        rack.chains = tuple(_pad(rack, *numbered) for numbered in enumerate(_PADS, _FIRST_PAD))
    else:
        rack.chains = tuple(_chain(rack, *described) for described in _CHAINS[name])


def _pad(rack, note, name):
    chain = _chain(rack, name, ("Simpler",))
    chain.put(note)
    return chain


def _chain(rack, name, devices):
    chain = rack.chain_model(rack, name)
    chain.devices = tuple(make_device(chain, device) for device in devices)
    return chain
