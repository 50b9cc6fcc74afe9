"""Resolves a path in the set to an object, and records the members that the path depends on (path resolution)."""


class Node:
    """The object at a place; a place is the members and indexes that lead from the song to it."""

    __slots__ = ("place", "subject")

    def __init__(self, place, subject):
        self.place = place
        self.subject = subject


class Path:
    """One walk through the set; it returns None where the path ends early.

    `watched` maps (place, member) to the object there, whether the path depends on that member, and whether the value
    does. If the path does, it must be resolved again when the member changes. If only the path does, the value itself has
    not changed: objects were added or removed before it. Walks at the same moment share `known` places.
    """

    def __init__(self, song, known):
        self.song = Node((), song)
        self.watched = {}
        self._new = {}
        self._known = known

    def take_new(self):
        """What was added to `watched`, or changed there, since the last call."""
        new, self._new = self._new, {}
        return new

    def part(self, node, member, signalled_by=None):
        """The object that is a member of another; `signalled_by` is the member that changes when it appears or disappears."""
        if node is None:
            return None
        if signalled_by is not None:
            self._watch(node, signalled_by, is_path=True, is_value=True)
        return self._at(node.place + (member,), lambda: getattr(node.subject, member))

    def item(self, node, member, index):
        """One object of a list that is a member of another."""
        if node is None:
            return None
        items = self._items(node, member)
        if index >= len(items):
            return None
        return self._at(node.place + (member, index), lambda: items[index])

    def all(self, node, member):
        """All objects of a list that is a member of another."""
        return list(self.each(node, member))

    def each(self, node, member):
        """The same one by one, as they were at the first."""
        for index, subject in enumerate(self._items(node, member)):
            yield self._at(node.place + (member, index), lambda: subject)

    def listen(self, node, *members):
        """The value depends on these members."""
        for member in members:
            self._watch(node, member, is_value=True)

    def notice(self, node, *members):
        """The same for members that Live changes while it plays, or that the trail does not record."""
        for member in members:
            self._watch(node, member)

    def reading(self, node, member, kind):
        """Returns a function that reads the member as `kind`, or None without an object."""
        if node is None:
            return None
        self.listen(node, member)
        return lambda: kind(getattr(node.subject, member))

    def follow(self, node, member):
        """The path depends on this member."""
        self._watch(node, member, is_path=True)

    def _items(self, node, member):
        self.follow(node, member)
        key = node.place + (member,)
        if key not in self._known:
            self._known[key] = tuple(getattr(node.subject, member))
        return self._known[key]

    def _at(self, place, find):
        if place not in self._known:
            subject = find()
            self._known[place] = None if subject is None else Node(place, subject)
        return self._known[place]

    def _watch(self, node, member, is_path=False, is_value=False):
        key = node.place, member
        _, was_path, was_value = self.watched.get(key, (None, False, False))
        self.watched[key] = self._new[key] = node.subject, is_path or was_path, is_value or was_value
