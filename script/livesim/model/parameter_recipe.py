"""Recipes of parameters: what the kinds of device say of each of theirs, before there is a device."""

import collections

from .units import PLAIN

OFF_ON = ("Off", "On")

Recipe = collections.namedtuple("Recipe", "name low high default items unit")


def knob(name, default=0.0, low=0.0, high=1.0, unit=PLAIN):
    return Recipe(name, low, high, default, (), unit)


def switch(name, default=0, items=OFF_ON):
    """A quantized parameter: a chooser of several items, or plainly off and on."""
    return Recipe(name, 0, len(items) - 1, default, items, PLAIN)
