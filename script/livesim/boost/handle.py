"""Handles: the objects that scripts hold. A handle refers to its object weakly, as in Live; deletion makes it dead.

Live makes a new Python object on every access, so handles are compared with `==` and never with `is`.
"""

import itertools

from ..errors import unmatched_call

_pointers = itertools.count(0x600000010000, 0x40)


class Life:
    """One lifetime of an object of the set, from its creation (or the undo that restored it) to its deletion."""

    __slots__ = ("subject", "pointer", "facts_name")

    def __init__(self, subject):
        self.subject = subject
        self.pointer = next(_pointers)
        self.facts_name = subject.facts_name


class Instance:
    """The base class of all classes that scripts see. Its one slot has an empty name, so it adds no member."""

    __slots__ = ("_referent", "__weakref__")
    __module__ = "Boost.Python"

    def __eq__(self, other):
        if other is None:
            return _referent(self).subject is None
        if isinstance(other, Instance):
            return _referent(self).subject == _referent(other).subject
        return NotImplemented

    def __hash__(self):
        return hash(_referent(self))


Instance.__name__ = Instance.__qualname__ = "instance"
_slot = Instance.__dict__["_referent"]
_referent = _slot.__get__
_refer = _slot.__set__
del Instance._referent


def refer(handle, referent):
    """Makes a handle refer to a life, or to a value (a value is its own permanent `subject`)."""
    _refer(handle, referent)


def subject_of(handle):
    """Returns the object behind a handle; raises Live's error for a deleted object."""
    subject = _referent(handle).subject
    if subject is None:
        raise unmatched_call("None.None", (handle,), "None(TPyHandle<%s>)" % type(handle).__name__)
    return subject


def referent_of(handle):
    return _referent(handle)
