"""Subscriptions of connections to topics, and the values still to be sent (publish and subscribe, newest value wins).

A listener only marks topics as due. At the end of a tick each due topic is read once, and its value goes to the
followers whose last value differs. The rest is sent in the next ticks, in turn.
"""

from collections import OrderedDict, deque
from itertools import islice

from .errors import Refusal
from .property_events import EVENTS
from .lines import Encoded, json_of
from .paths import Path
from .steps import AT_A_TIME
from .watches import BY_USER, Watches

# So many subscriptions are added or removed in one piece.
TOPICS_AT_A_TIME = 256
NOTHING = json_of(None)
# The largest share of the time for processing changes, so that many changes cannot keep values from being sent.
CHANGES_SHARE = 0.5


class Topic:
    """One value that connections follow."""

    __slots__ = (
        "name",
        "indexes",
        "followers",
        "is_due",
        "must_be_found",
        "changed_by",
        "watched",
        "read",
        "read_at",
        "reading",
        "text",
    )

    def __init__(self, key):
        self.name, self.indexes = key[0], key[1:]
        self.followers = {}
        self.is_due = False
        self.must_be_found = True  # it is new, or the set has changed on the path to it
        self.changed_by = 0  # the causes of changes since it was read
        self.watched = ()
        self.read = None
        self.read_at = None  # when it was read last, if its event has an interval
        self.reading = None  # the rest of reading it, if the time was up
        self.text = NOTHING  # the value as JSON

    def body(self, seq):
        """The fields of an event, without the envelope's."""
        body = {"event": self.name}
        body.update(EVENTS[self.name].named(self.indexes))
        body.update(value=Encoded(self.text), seq=seq)
        return body


class Delivery:
    """The state of one topic for one follower: the number of values that were due, and the last one sent."""

    __slots__ = ("seq", "text", "changed_by")

    def __init__(self):
        self.seq = 0
        self.text = None
        self.changed_by = 0  # the causes of changes since it was sent


class Follower:
    """A connection with subscriptions."""

    def __init__(self, connection):
        self.connection = connection
        self.deliveries = {}
        self.pending = OrderedDict()  # topics whose newest value waits until the connection's buffer has space
        self.answer_waits = False  # whether the answer to its subscription waits for its turn; no value may precede it
        self.is_changing = False  # whether a line that changes its subscriptions is being handled
        self.is_gone = False


class Subscriptions:
    """Owned by the bridge, which allots the time to publish changes."""

    def __init__(self, settings, host, queue, clock, log):
        self._settings = settings
        self._host = host
        self._queue = queue
        self._clock = clock
        self._log = log
        self._watches = Watches(host.may_change, log)
        self._topics = {}
        self._followers = {}
        self._due = deque()
        self._with_pending = {}  # followers with values that are still to be sent
        self._leaving = deque()  # closed connections with subscriptions that are still to be removed

    @property
    def has_work(self):
        return bool(self._due or self._with_pending or self._leaving or self._watches.has_changes)

    @property
    def has_changes(self):
        """Whether Live has reported changes that are not processed yet."""
        return self._watches.has_changes

    def subscribe(self, connection, keys):
        """Returns the number of its topics; each of `keys` is sent in full, whether it is new or not.

        A generator: it yields after each TOPICS_AT_A_TIME topics.
        """
        follower = self._followers.get(connection) or Follower(connection)
        keys = dict.fromkeys(keys)
        yield
        held = len(follower.deliveries) + sum(self._topics.get(key) not in follower.deliveries for key in keys)
        if held > self._settings.subscriptions_max:
            sentence = "this connection would have %d subscriptions, and %d are allowed; unsubscribe from some"
            raise Refusal("invalid_params", sentence % (held, self._settings.subscriptions_max))
        if keys:
            self._followers[connection] = follower
        follower.is_changing = True
        for done, key in enumerate(keys, 1):
            self._follow(follower, key)
            if done % TOPICS_AT_A_TIME == 0:
                yield
        follower.is_changing = False
        return held

    def _follow(self, follower, key):
        topic = self._topics.get(key)
        if topic is None:
            topic = self._topics[key] = Topic(key)
        topic.followers[follower] = None
        follower.deliveries.setdefault(topic, Delivery()).text = None
        self._make_due(topic)

    def unsubscribe(self, connection, keys):
        """Returns the number of the topics that remain; a generator like `subscribe`."""
        follower = self._followers.get(connection)
        if follower is None:
            return 0
        for done, key in enumerate(keys, 1):
            topic = self._topics.get(key)
            if topic in follower.deliveries:
                self._unfollow(follower, topic)
            if done % TOPICS_AT_A_TIME == 0:
                yield
        if not follower.deliveries:
            self.drop(connection)
        return len(follower.deliveries)

    def wait_for_answer(self, connection):
        """Sends the connection no value before its waiting commands, and the answer behind them, are finished."""
        if connection in self._followers:
            self._followers[connection].answer_waits = True

    def drop(self, connection):
        """Removes a connection; topics that are then without followers are released in turn."""
        follower = self._followers.pop(connection, None)
        if follower is not None:
            follower.is_gone = True
            self._with_pending.pop(follower, None)
            self._leaving.append(follower)

    def publish(self, serve, until):
        """Sends due values, for at most that long and one value more."""
        if self._leaving:
            self._let_leave(until)
        if self._watches.has_changes:
            self._take_changes(until)
        for follower in list(self._with_pending):
            serve(follower.connection, self._deliver_pending, follower, until)
        known = {}  # resolved places, valid until something changes
        for _ in range(len(self._due)):
            topic = self._due.popleft()
            if topic.followers and self._is_early(topic):
                self._due.append(topic)
                continue
            if topic.reading is None:
                topic.is_due = False  # a change from now on makes it due again
            if topic.followers and not self._has_read(topic, known, until):
                self._due.appendleft(topic)
                return
            self._publish_to_followers(topic, serve)
            if self._clock() >= until:
                return

    def _let_leave(self, until):
        """Removes some subscriptions of closed connections."""
        while self._leaving:
            follower = self._leaving[0]
            for topic in list(islice(follower.deliveries, TOPICS_AT_A_TIME)):
                self._unfollow(follower, topic)
            if not follower.deliveries:
                self._leaving.popleft()
            if self._clock() >= until:
                return

    def _take_changes(self, until):
        now = self._clock()
        end = now + (until - now) * CHANGES_SHARE
        while self._watches.has_changes:
            for topic, must_be_found, changed_by in self._watches.take_change():
                topic.must_be_found = topic.must_be_found or must_be_found
                topic.changed_by |= changed_by
                self._make_due(topic)
            if self._clock() >= end:
                return

    def close(self):
        """Removes all listeners and followers."""
        self._watches.close()
        for forgotten in (self._topics, self._followers, self._due, self._with_pending, self._leaving):
            forgotten.clear()

    def _make_due(self, topic):
        if not topic.is_due:
            topic.is_due = True
            self._due.append(topic)

    def _unfollow(self, follower, topic):
        del follower.deliveries[topic]
        follower.pending.pop(topic, None)
        del topic.followers[follower]
        if not topic.followers:
            self._make_due(topic)

    def _is_early(self, topic):
        """Whether the interval since the last reading of a topic is not over; otherwise it begins anew."""
        interval_s = EVENTS[topic.name].interval_ms / 1000.0
        now = self._clock()
        if topic.read_at is not None and now - topic.read_at < interval_s and topic.reading is None:
            return True
        topic.read_at = now if interval_s else None
        return False

    def _publish_to_followers(self, topic, serve):
        if not topic.followers:
            self._forget(topic)
            return
        for follower in [each for each in topic.followers if not each.is_gone]:
            delivery = follower.deliveries[topic]
            if delivery.text != topic.text:
                delivery.text = topic.text
                delivery.seq += 1
                delivery.changed_by |= topic.changed_by
                serve(follower.connection, self._deliver, follower, topic)
        topic.changed_by = 0

    def _forget(self, topic):
        for _ in self._watches.attach(topic, topic.watched, {}):
            pass
        key = (topic.name,) + topic.indexes
        if self._topics.get(key) is topic:
            del self._topics[key]

    def _has_read(self, topic, known, until):
        """Reads a topic, for at most that long and one piece more; returns whether it is finished."""
        if topic.reading is None or topic.must_be_found:
            topic.reading = self._pieces(topic, known)
        for _ in topic.reading:
            if self._clock() >= until:
                return False
        topic.reading = None
        return True

    def _pieces(self, topic, known):
        """Resolves and reads a topic piece by piece; a change meanwhile makes it due, or its path unresolved, again."""
        for known in (known, {}):
            try:
                if topic.must_be_found:
                    for _ in self._find(topic, known):
                        yield
                values = topic.read() if topic.read else None
                if hasattr(values, "__next__"):
                    reading, values = values, []
                    for value in reading:
                        values.append(value)
                        if len(values) % AT_A_TIME == 0:
                            yield
                topic.text = json_of(values)
                return
            except Exception as error:  # the object may have been deleted without a notification: resolve it again
                topic.must_be_found = True
                failure = error
        self._log.warn("event", "cannot read %s: %s" % (topic.name, failure))
        topic.text = NOTHING

    def _find(self, topic, known):
        topic.must_be_found = False
        path = Path(self._host.song, known)
        before = topic.watched
        for _ in EVENTS[topic.name].find(topic, path):
            # What the rest of the path depends on is watched before a tick passes.
            self._note_watched(topic, path.watched)
            yield from self._watch(topic, (), path.take_new())
            yield
        wanted = path.watched
        self._note_watched(topic, wanted)
        yield from self._watch(topic, before, wanted)
        topic.watched = tuple(wanted)

    def _note_watched(self, topic, wanted):
        """Everything that the topic may be attached to, so that it can be released at any time."""
        topic.watched = tuple(dict.fromkeys(tuple(wanted) + topic.watched))

    def _watch(self, topic, before, wanted):
        for attached, _ in enumerate(self._watches.attach(topic, before, wanted), 1):
            if attached % AT_A_TIME == 0:
                yield

    def _deliver(self, follower, topic):
        if follower.pending or not self._has_capacity(follower):
            follower.pending[topic] = None
            self._with_pending[follower] = None
        else:
            self._send(follower, topic)

    def _deliver_pending(self, follower, until):
        while follower.pending and self._has_capacity(follower):
            topic, _ = follower.pending.popitem(last=False)
            self._send(follower, topic)
            if self._clock() >= until:
                break
        if not follower.pending:
            self._with_pending.pop(follower, None)

    def _has_capacity(self, follower):
        connection = follower.connection
        if follower.is_changing:
            return False
        if follower.answer_waits:
            if self._queue.last(connection) is not None:
                return False
            follower.answer_waits = False
        if connection.unsent_bytes > self._settings.events_unread_bytes_max:
            connection.flush()
        return connection.unsent_bytes <= self._settings.events_unread_bytes_max

    def _send(self, follower, topic):
        connection, delivery = follower.connection, follower.deliveries[topic]
        body = topic.body(delivery.seq)
        if delivery.changed_by == BY_USER and connection.dialect.keeps_trail:
            body["in_live"] = True
        delivery.changed_by = 0
        connection.send(connection.dialect.frame_event(body, int(self._clock() * 1000)))
