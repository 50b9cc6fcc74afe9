"""Kinds of device: what is true of all devices of one sort before there is any. The built-in ones have unique names."""

import dataclasses
import typing

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
        """A device for a track or chain, not placed there yet."""
        return self.model(parent, self)


_built_in = {}


def register(*kinds):
    for kind in kinds:
        for version in kind.versions:
            _built_in[version, kind.name] = kind


def built_in(live, name):
    """The built-in kind of that exact name; Live's refusal if its version has none."""
    kind = _built_in.get((live.major_version, name))
    if kind is None:
        raise ValueError("Device %s not found." % name)
    return kind


def all_built_in(live):
    return tuple(kind for (version, _name), kind in _built_in.items() if version == live.major_version)
