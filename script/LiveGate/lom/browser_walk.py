"""Walks Live's browser in pieces small enough for a tick (breadth-first traversal).

Items near the top come first, so that a device is found before presets of its name.
"""

from collections import deque

from .. import steps

ITEMS_PER_PIECE = 20

# Attributes of the browser; the two collections are lists of items.
CATEGORIES = (
    "sounds",
    "drums",
    "instruments",
    "audio_effects",
    "midi_effects",
    "max_for_live",
    "plugins",
    "clips",
    "samples",
    "packs",
    "user_library",
    "current_project",
)
COLLECTIONS = ("user_folders", "colors")


def shelf(browser, category, above=()):
    """The start of a walk: a function that returns the items of a category, and the names above them."""
    if category in COLLECTIONS:
        return lambda: getattr(browser, category), above
    return lambda: getattr(browser, category).children, above


def below(shelves, goes_into):
    """All items of some shelves and below them, each with the names of those above it."""
    waiting = deque(shelves)
    while waiting:
        items_of, above = waiting.popleft()
        # A copy of Live's list, which may be kept from one tick to the next; an iterator of Live's may not.
        for item in items_of():
            yield item, above
            if goes_into(item):
                waiting.append((_children_of(item), above + (item.name,)))


def in_pieces(visits, finish):
    """Takes a few of `visits` per step, and returns `finish()` after the last. It changes nothing."""

    def step():
        for _ in range(ITEMS_PER_PIECE):
            if next(visits, None) is None:
                return finish()
        return steps.when_time_allows(step, begun=False)

    return step()


def has_items(item):
    """Whether an item may contain others; a device contains its presets."""
    return item.is_folder or item.is_device


def _children_of(item):
    return lambda: item.children
