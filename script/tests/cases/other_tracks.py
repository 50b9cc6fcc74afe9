"""Cases of the devices of return tracks and of the master track: the same for both."""

from livesim import SetPlan
from livesim.device_plan import ChainPlan, PluginPlan, RackPlan
from livesim.model.device import AUDIO_EFFECT
from livesim.model.track import MIDI
from LiveGate.actions.other_tracks import NAMES
from tests.cases import Case

RACK = RackPlan(
    "Audio Effect Rack",
    chains=(ChainPlan(("Reverb", "Delay"), "Bright"), ChainPlan(("EQ Three",), "Soft")),
    macros={0: ((0, 0, "Dry/Wet"),)},
)
DEVICES = (RACK, "Reverb", PluginPlan("Chorale", AUDIO_EFFECT, ("Mix",), ("Small", "Large")))
IN_RACK, REVERB, PLUGIN = {"device_index": 0}, {"device_index": 1}, {"device_index": 2}
REVERB_DENSITY = 8
PLAN = SetPlan(tracks=(("Drums", MIDI),), scenes=1, devices={"return 1": DEVICES, "master": DEVICES})


def of(index, look):
    return lambda track: look(track.devices[index])


def macro(track):
    return track.devices[0].parameters[1]


def names(track):
    return [found.name for found in track.devices]


def with_variations(track):
    """Two variations: with the macro at 0 and at 100; the macro is at 50, and the second is selected."""
    rack = track.devices[0]
    for value in (0, 100):
        macro(track).value = value
        rack.store_variation()
    rack.selected_variation_index = 1
    macro(track).value = 50


def recalled(track):
    with_variations(track)
    track.devices[0].recall_selected_variation()
    macro(track).value = 50


def fold(track):
    track.devices[1].view.is_collapsed = True


def chains(button):
    return of(0, lambda rack: [getattr(chain, button) for chain in rack.chains])


def shown(track):
    return track.devices[1].view.is_collapsed, track.view.selected_device == track.devices[1]


# As for Case, but that `before` and `read` are given the track.
ON_EACH = {
    "add_{}device": dict(
        params={"device_name": "Delay"}, read=names, after=["Audio Effect Rack", "Reverb", "Chorale", "Delay"], run_s=1
    ),
    "load_{}device_from_browser": dict(
        params={"device_name": "Delay"}, read=lambda track: "Delay" in names(track), after=True, run_s=1
    ),
    "delete_{}device": dict(
        params=PLUGIN, read=names, after=["Audio Effect Rack", "Reverb"]
    ),
    "select_{}device": dict(params=REVERB, read=lambda track: shown(track)[1], after=True),
    "set_{}device_on_off": dict(
        params=dict(REVERB, enabled=False), read=of(1, lambda found: found.is_active), after=False
    ),
    "show_{}plugin_window": dict(params=REVERB, before=fold, read=shown, after=(False, True)),
    "hide_{}plugin_window": dict(params=REVERB, read=lambda track: shown(track)[0], after=True),
    "get_{}device_class_name": dict(params=REVERB, answer={"class_name": "Reverb"}),
    "get_{}device_type": dict(params=REVERB, answer={"type": 2, "type_name": "audio_effect"}),
    "get_{}device_properties": dict(
        params=dict(REVERB, properties=["name"]), answer={"device_index": 1, "values": {"name": "Reverb"}}
    ),
    "get_{}device_parameter_by_name": dict(
        params=dict(REVERB, param_name="density"), answer={"index": REVERB_DENSITY, "value": 3.0}
    ),
    "get_{}device_param_display_value": dict(
        params=dict(REVERB, param_index=REVERB_DENSITY), answer={"display_value": "High"}
    ),
    "get_all_{}param_display_values": dict(params=REVERB, answer={"device_name": "Reverb", "count": 12}),
    "set_{}device_parameters": dict(
        params=dict(REVERB, values=[0.0]), read=of(1, lambda found: found.parameters[0].value), after=0.0
    ),
    "randomize_{}device": dict(
        params=REVERB,
        read=of(1, lambda found: any(each.value != each.default_value for each in found.parameters if not each.is_quantized)),
        after=True,
    ),
    "get_{}device_presets": dict(params=PLUGIN, answer={"presets": ["Small", "Large"], "count": 2}),
    "set_{}device_preset": dict(
        params=dict(PLUGIN, preset_index=1), read=of(2, lambda found: found.selected_preset_index), after=1
    ),
    "get_{}device_chains": dict(params=IN_RACK, answer={"count": 2, "device_name": "Audio Effect Rack"}),
    "get_{}chain_devices": dict(params=dict(IN_RACK, chain_index=0), answer={"count": 2, "chain_index": 0}),
    "get_{}rack_contents": dict(params=IN_RACK, answer={"count": 2, "device_name": "Audio Effect Rack"}),
    "set_{}chain_mute": dict(params=dict(IN_RACK, chain_index=1), read=chains("mute"), after=[False, True]),
    "set_{}chain_solo": dict(params=dict(IN_RACK, chain_index=0), read=chains("solo"), after=[True, False]),
    "select_{}rack_variation": dict(
        params=dict(IN_RACK, variation_index=0),
        before=with_variations,
        read=of(0, lambda rack: rack.selected_variation_index),
        after=0,
    ),
    "store_{}rack_variation": dict(params=IN_RACK, read=of(0, lambda rack: rack.variation_count), after=1),
    "recall_{}rack_variation": dict(
        params=IN_RACK, before=with_variations, read=lambda track: round(macro(track).value), after=100
    ),
    "recall_last_{}rack_variation": dict(
        params=IN_RACK, before=recalled, read=lambda track: round(macro(track).value), after=100
    ),
    "delete_{}rack_variation": dict(
        params=IN_RACK, before=with_variations, read=of(0, lambda rack: rack.variation_count), after=1
    ),
    "randomize_{}rack_macros": dict(
        params=IN_RACK, before=with_variations, read=lambda track: macro(track).value == 50, after=False
    ),
}
WHERE = {
    "return_": ({"return_index": 1}, lambda song: song.return_tracks[1]),
    "master_": ({}, lambda song: song.master_track),
}


def case(place, track, params, before=None, read=None, **others):
    """A case on the track that `track(song)` finds."""
    return Case(
        dict(place, **params),
        before=before and (lambda song: before(track(song))),
        read=read and (lambda song: read(track(song))),
        **others
    )


CASES = {
    template.format(word): case(*WHERE[word], **ON_EACH[template]) for template in NAMES for word in WHERE
}
