"""A connection that is reestablished after a loss, with its subscriptions."""

import functools
import threading
import time

from ._livegate import ConnectionLost, Refused

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
RECONNECTED = "reconnected"
_TRY_AGAIN = ("bridge_unavailable", "overloaded", "shutting_down")


class Reconnecting:
    """The interface of a Connection. A lost one is replaced within `reconnect` seconds, with growing pauses.

    A request that cannot have run is sent again. One that may have run is sent again only if it has an idempotency key
    (once=...), which makes sure that it runs once; otherwise ConnectionLost is raised, and the next request uses a new
    connection. Events continue after {"event": "reconnected"}: what changed meanwhile was not reported.
    """

    def __init__(self, connect, reconnect):
        if not reconnect > 0:
            raise ValueError("reconnect must be more than 0 s, got %s" % reconnect)
        self._connect = connect
        self._patience_s = reconnect
        self._lock = threading.Lock()
        self._topics = []
        self._is_closed = False
        self._connection = connect()
        self._generation = 0

    def call(self, action, /, **arguments):
        """Run one action and return its answer; see Connection.call."""
        answer = self._with_connection(lambda one: one.call(action, **arguments), "once" in arguments)
        self._remember(action, arguments)
        return answer

    def call_many(self, requests, *, timeout=None):
        """Run several actions; see Connection.call_many."""
        requests = list(requests)
        answers = self._with_connection(
            lambda one: one.call_many(requests, timeout=timeout), all(request.get("once") for request in requests)
        )
        for request, answer in zip(requests, answers):
            if not isinstance(answer, Refused):
                self._remember(request["action"], request)
        return answers

    def events(self, *, timeout=None):
        """Iterate over events; see Connection.events."""
        return _Events(self, timeout)

    def close(self):
        """Close the connection permanently."""
        self._is_closed = True
        self._connection.close()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        action = getattr(self._connection, name)
        call = functools.partial(self.call, name)
        call.__doc__ = action.__doc__
        return call

    def __dir__(self):
        return sorted(set(object.__dir__(self)) | set(dir(self._connection)))

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def __repr__(self):
        return "<livegate.Reconnecting %r>" % self._connection

    def _with_connection(self, ask, is_repeatable):
        until = time.monotonic() + self._patience_s
        while True:
            generation, connection = self._generation, self._connection
            try:
                return ask(connection)
            except ConnectionLost as lost:
                if self._is_closed:
                    raise
                self._replace(generation, until, lost)
                if lost.outcome_unknown and not is_repeatable:
                    raise

    def _replace(self, generation, until, lost):
        """Connects anew, unless another thread has; raises the loss when the time is over."""
        with self._lock:
            pause_s = FIRST_PAUSE_S
            while self._generation == generation:
                try:
                    self._connection = self._subscribed(self._connect())
                    self._generation += 1
                except ConnectionLost:
                    self._wait(pause_s, until, lost)
                except Refused as refused:
                    if refused.code not in _TRY_AGAIN:
                        raise
                    self._wait(pause_s, until, lost)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _wait(self, pause_s, until, lost):
        if self._is_closed or time.monotonic() + pause_s > until:
            raise lost
        time.sleep(pause_s)

    def _subscribed(self, connection):
        try:
            if self._topics:
                connection.subscribe(topics=list(self._topics))
        except BaseException:
            connection.close()
            raise
        return connection

    def _remember(self, action, arguments):
        topics = list(arguments.get("topics") or ())
        if action == "subscribe":
            self._topics += [topic for topic in topics if topic not in self._topics]
        elif action == "unsubscribe":
            self._topics = [topic for topic in self._topics if topics and topic not in topics]


class _Events:
    """The events of one connection after the other."""

    def __init__(self, owner, timeout):
        self._owner, self._timeout = owner, timeout
        self._generation, self._events = owner._generation, owner._connection.events(timeout=timeout)

    def __iter__(self):
        return self

    def __next__(self):
        owner = self._owner
        if self._generation == owner._generation:
            try:
                return next(self._events)
            except ConnectionLost as lost:
                if owner._is_closed:
                    raise
                owner._replace(self._generation, time.monotonic() + owner._patience_s, lost)
        self._generation, self._events = owner._generation, owner._connection.events(timeout=self._timeout)
        return {"event": RECONNECTED}
