"""Generated lines for the script's parser: it returns an object or refuses, and reads what it would have written. Needs hypothesis.

`python3 fuzz/generated_lines.py`; the inputs are the same in every run.
"""

import json
import os
import sys
import unittest

from hypothesis import given, settings
from hypothesis import strategies as some

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "script"))

from LiveGate import lines
from LiveGate.actions import ACTIONS
from LiveGate.errors import Refusal

settings.register_profile("fuzz", max_examples=2000, derandomize=True, deadline=None, database=None)
settings.load_profile("fuzz")

KEYS = sorted({param["name"] for action in ACTIONS.values() for param in action.entry()["params"]})
SCALARS = some.none() | some.booleans() | some.integers(-(2**63), 2**63) | some.floats(allow_nan=False, allow_infinity=False) | some.text()
VALUES = some.recursive(SCALARS, lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4), max_leaves=20)
OBJECTS = some.dictionaries(some.sampled_from(KEYS) | some.text(), VALUES, max_size=8)


class GeneratedLines(unittest.TestCase):
    @given(some.binary(max_size=2000))
    def test_any_bytes_are_an_object_or_refused(self, line):
        try:
            self.assertIs(type(lines.parse(line)), dict)
        except Refusal as refusal:
            self.assertEqual(refusal.code, "invalid_json")

    @given(OBJECTS)
    def test_what_is_written_is_read_again(self, message):
        self.assertEqual(lines.parse(lines.encode(message)), json.loads(json.dumps(message)))

    @given(some.sampled_from(sorted(ACTIONS)), OBJECTS)
    def test_any_parameters_are_checked_or_refused(self, name, params):
        try:
            checked = ACTIONS[name].check(params)
        except Refusal as refusal:
            self.assertIn(refusal.code, ("invalid_params", "not_found"))
        else:
            self.assertIs(type(checked), dict)


if __name__ == "__main__":
    unittest.main()
