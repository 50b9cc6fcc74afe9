"""The details of a change that the trail records: touched objects, and values before and after (audit detail).

The gateway writes them into the outcome's row and removes them from the client's answer. Nothing here may fail a
command: values that cannot be read are left out.
"""

from .budget import Budget
from .device_place import owner, racks_and_device
from .lines import Encoded, json_of
from .lom import parameter_values
from .situation import Situation

# Of one command. If details exceed it, the row says that some were left out.
BYTES_MAX = 2048
TEXT_MAX = 256
# Live's values have single precision: further digits carry no information.
DIGITS = "%.7g"
OMITTED = {"omitted": True}


def of(command, host):
    """The detail of a command that may change something; None if the client keeps no trail."""
    action = command.action
    wanted = command.connection.dialect.keeps_trail and command.batch is None and "read" not in action.access
    return AuditDetail(command, host) if wanted else None


class AuditDetail:
    """Reads the members that an action sets, on its targets, before and after the command."""

    __slots__ = ("_action", "_params", "_host", "_readers", "_touched", "_before")

    def __init__(self, command, host):
        self._action, self._params, self._host = command.action, command.params, host
        self._touched = _or_none(lambda: Situation(host, self._action, self._params, Budget()).touched()) or {}
        self._readers = {name: self._reader(member) for name, member in self._action.sets.items()}
        self._before = self._read()
        self._before.update(_known((name, self._value(removed)) for name, removed in self._action.removes.items()))

    def recorded(self, body):
        """The details as an answer carries them; None if there are none."""
        after = self._read()
        if not body["ok"] and not self._has_changed(after):
            return None
        if body["ok"]:
            after.update(_known((name, plain(body.get(name))) for name in self._action.records))
            self._add_names(body)
        detail = {"touched": self._touched, "before": self._before, "after": after}
        return _bounded({name: members for name, members in detail.items() if members})

    def _has_changed(self, after):
        return any(name in self._before and self._before[name] != value for name, value in after.items())

    def _add_names(self, body):
        """Adds the name of an object that was created or renamed to the touched names."""
        kind = self._action.makes or self._action.names
        name = body.get("name", body.get("device_name"))
        if kind in KINDS and name:
            names = self._touched.get(kind, [])
            self._touched[kind] = names if name in names else names + [plain(name)]

    def _read(self):
        return _known((name, plain(_or_none(read))) for name, read in self._readers.items())

    def _reader(self, member):
        """Returns how to read a member. Its object is resolved now, since another object may be in its place later."""
        if callable(member):
            return lambda: member(self._host, **self._params)
        root, path = member.split(".", 1)
        subject = _or_none(lambda: ROOTS[root](self._host, self._params))
        return lambda: _follow(subject, path.split("."))

    def _value(self, removed):
        return plain(_or_none(self._reader(removed)))


KINDS = frozenset(("track", "clip", "scene", "device", "return"))


def plain(value):
    """A value of Live's as JSON, shortened to useful digits and characters."""
    if value is None or type(value) is bool:
        return value
    if isinstance(value, int):  # includes Live's enums
        return int(value)
    if isinstance(value, float):
        return float(DIGITS % value) if value - value == 0.0 else None
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return str(value)[:TEXT_MAX]


def _bounded(detail):
    """The most important details within the limit."""
    for shorter in (detail, dict(OMITTED, touched=detail.get("touched", {})), OMITTED):
        text = json_of(shorter) if shorter else ""
        if len(text) <= BYTES_MAX:
            break
    return Encoded(text) if text else None


def _known(pairs):
    return {name: value for name, value in pairs if value is not None}


def _or_none(read):
    try:
        return read()
    except Exception:  # the object does not exist or was deleted; the action reports that itself
        return None


def _follow(subject, path):
    for member in path:
        subject = getattr(subject, member)
    return subject


def _device(host, params):
    return racks_and_device(owner(host.song, params).devices, params["device_index"])[-1]


def _parameter(host, params):
    device = _device(host, params)
    if "param_name" in params:
        return parameter_values.named(device, params["param_name"])[1]
    return device.parameters[params["param_index"]]


def _slot(host, params):
    row = params["clip_index"] if "clip_index" in params else params["scene_index"]
    return ROOTS["track"](host, params).clip_slots[row]


# The roots of the paths to members.
ROOTS = {
    "song": lambda host, params: host.song,
    "view": lambda host, params: host.song.view,
    "track": lambda host, params: host.song.tracks[params["track_index"]],
    "return": lambda host, params: host.song.return_tracks[params["return_index"]],
    "master": lambda host, params: host.song.master_track,
    "scene": lambda host, params: host.song.scenes[params["scene_index"]],
    "slot": _slot,
    "clip": lambda host, params: _slot(host, params).clip,
    "send": lambda host, params: ROOTS["track"](host, params).mixer_device.sends[params["send_index"]],
    "return_send": lambda host, params: ROOTS["return"](host, params).mixer_device.sends[params["send_index"]],
    "device": _device,
    "chain": lambda host, params: _device(host, params).chains[params["chain_index"]],
    "parameter": _parameter,
    "lane": lambda host, params: ROOTS["track"](host, params).take_lanes[params["lane_index"]],
}
