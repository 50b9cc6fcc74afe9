"""Vectors, the sequences that Live returns, and iterators. Vectors are copies; appending does not change the set."""

from ..model.base import query
from .handle import Instance, refer, referent_of


class Vector:
    """The content of a vector. Objects of the set are held by their lives, and wrapped on access."""

    __slots__ = ("items",)

    def __init__(self, items):
        self.items = [getattr(item, "life", item) for item in items]

    @property
    def subject(self):
        return self

    def call(self, function, arguments):
        return function(self, *arguments)

    @query
    def append(self, value):
        self.items.append(getattr(value, "life", value))

    @query
    def extend(self, values):
        for value in values:
            self.append(value)


def wrapping(classes):
    """Returns a function that makes the handle for a life or a value, by the class that its `facts_name` names."""

    def wrap(referent):
        facts_name = getattr(referent, "facts_name", None)
        if facts_name is None:
            return referent
        handle = Instance.__new__(classes[facts_name])
        refer(handle, referent)
        return handle

    return wrap


def vector_protocol(wrap):
    """The sequence methods that the dumps do not list; indices and slices as std::vector's wrapper has them."""

    def items_of(vector):
        return referent_of(vector).items

    def getitem(vector, index):
        if isinstance(index, slice):
            part = Instance.__new__(type(vector))
            refer(part, Vector(items_of(vector)[index]))
            return part
        if not isinstance(index, int):
            raise TypeError("Invalid index type")
        try:
            return wrap(items_of(vector)[index])
        except IndexError:
            raise IndexError("Index out of range") from None

    return {
        "__len__": lambda vector: len(items_of(vector)),
        "__getitem__": getitem,
        "__iter__": lambda vector: map(wrap, list(items_of(vector))),
        "__contains__": lambda vector, value: any(wrap(item) == value for item in items_of(vector)),
    }


def iterator_protocol(wrap):
    """For the classes that the dumps call iterators without listing members; the handle holds the remaining items."""
    return {"__iter__": lambda iterator: iterator, "__next__": lambda iterator: wrap(next(referent_of(iterator).rest))}
