"""Schedules callers by the time they have used: the least goes first (start-time fair queueing)."""

# The most that a caller may be ahead of the others. More is forgiven: one slow command must not shut its caller out.
AHEAD_S_MAX = 0.05
# Above so many callers, those that are not ahead are forgotten.
REMEMBERED = 64


class Shares:
    """The time that each caller has used. A new caller starts no lower than the lowest of those that wait."""

    def __init__(self):
        self._had_s = {}
        self._floor_s = 0.0

    def join(self, caller):
        """Adds a caller, since a command of it waits now."""
        self._had_s[caller] = max(self._had_s.get(caller, 0.0), self._floor_s)
        if len(self._had_s) > REMEMBERED:
            self._had_s = {each: had for each, had in self._had_s.items() if had > self._floor_s}

    def charge(self, caller, seconds):
        """Adds the duration of a command to its caller's time."""
        had = self._had_s.get(caller, self._floor_s) + seconds
        self._had_s[caller] = min(had, self._floor_s + AHEAD_S_MAX)

    def in_turn(self, callers):
        """The waiting callers, the least time first; ties keep their order."""
        ordered = sorted(callers, key=lambda caller: self._had_s.get(caller, self._floor_s))
        if ordered:
            self._floor_s = max(self._floor_s, self._had_s.get(ordered[0], self._floor_s))
        return ordered
