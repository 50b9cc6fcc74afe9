"""Kinds of device: class, parameters and Live versions of each, before a device exists. Built-in names are unique."""

import collections
import dataclasses
import typing

from .units import PLAIN

OFF_ON = ("Off", "On")

Recipe = collections.namedtuple("Recipe", "name low high default items unit")


def knob(name, default=0.0, low=0.0, high=1.0, unit=PLAIN):
    return Recipe(name, low, high, default, (), unit)


def switch(name, default=0, items=OFF_ON):
    """A quantized parameter: a chooser of several items, or off and on."""
    return Recipe(name, 0, len(items) - 1, default, items, PLAIN)


LIVE_11, LIVE_12 = 11, 12


@dataclasses.dataclass(frozen=True)
class Kind:
    """`model` is the class of its devices; `parameters` are recipes of those that follow the on-off switch."""

    name: str
    class_name: str
    type: int
    model: type
    parameters: tuple = ()
    versions: tuple = (LIVE_11, LIVE_12)
    details: typing.Any = None

    def make(self, parent):
        """Makes a device for a track or chain, not inserted yet."""
        return self.model(parent, self)


_built_in = {}


def register(*kinds):
    for kind in kinds:
        for version in kind.versions:
            _built_in[version, kind.name] = kind


def built_in(live, name):
    """Returns the built-in kind of that exact name; raises Live's error if its version has none."""
    kind = _built_in.get((live.major_version, name))
    if kind is None:
        raise ValueError("Device %s not found." % name)
    return kind


def names_of(major_version):
    """The names of the built-in kinds of a version of Live."""
    return {name for version, name in _built_in if version == major_version}


def all_built_in(live):
    return tuple(kind for (version, _name), kind in _built_in.items() if version == live.major_version)
