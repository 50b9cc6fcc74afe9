"""Matches names against patterns in linear time, in each of the forms that a name may have (Shift-And, Unicode NFC).

In a pattern `*` is any run of characters and `?` is one; a string that is no pattern is compared whole. What looks the
same may be written in several ways, "\\u00e4" or "a\\u0308". So a rule that forbids looks at a name as it is and in NFC,
and stops it if either matches; a rule that allows needs both. The patterns count as they are and in NFC too. The normal
form of a character that Live's oldest Python does not know cannot be told: a name with one is forbidden by every rule
that forbids by names, and allowed only by a pattern of nothing but stars. `tests/guards.json` has cases.
"""

import os
from bisect import bisect_right

try:
    import unicodedata
except ImportError:  # not seen inside every Live: then nobody can tell the normal form of what is not plain
    unicodedata = None

# All patterns of one condition together.
PATTERN_CHARACTERS_MAX = 2048
# What every version of Unicode has composed already, or never composes: most names are of nothing else.
_PLAIN_BELOW = "\u0300"
# Emoji of later years, which have one form only.
_SINGLE_FORM = range(0x1F000, 0x1FB00)
_TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unicode11.txt")


def expected(wanted, names):
    """Whether each name is as a client expects it: it has seen the name, and means it as it is."""
    matches = _matcher(wanted, as_it_is=True)
    return all(matches(name) for name in names)


def allowed(wanted, names):
    """Whether a rule that allows holds for each name, in both of its forms."""
    matches, takes_any = _matcher(wanted), _takes_any(wanted)
    return all(all(map(matches, _forms(name))) if is_known(name) else takes_any for name in names)


def denied(wanted, names):
    """Whether a rule that forbids holds for one of the names, in either of its forms."""
    if unicodedata is None and not all(map(_is_plain, _texts(wanted))):
        return bool(names)
    matches = _matcher(wanted)
    return any(not is_known(name) or any(map(matches, _forms(name))) for name in names)


def is_known(name):
    """Whether the normal form of a name is the same in every version of Unicode that may look at it."""
    if _is_plain(name):
        return True
    return unicodedata is not None and all(_is_assigned(ord(character)) for character in name)


class Globs:
    """Patterns as one automaton: a bit for each place in each pattern, so that a character costs the same whatever they are."""

    def __init__(self, patterns):
        self._start = self._loops = self._ends = 0
        anything = 0
        after = {}  # by character, the places that it leads on from
        place = 0
        for pattern in patterns:
            self._start |= 1 << place
            for character in pattern:
                if character == "*":
                    self._loops |= 1 << place
                    continue
                if character == "?":
                    anything |= 1 << place
                else:
                    after[character] = after.get(character, 0) | 1 << place
                place += 1
            self._ends |= 1 << place
            place += 1
        self._after = {character: places | anything for character, places in after.items()}
        self._anything = anything
        self._settled = self._ends & self._loops

    def match(self, name):
        """Whether one of them matches the whole name."""
        places = self._start
        for character in name:
            if places & self._settled:
                return True
            places = (places & self._after.get(character, self._anything)) << 1 | places & self._loops
            if not places:
                return False
        return bool(places & self._ends)


def _matcher(wanted, as_it_is=False):
    told = _texts(wanted)
    told = told if as_it_is else set(told) | {_composed(each) for each in told}
    return (lambda name: name in told) if type(wanted) is str else Globs(told).match


def _texts(wanted):
    return [wanted] if type(wanted) is str else wanted


def _takes_any(wanted):
    return type(wanted) is not str and any(pattern and not pattern.strip("*") for pattern in wanted)


def _forms(name):
    return {name, _composed(name)}


def _composed(name):
    return name if unicodedata is None or _is_plain(name) else unicodedata.normalize("NFC", name)


def _is_plain(text):
    return max(text, default="") < _PLAIN_BELOW


def _is_assigned(code):
    return code in _SINGLE_FORM or bool(bisect_right(_EDGES, code) % 2)


def _edges():
    """Where ranges of assigned characters begin and end, in turn."""
    with open(_TABLE, encoding="ascii") as file:
        ranges = [each.split("-") for each in file.read().split()]
    return [edge for each in ranges for edge in (int(each[0], 16), int(each[-1], 16) + 1)]


_EDGES = _edges()
