"""Whose turn it is: the caller that has had least of Live's time (start-time fair queueing)."""

# How far a caller may be ahead of the others: what it had beyond that is forgiven, or one slow command would shut it out.
AHEAD_S_MAX = 0.05
# From so many on, those are forgotten that are not ahead.
REMEMBERED = 64


class Shares:
    """The time that each caller has had. One that begins to wait counts as having had as much as the least of those that wait."""

    def __init__(self):
        self._had_s = {}
        self._floor_s = 0.0

    def join(self, caller):
        """A command of this caller waits now."""
        self._had_s[caller] = max(self._had_s.get(caller, 0.0), self._floor_s)
        if len(self._had_s) > REMEMBERED:
            self._had_s = {each: had for each, had in self._had_s.items() if had > self._floor_s}

    def charge(self, caller, seconds):
        """A command of this caller took so long."""
        had = self._had_s.get(caller, self._floor_s) + seconds
        self._had_s[caller] = min(had, self._floor_s + AHEAD_S_MAX)

    def in_turn(self, callers):
        """Those that wait, the one that has had least first; of equals the first stays first."""
        ordered = sorted(callers, key=lambda caller: self._had_s.get(caller, self._floor_s))
        if ordered:
            self._floor_s = max(self._floor_s, self._had_s.get(ordered[0], self._floor_s))
        return ordered
