"""Writes to Live's log, and does not let a peer fill the disk with it (rate limiting)."""

PAUSE_S = 10


class Log:
    """`say` always writes; `warn` writes one line per kind and pause, and counts what it left out."""

    def __init__(self, write, clock):
        self._write = write
        self._clock = clock
        self._silent_until = {}
        self._left_out = {}

    def say(self, text):
        try:
            self._write("LiveGate: %s" % text)
        except Exception:  # a log that fails must not stop the timer, whose failures go to the log
            pass

    def warn(self, kind, text):
        now = self._clock()
        if now < self._silent_until.get(kind, now):
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return
        self._silent_until[kind] = now + PAUSE_S
        left_out = self._left_out.pop(kind, 0)
        self.say(text + (" (and %d more like it)" % left_out if left_out else ""))
