"""The actions there are: `@action` registers a function, and its signature declares the parameters."""

import inspect

from .errors import Refusal
from .parameters import REQUIRED, Invalid, Object

LIVE_VERSIONS = ("11", "12")
ACCESS_TAGS = frozenset(
    ("read", "transport", "record", "edit", "names", "mix", "launch", "stop", "destructive")
)
TOUCHABLE = frozenset(
    ("track", "clip", "device", "return", "master", "scene", "set", "selection", "app")
)

ACTIONS = {}


def action(category, access, touches=None, result=None, one_undo_step=False):
    """Registers the decorated function as the action of the same name.

    Its first parameter is the host; the annotation of each further one is its type (see
    parameters.py), its default is the action's. A default of None means: may be left out.
    `touches` maps what may change or be selected to the parameter that names it, None for all.
    `result` maps the fields of the answer to their types. `one_undo_step`: it makes several
    changes that a person should be able to undo as one.
    """

    def register(function):
        added = Action(function, category, access, touches or {}, result or {}, one_undo_step)
        if added.name in ACTIONS:
            raise TypeError("the action %s is defined twice" % added.name)
        ACTIONS[added.name] = added
        return function

    return register


class Action:
    """One thing that a client can ask for."""

    def __init__(self, function, category, access, touches, result, one_undo_step=False):
        self.name = function.__name__
        self.category = category
        self.access = tuple(access)
        self.touches = dict(touches)
        self.result = dict(result)
        self.one_undo_step = one_undo_step
        self.stops = "stop" in self.access
        self.run = function
        self._parameters = Object(_declared(function))
        self._require_honest_declaration()

    def check(self, params):
        """`params` with defaults filled in, or a Refusal that names what is wrong with them."""
        try:
            return self._parameters.check(params)
        except Invalid as error:
            raise Refusal("invalid_params", error.sentence(self.name)) from None

    def entry(self):
        """What the catalogue says about this action."""
        return {
            "name": self.name,
            "category": self.category,
            "access": list(self.access),
            "touches": self.touches,
            "doc": inspect.getdoc(self.run),
            "params": self._parameters.entries(),
            "result": [{"name": name, "type": kind} for name, kind in self.result.items()],
            "live": {version: True for version in LIVE_VERSIONS},
        }

    def _require_honest_declaration(self):
        # Roles are decided from these declarations: one that is wrong must not load at all.
        names = {entry["name"] for entry in self._parameters.entries()}
        named = {name for name in self.touches.values() if name is not None}
        changes = self.access != ("read",)
        honest = (
            set(self.access) <= ACCESS_TAGS
            and ("read" in self.access) != changes
            and bool(self.touches) == changes
            and set(self.touches) <= TOUCHABLE
            and named <= names
            and inspect.getdoc(self.run)
        )
        if not honest:
            raise TypeError("the action %s does not declare what it does" % self.name)


def _declared(function):
    parameters = list(inspect.signature(function).parameters.values())
    for parameter in parameters[1:]:
        required = parameter.default is parameter.empty
        yield parameter.name, parameter.annotation, REQUIRED if required else parameter.default
