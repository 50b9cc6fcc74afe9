"""Live.Base.Timer: calls back from the main loop. An exception in the callback stops it for good."""

from .base import MODELS, query
from .values import Value


class Timer(Value):
    """The loop does not keep timers: one that the script lets go of is gone, as in Live."""

    facts_name = "Base.Timer"
    fields = {"running": False}
    constructor = (("callback", "object"), ("interval", "int"), ("repeat", "bool", False), ("start", "bool", False))

    def __init__(self, live, callback, interval, repeat, start):
        super().__init__(live)
        self.callback, self.interval_ms, self.repeats = callback, interval, repeat
        self.due = None
        if start:
            self.start()

    @query
    def start(self):
        if not self.running:
            self.running = True
            self.live.loop.schedule(self)

    @query
    def stop(self):
        self.running = False

    @query
    def restart(self):
        self.stop()
        self.start()


MODELS[Timer.facts_name] = Timer
