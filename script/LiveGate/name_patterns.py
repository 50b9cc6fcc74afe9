"""Matches names against patterns in linear time, in every normal form of the name (Shift-And, Unicode NFC).

In a pattern `*` is any run of characters and `?` is one; a plain string is compared whole. Names that look the same
may be written in several ways, "\\u00e4" or "a\\u0308". So a deny rule applies if a name matches either as it is or in
NFC, and an allow rule only if both match. Patterns are compared as they are and in NFC, too. The oldest Python in Live
does not know the normal form of newer characters: a deny rule by names applies to every name that has one, and an
allow rule only if its pattern is nothing but stars. `tests/guards.json` has cases.
"""

import os
from bisect import bisect_right

try:
    import unicodedata
except ImportError:  # `unicodedata` may be missing inside Live; then the normal form of all other characters is unknown
    unicodedata = None

# Of all patterns of one condition together.
PATTERN_CHARACTERS_MAX = 2048
# So many characters of a name are matched in the time that a value of Live takes to read: some 1.2 us.
_CHARACTERS_PER_VALUE, _OTHERS_PER_VALUE = 6, 1
# Below it, all versions of Unicode agree that characters are in NFC. Most names have no others.
_PLAIN_BELOW = "\u0300"
# Newer emoji, which have one form only.
_SINGLE_FORM = range(0x1F000, 0x1FB00)
_TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unicode11.txt")


def expected(wanted, names):
    """Whether each name is as a client expects: the client has read the name, so it is compared as it is."""
    matches = _matcher(wanted, as_it_is=True)
    return all(matches(name) for name in names)


def allowed(wanted, names):
    """Whether an allow rule holds for each name, in both of its forms."""
    matches, takes_any = _matcher(wanted), _takes_any(wanted)
    return all(all(map(matches, _forms(name))) if is_known(name) else takes_any for name in names)


def denied(wanted, names):
    """Whether a deny rule holds for one of the names, in either of its forms."""
    if unicodedata is None and not all(map(_is_plain, _texts(wanted))):
        return bool(names)
    matches = _matcher(wanted)
    return any(not is_known(name) or any(map(matches, _forms(name))) for name in names)


def is_known(name):
    """Whether all versions of Unicode in use agree on the normal form of a name."""
    if _is_plain(name):
        return True
    return unicodedata is not None and all(_is_assigned(ord(character)) for character in name)


class Globs:
    """Patterns as one automaton: a bit for each position in each pattern, so that each character costs the same."""

    def __init__(self, patterns):
        self._start = self._loops = self._ends = 0
        anything = 0
        after = {}  # by character, the positions that it advances
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
        """Whether one of the patterns matches the whole name."""
        places = self._start
        for character in name:
            if places & self._settled:
                return True
            places = (places & self._after.get(character, self._anything)) << 1 | places & self._loops
            if not places:
                return False
        return bool(places & self._ends)


def matching_values(name):
    """The time that matching a name takes, in values of Live that could be read in it; other normal forms take longer."""
    return 1 + len(name) / (_CHARACTERS_PER_VALUE if _is_plain(name) else _OTHERS_PER_VALUE)


def _matcher(wanted, as_it_is=False):
    texts = _texts(wanted)
    texts = texts if as_it_is else set(texts) | {_composed(each) for each in texts}
    return (lambda name: name in texts) if type(wanted) is str else Globs(texts).match


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
    """The alternating starts and ends of the ranges of assigned characters."""
    with open(_TABLE, encoding="ascii") as file:
        ranges = [each.split("-") for each in file.read().split()]
    return [edge for each in ranges for edge in (int(each[0], 16), int(each[-1], 16) + 1)]


_EDGES = _edges()
