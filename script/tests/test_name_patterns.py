"""Name patterns: matches, their cost, and the table of known characters."""

import itertools
import unicodedata
import unittest
from unittest import mock

from LiveGate import conditions, name_patterns
from LiveGate.name_patterns import Globs
from LiveGate.parameters import Invalid

NAME = "a" * 256
STARS = "*a" * 63 + "b"


def by_definition(pattern, name):
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(by_definition(pattern[1:], name[at:]) for at in range(len(name) + 1))
    return bool(name) and pattern[0] in ("?", name[0]) and by_definition(pattern[1:], name[1:])


def words(letters, length_max):
    for length in range(length_max + 1):
        yield from map("".join, itertools.product(letters, repeat=length))


class Counted(dict):
    """Counts the accesses; a match makes one for each character it reads."""

    looks = 0

    def get(self, *arguments):
        self.looks += 1
        return super().get(*arguments)


class Matching(unittest.TestCase):
    def test_matching_agrees_with_the_definition(self):
        names = list(words("ab", 4))
        for pattern in words("ab*?", 4):
            globs = Globs([pattern])
            for name in names:
                self.assertEqual(globs.match(name), by_definition(pattern, name), (pattern, name))

    def test_one_matching_pattern_of_several_suffices(self):
        for name, matches in (("ab", True), ("abcd", False), ("cd", True), ("xcd", False), ("efg", True), ("", False)):
            self.assertEqual(Globs(["ab", "cd", "e*"]).match(name), matches, name)

    def test_stars_cost_linear_time(self):
        for patterns in ([STARS], [STARS] * 16, ["*" * 2048], ["?*" * 500 + "b"]):
            globs = Globs(patterns)
            globs._after = Counted(globs._after)
            globs.match(NAME)
            self.assertLessEqual(globs._after.looks, len(NAME), patterns[0][:9])


class Bounds(unittest.TestCase):
    def check(self, **members):
        return conditions.Condition().check(members)

    def test_the_patterns_of_a_condition_are_bounded_together(self):
        self.check(track=["x" * 256] * 8)
        for members in ({"track": ["x" * 256] * 8 + ["x"]}, {"track": ["x" * 256] * 4, "clip": ["x" * 256] * 5}):
            with self.assertRaises(Invalid):
                self.check(**members)

    def test_an_exact_name_is_no_pattern(self):
        self.check(track=["x" * 256] * 8, clip="x" * 256, exists=["track"])


class Known(unittest.TestCase):
    def test_the_table_equals_unicode_11(self):
        edges = name_patterns._EDGES
        count = sum(end - begin for begin, end in zip(edges[::2], edges[1::2]))
        # Characters, control characters, private use, surrogates.
        self.assertEqual(count, 137374 + 65 + 137468 + 2048)

    def test_this_python_knows_all_of_it(self):
        newer = unicodedata.unidata_version != "11.0.0"
        for code in range(0x110000):
            if unicodedata.category(chr(code)) == "Cn":
                self.assertFalse(is_in_table(code), hex(code))
            elif not newer:
                self.assertTrue(is_in_table(code), hex(code))

    def test_characters_of_unicode_11_and_emoji_are_known(self):
        for name in ("", "Drums", "Bässe", "Ba\u0308sse", "\U0001f941", "\U0001fa95", "\ue000"):
            self.assertTrue(name_patterns.is_known(name), name)
        for name in ("\u0eba", "x\ufffex", "\U0001fb00"):
            self.assertFalse(name_patterns.is_known(name), name)


class WithoutTables(unittest.TestCase):
    """A Python without normalisation."""

    def setUp(self):
        patched = mock.patch("LiveGate.name_patterns.unicodedata", None)
        patched.start()
        self.addCleanup(patched.stop)

    def test_unnormalisable_names_fail_closed(self):
        for wanted, name in (["B\u00e4sse"], "Ba\u0308sse"), (["Ba\u0308sse"], "B\u00e4sse"), ("x", "\u0431\u0430\u0441"):
            self.assertTrue(name_patterns.denied(wanted, [name]), wanted)
            self.assertFalse(name_patterns.allowed(["x", "B*", name], ["Ba\u0308sse"]))

    def test_plain_names_match_without_normalisation(self):
        self.assertTrue(name_patterns.allowed(["B\u00e4*"], ["B\u00e4sse"]))
        self.assertFalse(name_patterns.denied(["B\u00e4*"], ["Drums"]))


def is_in_table(code):
    return name_patterns.bisect_right(name_patterns._EDGES, code) % 2 == 1


if __name__ == "__main__":
    unittest.main()
