"""The functions of Live's modules that the simulation has; each takes the simulated Live first."""

import random

from .. import midi_map
from .scales import SCALES

FUNCTIONS = {
    "Application.get_application": lambda live: live.application_model,
    "Application.get_random_int": lambda live, low, high: random.randint(low, high),
    "Application.combine_apcs": lambda live: False,
    "Song.get_all_scales_ordered": lambda live: tuple(SCALES.items()),
    "Base.log": lambda live, text: live.log(text),
    **midi_map.functions(),
}
