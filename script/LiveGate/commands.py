"""The queue of commands: bounded, fair between callers and between their lanes, stops first (scheduler)."""

from collections import OrderedDict, deque

from .errors import Refusal
from .shares import Shares

MISSING = object()
# Slots that only stops may use: a full queue must not keep the music playing.
STOPS_RESERVED = 16


class Command:
    """One queued request, with everything needed to run it once and to answer it once."""

    __slots__ = (
        "connection",
        "caller",
        "lane",
        "id",
        "action",
        "params",
        "unchecked",
        "expires_at_ms",
        "guard",
        "approved",
        "approved_identity",
        "expect",
        "dry_run",
        "coalesce",
        "batch",
        "in_batch",
        "step",
        "has_begun",
        "retried",
        "audit_detail",
        "after",
    )

    def __init__(self, connection):
        self.connection = connection
        self.caller = connection  # the unit of fairness: callers share Live's time equally
        self.lane = connection  # the unit of order: commands of one lane run in order of arrival
        self.id = MISSING
        self.action = None
        self.params = None
        self.unchecked = None  # an iterator that checks the remaining items of long arrays
        self.expires_at_ms = None
        self.guard = None  # the rules of the caller's role, checked in Live
        self.approved = None  # the digest of what a person approved
        self.approved_identity = None  # in a batch: the digest of the objects that were approved for this command
        self.expect = None  # the client's own precondition
        self.dry_run = False
        self.batch = None  # the state of a batch, if it is one
        self.in_batch = False
        self.coalesce = False  # a later value for the same target may replace it
        self.step = None  # the rest of its work, if it takes several steps
        self.has_begun = False  # whether it may have changed something
        self.retried = False
        self.audit_detail = None  # what the trail records of the change
        self.after = b""  # answers to later lines, held back to keep the order of answers

    def continue_with(self, step, begun=True):
        """Stores the rest of the work. A command that has begun is finished even if its client disconnects."""
        self.step = step
        self.has_begun = self.has_begun or begun
        self.retried = False

    def is_superseded_by(self, newer):
        """Whether `newer` sets the value of the same target, and this command has not begun."""
        return (
            self.coalesce
            and not self.has_begun
            and newer.expires_at_ms >= self.expires_at_ms  # otherwise `newer` might expire, and neither value be set
            and self.action is newer.action
            and self.action.target_of(self.params) == newer.action.target_of(newer.params)
            and (self.guard, self.expect, self.dry_run) == (newer.guard, newer.expect, newer.dry_run)
        )

    def require_time(self, now_ms):
        """Raises a Refusal once the deadline has passed; a command that has begun is finished."""
        if not self.has_begun and now_ms >= self.expires_at_ms:
            raise Refusal("expired", "the command waited too long for Live and did not run; send it again if still wanted")

    def frame(self, body, now_ms):
        """The answer as a line of the connection's protocol."""
        return self.connection.dialect.frame(self, body, now_ms)


class CommandQueue:
    """First in, first out per lane; a caller's lanes take turns; the caller that has used the least time goes first.

    A local client's connection is a caller with one lane. The gateway multiplexes many clients over one connection: it
    names the caller of each command, and gives each of its clients' connections a lane.
    """

    def __init__(self, depth_max):
        self._depth_max = depth_max
        self._waiting = OrderedDict()  # by caller its lanes, by lane its commands; next ones first
        self._paused = OrderedDict()  # lanes whose first command continues in the next tick
        self._callers = {}  # the caller of each lane in which a command waits
        self._shares = Shares()
        self._depth = 0
        self._stops = 0
        self._holder = None  # the only lane that may change the set, if any

    def __len__(self):
        return self._depth

    @property
    def has_ready(self):
        """Whether a command can run in this tick."""
        return self._next_queue() is not None

    def put(self, command):
        if self._depth >= self._depth_max + (STOPS_RESERVED if command.action.stops else 0):
            raise Refusal("overloaded", "%d commands are waiting for Live already; retry" % self._depth)
        self._queue_for(command).append(command)
        self._count(command, 1)

    def charge(self, command, seconds):
        """Charges the command's caller for running it, or a step of it."""
        self._shares.charge(command.caller, seconds)

    def take_superseded(self, newer):
        """Removes and returns the waiting command of the same lane whose value `newer` replaces, if any.

        Only the last command of the lane qualifies: a command in between may depend on the earlier value.
        """
        last = self.last(newer.lane)
        if last is None or not (newer.coalesce and last.is_superseded_by(newer)):
            return None
        return self._remove([last])[0]

    def take_of(self, connection, ids):
        """Removes and returns the commands with these ids that have not begun."""
        return self._remove(
            command
            for command in self._all()
            if command.connection is connection and command.id in ids and not command.has_begun
        )

    def put_back(self, command):
        """Returns a command just taken to the head of its lane, which keeps the order."""
        self._queue_for(command).appendleft(command)
        self._count(command, 1)

    def pause(self, command):
        """Like `put_back`, but the lane waits for `resume`."""
        self.put_back(command)
        self._paused[command.lane] = self._take_out(command.lane)

    def hold(self, lane):
        """Lets only this lane change the set, until `release`."""
        self._holder = lane

    def release(self, lane):
        """Ends `hold`, if this lane holds."""
        if self._holder == lane:
            self._holder = None

    def resume(self):
        """Returns paused lanes to the head of the queue: they have waited longest."""
        while self._paused:
            lane, queue = self._paused.popitem()
            caller = self._callers[lane]
            self._lanes_of(caller)[lane] = queue
            self._waiting[caller].move_to_end(lane, last=False)
            self._waiting.move_to_end(caller, last=False)

    def take(self):
        """The next command, or None.

        A stop overtakes the commands of other lanes, but never earlier ones of its own lane: `launch, stop` must not end in
        playing.
        """
        queue = self._next_queue()
        if queue is None:
            return None
        command = queue.popleft()
        caller = self._callers[command.lane]
        if queue:
            self._waiting[caller].move_to_end(command.lane)
        else:
            self._take_out(command.lane)
            del self._callers[command.lane]
        if caller in self._waiting:
            self._waiting.move_to_end(caller)
        self._count(command, -1)
        return command

    def last(self, lane):
        """The last waiting command of this lane, or None."""
        return self._queue_of(lane)[-1] if lane in self._callers else None

    def holds_any_of(self, connection):
        return any(command.connection is connection for command in self._all())

    def drop(self, connection):
        """Removes the commands of a closed connection that have not begun."""
        self._remove(
            command for command in self._all() if command.connection is connection and not command.has_begun
        )

    def take_all(self):
        """Empties the queue."""
        commands = list(self._all())
        self._waiting.clear()
        self._paused.clear()
        self._callers.clear()
        self._depth = self._stops = 0
        self._holder = None
        return commands

    def _queue_of(self, lane):
        """The waiting commands of a lane that has any."""
        return self._paused[lane] if lane in self._paused else self._waiting[self._callers[lane]][lane]

    def _queue_for(self, command):
        """The commands of this command's lane. A waiting lane keeps its caller, which keeps its order."""
        if command.lane in self._paused:
            return self._paused[command.lane]
        caller = self._callers.setdefault(command.lane, command.caller)
        return self._lanes_of(caller).setdefault(command.lane, deque())

    def _lanes_of(self, caller):
        if caller not in self._waiting:
            self._shares.join(caller)
        return self._waiting.setdefault(caller, OrderedDict())

    def _take_out(self, lane):
        """Removes a lane from the schedule; returns its commands."""
        lanes = self._waiting[self._callers[lane]]
        queue = lanes.pop(lane)
        if not lanes:
            del self._waiting[self._callers[lane]]
        return queue

    def _remove(self, commands):
        removed = list(commands)
        for command in removed:
            queue = self._queue_of(command.lane)
            queue.remove(command)
            self._count(command, -1)
            if not queue:
                if self._paused.pop(command.lane, None) is None:
                    self._take_out(command.lane)
                del self._callers[command.lane]
        return removed

    def _all(self):
        for lanes in (*self._waiting.values(), self._paused):
            for queue in lanes.values():
                yield from queue

    def _next_queue(self):
        """The commands of the lane to take from next, or None."""
        callers = self._shares.in_turn(self._waiting)
        if self._stops:
            stop = next((queue for queue in self._runnable(callers) if queue[0].action.stops), None)
            if stop is not None:
                return stop
        return next(self._runnable(callers), None)

    def _runnable(self, callers):
        return (queue for caller in callers for queue in self._waiting[caller].values() if self._may_run(queue))

    def _may_run(self, queue):
        """Stops, reads, and commands that have begun outside a batch run even while another lane holds the set."""
        command = queue[0]
        if command.action.stops:
            return True
        if command.connection.is_behind:
            return False
        if self._holder is None or command.lane == self._holder:
            return True
        is_ending = command.has_begun and command.batch is None
        return is_ending or "read" in command.action.access

    def _count(self, command, change):
        self._depth += change
        if command.action.stops:
            self._stops += change
