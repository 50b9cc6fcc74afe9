"""The commands that wait for Live: one bounded queue, fair between lanes, stops first (scheduler)."""

from collections import OrderedDict, deque

from .errors import Refusal

MISSING = object()
# Places that only stops may take: a queue that others have filled must not keep the music playing.
STOPS_RESERVED = 16


class Command:
    """One request on its way; it carries what is needed to run it once and to answer it once."""

    __slots__ = (
        "connection",
        "lane",
        "id",
        "action",
        "params",
        "expires_at_ms",
        "guard",
        "expect",
        "dry_run",
        "coalesce",
        "batch",
        "in_batch",
        "step",
        "has_begun",
        "retried",
        "witness",
        "after",
    )

    def __init__(self, connection):
        self.connection = connection
        self.lane = connection  # commands of one lane run in the order in which they came
        self.id = MISSING
        self.action = None
        self.params = None
        self.expires_at_ms = None
        self.guard = None  # what the role demands of the set before it lets the command run
        self.expect = None  # what the client expects of it
        self.dry_run = False
        self.batch = None  # the commands of a batch
        self.in_batch = False
        self.coalesce = False  # a later value for the same target may take its place
        self.step = None  # what is left to do, if it is not done in one go
        self.has_begun = False  # whether it may have changed something
        self.retried = False
        self.witness = None  # what the trail is to know of it
        self.after = b""  # answers to later lines, which wait so that answers keep their order

    def go_on_with(self, step, begun=True):
        """Remembers what is left to do. What has begun is finished, whatever happens to its client."""
        self.step = step
        self.has_begun = self.has_begun or begun
        self.retried = False

    def is_superseded_by(self, newer):
        """Whether it sets the value of the same target, and waits untouched."""
        return (
            self.coalesce
            and not self.has_begun
            and newer.expires_at_ms >= self.expires_at_ms  # else it might expire, and neither value be set
            and self.action is newer.action
            and self.action.target_of(self.params) == newer.action.target_of(newer.params)
            and (self.guard, self.expect, self.dry_run) == (newer.guard, newer.expect, newer.dry_run)
        )

    def require_time(self, now_ms):
        """A Refusal once it is too late to begin; what has begun is finished."""
        if not self.has_begun and now_ms >= self.expires_at_ms:
            raise Refusal("expired", "the command waited too long for Live and did not run; send it again if still wanted")

    def frame(self, body, now_ms):
        """The answer as a line of the connection's protocol."""
        return self.connection.dialect.frame(self, body, now_ms)


class CommandQueue:
    """First in, first out per lane; between lanes whoever waits longest for a turn.

    A local client's connection is its lane. The gateway speaks for many clients over one connection
    and gives each of its clients' connections a lane.
    """

    def __init__(self, depth_max):
        self._depth_max = depth_max
        self._waiting = OrderedDict()
        self._paused = OrderedDict()  # lanes whose first command goes on in the next tick
        self._depth = 0
        self._stops = 0
        self._holder = None  # the lane that alone may change anything

    def __len__(self):
        return self._depth

    @property
    def has_ready(self):
        """Whether there is anything to take in this tick."""
        return self._next_lane() is not None

    def put(self, command):
        if self._depth >= self._depth_max + (STOPS_RESERVED if command.action.stops else 0):
            raise Refusal("overloaded", "%d commands are waiting for Live already; try again" % self._depth)
        lanes = self._paused if command.lane in self._paused else self._waiting
        lanes.setdefault(command.lane, deque()).append(command)
        self._count(command, 1)

    def take_superseded(self, newer):
        """Removes and returns the command of the same lane, if one waits, whose value `newer` replaces.

        Only the last of its lane: what came between may depend on it.
        """
        line = self._waiting.get(newer.lane) or self._paused.get(newer.lane)
        if not (newer.coalesce and line and line[-1].is_superseded_by(newer)):
            return None
        return self._remove([line[-1]])[0]

    def take_of(self, connection, ids):
        """Removes and returns what waits under these ids and has not begun."""
        return self._remove(
            command
            for command in self._all()
            if command.connection is connection and command.id in ids and not command.has_begun
        )

    def put_back(self, command):
        """Returns a command just taken to the head of its lane, so that its order holds."""
        self._waiting.setdefault(command.lane, deque()).appendleft(command)
        self._count(command, 1)

    def pause(self, command):
        """Like `put_back`, but nothing of its lane is taken before `resume`."""
        self.put_back(command)
        self._paused[command.lane] = self._waiting.pop(command.lane)

    def hold(self, lane):
        """Until further notice only this lane may change anything."""
        self._holder = lane

    def release(self, lane):
        """Ends that, if it is this lane that holds."""
        if self._holder == lane:
            self._holder = None

    def resume(self):
        """The next tick has come: paused lanes go on, before the others since they have waited longer."""
        while self._paused:
            lane, line = self._paused.popitem()
            self._waiting[lane] = line
            self._waiting.move_to_end(lane, last=False)

    def take(self):
        """The next command, or None.

        A stop goes before other lanes' commands, never before its own lane's earlier ones:
        `launch, stop` must not end in playing.
        """
        lane = self._next_lane()
        if lane is None:
            return None
        line = self._waiting[lane]
        command = line.popleft()
        if line:
            self._waiting.move_to_end(lane)
        else:
            del self._waiting[lane]
        self._count(command, -1)
        return command

    def last(self, lane):
        """The last command that waits in this lane, or None."""
        line = self._waiting.get(lane) or self._paused.get(lane)
        return line[-1] if line else None

    def holds_any_of(self, connection):
        return any(command.connection is connection for command in self._all())

    def drop(self, connection):
        """Forgets what a closed connection still wanted, but for what has begun."""
        for lanes in (self._waiting, self._paused):
            for lane in [lane for lane, line in lanes.items() if line[0].connection is connection]:
                line = lanes.pop(lane)
                begun = deque(command for command in line if command.has_begun)
                for command in line:
                    self._count(command, 0 if command.has_begun else -1)
                if begun:
                    lanes[lane] = begun

    def _remove(self, commands):
        removed = list(commands)
        for command in removed:
            lanes = self._waiting if command.lane in self._waiting else self._paused
            lanes[command.lane].remove(command)
            if not lanes[command.lane]:
                del lanes[command.lane]
            self._count(command, -1)
        return removed

    def take_all(self):
        """Empties the queue."""
        commands = list(self._all())
        self._waiting.clear()
        self._paused.clear()
        self._depth = self._stops = 0
        self._holder = None
        return commands

    def _all(self):
        for lanes in (self._waiting, self._paused):
            for line in lanes.values():
                yield from line

    def _next_lane(self):
        if self._stops:
            for lane, line in self._waiting.items():
                if line[0].action.stops and self._may_run(lane, line):
                    return lane
        return next((lane for lane, line in self._waiting.items() if self._may_run(lane, line)), None)

    def _may_run(self, lane, line):
        """What another lane holds up does not concern stops, reads, and what has begun and waits for its end."""
        if self._holder is None or lane == self._holder:
            return True
        command = line[0]
        is_ending = command.has_begun and command.batch is None
        return command.action.stops or is_ending or "read" in command.action.access

    def _count(self, command, change):
        self._depth += change
        if command.action.stops:
            self._stops += change
