"""Cases of the macro variations of a rack."""

from livesim import SetPlan
from livesim.device_plan import ChainPlan, RackPlan
from livesim.model.track import MIDI
from tests.cases import Case

RACK = RackPlan("Instrument Rack", chains=(ChainPlan(("Simpler", "Reverb"), "Soft"),), macros={0: ((0, 1, "Dry/Wet"),)})
PLAN = SetPlan(tracks=(("Drums", MIDI),), scenes=1, devices={0: (RACK,)})
PLACE = {"track_index": 0, "device_index": 0}


def rack(song):
    return song.tracks[0].devices[0]


def macro(song):
    return rack(song).parameters[1]


def with_variations(song):
    """Two variations: with the macro at 0 and at 100; the macro is at 50, and the second is selected."""
    for value in (0, 100):
        macro(song).value = value
        rack(song).store_variation()
    rack(song).selected_variation_index = 1
    macro(song).value = 50


def recalled(song):
    with_variations(song)
    rack(song).recall_selected_variation()
    macro(song).value = 50


CASES = {
    "select_rack_variation": Case(
        dict(PLACE, variation_index=0),
        before=with_variations,
        read=lambda song: rack(song).selected_variation_index,
        after=0,
    ),
    "store_rack_variation": Case(PLACE, read=lambda song: rack(song).variation_count, after=1),
    "recall_rack_variation": Case(
        PLACE, before=with_variations, read=lambda song: round(macro(song).value), after=100
    ),
    "recall_last_rack_variation": Case(
        PLACE, before=recalled, read=lambda song: round(macro(song).value), after=100
    ),
    "delete_rack_variation": Case(
        PLACE, before=with_variations, read=lambda song: rack(song).variation_count, after=1
    ),
    "randomize_rack_macros": Case(PLACE, read=lambda song: macro(song).value == 50, after=False, before=with_variations),
}
