"""Lists what an object of Live's has many of, in pieces small enough for a tick."""

from .. import steps
from . import targets


def listing(items, describe, finish):
    """Goes on with `finish` of what `describe(index, item)` says of each item; what is deleted meanwhile refuses it."""
    return steps.gather(described(items, describe), finish)


def described(items, describe):
    """The same one by one. `items` are copied: an iterator of Live's may not be kept from one tick to the next."""
    items = list(items)

    def each():
        for index, item in enumerate(items):
            targets.require_alive(item, "a part of what was to be listed")
            yield describe(index, item)

    return each()
