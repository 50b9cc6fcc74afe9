"""Stand-ins for Ableton's script frameworks, so that third-party scripts run: virtual modules of the classes here.

A name that the real module has and the stand-in lacks (names.py) raises NotSimulated when it is imported or used. A
name that the real module lacks, too, is an ImportError, as in Live. `install` registers the modules.
"""

import sys
import types

from ..errors import NotSimulated
from . import (
    capabilities,
    components,
    control_surfaces,
    dependency,
    disconnectable,
    elements,
    events,
    functions,
    matrix,
    mixer,
    names,
    session,
    session_parts,
    slots,
    surface,
    tasks,
    transport,
)
from .refusing import placeholder

_V2 = "ableton.v2.control_surface"
_TYPES = "MIDI_NOTE_TYPE MIDI_CC_TYPE MIDI_PB_TYPE MIDI_SYSEX_TYPE MIDI_INVALID_TYPE"
_STATUSES = "MIDI_NOTE_ON_STATUS MIDI_NOTE_OFF_STATUS MIDI_CC_STATUS MIDI_PB_STATUS"
_TASKS = """Task TaskGroup FuncTask WaitTask DelayTask totask run wait delay sequence parallel loop"""
_SLOTS = "EventError MultiSlot Slot SlotGroup has_event listens listens_group"
_LIVE_API = "is_parameter_bipolar liveobj_changed liveobj_valid"
_PLAIN = """BooleanContext NamedTuple chunks clamp compose const find_if first flatten forward_property in_range
    index_if is_contextmanager is_iterable lazy_attribute linear maybe memoize negate nop product remove_if second sign
    third union"""


def _of(source, listed):
    return {name: getattr(source, name) for name in listed.split()}


_DISCONNECTABLES = _of(disconnectable, "CompoundDisconnectable Disconnectable")
_EVENTS = {**_of(slots, _SLOTS), **_of(events, "Event EventObject listenable_property")}
_DEPENDENCIES = _of(dependency, "DependencyError depends inject")
_BUTTON = _of(elements, "ButtonElement OFF_VALUE ON_VALUE")
_MATRIX = _of(matrix, "ButtonMatrixElement")
_CAPABILITIES = _of(
    capabilities,
    """AUTO_LOAD_KEY CONTROLLER_ID_KEY DIRECTIONKEY FIRMWARE_KEY HIDDEN MACNAMEKEY MODEL_NAMES NOTES_CC PLAIN_OLD_MIDI
    PORTNAMEKEY PORTS_KEY PRODUCTIDS PROPSKEY REMOTE SCRIPT SYNC TYPE_KEY VENDORID controller_id inport outport""",
)
_PUBLISHED = _of(surface, "get_control_surfaces publish_control_surface")
_V2_SURFACES = {
    "ControlSurface": control_surfaces.V2ControlSurface,
    "SimpleControlSurface": control_surfaces.SimpleControlSurface,
}

OFFERED = {
    "_Framework": {},
    "_Framework.ButtonElement": _BUTTON,
    "_Framework.ButtonMatrixElement": _MATRIX,
    "_Framework.Capabilities": _CAPABILITIES,
    "_Framework.ChannelStripComponent": _of(mixer, "ChannelStripComponent"),
    "_Framework.ClipSlotComponent": _of(session_parts, "ClipSlotComponent"),
    "_Framework.CompoundComponent": _of(components, "CompoundComponent"),
    "_Framework.ControlElement": _of(elements, "ControlElement"),
    "_Framework.ControlSurface": {"ControlSurface": control_surfaces.FrameworkControlSurface, **_PUBLISHED},
    "_Framework.ControlSurfaceComponent": _of(components, "ControlSurfaceComponent"),
    "_Framework.Dependency": _DEPENDENCIES,
    "_Framework.Disconnectable": _DISCONNECTABLES,
    "_Framework.EncoderElement": _of(elements, "EncoderElement"),
    "_Framework.InputControlElement": _of(elements, "InputControlElement " + _TYPES + " " + _STATUSES),
    "_Framework.MixerComponent": _of(mixer, "MixerComponent"),
    "_Framework.NotifyingControlElement": _of(elements, "NotifyingControlElement"),
    "_Framework.SceneComponent": _of(session_parts, "SceneComponent"),
    "_Framework.SessionComponent": _of(session, "SessionComponent"),
    "_Framework.SliderElement": _of(elements, "SliderElement"),
    "_Framework.SubjectSlot": {
        "CallableSubjectSlot": slots.CallableSlot,
        "SlotManager": events.EventObject,
        "Subject": events.EventObject,
        "SubjectEvent": events.Event,
        "SubjectSlot": slots.Slot,
        "SubjectSlotError": slots.EventError,
        "SubjectSlotGroup": slots.SlotGroup,
        "subject_slot": slots.listens,
        "subject_slot_group": slots.listens_group,
    },
    "_Framework.Task": _of(tasks, _TASKS),
    "_Framework.TransportComponent": _of(transport, "TransportComponent"),
    "_Framework.Util": _of(functions, _PLAIN),
    "ableton": {},
    "ableton.v2": {},
    "ableton.v2.base": {
        **_DISCONNECTABLES,
        **_DEPENDENCIES,
        **_EVENTS,
        **_of(functions, _PLAIN + " isclose " + _LIVE_API),
    },
    "ableton.v2.base.dependency": _DEPENDENCIES,
    "ableton.v2.base.disconnectable": _DISCONNECTABLES,
    "ableton.v2.base.event": _EVENTS,
    "ableton.v2.base.isclose": _of(functions, "isclose"),
    "ableton.v2.base.live_api_utils": _of(functions, _LIVE_API),
    "ableton.v2.base.task": _of(tasks, _TASKS),
    "ableton.v2.base.util": _of(functions, _PLAIN),
    _V2: {
        **_V2_SURFACES,
        **_of(components, "Component"),
        **_of(elements, "ControlElement NotifyingControlElement InputControlElement " + _TYPES),
    },
    _V2 + ".capabilities": _CAPABILITIES,
    _V2 + ".component": _of(components, "Component"),
    _V2 + ".control_element": _of(elements, "ControlElement NotifyingControlElement"),
    _V2 + ".control_surface": {**_V2_SURFACES, **_PUBLISHED},
    _V2 + ".elements": {**_BUTTON, **_MATRIX, **_of(elements, "EncoderElement SliderElement")},
    _V2 + ".elements.button": _BUTTON,
    _V2 + ".elements.button_matrix": _MATRIX,
    _V2 + ".elements.encoder": _of(elements, "EncoderElement"),
    _V2 + ".elements.slider": _of(elements, "SliderElement"),
    _V2 + ".input_control_element": _of(elements, "InputControlElement " + _TYPES),
}


def install():
    """Makes `import _Framework` and `import ableton` import the stand-ins."""
    if not any(isinstance(finder, _Refuser) for finder in sys.meta_path):
        sys.meta_path.append(_Refuser())
    for name, offered in OFFERED.items():
        if not isinstance(sys.modules.get(name), _Module):
            _place(name, _Module(name, offered))


def _place(name, module):
    """A name that a package offers hides the submodule of the same name, as in the real packages."""
    sys.modules[name] = module
    package_name, _, own_name = name.rpartition(".")
    package = sys.modules.get(package_name)
    if package is not None and own_name not in (*vars(package), *package._lacking_names()):
        setattr(package, own_name, module)


class _Module(types.ModuleType):
    """A module of a framework; names that only the real module has raise NotSimulated."""

    def __init__(self, name, offered):
        super().__init__(name, "Simulated: see livesim.")
        self.__path__ = []
        self.__dict__.update(offered)
        self._starred = set()

    def _lacking_names(self):
        return names.LACKING.get(self.__name__, "").split()

    def __getattr__(self, name):
        label = "%s.%s" % (self.__name__, name)
        if name == "__all__":
            return self._all()
        if name in self._starred:
            self._starred.remove(name)
            return placeholder(label)
        if name in self._lacking_names() or label in names.MODULES:
            raise NotSimulated("%s is not simulated" % label)
        raise AttributeError("module %r has no attribute %r" % (self.__name__, name))

    def _all(self):
        """For `import *`, which reads each of these names at once: returns a placeholder instead of raising."""
        self._starred = set(self._lacking_names())
        offered = [name for name in vars(self) if not name.startswith("_")]
        return offered + self._lacking_names()


class _Refuser:
    """Meta path finder, asked last: finds no module, but names those that only the real frameworks have."""

    def find_spec(self, name, _path=None, _target=None):
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            if ".".join(parts[:length]) in names.MODULES:
                raise NotSimulated("the module %s is not simulated" % name)
        return None
