"""Every action of the catalogue on both versions of Live: it takes effect or names the reason why not."""

import unittest

from LiveGate.registry import ACTIONS, LIVE_VERSIONS
from LiveGate.audit_detail import plain
from livesim import facts
from tests import cases
from tests.actions_case import KINDS
from tests.studio import KEY, Studio

NOWHERE = 9999
# Where an action takes both, only one may be there.
INSTEAD_OF = {"return_index": "track_index"}


class EveryActionCase(unittest.TestCase):
    def setUp(self):
        self.sets = list(cases.by_plan())

    def for_each(self, wanted, check, key=None):
        """Calls `check` with a new studio for every case whose action is `wanted`, on every version of Live."""
        for version in LIVE_VERSIONS:
            for plan, of_plan in self.sets:
                for name, case in of_plan.items():
                    if wanted(ACTIONS[name], version):
                        with self.subTest(action=name, live=version):
                            studio = self.open(version, plan, case, key)
                            check(studio, name, case)
                            studio.close()

    def open(self, version, plan, case=None, key=None):
        studio = Studio(version, plan, key=key)
        self.addCleanup(studio.close)
        if case is not None and case.before is not None:
            case.before(studio.song)
            studio.tick()
        return studio

    def assert_promised(self, name, answer):
        promised = {field["name"]: field["type"] for field in ACTIONS[name].entry()["result"]}
        self.assertEqual(set(answer) - {"ok"}, set(promised))
        for field, kind in promised.items():
            self.assertIsInstance(answer[field], KINDS[kind], field)


def is_available(action, version):
    return version not in action.missing


def is_change(action, version):
    return is_available(action, version) and "read" not in action.access


def is_read(action, version):
    return is_available(action, version) and "read" in action.access


class Coverage(EveryActionCase):
    def test_every_action_has_a_case_and_only_one(self):
        named = [name for _plan, of_plan in self.sets for name in of_plan]
        self.assertEqual(sorted(named), sorted(ACTIONS))


class Effects(EveryActionCase):
    def test_reported_changes_took_effect(self):
        self.for_each(is_change, self.check_change)

    def check_change(self, studio, name, case):
        self.assertNotEqual(case.look(studio.live), case.after, "nothing would be seen to change")
        answer = studio.connect().ask(name, **case.params)
        self.assertTrue(answer["ok"], answer)
        self.assert_promised(name, answer)
        studio.live.run(case.run_s)
        self.assertEqual(case.look(studio.live), case.after)

    def test_reads_report_the_set_and_change_nothing(self):
        self.for_each(is_read, self.check_read)

    def check_read(self, studio, name, case):
        changes = count_changes(studio)
        answer = studio.connect().ask(name, **case.params)
        self.assertTrue(answer["ok"], answer)
        self.assert_promised(name, answer)
        self.assertEqual({field: answer.get(field) for field in case.answer or {}}, case.answer or {})
        self.assertEqual(changes, [])


class ToTheTrail(EveryActionCase):
    """The changes reported to the gateway beside the answer."""

    # reported only in some states: played notes, or Live's windows
    SAY_NOTHING = {"undo", "redo", "stop_all_clips", "stop_track_clips", "nudge_up", "nudge_down", "show_message_box"}
    SHOW = {"show_clip_view", "show_arrangement_view", "select_all_notes", "deselect_all_notes"}

    def test_every_change_declares_its_report(self):
        silent = set()
        for name, action in ACTIONS.items():
            possible = len(action.missing) < len(LIVE_VERSIONS)
            if possible and "read" not in action.access and not (action.sets or action.removes or action.records):
                silent.add(name)
        self.assertEqual(silent, self.SAY_NOTHING | self.SHOW)

    def test_declared_members_are_reported_before_and_after(self):
        self.for_each(is_change, self.check_reported, KEY)

    def check_reported(self, studio, name, case):
        action, seen_before = ACTIONS[name], plain(case.look(studio.live))
        answer = studio.connect_keyed().ask_keyed(name, **case.params)
        self.assertTrue(answer["ok"], answer)
        report = answer.get("trail", {})
        before, after = report.get("before", {}), report.get("after", {})
        self.assertNotIn("omitted", report)
        self.assertEqual(set(after), set(action.sets) | set(action.records))
        self.assertLessEqual(set(action.removes), set(before))
        self.assertLessEqual(set(before) - set(action.removes), set(action.sets))
        self.assertNotIn(None, (*before.values(), *after.values()))
        for field in set(after) & set(answer):
            self.assertEqual(after[field], plain(answer[field]), field)
        if action.sets and name != "stop_clip":  # which Live does later, at the next launch quantization
            self.assertNotEqual(before, after)
        if len(action.sets) == 1 and len(before) == 1 and "color_index" not in action.sets:  # cases look at the color
            (member,) = action.sets
            for reported_value, seen in ((before[member], seen_before), (after[member], plain(case.after))):
                if type(seen) is type(reported_value) and not isinstance(seen, list):
                    self.assertEqual(reported_value, seen)

    def test_named_targets_are_reported_by_name(self):
        self.for_each(is_change, self.check_touched, KEY)

    def check_touched(self, studio, name, case):
        client = studio.connect_keyed()
        expected = client.ask_keyed(name, dry_run=True, **case.params)
        named = {kind: names for kind, names in expected.get("targets", {}).items() if names}
        touched = client.ask_keyed(name, **case.params).get("trail", {}).get("touched", {})
        for kind, names in named.items():
            self.assertEqual(touched[kind][: len(names)], names)


class Refusals(EveryActionCase):
    def test_a_missing_member_is_unsupported_and_named(self):
        self.for_each(lambda action, version: not is_available(action, version), self.check_unsupported)

    def check_unsupported(self, studio, name, case):
        answer = studio.connect().ask(name, **case.params)
        self.assertEqual((answer["ok"], answer["code"]), (False, "unsupported"), answer)
        self.assertIn(answer["missing"], answer["error"])
        class_name, member = answer["missing"].rsplit(".", 1)
        known = facts.load("12" if studio.live.major_version >= 12 else "11")
        self.assertNotIn(member, members_by_class(known).get(class_name, ()))

    def test_an_unknown_index_is_refused_without_effect(self):
        self.assert_refused("live_error", dead_indexes)

    def test_an_out_of_range_value_is_refused(self):
        self.assert_refused("invalid_params", values_out_of_range)

    def test_a_missing_parameter_is_refused_without_effect(self):
        self.assert_refused("invalid_params", required_left_out)

    def assert_refused(self, code, variations):
        for version in LIVE_VERSIONS:
            for plan, of_plan in self.sets:
                studio = self.open(version, plan)
                client, changes = studio.connect(), count_changes(studio)
                for name, case in of_plan.items():
                    if not is_available(ACTIONS[name], version):
                        continue
                    for parameter, params in variations(ACTIONS[name].entry()["params"], case.params):
                        with self.subTest(action=name, live=version, params=str(params)[:200]):
                            answer = client.ask(name, **params)
                            self.assertEqual((answer["ok"], answer.get("code")), (False, code), answer)
                            self.assertIn(parameter, answer["error"])
                            self.assertEqual(changes, [])
                studio.close()


def dead_indexes(declared, params):
    for entry in declared:
        if entry["name"].endswith("_index") and "maximum" not in entry and "enum" not in entry:
            others = {name: value for name, value in params.items() if name != INSTEAD_OF.get(entry["name"])}
            yield entry["name"], dict(others, **{entry["name"]: NOWHERE})


def values_out_of_range(declared, params):
    for entry in declared:
        beyond = []
        if "minimum" in entry:
            beyond.append(entry["minimum"] - 1)
        if "maximum" in entry:
            beyond.append(entry["maximum"] + 1)
        if "exclusiveMinimum" in entry:
            beyond.append(entry["exclusiveMinimum"])
        if "enum" in entry:
            beyond.append("no such thing" if entry["type"] == "string" else max(entry["enum"]) + 1)
        if "maxLength" in entry:
            beyond.append("x" * (entry["maxLength"] + 1))
        if entry.get("minLength"):
            beyond.append("")
        for value in beyond:
            yield entry["name"], dict(params, **{entry["name"]: value})


def required_left_out(declared, params):
    for entry in declared:
        if entry["required"]:
            yield entry["name"], {name: value for name, value in params.items() if name != entry["name"]}


def count_changes(studio):
    """Records the names of the members that change in the set from now on."""
    changes = []
    change = studio.live.change

    def counted(subject, member, value, act):
        changes.append(member)
        return change(subject, member, value, act)

    studio.live.change = counted
    return changes


def members_by_class(known):
    members = {}
    for class_name in known["classes"]:
        short = class_name.split(".", 1)[1]
        members.setdefault(short, set()).update(facts.members(known, class_name))
    return members


if __name__ == "__main__":
    unittest.main()
