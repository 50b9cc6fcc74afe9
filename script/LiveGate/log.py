"""Writes to Live's log; limits repeated lines, so that a peer cannot fill the disk (rate limiting)."""

PAUSE_S = 10


class Log:
    """`say` always writes; `warn` writes one line per kind and interval, and counts the lines it suppresses."""

    def __init__(self, write, clock):
        self._write = write
        self._clock = clock
        self._silent_until = {}
        self._left_out = {}

    def say(self, text):
        try:
            self._write("LiveGate: %s" % text)
        except Exception:  # a failing log must not stop the timer, whose errors go to the log
            pass

    def warn(self, kind, text):
        now = self._clock()
        if now < self._silent_until.get(kind, now):
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return
        self._silent_until[kind] = now + PAUSE_S
        left_out = self._left_out.pop(kind, 0)
        self.say(text + (" (and %d more like it)" % left_out if left_out else ""))
