"""The bridge: accepts, reads, runs and writes within one tick of Live's main thread (event loop)."""

from . import answers, execution
from .clients import Clients
from .commands import MISSING, CommandQueue
from .dispatch import Dispatcher
from .errors import CLOSING, Refusal
from .steps import Rest
from .subscriptions import Subscriptions
from .version import PROTOCOL, VERSION

LINES_PER_ROUND = 32
# The largest share of a tick's remaining time for reading, so that incoming lines cannot starve commands.
READ_SHARE = 0.5
# The largest share of a tick for accepting, however many connections wait.
ACCEPT_SHARE = 0.2
# The share of a tick for everything but writing the answers.
WORK_SHARE = 0.9
# The share of a tick reserved for events, so that commands cannot starve subscribers.
EVENTS_SHARE = 0.2


class Bridge:
    """Serves all clients. It works only within `tick`."""

    def __init__(self, settings, facts, host, clock, log):
        self._settings = settings
        self._facts = facts
        self._host = host
        host.health = self.health
        host.now_ms = self._now_ms
        self._clock = clock
        self._log = log
        self._queue = CommandQueue(settings.queue_max)
        self._subscriptions = Subscriptions(settings, host, self._queue, clock, log)
        self._dispatcher = Dispatcher(settings, facts, self._queue, self._subscriptions, log)
        self._clients = Clients(settings, self._dispatcher, self._queue, self._subscriptions, clock, log)
        self._ticking = False
        self._starved = False  # the last tick read lines and had no time left to run a command
        self._deferred = False  # Live takes no changes before the next tick
        self._last_tick_at = clock()
        self._tick_s_max = 0.0

    @property
    def address(self):
        """The address that it listens on, such as `127.0.0.1:9004`, or None."""
        return self._clients.address

    def tick(self):
        """Runs one tick: takes at most the budget, plus one step of a command or one piece of a line."""
        # A call into Live may run Live's own event loop, and with it the timer that calls us.
        if self._ticking:
            return
        self._ticking = True
        started = self._clock()
        try:
            now_ms = int(started * 1000)
            waits = len(self._queue) > 0 or self._subscriptions.has_work
            if waits or not self._clients.are_quiet(now_ms):
                budget_s = self._settings.tick_budget_ms / 1000.0
                self._begin(now_ms, started + budget_s * ACCEPT_SHARE)
                self._work_and_publish(started, budget_s)
                self._clients.settle(self._now_ms())
        finally:
            self._ticking = False
            self._last_tick_at = self._clock()
            self._tick_s_max = max(self._tick_s_max, self._last_tick_at - started)

    def close(self):
        """Refuses all queued commands and closes all connections.

        A command that has begun runs to its end if it need not wait, so that no button stays pressed. If it must wait, it
        gets no answer: its outcome is unknown.
        """
        self._subscriptions.close()
        self._read_remaining_lines()
        unanswered = set()
        for command in self._queue.take_all():
            self._clients.serve(command.connection, self._finish, command, unanswered)
        self._clients.close()

    def _read_remaining_lines(self):
        """Refuses the commands that are still in the sockets, since they did not run either."""
        now_ms = self._now_ms()
        for connection in self._clients.in_turn():
            connection.readable_bytes = self._settings.read_bytes_per_tick
            self._clients.serve(connection, connection.receive, now_ms)
            while connection.has_lines:
                self._clients.serve(connection, self._take, connection)

    def _finish(self, command, unanswered):
        body = CLOSING.body() if not command.has_begun else self._final_outcome(command)
        if command.id is MISSING and command.connection in unanswered:
            return  # without an id it would pass for the missing answer before it
        if body is not None:
            self._answer(command, body)
        elif command.id is MISSING:
            unanswered.add(command.connection)
        else:
            command.connection.send(command.after)

    def _final_outcome(self, command):
        """The outcome of a command that has begun, or None if it must wait."""
        if command.batch is not None:
            return command.batch.run_to_end(self._host, self._log)
        return execution.run_to_end(command, self._host, self._log)

    def health(self):
        """The fields of the answer to `health_check`."""
        return {
            "last_tick_age_ms": (self._clock() - self._last_tick_at) * 1000.0,
            "queue_depth": len(self._queue),
            "connections": len(self._clients),
            "tick_ms_max": self._tick_s_max * 1000.0,
            "version": VERSION,
            "protocol": PROTOCOL,
            "live_version": self._facts["live_version"],
        }

    def _begin(self, now_ms, accept_until):
        self._host.tick += 1
        self._queue.resume()
        self._clients.accept(now_ms, accept_until)

    def _work_and_publish(self, started, budget_s):
        """Publishes events last, so that a value that changed twice in a tick is published once.

        Changes made in Live since the last tick are published first: a command could change the same value, or its object.
        """
        if self._subscriptions.has_changes:
            self._subscriptions.publish(self._clients.serve, started + budget_s * EVENTS_SHARE)
        kept = EVENTS_SHARE if self._subscriptions.has_work else 0.0
        self._work(started + budget_s * (WORK_SHARE - kept))
        if self._subscriptions.has_work:
            self._subscriptions.publish(self._clients.serve, started + budget_s * WORK_SHARE)
            self._clients.flush()

    def _work(self, end):
        self._deferred = False
        connections = self._clients.in_turn()
        for connection in connections:
            connection.readable_bytes = self._settings.read_bytes_per_tick
        while True:
            taken = 0 if self._starved else self._read(connections, end)
            ran = self._run(end)
            self._starved = self._queue.has_ready and not ran
            self._clients.flush()
            if self._deferred or not (taken or ran) or self._clock() >= end:
                return

    def _read(self, connections, end):
        """Handles some lines, or pieces of long ones, of each connection in turn; returns how many."""
        now = self._clock()
        until = now + (end - now) * READ_SHARE
        for connection in connections:
            self._clients.serve(connection, connection.receive, int(now * 1000))
        taken = 0
        for _ in range(LINES_PER_ROUND):
            waiting = [each for each in connections if each.has_lines and not each.is_behind]
            for connection in waiting:
                self._clients.serve(connection, self._take, connection)
                taken += 1
                if self._clock() >= until:
                    return taken
            if not waiting:
                break
        return taken

    def _take(self, connection):
        connection.require_taken(self._settings.unanswered_bytes_max)
        self._dispatcher.take(connection, self._now_ms())

    def _run(self, end):
        """Runs commands until the time is up; returns how many."""
        ran = 0
        now = self._clock()
        while not self._deferred and now < end:
            command = self._queue.take()
            if command is None:
                break
            began = now
            self._host.is_at_work = True
            self._clients.serve(command.connection, self._run_command, command)
            self._host.is_at_work = False
            now = self._clock()  # one reading per command: the end of one is the beginning of the next
            self._queue.charge(command, now - began)
            ran += 1
        return ran

    def _run_command(self, command):
        if not command.has_begun:
            command.connection.require_taken(self._settings.unanswered_bytes_max)
        try:
            command.require_time(self._now_ms())
            outcome = execution.run(command, self._host, self._log)
        except execution.RunAgain:
            self._deferred = True
            self._queue.put_back(command)
            if command.batch is not None:
                self._queue.hold(command.lane)
        except Refusal as refusal:
            self._answer(command, refusal.body())
        else:
            self._complete(command, outcome)

    def _complete(self, command, outcome):
        is_rest = isinstance(outcome, Rest)
        if command.batch is not None:
            holds = is_rest and outcome.exclusive
            (self._queue.hold if holds else self._queue.release)(command.lane)
        if not is_rest:
            self._answer(command, outcome)
        elif outcome.next_tick:
            self._queue.pause(command)
        else:
            self._queue.put_back(command)

    def _answer(self, command, body):
        connection = command.connection
        connection.ids_in_flight.discard(command.id)
        connection.send(self._framed(command, body) + command.after)
        if connection.input_ended:
            connection.fail_if_gone()

    def _framed(self, command, body):
        bytes_max = self._settings.answer_bytes_max
        try:
            return answers.bounded(command, body, self._now_ms(), bytes_max)
        except (TypeError, ValueError):  # the answer is not JSON: a defect of the action, which has run
            refusal = execution.internal(self._log, command.action.name)
            return command.frame(refusal.body(), self._now_ms())

    def _now_ms(self):
        return int(self._clock() * 1000)
