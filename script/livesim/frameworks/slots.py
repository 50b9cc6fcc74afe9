"""Slots: connect a listener to an event of a changing subject, and disconnect it at the end."""

import functools

from .disconnectable import Disconnectable


class EventError(Exception):
    """The subject has no such event."""


def has_event(subject, name):
    return hasattr(subject, "add_%s_listener" % name)


class Slot(Disconnectable):
    """Connects a listener to one event of the subject; a deleted object of Live counts as None."""

    def __init__(self, subject=None, listener=None, event_name=None):
        super().__init__()
        self.listener = listener
        self._event_name = event_name
        self._subject = None
        self.subject = subject

    @property
    def subject(self):
        return self._subject

    @subject.setter
    def subject(self, subject):
        self.disconnect()
        self._subject = subject
        self.connect()

    @property
    def is_connected(self):
        return self._subject != None and self._member("%s_has_listener")(self._call)  # noqa: E711 Live's objects

    def connect(self):
        if self._subject != None and not self.is_connected:  # noqa: E711
            self._member("add_%s_listener")(self._call)

    def disconnect(self):
        if self.is_connected:
            self._member("remove_%s_listener")(self._call)
        self._subject = None

    def soft_disconnect(self):
        subject = self._subject
        self.disconnect()
        self._subject = subject

    def _call(self, *arguments, **keywords):
        self.listener(*arguments, **keywords)

    def _member(self, pattern):
        member = getattr(self._subject, pattern % self._event_name, None)
        if member is None:
            raise EventError("%r has no event %s" % (self._subject, self._event_name))
        return member


class MultiSlot(Disconnectable):
    """Follows a path such as "selected_track.mute": when a part changes, it listens to the new object."""

    def __init__(self, subject=None, listener=None, event_path=()):
        super().__init__()
        self._listener = listener
        self._name, self._rest = event_path[0], event_path[1:]
        self._here = Slot(None, self._changed, self._name)
        self._below = _slot(None, listener, self._rest) if self._rest else None
        self._subject = None
        self.subject = subject

    @property
    def subject(self):
        return self._subject

    @subject.setter
    def subject(self, subject):
        self._subject = subject
        self._here.subject = subject if has_event(subject, self._name) else None
        self._follow()

    def disconnect(self):
        self.subject = None

    def _changed(self, *arguments):
        self._follow()
        self._listener(*arguments)

    def _follow(self):
        if self._below is not None:
            self._below.subject = getattr(self._subject, self._name) if self._subject != None else None  # noqa: E711


def _slot(subject, listener, path):
    return Slot(subject, listener, path[0]) if len(path) == 1 else MultiSlot(subject, listener, path)


class SlotGroup(Disconnectable):
    """One listener for the same event of many subjects; its last argument is the subject."""

    def __init__(self, listener=None, event_name=None):
        super().__init__()
        self.listener = listener
        self._event_name = event_name
        self._slots = []

    def replace_subjects(self, subjects, identifiers=()):
        self.disconnect()
        identifiers = list(identifiers)
        for index, subject in enumerate(subjects):
            self.add_subject(subject, *identifiers[index : index + 1])

    def add_subject(self, subject, identifier=None):
        source = subject if identifier is None else identifier
        listener = functools.partial(self._call, source)
        self._slots.append((subject, _slot(subject, listener, self._event_name.split("."))))

    def remove_subject(self, subject):
        for present, slot in self._slots:
            if present == subject:
                slot.disconnect()
        self._slots = [(present, slot) for present, slot in self._slots if present != subject]

    def has_subject(self, subject):
        return any(present == subject for present, _slot_of_it in self._slots)

    def disconnect(self):
        slots, self._slots = self._slots, []
        for _subject, slot in slots:
            slot.disconnect()

    def _call(self, identifier, *arguments):
        self.listener(*arguments, identifier)


class _SlotOfMethod:
    """On an instance, the method with its own slot: callable, and with a `subject` to listen to."""

    def __init__(self, function, make):
        self._function, self._make = function, make
        functools.update_wrapper(self, function)

    def __set_name__(self, owner, name):
        self._name = "_slot_of_%s_in_%s" % (name, owner.__name__)

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self._name not in vars(instance):
            slot = self._make(functools.partial(self._function, instance))
            vars(instance)[self._name] = CallableSlot(slot, self._function, instance)
            instance.register_disconnectable(slot)
        return vars(instance)[self._name]


class CallableSlot:
    """The decorated method as scripts see it: the method, and all members of its slot."""

    def __init__(self, slot, function, instance):
        vars(self).update(_slot=slot, _call=functools.partial(function, instance))

    def __call__(self, *arguments, **keywords):
        return self._call(*arguments, **keywords)

    def __getattr__(self, name):
        return getattr(self._slot, name)

    def __setattr__(self, name, value):
        setattr(self._slot, name, value)


def listens(event_path):
    """Decorates a method with a slot for an event, or for a path that ends in one."""
    path = event_path.split(".")
    return lambda function: _SlotOfMethod(function, lambda listener: _slot(None, listener, path))


def listens_group(event_path):
    return lambda function: _SlotOfMethod(function, lambda listener: SlotGroup(listener, event_path))
