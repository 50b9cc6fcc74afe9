"""Limits the values that are read within one tick: state of one moment cannot be read over several ticks."""

from collections import namedtuple

from .errors import Refusal

# An object as conditions see it. `index` is None if no index names it, or if it is not known; NEW for a name to be given.
Named = namedtuple("Named", ("name", "index"))
NEW = -1

# So many values of Live are read in one piece at most: some 5 ms.
VALUES_MAX = 4096


class TooMuch(Refusal):
    """The set has more than can be read in one piece."""

    def __init__(self, subject="this"):
        sentence = "%s cannot be decided within one tick: it would take more than %d values of the set"
        super().__init__("live_error", sentence % (subject, VALUES_MAX))


class Budget:
    """The values that may still be read in this piece; raises TooMuch beyond them."""

    def __init__(self):
        self._left = VALUES_MAX

    def spend(self, values):
        self._left -= values
        if self._left < 0:
            raise TooMuch

    def each(self, items, values=1):
        """The items, each of which costs so many values."""
        for item in items:
            self.spend(values)
            yield item

    def named(self, items):
        """The name and index of each of these (index, object) that is an object."""
        return [Named(item.name, index) for index, item in self.each(items, 2) if item is not None]

    def names(self, items):
        """The names of those (index, object) that are objects."""
        return [item.name for _, item in self.each(items, 2) if item is not None]
