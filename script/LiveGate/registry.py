"""The actions there are: `@action` registers a function, and its signature declares the parameters."""

import inspect

from . import reach, situation
from .errors import Refusal
from .parameters import REQUIRED, Array, Invalid, Object

LIVE_VERSIONS = ("11", "12")
ACCESS_TAGS = frozenset(
    (
        "read",
        "view",
        "transport",
        "stop",
        "launch",
        "mix",
        "record",
        "edit",
        "names",
        "device",
        "midi",
        "system",
        "sensitive",
        "destructive",
        "costly",
    )
)
READING_TAGS = frozenset(("read", "sensitive", "costly"))
TOUCHABLE = frozenset(
    ("track", "clip", "device", "return", "master", "scene", "set", "selection", "app")
)

# So many items of an array are checked when their line is read, or in one step.
CHECKED_AT_ONCE = 256

# Parameters that say on what a value is set.
TARGET_SUFFIXES = ("_index", "_name")

ACTIONS = {}


def action(
    category,
    access,
    touches=None,
    result=None,
    one_undo_step=False,
    missing=None,
    names=None,
    heavy=None,
    **more
):
    """Registers the decorated function as the action of the same name.

    Its first parameter is the host; the annotation of each further one is its type (see
    parameters.py), its default is the action's. A default of None means: may be left out.
    `touches` maps what may change or be selected to the parameter that names it, None for all.
    `result` maps the fields of the answer to their types. `one_undo_step`: it makes several
    changes that a person should be able to undo as one. `missing`: the member, such as
    "Clip.fade_in_time", that Live would need for it and lacks, or {"11": member} where only some
    versions lack it. `names`: the kind of object, such as "track", to which it gives its parameter
    `name`. `heavy` maps a number among the parameters, such as "depth", to the value from which on it is much work: the
    gateway then admits it as rarely as what is costly. `more` is whose names it
    tells, and what the trail is told of it: see Action.
    """

    def register(function):
        told = (touches or {}, result or {}, one_undo_step, missing or {}, names, heavy or {})
        added = Action(function, category, access, *told, **more)
        if added.name in ACTIONS:
            raise TypeError("the action %s is defined twice" % added.name)
        ACTIONS[added.name] = added
        return function

    return register


class Action:
    """One thing that a client can ask for.

    `shows` maps the kinds of objects whose names the answer may tell, beside those that the parameters name, to None
    for all of them, to "track_index" for those on that track, or to a function `(song, **params)` that answers the names.
    `narrows` maps a kind of which it may change any to a function that says, like an action, whether it will change
    now only what it names.

    For the trail (witness.py): `sets` maps the names of values to where they are, "track.mute", or to a function that
    reads them like an action; they are told as they were before and are after. `loses` is the same of what is gone
    afterwards. `tells` names the fields of the answer that are told too. `makes` is the kind of what is new.
    """

    def __init__(
        self,
        function,
        category,
        access,
        touches,
        result,
        one_undo_step=False,
        missing=(),
        names=None,
        heavy=(),
        sets=None,
        loses=None,
        tells=(),
        makes=None,
        shows=None,
        narrows=None,
    ):
        self.name = function.__name__
        self.category = category
        self.access = tuple(access)
        self.touches = dict(touches)
        self.result = dict(result)
        self.one_undo_step = one_undo_step
        self.missing = dict.fromkeys(LIVE_VERSIONS, missing) if isinstance(missing, str) else dict(missing)
        self.names = names
        self.heavy = dict(heavy)
        self.shows, self.narrows = shows or {}, narrows or {}
        self.sets, self.loses, self.tells, self.makes = sets or {}, loses or {}, tells, makes
        self.stops = "stop" in self.access
        self.run = function
        self._parameters = Object(_declared(function))
        self.targets = situation.targets(self._parameters.names)
        self._require_honest_declaration()

    @property
    def is_read(self):
        return "read" in self.access

    def takes(self, name):
        """Whether it has a parameter of this name."""
        return name in self._parameters.names

    @property
    def may_overwrite(self):
        """Whether it takes the parameter `overwrite`: true may replace what is there, and is destructive."""
        return "overwrite" in self._parameters.names

    @property
    def sets_a_value(self):
        """Whether doing it twice is doing it the second time: only then may a later command take an earlier one's place."""
        return self.name.startswith("set_")

    def target_of(self, params):
        """What its value is set on."""
        return {name: value for name, value in params.items() if name.endswith(TARGET_SUFFIXES)}

    def check(self, params):
        """`params` with defaults filled in, or a Refusal that names what is wrong with them."""
        try:
            return self._parameters.check(params)
        except Invalid as error:
            raise Refusal("invalid_params", error.sentence(self.name)) from None

    def check_begin(self, params):
        """As `check`, but of long arrays only the first items; and what checks the others, one by one, or None."""
        types = {name: self._parameters.type_of(name) for name, value in params.items() if _is_long(value)}
        long = {name: params[name] for name, kind in types.items() if type(kind) is Array and kind.is_within(params[name])}
        checked = self.check(dict(params, **{name: value[:CHECKED_AT_ONCE] for name, value in long.items()}))
        return checked, self._check_rest(checked, long) if long else None

    def _check_rest(self, checked, long):
        for name, value in long.items():
            try:
                yield from self._parameters.type_of(name).check_into(checked[name], value)
            except Invalid as error:
                raise Refusal("invalid_params", error.at("." + name).sentence(self.name)) from None

    def require_available(self, host):
        """A Refusal if this version of Live lacks what the action needs."""
        member = self.missing.get(host.live_major) if self.missing else None
        if member is not None:
            sentence = "Live %s has no %s, which %s would need" % (host.live_version, member, self.name)
            raise Refusal("unsupported", sentence, missing=member)

    def entry(self):
        """What the catalogue says about this action."""
        entry = {
            "name": self.name,
            "category": self.category,
            "access": list(self.access),
            "touches": self.touches,
            "doc": inspect.getdoc(self.run),
            "params": self._parameters.entries(),
            "result": [{"name": name, "type": kind} for name, kind in self.result.items()],
            "live": {version: self._availability(version) for version in LIVE_VERSIONS},
            "shows": sorted({*self.targets, *self.shows}),
        }
        return dict(entry, heavy=self.heavy) if self.heavy else entry

    def _availability(self, version):
        return {"missing": self.missing[version]} if version in self.missing else True

    def _require_honest_declaration(self):
        # Roles are decided from these declarations: one that is wrong must not load at all.
        kinds = {entry["name"]: entry["type"] for entry in self._parameters.entries()}
        names = set(kinds)
        named = {name for name in self.touches.values() if name is not None}
        changes = "read" not in self.access
        honest = (
            set(self.access) <= (ACCESS_TAGS if changes else READING_TAGS)
            and bool(self.access)
            and set(self.missing) <= set(LIVE_VERSIONS)
            and bool(self.touches) == changes
            and set(self.touches) <= TOUCHABLE
            and named <= names
            and set(self.shows) <= set(reach.ALL)
            and set(self.narrows) <= {kind for kind, name in self.touches.items() if name is None}
            and ("names" in self.access) == (self.names is not None)
            and all(kinds.get(name) in ("integer", "number") for name in self.heavy)
            and inspect.getdoc(self.run)
        )
        if not honest:
            raise TypeError("the action %s does not declare what it does" % self.name)


def _is_long(value):
    return type(value) is list and len(value) > CHECKED_AT_ONCE


def _declared(function):
    parameters = list(inspect.signature(function).parameters.values())
    for parameter in parameters[1:]:
        required = parameter.default is parameter.empty
        yield parameter.name, parameter.annotation, REQUIRED if required else parameter.default
