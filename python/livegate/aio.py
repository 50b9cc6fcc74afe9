"""The client for asyncio: requests, events and batches that do not block the event loop.

    async with await livegate.aio.connect() as live:
        await live.set_tempo(bpm=128)
        tracks = await asyncio.gather(*(live.get_track_info(track_index=index) for index in range(4)))
        await live.subscribe(topics=[{"event": "tempo"}])
        async for event in live.events(timeout=60):
            print(event)

Requests that wait at the same time travel together, in their order. A connection belongs to its event loop.
"""

import asyncio
import functools
import threading
from collections import deque

import livegate

TOGETHER_MAX = 256


async def connect(address=None, **arguments):
    """Connect as livegate.connect does, with the same arguments."""
    loop = asyncio.get_running_loop()
    connection = await loop.run_in_executor(None, functools.partial(livegate.connect, address, **arguments))
    return Connection(connection, loop)


class Connection:
    """Every action is a method that returns an awaitable. To cancel one gives up its answer; it may still run."""

    def __init__(self, connection, loop):
        self._connection = connection
        self._loop = loop
        self._requests = _Requests(connection, loop)
        self._iterations = _Thread("livegate events")

    async def call(self, action, /, **arguments):
        """Run one action and return its answer; see livegate.Connection.call."""
        return await self._requests.put(dict(arguments, action=action))

    def events(self, *, timeout=None):
        """Iterate over events with `async for`; it ends after timeout seconds without one."""
        return Events(self, self._connection.events(timeout=timeout))

    async def close(self):
        """Close the connection, after the answers to the requests that were sent."""
        await self._requests.end()
        await self._loop.run_in_executor(None, self._connection.close)
        self._iterations.end()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        action = getattr(self._connection, name)
        call = functools.partial(self.call, name)
        call.__doc__ = action.__doc__
        return call

    def __dir__(self):
        return sorted(set(object.__dir__(self)) | set(dir(self._connection)))

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_exception):
        await self.close()

    def __repr__(self):
        return "<livegate.aio.Connection %r>" % self._connection


class Events:
    """An iteration that is cancelled loses nothing: the event that comes then is the next one."""

    def __init__(self, owner, events):
        self._owner, self._events = owner, events
        self._next = None

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self._next is None:
            self._next = self._owner._loop.create_future()
            self._owner._iterations.put(functools.partial(_settle, self._owner._loop, self._next, self._take))
        try:
            event = await asyncio.shield(self._next)
        finally:
            if self._next.done():
                self._next = None
        if event is None:
            raise StopAsyncIteration
        return event

    def _take(self):
        return next(self._events, None)


class _Thread:
    """Runs functions one after the other. A daemon: a connection that is never closed does not stop Python's end."""

    def __init__(self, name):
        self._name, self._thread = name, None
        self._condition = threading.Condition()
        self._waiting = deque()

    def put(self, function):
        with self._condition:
            self._waiting.append(function)
            self._condition.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def end(self):
        self.put(None)

    def _run(self):
        while True:
            with self._condition:
                while not self._waiting:
                    self._condition.wait()
                function = self._waiting.popleft()
            if function is None:
                return
            function()


class _Requests:
    """Sends what waits, together. A request with a timeout of its own travels alone."""

    def __init__(self, connection, loop):
        self._connection, self._loop = connection, loop
        self._waiting = deque()
        self._thread = _Thread("livegate requests")
        self._has_ended = False

    def put(self, request):
        if self._has_ended:
            raise livegate.ConnectionLost("the connection is closed")
        future = self._loop.create_future()
        self._waiting.append((request, future))
        if len(self._waiting) == 1:
            self._thread.put(self._send)
        return future

    async def end(self):
        self._has_ended = True
        done = self._loop.create_future()
        self._thread.put(functools.partial(_settle, self._loop, done, lambda: None))
        self._thread.end()
        await done

    def _send(self):
        while self._waiting:
            together = self._take_some()
            if len(together) == 1:
                self._send_alone(*together[0])
            elif together:
                self._send_together(together)

    def _take_some(self):
        """What is not cancelled of the waiting requests; as many as fit into one journey."""
        together = []
        while self._waiting and len(together) < TOGETHER_MAX:
            request, future = self._waiting[0]
            if together and ("timeout" in request or "timeout" in together[0][0]):
                break
            self._waiting.popleft()
            if not future.cancelled():
                together.append((request, future))
        return together

    def _send_together(self, together):
        try:
            answers = self._connection.call_many([request for request, _future in together])
        except (TypeError, ValueError):  # of one of them; nothing was sent
            for request, future in together:
                self._send_alone(request, future)
            return
        except Exception as error:
            answers = [error] * len(together)
        _hand_over(self._loop, [future for _request, future in together], answers)

    def _send_alone(self, request, future):
        arguments = dict(request)
        call = functools.partial(self._connection.call, arguments.pop("action"), **arguments)
        _settle(self._loop, future, call)


def _settle(loop, future, function):
    try:
        answer = function()
    except Exception as error:
        answer = error
    _hand_over(loop, [future], [answer])


def _hand_over(loop, futures, answers):
    try:
        loop.call_soon_threadsafe(_deliver, futures, answers)
    except RuntimeError:  # the loop has ended
        pass


def _deliver(futures, answers):
    for future, answer in zip(futures, answers):
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
