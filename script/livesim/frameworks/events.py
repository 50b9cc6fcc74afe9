"""Events and their listeners (observer pattern), the same in both frameworks except for names.

A class names its events, and gets `add_x_listener`, `remove_x_listener`, `x_has_listener` and `notify_x` for each.
"""

from ..errors import NotSimulated
from .disconnectable import CompoundDisconnectable, Disconnectable
from .slots import EventError, Slot

DECLARATIONS = ("__events__", "__subject_events__")


class Event:
    """An event as classes may declare it instead of its plain name."""

    def __init__(self, name=None, doc=None, signal=None, override=False):
        if signal is not None:
            raise NotSimulated("events with signals of their own are not simulated")
        self.name = name


class EventObject(CompoundDisconnectable):
    """Has events, and keeps the slots of its own methods."""

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        declared = [event for declaration in DECLARATIONS for event in cls.__dict__.get(declaration, ())]
        observed = [name for name, member in vars(cls).items() if isinstance(member, listenable_property)]
        for name in [*(getattr(event, "name", event) for event in declared), *observed]:
            _add_event(cls, name)

    def register_slot(self, subject_or_slot, callback=None, event_name=None):
        """Registers a slot, made here from a subject, a callback and the event, or given ready-made."""
        made = subject_or_slot if isinstance(subject_or_slot, Disconnectable) and callback is None else None
        return self.register_disconnectable(made or Slot(subject_or_slot, callback, event_name))

    def disconnect_slot(self, slot):
        self.disconnect_disconnectable(slot)


def listeners_of(subject, event_name):
    return tuple(vars(subject).get("_listeners_of_%s" % event_name, ()))


def _add_event(cls, name):
    def add(self, listener):
        vars(self)["_listeners_of_%s" % name] = (*listeners_of(self, name), listener)

    def remove(self, listener):
        if listener not in listeners_of(self, name):
            raise EventError("%r does not listen to %s" % (listener, name))
        kept = tuple(known for known in listeners_of(self, name) if known != listener)
        vars(self)["_listeners_of_%s" % name] = kept

    def has(self, listener):
        return listener in listeners_of(self, name)

    def notify(self, *arguments, **keywords):
        for listener in listeners_of(self, name):
            listener(*arguments, **keywords)

    def count(self):
        return len(listeners_of(self, name))

    for pattern, function in (
        ("add_%s_listener", add),
        ("remove_%s_listener", remove),
        ("%s_has_listener", has),
        ("notify_%s", notify),
        ("%s_listener_count", count),
    ):
        if pattern % name not in vars(cls):
            setattr(cls, pattern % name, function)


class listenable_property(property):  # noqa: N801 the name that scripts know
    """A property that is an event too; the managed kind stores its value itself and notifies on change."""

    @classmethod
    def managed(cls, default):
        return _ManagedProperty(default)


class _ManagedProperty(listenable_property):
    def __init__(self, default):
        super().__init__(self._read, self._write)
        self._default = default

    def __set_name__(self, owner, name):
        self._name = name

    def _read(self, subject):
        return vars(subject).get("_value_of_%s" % self._name, self._default)

    def _write(self, subject, value):
        if value != self._read(subject):
            vars(subject)["_value_of_%s" % self._name] = value
            getattr(subject, "notify_%s" % self._name)(value)
