"""Cases of devices: parameters, switches and presets, racks with their chains, Max devices and Simplers."""

from livesim import SetPlan
from livesim.device_plan import ChainPlan, MaxPlan, PluginPlan, RackPlan
from livesim.model.device import AUDIO_EFFECT, MIDI_EFFECT
from livesim.model.track import AUDIO, MIDI
from tests.cases import Case

RACK = RackPlan(
    "Instrument Rack",
    chains=(ChainPlan(("Operator",), "Bright"), ChainPlan(("Simpler", "Reverb"), "Soft")),
    macros={0: ((1, 1, "Dry/Wet"),)},
)
PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Keys", MIDI), ("Vocals", AUDIO)),
    scenes=2,
    devices={
        0: (RACK,),
        1: (MaxPlan("Steps", MIDI_EFFECT), "Simpler", MaxPlan("CV LFO"), "Reverb"),
        2: (PluginPlan("Chorale", AUDIO_EFFECT, ("Mix",), ("Small", "Large")), "Delay"),
        "master": ("EQ Three",), "return 0": ("Reverb",),
    },
)
IN_RACK = {"track_index": 0, "device_index": 0}
STEPS = {"track_index": 1, "device_index": 0}
SIMPLER = {"track_index": 1, "device_index": 1}
CV_LFO = {"track_index": 1, "device_index": 2}
REVERB = {"track_index": 1, "device_index": 3}
PLUGIN = {"track_index": 2, "device_index": 0}
EQ = {"device_index": 0}
ECHO = {"return_index": 0, "device_index": 0}
REVERB_FREEZE, REVERB_DENSITY, REVERB_MIX = 7, 8, 11
EQ_FREQUENCY = 4


def device(song, of):
    return song.tracks[of["track_index"]].devices[of["device_index"]]


def reads(of, look):
    """Reads a member of a device on a track."""
    return lambda song: look(device(song, of))


def value_of(param_index, of=REVERB):
    return reads(of, lambda found: found.parameters[param_index].value)


def master_value(param_index):
    return lambda song: song.master_track.devices[0].parameters[param_index].value


def return_value(param_index):
    return lambda song: song.return_tracks[0].devices[0].parameters[param_index].value


def has_moved(of):
    """Whether any parameter with a default value differs from it."""
    return reads(of, lambda found: any(p.value != p.default_value for p in found.parameters if not p.is_quantized))


def chain_button(button):
    return lambda song: [getattr(chain, button) for chain in song.tracks[0].devices[0].chains]


def fold(song):
    device(song, REVERB).view.is_collapsed = True


def seen_of_reverb(song):
    found = device(song, REVERB)
    return found.view.is_collapsed, song.view.selected_track.view.selected_device == found


CASES = {
    "get_track_devices": Case({"track_index": 1}, answer={"track_name": "Keys", "count": 4}),
    "get_track_chain_summary": Case({"track_index": 2}, answer={"track_name": "Vocals", "count": 2}),
    "get_master_chain_summary": Case(answer={"count": 1}),
    "set_device_param": Case(dict(REVERB, param_index=REVERB_MIX, value=0.25), read=value_of(REVERB_MIX), after=0.25),
    "set_track_device_param": Case(
        dict(REVERB, param_index=REVERB_DENSITY, value=1), read=value_of(REVERB_DENSITY), after=1.0
    ),
    "set_device_parameter_by_name": Case(
        dict(REVERB, param_name="Dry/Wet", value=0.125), read=value_of(REVERB_MIX), after=0.125
    ),
    "set_track_device_param_by_name": Case(
        dict(REVERB, param_name="freeze on", value=1), read=value_of(REVERB_FREEZE), after=1.0
    ),
    "set_device_param_by_name": Case(dict(CV_LFO, param_name="Rate", value=0.75), read=value_of(2, CV_LFO), after=0.75),
    "set_device_on_off": Case(
        dict(REVERB, enabled=False),
        read=reads(REVERB, lambda found: (found.parameters[0].value, found.is_active)),
        after=(0.0, False),
    ),
    "get_device_parameters": Case(REVERB, answer={"device_name": "Reverb", "count": 12}),
    "get_track_device_params": Case(PLUGIN, answer={"device_name": "Chorale", "count": 2}),
    "get_device_parameter_by_name": Case(
        dict(REVERB, param_name="density"),
        answer={"index": REVERB_DENSITY, "name": "Density", "value": 3.0, "min": 0.0, "max": 3.0, "is_quantized": True},
    ),
    "delete_device": Case(PLUGIN, read=lambda song: [found.name for found in song.tracks[2].devices], after=["Delay"]),
    "get_device_presets": Case(PLUGIN, answer={"presets": ["Small", "Large"], "selected_preset_index": 0, "count": 2}),
    "set_device_preset": Case(
        dict(PLUGIN, preset_index=1), read=reads(PLUGIN, lambda found: found.selected_preset_index), after=1
    ),
    "randomize_device_parameters": Case(REVERB, read=has_moved(REVERB), after=True),
    "randomize_device": Case(CV_LFO, read=has_moved(CV_LFO), after=True),
    "is_max_device": Case(CV_LFO, answer={"is_m4l": True, "class_name": "MxDeviceAudioEffect"}),
    "get_m4l_devices": Case({"track_index": 1}, answer={"count": 2, "track_name": "Keys"}),
    "get_m4l_param_by_name": Case(
        dict(STEPS, param_name="Rate"),
        answer={"param_index": 2, "name": "Rate", "value": 0.5, "min": 0.0, "max": 1.0, "is_enabled": True},
    ),
    "get_cv_tools_devices": Case({"track_index": 1}, answer={"count": 1, "track_name": "Keys"}),
    "get_device_chains": Case(IN_RACK, answer={"count": 2, "device_name": "Instrument Rack"}),
    "get_chain_devices": Case(dict(IN_RACK, chain_index=1), answer={"count": 2, "chain_index": 1}),
    "set_chain_mute": Case(dict(IN_RACK, chain_index=1), read=chain_button("mute"), after=[False, True]),
    "set_chain_solo": Case(dict(IN_RACK, chain_index=0), read=chain_button("solo"), after=[True, False]),
    "get_rack_contents": Case(IN_RACK, answer={"count": 2, "device_name": "Instrument Rack"}),
    "show_plugin_window": Case(REVERB, before=fold, read=seen_of_reverb, after=(False, True)),
    "hide_plugin_window": Case(REVERB, read=reads(REVERB, lambda found: found.view.is_collapsed), after=True),
    "get_sample_playback_mode": Case(SIMPLER, answer={"playback_mode": 0, "playback_mode_name": "classic"}),
    "set_sample_playback_mode": Case(
        dict(SIMPLER, mode=2), read=reads(SIMPLER, lambda found: found.playback_mode), after=2
    ),
    "get_device_class_name": Case(SIMPLER, answer={"class_name": "OriginalSimpler", "class_display_name": "Simpler"}),
    "get_device_type": Case(SIMPLER, answer={"type": 1, "type_name": "instrument"}),
    "get_device_param_display_value": Case(
        dict(REVERB, param_index=REVERB_DENSITY), answer={"name": "Density", "raw_value": 3.0, "display_value": "High"}
    ),
    "get_all_param_display_values": Case(REVERB, answer={"device_name": "Reverb", "count": 12}),
    "get_master_device_params": Case(EQ, answer={"device_name": "EQ Three", "count": 10}),
    "get_master_device_param_info": Case(
        dict(EQ, param_index=9),
        answer={"name": "Slope", "original_name": "Slope", "display_value": "48", "value_items": ["24", "48"]},
    ),
    "set_master_device_param": Case(
        dict(EQ, param_index=EQ_FREQUENCY, value=0.25), read=master_value(EQ_FREQUENCY), after=0.25
    ),
    "set_master_device_param_by_name": Case(
        dict(EQ, param_name="FreqLo", value=0.75), read=master_value(EQ_FREQUENCY), after=0.75
    ),
    "get_return_devices": Case({"return_index": 0}, answer={"return_index": 0, "count": 1}),
    "get_return_device_params": Case(ECHO, answer={"device_name": "Reverb", "count": 12}),
    "set_return_device_param": Case(
        dict(ECHO, param_index=REVERB_MIX, value=0.25), read=return_value(REVERB_MIX), after=0.25
    ),
    "set_return_device_param_by_name": Case(
        dict(ECHO, param_name="Dry/Wet", value=0.25), read=return_value(REVERB_MIX), after=0.25
    ),
}
