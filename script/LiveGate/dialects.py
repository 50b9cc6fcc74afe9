"""The two protocols of the bridge: plain for local clients, keyed for the gateway (envelope parsing)."""

from . import catalog, lines
from .actions import ACTIONS
from .commands import MISSING
from .errors import Refusal, Violation, shown
from .registry import Action

ID_BYTES_MAX = 64
ID_LIMIT = 2 ** 53


class Plain:
    """The original protocol: an id is optional, the settings say how long a command may wait."""

    closes_on_garbage = False

    def __init__(self, deadline_ms):
        self._deadline_ms = deadline_ms
        self._actions = _with(ACTIONS, Action(get_available_tools, "utility", ["read"], {}, {}))

    def read(self, line, since_ms, command):
        """Fills in `command`; a Refusal on the way leaves the id, if one was read, to answer with."""
        message = lines.parse(line)
        if "id" in message:
            command.id = _plain_id(message.pop("id"))
        command.expires_at_ms = since_ms + self._deadline_ms
        if "expires_at_ms" in message:
            told = _integer("expires_at_ms", message.pop("expires_at_ms"))
            command.expires_at_ms = min(told, command.expires_at_ms)
        _read_action(self._actions, message, command)

    def frame(self, command, body, now_ms):
        answer = dict(body)
        if command.id is not MISSING:
            answer["id"] = command.id
        return lines.encode(answer)


class Keyed:
    """The gateway's protocol: every command carries an integer id and the time at which it is too late."""

    closes_on_garbage = True

    def __init__(self):
        self._actions = _with(ACTIONS, Action(catalog_digests, "utility", ["read"], {}, {}))

    def read(self, line, since_ms, command):
        message = lines.parse(line)
        command_id = _integer("id", message.pop("id", MISSING))
        if command_id in command.connection.ids_in_flight:
            # An answer would carry the id of the command before and pass for its answer.
            raise Violation("it used an id twice")
        command.id = command_id
        command.expires_at_ms = _integer("expires_at_ms", message.pop("expires_at_ms", MISSING))
        _read_action(self._actions, message, command)

    def frame(self, command, body, now_ms):
        answer = {} if command.id is MISSING else {"id": command.id}
        answer.update(body)
        answer["clock_ms"] = now_ms
        return lines.encode(answer)


def get_available_tools(host):
    """The names of all actions."""
    return {"tools": list(ACTIONS)}


def catalog_digests(host):
    """The digest of each action's entry in the catalogue."""
    return {"digests": catalog.digests()}


def _with(actions, more):
    return dict(actions, **{more.name: more})


def _read_action(actions, message, command):
    if "action" not in message:
        raise Refusal("missing_action", 'the line names no action; send {"action": "ping"}, for example')
    name = message.pop("action")
    if type(name) is not str:
        raise Refusal("invalid_params", "action must be a string, got %s" % shown(name))
    if name not in actions:
        raise Refusal("unknown_action", "there is no action %s" % shown(name))
    command.action = actions[name]
    command.params = command.action.check(message)


def _plain_id(value):
    if type(value) is int and abs(value) <= ID_LIMIT:
        return value
    if type(value) is str and len(value.encode("utf-8", "surrogatepass")) <= ID_BYTES_MAX:
        return value
    raise Refusal(
        "invalid_params",
        "id must be a string of at most %d bytes or an integer within 2^53, got %s" % (ID_BYTES_MAX, shown(value)),
    )


def _integer(name, value):
    if value is MISSING:
        raise Refusal("invalid_params", "%s is required" % name)
    if type(value) is not int or abs(value) > ID_LIMIT:
        raise Refusal("invalid_params", "%s must be an integer, got %s" % (name, shown(value)))
    return value
