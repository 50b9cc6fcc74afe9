"""Turns each line that arrives, piece by piece, into a queued command, an answer, or the end of its connection (dispatch)."""

from . import lines
from .commands import Command
from .dialects import CANCEL, SUBSCRIBE, SUBSCRIBING, Keyed, Plain
from .errors import Refusal, Violation
from .execution import internal
from .handshake import LINE_BYTES_MAX, Handshake

CANCELLED = Refusal("cancelled", "it was cancelled before it ran")
SUPERSEDED = {
    "ok": True,
    "superseded": True,
    "message": "a later value for the same target replaced it; this one was not set",
}
_END = object()
NOT_HTTP = "this port takes lines of JSON, not HTTP; the connection is closed"


class Dispatcher:
    """Handles one line of a connection at a time, a long one in pieces.

    Raises Violation if the connection must be closed without an answer.
    """

    def __init__(self, settings, facts, queue, subscriptions, log):
        self._settings = settings
        self._facts = facts
        self._queue = queue
        self._subscriptions = subscriptions
        self._log = log
        self._dialect = Plain(settings) if settings.key is None else Keyed(settings)
        self._now_ms = 0  # the time of the piece in progress

    def greet(self, connection, now_ms):
        """Prepares a new connection; with a key it must authenticate first."""
        connection.dialect = self._dialect
        connection.line_bytes_max = self._settings.line_bytes_max
        if self._settings.key is not None:
            connection.line_bytes_max = LINE_BYTES_MAX
            connection.behind_from_bytes = self._settings.unanswered_bytes_max
            connection.handshake = Handshake(self._settings.key, connection.address)
            connection.handshake_until_ms = now_ms + self._settings.handshake_ms
            connection.send(connection.handshake.challenge())

    def take(self, connection, now_ms):
        """Handles the first waiting line of `connection`, or a piece of it."""
        self._now_ms = now_ms
        if connection.line_rest is None:
            self._begin(connection, connection.lines.popleft(), now_ms)
        if connection.line_rest is not None and next(connection.line_rest, _END) is _END:
            connection.line_rest = None

    def _begin(self, connection, line, now_ms):
        if connection.handshake is not None:
            self._prove(connection, line, now_ms)
        elif _is_foreign(connection, line):
            self._refuse_and_close(connection, now_ms)
        else:
            connection.opened = True
            connection.line_rest = self._understand(connection, line, connection.lines_since_ms)

    def refuse_connection(self, connection, now_ms):
        """Refuses a connection beyond the limit."""
        refusal = Refusal("overloaded", "too many connections are open; close one and try again")
        connection.send(Command(connection).frame(refusal.body(), now_ms))

    def _prove(self, connection, line, now_ms):
        if now_ms >= connection.handshake_until_ms:
            raise Violation("it did not authenticate within %d ms" % self._settings.handshake_ms)
        if len(line) > LINE_BYTES_MAX:
            raise Violation("its line is longer than %d bytes" % LINE_BYTES_MAX)
        connection.send(connection.handshake.answer(line, dict(self._facts, clock_ms=now_ms)))
        connection.handshake = None
        connection.line_bytes_max = self._settings.line_bytes_max

    def _refuse_and_close(self, connection, now_ms):
        self._queue.drop(connection)
        self._subscriptions.drop(connection)
        connection.send(Command(connection).frame(Refusal("invalid_json", NOT_HTTP).body(), now_ms))
        connection.start_closing(now_ms + self._settings.handshake_ms)

    def _understand(self, connection, line, since_ms):
        """A generator that handles the line and yields after each piece."""
        command = Command(connection)
        try:
            _require_length(line, connection.line_bytes_max)
            yield from connection.dialect.read(line, since_ms, command)
            if command.action is CANCEL:
                self._cancel(command, self._now_ms)
                return
            if command.action in SUBSCRIBING:
                yield from self._change_subscriptions(command)
                return
            self._supersede(command, self._now_ms)
            self._queue.put(command)
        except Refusal as refusal:
            self._refuse_line(command, line, refusal, self._now_ms)
        except Violation:
            raise
        except Exception:
            self._refuse(command, internal(self._log, "reading a line"), self._now_ms)
        else:
            connection.ids_in_flight.add(command.id)

    def _refuse_line(self, command, line, refusal, now_ms):
        connection = command.connection
        is_garbage = refusal.code in ("invalid_json", "line_too_long")
        if is_garbage and lines.is_http(line):
            self._refuse_and_close(connection, now_ms)
        elif is_garbage and connection.dialect.closes_on_garbage:
            raise Violation(refusal.sentence) from None
        else:
            self._refuse(command, refusal, now_ms)

    def _cancel(self, command, now_ms):
        cancelled = self._queue.take_of(command.connection, set(command.params["ids"]))
        for each in cancelled:
            each.connection.ids_in_flight.discard(each.id)
            each.connection.send(each.frame(CANCELLED.body(), now_ms) + each.after)
        body = {"ok": True, "cancelled": [each.id for each in cancelled]}
        command.connection.send(command.frame(body, now_ms))

    def _change_subscriptions(self, command):
        command.require_time(self._now_ms)
        connection = command.connection
        change = self._subscriptions.subscribe if command.action is SUBSCRIBE else self._subscriptions.unsubscribe
        held = yield from change(connection, command.params["topics"])
        answer = command.frame({"ok": True, "subscribed": held}, self._now_ms)
        if connection.dialect.answers_in_order:
            self._answer_in_order(command, answer)
            self._subscriptions.wait_for_answer(connection)
        else:
            connection.send(answer)

    def _supersede(self, command, now_ms):
        superseded = self._queue.take_superseded(command)
        if superseded is not None:
            superseded.connection.ids_in_flight.discard(superseded.id)
            self._answer_in_order(superseded, superseded.frame(SUPERSEDED, now_ms) + superseded.after)

    def _refuse(self, command, refusal, now_ms):
        self._answer_in_order(command, command.frame(refusal.body(), now_ms))

    def _answer_in_order(self, command, answer):
        """Answers a command that does not run, after the earlier commands of its lane."""
        before = self._queue.last(command.lane)
        if before is None:
            command.connection.send(answer)
        else:
            before.after += answer


def _is_foreign(connection, line):
    """Whether the connection does not begin with a JSON object.

    A web page can make a browser send a JSON line as the body of a POST. A connection that does not begin with an
    object, or is HTTP and not JSON, gets one answer and no second line.
    """
    return not connection.opened and line.lstrip()[:1] != b"{"


def _require_length(line, bytes_max):
    if len(line) > bytes_max:
        raise Refusal("line_too_long", "the line is longer than %d bytes" % bytes_max)
