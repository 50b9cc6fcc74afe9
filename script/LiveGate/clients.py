"""The connected clients: admission, authentication deadlines, closing (connection table)."""

import select
import traceback

from .connection import Connection
from .errors import Violation
from .handshake import LINE_BYTES_MAX
from .listener import Listener


class Clients:
    """Isolates clients: an error while serving one closes that connection and no other."""

    def __init__(self, settings, dispatcher, queue, subscriptions, clock, log):
        self._settings = settings
        self._dispatcher = dispatcher
        self._queue = queue
        self._subscriptions = subscriptions
        self._log = log
        self._clock = clock
        self._listener = Listener(settings.port, clock, log)
        self._connections = []
        self._unproven = []  # connections that have not yet proven that they hold the key, the oldest first
        self._backlog_since_ms = int(clock() * 1000)

    def __len__(self):
        return len(self._connections) + len(self._unproven)

    @property
    def all(self):
        return self._connections + self._unproven

    @property
    def address(self):
        return self._listener.address

    def are_quiet(self, now_ms):
        """Whether no connection has work. Most ticks cost only this one call of select."""
        listening = self._listener.socket
        if listening is None or self._unproven or not all(each.is_quiet for each in self._connections):
            return False
        sockets = [each.socket for each in self._connections]
        sockets.append(listening)
        try:
            if select.select(sockets, (), (), 0)[0]:
                return False
        except (OSError, ValueError):  # a broken socket, or more descriptors than select supports
            return False
        self._backlog_since_ms = now_ms
        for each in self._connections:
            each.quiet_since_ms = now_ms
        return True

    def accept(self, now_ms, until):
        """Accepts waiting connections until the time is up; the next tick reads each of them before it accepts more.

        A flood of connections therefore blocks the gateway only if it fills the system's backlog: the proof of an accepted
        connection is read before another connection can take its slot.
        """
        self._read_proofs(now_ms)
        if not self._listener.listen():
            return
        for _ in range(self._settings.unproven_max):
            accepted = self._listener.accept()
            if accepted is None:
                # A later client sends everything after this moment.
                self._backlog_since_ms = now_ms
                return
            self._admit(accepted, now_ms)
            if self._clock() >= until:
                return

    def in_turn(self):
        """All authenticated connections, each time from another one on: the budget may end before the last one's turn."""
        if self._connections:
            self._connections.append(self._connections.pop(0))
        return [each for each in self._connections if each.closing_until_ms is None]

    def serve(self, connection, step, *arguments):
        """Calls `step`; an error in it closes this connection."""
        try:
            step(*arguments)
        except Violation as violation:
            self._log.warn("violation", "closed a connection: %s" % violation)
            self.drop(connection)
        except OSError:
            self.drop(connection)
        except Exception:
            self._log.warn("defect", "closed a connection over an internal error\n%s" % traceback.format_exc())
            self.drop(connection)

    def drop(self, connection):
        """Closes the connection now; its commands that have not begun never run."""
        self._queue.drop(connection)
        self._subscriptions.drop(connection)
        connection.close()
        for group in (self._connections, self._unproven):
            if connection in group:
                group.remove(connection)

    def flush(self):
        for connection in self.all:
            if connection.has_unsent:
                self.serve(connection, connection.flush)

    def settle(self, now_ms):
        """Closes connections that missed a deadline and those that are finished."""
        for connection in self.all:
            self.serve(connection, self._settle, connection, now_ms)

    def close(self):
        """Stops listening and closes all connections."""
        self._listener.close()
        for connection in self.all:
            self.serve(connection, connection.flush_and_drain)
            self.drop(connection)

    def _admit(self, accepted, now_ms):
        try:
            connection = Connection(accepted, self._backlog_since_ms)
        except OSError:  # already closed
            accepted.close()
            return
        self.serve(connection, self._dispatcher.greet, connection, now_ms)
        if connection.handshake is None:
            self._take_in(connection, now_ms)
            return
        if len(self._unproven) >= self._settings.unproven_max:
            # Never a connection of this tick, which has not been read: a tick accepts no more than there are slots.
            self.drop(self._unproven[0])
        self._unproven.append(connection)

    def _read_proofs(self, now_ms):
        """Reads the proofs of unauthenticated connections and admits those that hold the key."""
        for connection in list(self._unproven):
            connection.readable_bytes = LINE_BYTES_MAX + 1
            self.serve(connection, connection.receive, now_ms)
            if connection.lines:
                self.serve(connection, self._dispatcher.take, connection, now_ms)
            if connection.handshake is None:
                self._unproven.remove(connection)
                self._take_in(connection, now_ms)

    def _take_in(self, connection, now_ms):
        self._connections.append(connection)
        if len(self._connections) > self._settings.connections_max:
            self._log.warn("connections", "refused a connection: %d are open" % self._settings.connections_max)
            self._dispatcher.refuse_connection(connection, now_ms)
            self.serve(connection, connection.flush)
            self.drop(connection)

    def _settle(self, connection, now_ms):
        if connection.closing_until_ms is not None:
            if connection.finish_closing(self._settings.read_bytes_per_tick, now_ms):
                self.drop(connection)
        elif connection.handshake is not None and now_ms >= connection.handshake_until_ms:
            raise Violation("it did not authenticate within %d ms" % self._settings.handshake_ms)
        elif connection.input_ended and not (
            connection.has_lines or connection.has_unsent or self._queue.holds_any_of(connection)
        ):
            self.drop(connection)
