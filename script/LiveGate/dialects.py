"""The two protocols of the bridge: plain for local clients, keyed for the gateway (envelope parsing)."""

from . import catalog, conditions, guard, lines
from .actions import ACTIONS
from .batch import CONTINUE, STOP, Batch
from .commands import MISSING, Command
from .errors import Refusal, Violation, shown
from .events import TopicForm
from .parameters import ABSENT, REQUIRED, Array, Boolean, Integer, Invalid, Object, Text
from .registry import CHECKED_AT_ONCE, Action

ID_BYTES_MAX = 64
ID_LIMIT = 2 ** 53
ON_ERROR = Text(max_length=8, enum=(STOP, CONTINUE))
IDS_MAX = 1024
# So many commands of a batch are checked in one piece.
COMMANDS_AT_A_TIME = 16
TOPICS_MAX = 16384  # in one line; a setting limits the subscriptions of a connection
TERMS = Object(
    (("expect", conditions.Condition(), ABSENT), ("dry_run", Boolean(), False), ("coalesce", Boolean(), False))
)


class Plain:
    """The protocol of local clients: ids are optional, and the settings limit how long a command may wait."""

    closes_on_garbage = False
    answers_in_order = True  # the order of the answers matches them to requests
    keeps_trail = False
    overwrites = True  # an action replaces existing objects, and clamps values, unless the request forbids it

    def __init__(self, settings):
        self._settings = settings
        names = Action(get_available_tools, "utility", ["read"], {}, {})
        self._actions = _with(ACTIONS, names, BATCH, *SUBSCRIBING)

    def read(self, line, since_ms, command):
        """Fills in `command`, as a generator that yields after each piece.

        If it raises a Refusal, the command already has the id, if one was read.
        """
        message = yield from lines.parse_in_pieces(line)
        if "id" in message:
            command.id = _plain_id(message.pop("id"))
        command.expires_at_ms = since_ms + self._settings.deadline_ms
        if "expires_at_ms" in message:
            deadline_ms = _integer("expires_at_ms", message.pop("expires_at_ms"))
            command.expires_at_ms = min(deadline_ms, command.expires_at_ms)
        yield from _read_action(self._actions, message, command, self._settings)

    def frame(self, command, body, now_ms):
        answer = dict(body)
        if command.id is not MISSING:
            answer["id"] = command.id
        return lines.encode(answer)

    def frame_event(self, body, now_ms):
        return lines.encode(body)


class Keyed:
    """The gateway's protocol: every command carries an integer id and a deadline, and may carry a caller and a lane."""

    closes_on_garbage = True
    answers_in_order = False
    overwrites = False
    keeps_trail = True  # the gateway removes the details for the trail from the answer

    def __init__(self, settings):
        self._settings = settings
        digests = Action(catalog_digests, "utility", ["read"], {}, {})
        self._actions = _with(ACTIONS, digests, BATCH, CANCEL, *SUBSCRIBING)

    def read(self, line, since_ms, command):
        message = yield from lines.parse_in_pieces(line)
        command_id = _integer("id", message.pop("id", MISSING))
        if command_id in command.connection.ids_in_flight:
            # Its answer would pass for the answer of the earlier command.
            raise Violation("it used an id twice")
        command.id = command_id
        command.expires_at_ms = _integer("expires_at_ms", message.pop("expires_at_ms", MISSING))
        command.lane = (command.connection, _integer("lane", message.pop("lane", 0)))
        command.caller = (command.connection, _integer("caller", message.pop("caller", 0)))
        yield from _read_guard(message, command)
        yield from _read_action(self._actions, message, command, self._settings)

    def frame(self, command, body, now_ms):
        answer = {} if command.id is MISSING else {"id": command.id}
        answer.update(body)
        answer["clock_ms"] = now_ms
        return lines.encode(answer)

    def frame_event(self, body, now_ms):
        return lines.encode(dict(body, clock_ms=now_ms))


def get_available_tools(host):
    """Lists the names of all actions."""
    return {"tools": list(ACTIONS)}


def catalog_digests(host):
    """Reports the digest of each action's entry in the catalogue."""
    return {"digests": catalog.digests()}


def batch(host):
    """Runs `commands` one after the other as one undo step; see batch.py."""


BATCH = Action(batch, "utility", ["edit"], {"set": None}, {"results": "array", "undo_steps": "integer"})


def cancel(host, ids: Array(Integer(maximum=ID_LIMIT), max_items=IDS_MAX)):
    """Cancels the waiting commands with these ids; runs on arrival, since it must not queue behind them."""


CANCEL = Action(cancel, "utility", ["read"], {}, {"cancelled": "array"})


def subscribe(host, topics: Array(TopicForm(), max_items=TOPICS_MAX)):
    """Publishes the values of these topics to this connection from now on; runs on arrival."""


def unsubscribe(host, topics: Array(TopicForm(), max_items=TOPICS_MAX)):
    """Ends the subscriptions to these topics; runs on arrival."""


SUBSCRIBE, UNSUBSCRIBE = SUBSCRIBING = tuple(
    Action(function, "utility", ["read"], {}, {"subscribed": "integer"}) for function in (subscribe, unsubscribe)
)


def _in_pieces(checking):
    """Exhausts the iterator; yields after each CHECKED_AT_ONCE items."""
    for done, _ in enumerate(checking, 1):
        if done % CHECKED_AT_ONCE == 0:
            yield


def _with(actions, *more):
    return dict(actions, **{action.name: action for action in more})


def _read_action(actions, message, command, settings):
    _read_terms(message, command)
    command.action = _named(actions, message)
    if command.action is BATCH:
        command.batch = yield from _read_batch(message, command, settings)
        command.dry_run = False  # the commands of the batch carry it
        message = {}
    _fill_in(command, message)
    command.params, command.unchecked = command.action.check_begin(message)
    if command.action.name not in ACTIONS and command.unchecked is not None:  # runs on arrival
        yield from _in_pieces(command.unchecked)
    if command.action in SUBSCRIBING and (command.expect is not None or command.guard is not None or command.dry_run):
        raise Refusal("invalid_params", "%s takes no expect, guard or dry_run" % command.action.name)
    if command.coalesce and not command.action.sets_a_value:
        raise Refusal("invalid_params", "coalesce is for actions that set a value; %s does not" % command.action.name)


def _named(actions, message):
    if "action" not in message:
        raise Refusal("missing_action", 'the line names no action; send {"action": "ping"}, for example')
    name = message.pop("action")
    if type(name) is not str:
        raise Refusal("invalid_params", "action must be a string, got %s" % shown(name))
    if name not in actions:
        raise Refusal("unknown_action", "there is no action %s" % shown(name))
    return actions[name]


def _read_batch(message, command, settings):
    """The commands of a batch; all are checked before the first one runs."""
    if command.expect is not None or command.guard is not None:
        raise Refusal("invalid_params", "expect belongs to the commands of a batch, not to the batch")
    form = Object((("commands", _Lines(settings.batch_commands_max), REQUIRED), ("on_error", ON_ERROR, STOP)))
    try:
        params = form.check(message)
    except Invalid as invalid:
        raise Refusal("invalid_params", invalid.sentence("batch")) from None
    commands = []
    for line in params["commands"]:
        try:
            commands.append((yield from _read_inner(line, command)))
        except Refusal as refusal:
            raise Refusal(refusal.code, "commands[%d]: %s" % (len(commands), refusal.sentence)) from None
        if len(commands) % COMMANDS_AT_A_TIME == 0:
            yield
    return Batch(commands, params["on_error"], settings.batch_hold_ms_max, settings.answer_bytes_max)


def _read_inner(line, outer):
    inner = Command(outer.connection)
    inner.in_batch = True
    if type(outer.connection.dialect) is Keyed:
        yield from _read_guard(line, inner)
    _read_terms(line, inner)
    inner.dry_run = inner.dry_run or outer.dry_run
    inner.action = _named(ACTIONS, line)
    _fill_in(inner, line)
    inner.params, inner.unchecked = inner.action.check_begin(line)
    return inner


def _fill_in(command, params):
    """Sets the defaults of `overwrite` and `clamp`, which depend on the protocol instead of the action."""
    for name in ("overwrite", "clamp"):
        if command.action.takes(name):
            params.setdefault(name, command.connection.dialect.overwrites)


class _Lines:
    """The lines of a batch; each is checked once its action is known."""

    def __init__(self, max_items):
        self._max_items = max_items

    def check(self, value):
        if type(value) is not list or not all(type(line) is dict for line in value):
            raise Invalid("must be an array of objects")
        if not 1 <= len(value) <= self._max_items:
            raise Invalid("must have 1 to %d items, got %d" % (self._max_items, len(value)))
        return [dict(line) for line in value]


def _read_guard(message, command):
    if "guard" in message:
        command.guard = yield from guard.check_in_pieces(message.pop("guard"))
    if "approved" in message:
        command.approved = guard.check_digest(message.pop("approved"))


def _read_terms(message, command):
    """Reads the conditions under which the command may run: only if the set is as expected, or without effect."""
    try:
        terms = TERMS.check({name: message.pop(name) for name in TERMS.names if name in message})
    except Invalid as invalid:
        raise Refusal("invalid_params", invalid.sentence("expect")) from None
    command.expect = terms.get("expect")
    command.dry_run = terms["dry_run"]
    command.coalesce = terms["coalesce"]


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
