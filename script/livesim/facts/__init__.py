"""Loads the facts: the members of Live's API, version by version. condense.py says where they come from."""

import functools
import json
import pathlib

VERSIONS = {"11": "11.3.43", "12": "12.3.6"}

# Events with listeners that are not properties, by class. The dumps do not list them; the source is the documentation
# of Live 12.3.6. Live 11 already has the events of its classes.
EVENTS = {
    "Application.Application.View": ("is_view_visible", "view_focus_changed"),
    "Application.ControlSurfaceProxy": ("control_values_arrived", "midi_received"),
    "Browser.Browser": ("full_refresh",),
    "Clip.Clip": ("loop_jump", "notes", "playing_status"),
    "MaxDevice.MaxDevice": ("bank_parameters_changed",),
    "Song.Song": ("data", "scale_information"),
    "Track.Track": ("data",),
    "WavetableDevice.WavetableDevice": ("modulation_matrix_changed",),
}

# The listener functions of these events take the name of a view before the listener.
NAMED = frozenset(("is_view_visible",))


@functools.lru_cache(maxsize=None)
def load(version):
    """Returns the facts of a version ("12") as plain data; treat them as read-only."""
    path = pathlib.Path(__file__).with_name("live-%s.json" % VERSIONS[version])
    return json.loads(path.read_text(encoding="utf-8"))


def described(facts, class_name):
    """The properties and methods of a class, own and inherited."""
    own = facts["classes"][class_name]
    properties, methods = {}, {}
    for base in own["bases"]:
        inherited_properties, inherited_methods = described(facts, base)
        properties.update(inherited_properties)
        methods.update(inherited_methods)
    properties.update(own["properties"])
    methods.update(own["methods"])
    return properties, methods


def members(facts, class_name):
    """Names of the properties and methods of a class, own and inherited, without the listener functions."""
    properties, methods = described(facts, class_name)
    return set(properties) | set(methods)
