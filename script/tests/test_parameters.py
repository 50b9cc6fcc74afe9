"""Parameter types: accepted and refused values, and error messages."""

import unittest

from LiveGate.errors import Refusal
from LiveGate.parameters import ABSENT, REQUIRED, Array, Boolean, Integer, Invalid, Number, Object, Text
from LiveGate.registry import ACTIONS, Action


class Types(unittest.TestCase):
    def takes(self, parameter, *values):
        for value in values:
            checked = parameter.check(value)
            self.assertEqual(checked, value)

    def refuses(self, parameter, *values):
        for value in values:
            with self.assertRaises(Invalid, msg=repr(value)):
                parameter.check(value)

    def test_a_number_is_finite_and_within_its_range(self):
        bpm = Number(minimum=20, maximum=999)
        self.takes(bpm, 20, 20.0, 999, 120.5)
        self.refuses(bpm, 19.999, 999.001, float("nan"), float("inf"), -float("inf"), 10 ** 400)
        self.assertIs(type(bpm.check(128)), float)

    def test_a_number_refuses_other_types(self):
        self.refuses(Number(), True, False, "3", None, [], {})

    def test_a_number_without_range_has_the_default_range(self):
        self.takes(Number(), -1e9, 1e9)
        self.refuses(Number(), -1.0001e9, 1.0001e9)
        self.refuses(Number(minimum=0), 1.0001e9)

    def test_an_exclusive_minimum_is_excluded(self):
        self.takes(Number(exclusive_minimum=0), 1e-9, 1e9)
        self.refuses(Number(exclusive_minimum=0), 0, 0.0, -0.0, -1)

    def test_an_integer_is_written_as_one(self):
        self.takes(Integer(minimum=0, maximum=127), 0, 127)
        self.refuses(Integer(minimum=0, maximum=127), -1, 128, 3.0, True, "3", None)
        self.takes(Integer(), 0, 2 ** 31 - 1)
        self.refuses(Integer(), -1, 2 ** 31)

    def test_an_enumerated_integer_is_checked(self):
        self.takes(Integer(enum=(1, 2, 4)), 1, 2, 4)
        self.refuses(Integer(enum=(1, 2, 4)), 3, 0, True, 1.0)

    def test_a_boolean_is_true_or_false(self):
        self.takes(Boolean(), True, False)
        self.refuses(Boolean(), 0, 1, "true", None)

    def test_a_text_is_one_bounded_line(self):
        self.takes(Text(4), "", "abcd", "\u266b\U0001f3b9\u00e9 ")
        self.refuses(Text(4), "abcde", "a\0", "a\n", "\x7f", "\ud800", 4, None, b"x")

    def test_errors_name_the_index_within_an_array(self):
        notes = Array(Object([("pitch", Integer(maximum=127), REQUIRED), ("mute", Boolean(), False)]), max_items=3)
        self.takes(notes, [], [{"pitch": 1, "mute": True}])
        self.assertEqual(notes.check([{"pitch": 1}]), [{"pitch": 1, "mute": False}])
        for value, sentence in (
            ([{"pitch": 1}, {"pitch": 300}], "[1].pitch must be between 0 and 127, got 300"),
            ([{"pitch": 1}, {}], "[1].pitch is required"),
            ([{"pitch": 1, "velo": 1}], '[0] does not take "velo"; it takes pitch, mute'),
            ([7], "[0] must be an object, got 7"),
            ([{"pitch": 1}] * 4, "notes must have at most 3 items, got 4"),
            ({}, "notes must be an array, got an object"),
        ):
            with self.assertRaises(Invalid) as caught:
                notes.check(value)
            self.assertEqual(caught.exception.sentence("notes"), sentence)

    def test_an_optional_parameter_is_absent_never_null(self):
        naming = Object([("name", Text(9), ABSENT)])
        self.assertEqual(naming.check({}), {})
        self.refuses(naming, {"name": None})


def _types(entry):
    return entry["type"] if type(entry["type"]) is list else [entry["type"]]


def _is_instead(action, entry):
    """Whether a request sends it instead of another parameter: tests/test_device_places.py."""
    return any(entry["name"] in (other.get("first_of"), other.get("unless")) for other in action.entry()["params"])


def _type(entry):
    return _types(entry)[0]


class Checks(unittest.TestCase):
    """Every action's parameters, each left out, null, of another type, out of range, and with one too many."""

    WRONG = {
        "number": (None, "1", True, [], {}, float("inf"), 2e9, -2e9),
        "integer": (None, "1", True, 1.0, [], {}, -(2 ** 31), 2 ** 31),
        "boolean": (None, "true", 0, 1, [], {}),
        "string": (None, 1, True, [], {}, "x" * 65537, "a\nb"),
        "array": (None, 1, "[]", {}, [1], [[]], [{}], [{"pitch": 60, "start": 0, "duration": 1, "x": 1}]),
    }
    RIGHT = {"number": 1, "integer": 1, "boolean": True, "string": "x", "array": []}

    def refused(self, action, parameters, name):
        with self.assertRaises(Refusal, msg=(action.name, parameters)) as caught:
            action.check(parameters)
        self.assertEqual(caught.exception.code, "invalid_params")
        self.assertIn(name, caught.exception.sentence)

    def some(self, entry):
        """Returns a value that the parameter accepts."""
        if "enum" in entry:
            return entry["enum"][0]
        return entry.get("minimum", self.RIGHT[_type(entry)])

    def each_parameter(self):
        for action in ACTIONS.values():
            entries = [entry for entry in action.entry()["params"] if not _is_instead(action, entry)]
            right = {entry["name"]: self.some(entry) for entry in entries}
            for entry in entries:
                yield action, entry, right

    def test_valid_parameters_pass_with_defaults_filled_in(self):
        for action, entry, right in self.each_parameter():
            self.assertEqual(action.check(right), right)
            if not entry["required"]:
                rest = {name: value for name, value in right.items() if name != entry["name"]}
                filled = action.check(rest).get(entry["name"], "absent")
                self.assertEqual(filled, entry.get("default", "absent"))

    def test_a_required_one_is_required(self):
        for action, entry, right in self.each_parameter():
            if entry["required"]:
                rest = {name: value for name, value in right.items() if name != entry["name"]}
                self.refused(action, rest, entry["name"])

    def test_another_type_or_null_is_refused(self):
        for action, entry, right in self.each_parameter():
            wrong = [{repr(value): value for value in self.WRONG[kind]} for kind in _types(entry)]
            for value in [value for text, value in wrong[0].items() if all(text in others for others in wrong)]:
                if value == [1] and entry.get("items", {}).get("type") in ("integer", "number"):
                    continue
                self.refused(action, dict(right, **{entry["name"]: value}), entry["name"])

    def test_the_declared_range_holds_to_the_step(self):
        for action, entry, right in self.each_parameter():
            step = 1 if "integer" in _types(entry) else 1e-6
            for bound, outside in (("minimum", -step), ("maximum", step), ("exclusiveMinimum", 0)):
                if bound in entry:
                    self.refused(action, dict(right, **{entry["name"]: entry[bound] + outside}), entry["name"])
                    if bound != "exclusiveMinimum":
                        action.check(dict(right, **{entry["name"]: entry[bound]}))

    def test_an_unknown_one_is_refused_and_named(self):
        for action in ACTIONS.values():
            self.refused(action, {"Volume": 1}, "Volume")

    def test_errors_name_limit_and_value(self):
        with self.assertRaises(Refusal) as caught:
            ACTIONS["set_tempo"].check({"bpm": 2000})
        self.assertEqual(caught.exception.sentence, "bpm must be between 20 and 999, got 2000")


class Declarations(unittest.TestCase):
    """An action with a false declaration must not load, since roles rely on it."""

    def declare(self, access=("read",), touches=None, doc="Does."):
        def act(host, track_index: Integer()):
            pass

        act.__doc__ = doc
        return Action(act, "track", access, touches or {}, {})

    def test_an_honest_one_loads(self):
        self.declare()
        self.declare(["edit"], {"track": "track_index"})

    def test_a_dishonest_one_does_not(self):
        for declared in (
            {"access": ["edit"]},
            {"access": ["read"], "touches": {"track": None}},
            {"access": ["read", "edit"], "touches": {"track": None}},
            {"access": []},
            {"access": ["exit"], "touches": {"track": None}},
            {"access": ["edit"], "touches": {"trakc": None}},
            {"access": ["edit"], "touches": {"track": "index"}},
            {"doc": None},
        ):
            with self.assertRaises(TypeError, msg=declared):
                self.declare(**declared)


if __name__ == "__main__":
    unittest.main()
