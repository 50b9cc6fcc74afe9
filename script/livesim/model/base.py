"""The base of all objects in a simulated set: state with undo, listeners, lives, marks of members.

A model class implements one class of the facts. Its public members are marked: `State` and `reads` become properties,
`query` and `command` become methods. All other names are internal. Whether a property can be set or listened to comes
from the facts, never from the model.
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

    `owns`: the value is an object of the set or a tuple of them, which live and die with their membership.
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
        """Stores without recording, for undo and redo."""
        old = self.__get__(model)
        model._values[self.name] = value
        if self.owns:
            _settle_lives(_objects(old), _objects(value))
        for member in (self.name, *self.also):
            model.post(member)


class reads(property):
    """A computed member; `@member.setter` adds its setter."""


def query(function):
    """A method that does not change the set."""
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
        """Writes a property for a script."""
        self.live.change(self, name, value, lambda: setattr(self, name, value))

    def call(self, function, arguments):
        """Calls a method of this class for a script, or its override in a subclass."""
        function = getattr(type(self), function.__name__, function)
        if function.exported == "query":
            return function(self, *arguments)
        return self.live.change(self, function.__name__, arguments, lambda: function(self, *arguments))

    def post(self, member):
        """Notifies the listeners of a member, once the running change is complete."""
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
        """Restored by undo with a new life, since handles from before the deletion stay dead."""
        self.life = Life(self)
        for child in self.children():
            child.revive()

    def copied(self, parent, kind=None):
        """A copy for another place, not inserted yet: owned objects are copied, the rest is shared.

        State outside undo, such as selections and buttons, is reset, and so is the state made in `_birth`: everything
        else that belongs to one object alone, such as its listeners. `kind` is the class of the copy, where it differs.
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
        """The path of the object in the set, as Max's `live.path` writes it."""
        return "%s %s" % (self.parent.path(), self.segment())

    def segment(self):
        """The last part of the path; a parent finds the positions of its children by the names of its own members."""
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
    """The value of an owning member, copied for another owner."""
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
