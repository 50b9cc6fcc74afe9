"""Incoming lines: refusals before parsing, in time linear to the line."""

import itertools
import json
import re
import unittest

from LiveGate import lines
from LiveGate.errors import Refusal

LENGTH = 1 << 20
DEEP = b"{" * (lines.DEPTH_MAX + 4)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


class Counted(bytes):
    """A line that counts scans: each call scans it once from end to end."""

    calls = 0

    def _counting(method):
        def counted(self, *arguments):
            Counted.calls += 1
            made = method(self, *arguments)
            return Counted(made) if isinstance(made, bytes) else made

        return counted

    replace = _counting(bytes.replace)
    translate = _counting(bytes.translate)
    split = _counting(bytes.split)


class Shape(unittest.TestCase):
    def refused(self, line):
        with self.assertRaises(Refusal) as caught:
            lines.parse(line)
        self.assertEqual(caught.exception.code, "invalid_json")
        return caught.exception.sentence

    def test_brackets_in_strings_are_ignored(self):
        alphabet = ['"', "\\", "{", "a"]
        for letters in itertools.product(alphabet, repeat=6):
            text = '"%s"' % "".join(letters)
            if _STRING.fullmatch(text):
                shape = lines._outside_strings(('{%s:{}}' % text).encode("ascii"))
                self.assertEqual(shape, b"{{}}", text)

    def test_brackets_in_strings_do_not_add_depth(self):
        message = {"name": '[{"' * 40, "\\": ["\\\"{{{"] * 3}
        self.assertEqual(lines.parse(json.dumps(message).encode("ascii")), message)

    def test_so_many_brackets_are_read_and_no_more(self):
        pairs = (lines.BRACKETS_MAX - 4) // 2
        self.assertEqual(len(lines.parse(b'{"a": [%s[]]}' % (b"[]," * (pairs - 1)))["a"]), pairs)
        self.assertIn("brackets", self.refused(b'{"a": [%s[]]}' % (b"[]," * (pairs + 1))))

    def test_scans_of_every_line_are_bounded(self):
        kinds = (DEEP + b'"\\' * LENGTH, DEEP + b'"' * LENGTH, DEEP + b"\\" * LENGTH, DEEP + b'"' + b'\\"' * LENGTH)
        for line in kinds + (DEEP + b'"a' * LENGTH, b'"{' * lines.BRACKETS_MAX, b"[" * lines.BRACKETS_MAX):
            Counted.calls = 0
            self.refused(Counted(line))
            self.assertLessEqual(Counted.calls, 2 * lines.DEPTH_MAX + 8, line[:30])

    def test_a_duplicate_key_is_found_in_one_pass(self):
        keys = b",".join(b'"k%d":1' % number for number in range(50000))
        self.assertIn('"k49999"', self.refused(b'{%s,"k49999":1}' % keys))


if __name__ == "__main__":
    unittest.main()
