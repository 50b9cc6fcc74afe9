"""Incoming lines: refusals before parsing, in time linear to the line."""

import itertools
import json
import re
import unittest
from unittest import mock

from LiveGate import json_pieces, lines
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
        keys = b",".join(b'"k%d":1' % number for number in range(1000))
        self.assertIn('"k999"', self.refused(b'{%s,"k999":1}' % keys))
        self.assertIn('"k999"', self.refused(b'{%s,"s":"%s","k999":1}' % (keys, b"x" * json_pieces.PIECE)))
        keys = b",".join(b'"k%d":1' % number for number in range(50000))
        self.assertIn("more than 1024 keys", self.refused(b"{%s}" % keys))


NOTES = [{"pitch": number % 128, "start": number * 0.25, "text": 'a},"b] ,{'} for number in range(8000)]
LONG = (
    {"action": "add_notes", "notes": NOTES},
    {"commands": [{"action": "add_notes", "notes": NOTES[:4000]}, {"action": "ping"}, {"notes": NOTES[4000:]}]},
    {"ids": list(range(100000)), "empty": [[], {}, [[]]] * 2000},
    {"mixed": [number if number % 3 else {"a": [number]} for number in range(30000)]},
    {"names": ["\u00e4\u6f22" * 5000, "\\" * 20000] * 4},
)


class Pieces(unittest.TestCase):
    """Long lines are parsed in pieces, with the same result."""

    def test_long_lines_are_the_same_objects(self):
        for message in LONG:
            for indent in (None, 1):
                line = json.dumps(message, indent=indent).encode("utf-8")
                self.assertEqual(lines.parse(line), message)

    def test_no_piece_decodes_more_than_two_windows(self):
        decoded = []

        def counted(text, at):
            try:
                value, end = scan(text, at)
            except (StopIteration, ValueError):
                decoded[-1] += len(text) - at
                raise
            decoded[-1] += end - at
            return value, end

        scan = lines._DECODER.scan_once
        with mock.patch.object(lines._DECODER, "scan_once", counted):
            for message in LONG[:4]:
                line = json.dumps(message).encode("utf-8")
                decoded.append(0)
                for _ in lines.parse_in_pieces(line):
                    decoded.append(0)
                self.assertLess(sum(decoded), 4 * len(line))
                self.assertLessEqual(max(decoded), 2 * json_pieces.PIECE)
                decoded.clear()

    def test_flaws_are_found_in_long_lines(self):
        long = json.dumps(NOTES).encode("ascii")
        for line, problem in (
            (b'{"notes": %s' % long, "brackets do not match"),
            (b'{"notes": %s} 1' % long, "Extra data at character %d" % (len(long) + 13)),
            (b'{"notes" %s}' % long, "Expecting ':' delimiter at character 10"),
            (b'{"notes": %s, }' % long, "Expecting property name"),
            (b'{"notes": [%s 1]}' % long, "Expecting ',' delimiter at character %d" % (len(long) + 13)),
            (b'{"notes": [%s, x]}' % long, "Expecting value at character %d" % (len(long) + 14)),
            (b'{"notes": [%s, NaN]}' % long, "NaN is not a number"),
            (b'{"notes": [%s, {"a": 1, "a": 2}]}' % long, 'the key "a" occurs twice'),
            (b'{"notes": %s, "notes": 1}' % long, 'the key "notes" occurs twice'),
            (b"%s" % long, "it must be an object"),
        ):
            with self.assertRaises(Refusal) as caught:
                lines.parse(line)
            self.assertIn(problem, caught.exception.sentence)


if __name__ == "__main__":
    unittest.main()
