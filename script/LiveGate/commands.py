"""The commands that wait for Live: one bounded queue, fair between connections, stops first (scheduler)."""

from collections import OrderedDict, deque

from .errors import Refusal

MISSING = object()


class Command:
    """One request on its way; it carries what is needed to run it once and to answer it once."""

    __slots__ = ("connection", "id", "action", "params", "expires_at_ms", "step", "retried", "after")

    def __init__(self, connection):
        self.connection = connection
        self.id = MISSING
        self.action = None
        self.params = None
        self.expires_at_ms = None
        self.step = None  # what is left to do, once something has been done
        self.retried = False
        self.after = b""  # answers to later lines, which wait so that answers keep their order

    def require_time(self, now_ms):
        """A Refusal once it is too late to begin; what has begun is finished."""
        if self.step is None and now_ms >= self.expires_at_ms:
            raise Refusal("expired", "the command waited too long for Live and did not run; send it again if still wanted")

    def frame(self, body, now_ms):
        """The answer as a line of the connection's protocol."""
        return self.connection.dialect.frame(self, body, now_ms)


class CommandQueue:
    """First in, first out per connection; between connections whoever waits longest for a turn."""

    def __init__(self, depth_max):
        self._depth_max = depth_max
        self._waiting = OrderedDict()
        self._depth = 0
        self._stops = 0

    def __len__(self):
        return self._depth

    def put(self, command):
        if self._depth >= self._depth_max:
            raise Refusal("overloaded", "%d commands are waiting for Live already; try again" % self._depth)
        self._waiting.setdefault(command.connection, deque()).append(command)
        self._count(command, 1)

    def put_back(self, command):
        """Returns a command just taken to the head of its connection, so that its order holds."""
        self._waiting.setdefault(command.connection, deque()).appendleft(command)
        self._count(command, 1)

    def take(self):
        """The next command, or None.

        A stop goes before other connections' commands, never before its own connection's earlier
        ones: `launch, stop` must not end in playing.
        """
        if not self._depth:
            return None
        connection = self._next_connection()
        line = self._waiting[connection]
        command = line.popleft()
        if line:
            self._waiting.move_to_end(connection)
        else:
            del self._waiting[connection]
        self._count(command, -1)
        return command

    def last(self, connection):
        """The last command that waits for this connection, or None."""
        line = self._waiting.get(connection)
        return line[-1] if line else None

    def drop(self, connection):
        """Forgets what a closed connection still wanted."""
        for command in self._waiting.pop(connection, ()):
            self._count(command, -1)

    def _next_connection(self):
        if self._stops:
            for connection, line in self._waiting.items():
                if line[0].action.stops:
                    return connection
        return next(iter(self._waiting))

    def _count(self, command, change):
        self._depth += change
        if command.action.stops:
            self._stops += change
