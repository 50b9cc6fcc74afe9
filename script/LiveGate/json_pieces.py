"""Decodes a long JSON text in pieces small enough for a tick (incremental parsing).

The interpreter's own decoder parses each piece: a container that fits one, or as many items of an array as fit. Only what
is longer than a piece is walked here, member by member.
"""

import json
import re

from .errors import shown

# So many characters are decoded at once, some 0.2 ms. A string of any length is one piece: decoding it is a copy.
PIECE = 8192
# In an object that is longer than a piece.
MEMBERS_MAX = 1024

_SPACE = re.compile(r"[ \t\n\r]*")
# The end of the last whole item of an array in a piece, by the first character of its next item.
_ITEM_ENDS = {"{": "},", "[": "],"}


class Flaw(ValueError):
    """Input that JSON parsers accept and this protocol refuses."""


def unique_keys(pairs):
    """The members of an object as a dict; raises Flaw if a key occurs twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        seen = set()
        raise _twice(next(name for name, _ in pairs if name in seen or seen.add(name)))
    return members


def decode(decoder, text):
    """The value of the text, as a generator that yields after each piece. Raises Flaw or JSONDecodeError."""
    if len(text) <= PIECE:
        return decoder.decode(text)
    value, at = yield from _value(decoder.scan_once, text, _skip(text, 0))
    at = _skip(text, at)
    if at != len(text):
        raise json.JSONDecodeError("Extra data", text, at)
    return value


def _value(scan, text, at):
    """The value at this place, and where it ends."""
    if text[at : at + 1] not in ("{", "["):
        return _scalar(scan, text, at)
    found = _whole(scan, text[at : at + PIECE])
    if found is not None:
        return found[0], at + found[1]
    yield
    return (yield from (_object if text[at] == "{" else _array)(scan, text, at))


def _whole(scan, piece):
    """The container at the start of a piece and its length, or None unless it is whole and valid."""
    try:
        return scan(piece, 0)
    except (StopIteration, ValueError):
        return None


def _scalar(scan, text, at):
    try:
        return scan(text, at)
    except StopIteration:
        raise json.JSONDecodeError("Expecting value", text, at) from None


def _object(scan, text, at):
    members, at = {}, _skip(text, at + 1)
    if text[at : at + 1] == "}":
        return members, at + 1
    while True:
        if text[at : at + 1] != '"':
            raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, at)
        name, at = _scalar(scan, text, at)
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            raise json.JSONDecodeError("Expecting ':' delimiter", text, at)
        value, at = yield from _value(scan, text, _skip(text, at + 1))
        if name in members:
            raise _twice(name)
        members[name] = value
        if len(members) > MEMBERS_MAX:
            raise Flaw("a long object has more than %d keys" % MEMBERS_MAX)
        at, is_end = _separator(text, at, "}")
        if is_end:
            return members, at
        if len(members) % 64 == 0:
            yield


def _array(scan, text, at):
    items, at = [], _skip(text, at + 1)
    if text[at : at + 1] == "]":
        return items, at + 1
    since, singly_until = at, 0
    while True:
        found = None
        if at >= singly_until:
            end = _last_item_end(text, at)
            found = _whole(scan, "[%s]" % text[at:end]) if end > at else None
            if found is None or found[1] != end - at + 2 or not found[0]:
                found, singly_until = None, at + PIECE  # so that no text is decoded twice more than once
                yield
        if found is not None:
            items += found[0]
            at = end
        else:
            item, at = yield from _value(scan, text, at)
            items.append(item)
        at, is_end = _separator(text, at, "]")
        if is_end:
            return items, at
        if at - since >= PIECE // 2:
            since = at
            yield


def _last_item_end(text, at):
    """Where the last whole item of the next piece probably ends; decoding up to there shows whether it does."""
    mark = _ITEM_ENDS.get(text[at : at + 1], ",")
    found = text.rfind(mark, at, at + PIECE)
    return -1 if found < 0 else found + len(mark) - 1


def _separator(text, at, end):
    """Skips the separator after a value; returns the next place, and whether the container ends before it."""
    at = _skip(text, at)
    mark = text[at : at + 1]
    if mark == end:
        return at + 1, True
    if mark != ",":
        raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
    return _skip(text, at + 1), False


def _skip(text, at):
    return _SPACE.match(text, at).end()


def _twice(name):
    return Flaw("the key %s occurs twice in one object" % shown(name))
