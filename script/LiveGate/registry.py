"""The registry of actions: `@action` registers a function, and its signature declares the parameters."""

import inspect

from . import device_place, reach, situation
from .errors import Refusal
from .parameters import REQUIRED, Array, Invalid, Object, with_own_names

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

# The most items of an array that are checked when its line is read, or in one step.
CHECKED_AT_ONCE = 256

# Suffixes of parameters that name the target of a value.
TARGET_SUFFIXES = ("_index", "_name", "_path")

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

    Its first parameter is the host. The annotation of each further parameter is its type (see parameters.py), the default
    is the action's; a default of None makes it optional.
    `touches` maps the kinds of objects that may change or be selected to the parameter that names the object, None for all.
    `result` maps the fields of the answer to their types. `one_undo_step`: the action makes several changes that are one
    undo step. `missing`: the member that Live's API lacks, such as "Clip.fade_in_time", or {"11": member} if only some
    versions lack it. `names`: the kind of object, such as "track", that the parameter `name` names. `heavy` maps a numeric
    parameter, such as "depth", to the value from which the gateway limits the action as it limits costly ones.
    `more` declares the names in the answer and the details for the trail: see Action.
    """

    def register(function):
        declared = (touches or {}, result or {}, one_undo_step, missing or {}, names, heavy or {})
        added = Action(function, category, access, *declared, **more)
        if added.name in ACTIONS:
            raise TypeError("the action %s is defined twice" % added.name)
        ACTIONS[added.name] = added
        return function

    return register


class Action:
    """One action that a client can request.

    `shows` maps the kinds of objects whose names the answer may contain, in addition to those of the parameters, to None
    for all of them, to "track_index" for those on that track, or to a function `(song, **params)` that returns the names.
    `narrows` maps a kind of which the action may change any to a function with the action's parameters that returns
    whether this call changes only the named object.

    For the trail (audit_detail.py): `sets` maps the names of values to their paths, such as "track.mute", or to a function with
    the action's parameters that reads them; the trail has them before and after. `removes` does the same for removed
    objects. `records` lists the fields of the answer that the trail records too. `makes` is the kind of a new object.

    `sentence` says for people what the action does, such as "<rename|renamed> {the track} to {name}":
    src/command/sentence.rs describes the template.
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
        removes=None,
        records=(),
        makes=None,
        shows=None,
        narrows=None,
        sentence="",
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
        self.sets, self.removes, self.records, self.makes = sets or {}, removes or {}, records, makes
        self.sentence = sentence
        self.stops = "stop" in self.access
        self.run = function
        declared = list(_declared(function))
        self._parameters = Object(device_place.members(declared))
        self._names_device = self._parameters.names != {name for name, _, _ in declared}
        self._aliases = _aliases(self._parameters.names)
        self.targets = situation.targets(self._parameters.names)
        self._require_honest_declaration()

    @property
    def is_read(self):
        return "read" in self.access

    def takes(self, name):
        """Whether it has a parameter of this name."""
        return name in self._parameters.names

    @property
    def sets_a_value(self):
        """Whether it only sets a value, so that a later command can supersede an earlier one."""
        return self.name.startswith("set_")

    def target_of(self, params):
        """The parameters that name the target of its value."""
        return {name: value for name, value in params.items() if name.endswith(TARGET_SUFFIXES)}

    def check(self, params):
        """`params` with defaults filled in; raises a Refusal that names the mistake in them."""
        try:
            checked = self._parameters.check(with_own_names(params, self._aliases))
            return device_place.combined(checked) if self._names_device else checked
        except Invalid as error:
            raise Refusal("invalid_params", error.sentence(self.name)) from None

    def check_begin(self, params):
        """Like `check`, but of long arrays only the first items; also returns an iterator that checks the rest, or None."""
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
        """Raises a Refusal if this version of Live lacks a member that the action needs."""
        member = self.missing.get(host.live_major) if self.missing else None
        if member is not None:
            sentence = "Live %s has no %s, which %s needs" % (host.live_version, member, self.name)
            raise Refusal("unsupported", sentence, missing=member)

    def entry(self):
        """The action's entry in the catalogue."""
        entry = {
            "name": self.name,
            "category": self.category,
            "access": list(self.access),
            "touches": self.touches,
            "doc": inspect.getdoc(self.run),
            "sentence": self.sentence,
            "params": [self._as_requested(entry) for entry in self._parameters.entries()],
            "result": [{"name": name, "type": kind} for name, kind in self.result.items()],
            "live": {version: self._availability(version) for version in LIVE_VERSIONS},
            "shows": sorted({*self.targets, *self.shows}),
        }
        return dict(entry, heavy=self.heavy) if self.heavy else entry

    def _as_requested(self, entry):
        """The entry of a parameter with the other ways in which a request may say it."""
        if self._names_device:
            entry = device_place.entry(entry)
        alias = next((alias for alias, name in self._aliases.items() if name == entry["name"]), None)
        return entry if alias is None else dict(entry, alias=alias)

    def _availability(self, version):
        return {"missing": self.missing[version]} if version in self.missing else True

    def _require_honest_declaration(self):
        # Roles are decided by these declarations: the script must not load with a wrong one.
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
            raise TypeError("the action %s does not declare its effects" % self.name)


def _aliases(names):
    """The other name of a clip's row: clients know it as clip_index and as scene_index, whatever the action calls it."""
    rows = {"clip_index", "scene_index"} & names if "track_index" in names else ()
    return {alias: name for name in rows for alias in {"clip_index", "scene_index"} - {name}} if len(rows) == 1 else {}


def _is_long(value):
    return type(value) is list and len(value) > CHECKED_AT_ONCE


def _declared(function):
    parameters = list(inspect.signature(function).parameters.values())
    for parameter in parameters[1:]:
        required = parameter.default is parameter.empty
        yield parameter.name, parameter.annotation, REQUIRED if required else parameter.default
