"""Builds the package `Live` from the facts: every class, enum and function, with the models plugged in.

A model that marks a member unknown to every version of Live is a bug in livesim and fails the import.
"""

import functools
import inspect
import sys
import types

from .. import facts as facts_files
from ..errors import LimitationError
from ..model import FUNCTIONS
from ..model.base import MODELS, State, reads
from .constructors import make_initializer
from .conversion import Signature, converter
from .enums import enumeration
from .handle import Instance, refer
from .members import event_lookup, listener_members, make_function, make_method, make_property
from .vectors import Vector, iterator_protocol, vector_protocol, wrapping


class Package:
    """The modules of one version. `live` is the simulated Live that its functions and constructors use."""

    def __init__(self, version):
        self.facts = facts_files.load(version)
        self.live = None
        self.classes = {}
        self._by_last_name = {}
        self._wrap = wrapping(self.classes)
        self.modules = {"Live": _module("Live")}
        for name in sorted([*self.facts["classes"], *self.facts["enums"]], key=lambda name: name.count(".")):
            self._place(name, self._enum(name) if name in self.facts["enums"] else self._class_of(name))
        for name in self.facts["classes"]:
            self._fill(name)
        for name, text in self.facts["functions"].items():
            self._place(name, self._function(name, text))
        self._place("Base.LimitationError", LimitationError)

    def install(self, live):
        """Makes `import Live` import this version, bound to the given simulated Live."""
        self.live = live
        for name in [name for name in sys.modules if name == "Live" or name.startswith("Live.")]:
            del sys.modules[name]
        sys.modules.update(self.modules)

    def handle(self, model):
        """Returns the handle for an object of the set, by its current life."""
        return self._wrap(model.life)

    def _enum(self, name):
        made = enumeration(name.rpartition(".")[2], name.partition(".")[0], self.facts["enums"][name])
        self._by_last_name.setdefault(made.__name__, []).append(made)
        return made

    def _class_of(self, name):
        if name not in self.classes:
            described = self.facts["classes"][name]
            bases = tuple(self._class_of(base) for base in described["bases"]) or (Instance,)
            module, _, qualified = name.partition(".")
            body = {"__slots__": (), "__module__": module, "__qualname__": qualified.rpartition(".")[2]}
            self.classes[name] = type(qualified.rpartition(".")[2], bases, body)
            self._by_last_name.setdefault(self.classes[name].__name__, []).append(self.classes[name])
        return self.classes[name]

    def _fill(self, name):
        """Makes inherited members again, because this class's model implements them."""
        made, model = self.classes[name], Vector if name.endswith("Vector") else MODELS.get(name)
        marked = marked_members(model)
        properties, methods = facts_files.described(self.facts, name)
        for member, fact in properties.items():
            setattr(made, member, self._property("%s.%s" % (name, member), fact, marked.get(member)))
            if "listen" in fact:
                for listener_member, function in listener_members("%s.%s" % (name, member), member in marked).items():
                    setattr(made, listener_member, function)
        for member, text in methods.items():
            setattr(made, member, self._method("%s.%s" % (name, member), text, marked.get(member)))
        for ending, protocol in (("Vector", vector_protocol), ("Iterator", iterator_protocol)):
            for member, function in (protocol(self._wrap) if name.endswith(ending) else {}).items():
                setattr(made, member, function)
        look_up = event_lookup(name, model)
        if look_up is not None:
            made.__getattr__ = look_up
        made.__init__ = make_initializer(self, name, model, self._by_last_name)

    def _property(self, label, fact, member):
        convert = None
        if "set" in fact and is_writable(member):
            convert = converter(fact[0], self._by_last_name)
        return make_property(label, fact, member is not None, convert, self._returning(fact[0]))

    def _method(self, label, text, function):
        signature = Signature(text, self._by_last_name)
        return make_method(label, signature, text, function, self._returning(signature.returns))

    def _function(self, name, text):
        signature = Signature(text, self._by_last_name)
        function = FUNCTIONS.get(name)
        bound = function and (lambda *arguments: function(self.live, *arguments))
        return make_function(name, signature, text, bound, self._returning(signature.returns))

    def _returning(self, type_text):
        """Returns how a model's value is wrapped for scripts, by the type that the facts declare."""
        if type_text == "float":
            return float
        if type_text == "None":
            return lambda _value: None
        for kind in self._by_last_name.get(type_text.partition("[")[0], ()):
            if kind.__name__.endswith("Vector"):
                return functools.partial(self._vector, kind)
            if issubclass(kind, int):
                return lambda value: kind.values.get(value, value)
        return lambda value: self._wrap(getattr(value, "life", value))

    def _vector(self, kind, items):
        handle = Instance.__new__(kind)
        refer(handle, Vector(items))
        return handle

    def _place(self, name, thing):
        """Puts a class, an enum or a function into the module or class that its dotted name gives."""
        module_name, *owners = name.split(".")[:-1]
        place = self.modules.get("Live." + module_name)
        if place is None:
            place = self.modules["Live." + module_name] = _module("Live." + module_name)
            setattr(self.modules["Live"], module_name, place)
        for owner in owners:
            place = getattr(place, owner)
        setattr(place, name.rpartition(".")[2], thing)


def marked_members(model):
    """The members of a model that scripts may see, if the facts of a version have them; None has no members."""
    members = {name: inspect.getattr_static(model, name) for name in dir(model)} if model else {}
    marked = {
        name: member for name, member in members.items() if isinstance(member, reads) or hasattr(member, "exported")
    }
    states = {name: member for name, member in members.items() if isinstance(member, State) and name[0] != "_"}
    return {**marked, **states, **dict.fromkeys(getattr(model, "fields", ()), True)}


def is_writable(member):
    """Whether a script can write the member: only a computed property may lack a setter."""
    return member is not None and not (isinstance(member, property) and member.fset is None)


def check_models(all_facts):
    """Fails if a model marks a member that exists in no version of Live."""
    for facts_name, model in MODELS.items():
        known = [facts_files.members(facts, facts_name) for facts in all_facts if facts_name in facts["classes"]]
        invented = set(marked_members(model)).difference(*known)
        if invented:
            raise AttributeError("Live's %s has no %s" % (facts_name, ", ".join(sorted(invented))))


@functools.lru_cache(maxsize=None)
def package_of(version):
    """Returns the one package of a version in this process: scripts that imported it keep it."""
    return Package(version)


def _module(name):
    module = types.ModuleType(name, "Simulated: see livesim.")
    module.__path__ = []
    return module


check_models([facts_files.load(version) for version in facts_files.VERSIONS])
