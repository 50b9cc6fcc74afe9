"""What the objects of a simulated set have in common: state with undo, listeners, lives, marks of their members.

A model class stands for one class of the facts. What scripts may see of it is marked: `State` and `reads` become
properties, `query` and `command` become methods. Everything else, and every name that begins with an underscore, is
internal. Whether a property can be set or listened to is never said here: the facts say it.
"""

from ..boost.handle import Life
from .history import StateChange

MODELS = {}


def models(facts_name):
    """Marks the class that models a class of the facts."""

    def register(cls):
        cls.facts_name = facts_name
        MODELS[facts_name] = cls
        return cls

    return register


class State:
    """A stored member. Writing one records it for undo (unless `undo` is False) and notifies its listeners.

    `owns`: the value is an object of the set or a tuple of them, which live and die with their place in it.
    `also`: other members that change whenever this one does. `check`: raises for a value that Live refuses.
    """

    def __init__(self, default=None, undo=True, owns=False, also=(), check=None):
        self.default, self.undo, self.owns, self.also, self.check = default, undo, owns, also, check

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, model, owner=None):
        if model is None:
            return self
        return model._values.get(self.name, self.default)

    def __set__(self, model, value):
        if self.check is not None:
            self.check(value)
        old = self.__get__(model)
        if old == value:
            return
        if self.undo:
            model.song.history.record(StateChange(model, self, old, value))
        self.put(model, value)

    def put(self, model, value):
        """Stores without a record: the way of undo and redo."""
        old = self.__get__(model)
        model._values[self.name] = value
        if self.owns:
            _settle_lives(_objects(old), _objects(value))
        for member in (self.name, *self.also):
            model.post(member)


class reads(property):
    """A computed member; `@member.setter` adds how it is written."""


def query(function):
    """A method that changes nothing."""
    function.exported = "query"
    return function


def command(function):
    """A method that changes the set: refused inside notifications, undoable, recorded as an effect."""
    function.exported = "command"
    return function


class Model:
    """An object of the set (or the application, which has no song)."""

    facts_name = None
    song = None

    def __init__(self, parent):
        self.parent = parent
        self.live = parent.live
        self.song = parent.song
        self._birth()

    def _birth(self):
        self._values = {}
        self.listeners = {}
        self.life = Life(self)

    @reads
    def _live_ptr(self):
        return self.life.pointer

    @reads
    def canonical_parent(self):
        return self.parent

    def assign(self, name, value):
        """A script writes a property."""
        self.live.change(self, name, value, lambda: setattr(self, name, value))

    def call(self, function, arguments):
        """A script calls a method of this class, or the one that takes its place in a special kind of it."""
        function = getattr(type(self), function.__name__, function)
        if function.exported == "query":
            return function(self, *arguments)
        return self.live.change(self, function.__name__, arguments, lambda: function(self, *arguments))

    def post(self, member):
        """Notifies the listeners of a member, once the change that is under way is complete."""
        if member in self.listeners:
            self.live.notifications.post(self, member)

    def children(self):
        for name in owning_states(type(self)):
            yield from _objects(self._values.get(name))

    def die(self):
        for child in self.children():
            child.die()
        self.life.subject = None
        self.listeners = {}

    def revive(self):
        """Back by undo: a new life, since handles from before the deletion stay dead."""
        self.life = Life(self)
        for child in self.children():
            child.revive()

    def copied(self, parent, kind=None):
        """The same object for another place, not put there yet: what it owns is copied with it, the rest is shared.

        What undo never touches, such as selections and buttons, starts anew; so does what is made in `_birth`, the
        place for everything else that belongs to one object alone, such as who listens to it. `kind` is the class of
        the copy, where the other place asks for another one.
        """
        copy = object.__new__(kind or type(self))
        vars(copy).update(vars(self), parent=parent)
        copy._birth()
        owned = owning_states(type(self))
        for name, value in self._values.items():
            if getattr(type(self), name).undo:
                copy._values[name] = copies(value, copy) if name in owned else value
        return copy

    def path(self):
        """Where the object stands in the set, in the words of Max's `live.path`."""
        return "%s %s" % (self.parent.path(), self.segment())

    def segment(self):
        """The last part of the path; a parent knows the places of its children by the names of its own members."""
        for name in owning_states(type(self.parent)):
            value = self.parent._values.get(name)
            if value is self:
                return name.lstrip("_")
            if isinstance(value, tuple) and self in value:
                return "%s %d" % (name, value.index(self))
        return "detached"


def owning_states(cls):
    """The names of the members whose values live and die with an object of this class."""
    if "_owning" not in cls.__dict__:
        found = {}
        for ancestor in reversed(cls.__mro__):
            found.update(
                (name, None) for name, member in vars(ancestor).items() if isinstance(member, State) and member.owns
            )
        cls._owning = tuple(found)
    return cls._owning


def copies(value, parent):
    """What an owning member holds, copied for another owner."""
    if isinstance(value, tuple):
        return tuple(child.copied(parent) for child in value)
    return value and value.copied(parent)


def _objects(value):
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _settle_lives(before, after):
    kept, new = set(map(id, after)), set(map(id, before))
    for model in before:
        if id(model) not in kept:
            model.die()
    for model in after:
        if id(model) not in new and model.life.subject is None:
            model.revive()
