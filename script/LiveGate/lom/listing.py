"""Lists the many parts of an object of Live's, in pieces small enough for a tick."""

from .. import steps
from . import targets


def listing(items, describe, finish):
    """Continues with `finish` of the list of `describe(index, item)`; a Refusal if an item is deleted meanwhile."""
    return steps.gather(described(items, describe), finish)


def described(items, describe):
    """Yields the same one by one. `items` are copied: an iterator of Live's may not be kept from one tick to the next."""
    items = list(items)

    def each():
        for index, item in enumerate(items):
            targets.require_alive(item, "a part of the list")
            yield describe(index, item)

    return each()
