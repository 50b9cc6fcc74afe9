"""Finds what stands at a place in the set, and notes what tells when that becomes something else (path resolution)."""


class Node:
    """What stands at a place; the place is the members and indexes that lead there from the song."""

    __slots__ = ("place", "subject")

    def __init__(self, place, subject):
        self.place = place
        self.subject = subject


class Path:
    """One walk through the set; where it ends too early there is None.

    `watched` maps (place, member) to the object there, whether the way itself depends on that member, and whether the
    value does. If the way does, the walk has to be made again when the member changes; if the value does not, all that
    happened is that others came or went before it. Walks of the same moment share what they `know`.
    """

    def __init__(self, song, known):
        self.song = Node((), song)
        self.watched = {}
        self._known = known

    def part(self, node, member, told_by=None):
        """The object that is a member of another; where it can come and go, `told_by` is the member that tells."""
        if node is None:
            return None
        if told_by is not None:
            self._watch(node, told_by, is_way=True, is_value=True)
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
        """The objects of a list that is a member of another."""
        return [self.item(node, member, index) for index in range(len(self._items(node, member)))]

    def listen(self, node, *members):
        """What is read at the end depends on these members."""
        for member in members:
            self._watch(node, member, is_value=True)

    def reading(self, node, member, kind):
        """Reads a member as `kind`; None where there is nothing to read from."""
        if node is None:
            return None
        self.listen(node, member)
        return lambda: kind(getattr(node.subject, member))

    def follow(self, node, member):
        """The way depends on this member."""
        self._watch(node, member, is_way=True)

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

    def _watch(self, node, member, is_way=False, is_value=False):
        key = node.place, member
        _, was_way, was_value = self.watched.get(key, (None, False, False))
        self.watched[key] = node.subject, is_way or was_way, is_value or was_value
