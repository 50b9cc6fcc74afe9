"""Names that a role may not read stay out of every answer; all other names are still there."""

import json
import unittest

from LiveGate import reach
from LiveGate.registry import ACTIONS
from livesim import SetPlan
from tests import cases
from tests.studio import KEY, Studio

SECRET = "Secret 7Q"


def guard_of(action, kind):
    """A role that allows everything but reading objects of the kind with a secret name."""
    deny = {"rule": "secret", "verdict": "deny", "when": {kind: [SECRET + "*"]}}
    if "read" not in action.access:
        deny["shown"] = True
    return [deny, {"rule": "all", "verdict": "allow"}]


def selections(count):
    """The first, all others, and the last of so many items, without those that select nothing or the same."""
    wanted = (slice(0, 1), slice(1, None), slice(-1, None))
    return {tuple(range(count)[part]): part for part in reversed(wanted) if range(count)[part]}.values()


class OneByOne(unittest.TestCase):
    DENY = [{"rule": "secret", "verdict": "deny", "when": {"track": [SECRET + "*"]}}, {"rule": "all", "verdict": "allow"}]

    def setUp(self):
        self.studio = Studio(plan=SetPlan.of(midi=1, audio=2, scenes=3), key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def test_a_secret_tracks_existence_is_not_revealed(self):
        asked = {"name": SECRET + " 1", "guard": self.DENY}
        self.assertEqual(self.client.ask_keyed("get_track_index_by_name", **asked)["code"], "forbidden")
        self.song.tracks[1].name = SECRET + " 1"
        self.assertEqual(self.client.ask_keyed("get_track_index_by_name", **asked)["code"], "forbidden")
        self.song.tracks[0].name = "Kit"
        answer = self.client.ask_keyed("get_track_index_by_name", name="Kit", guard=self.DENY)
        self.assertEqual(answer.get("track_index"), 0, answer)
        for part in (SECRET[:3], "nothing has this"):
            answer = self.client.ask_keyed("get_track_index_by_name", name=part, guard=self.DENY)
            self.assertEqual(answer["code"], "forbidden")

    def test_a_secret_tracks_routing_is_not_revealed(self):
        self.song.tracks[1].name = SECRET
        routed = {"track_index": 2, "routing_type_name": SECRET}
        ask = self.client.ask_keyed
        self.assertEqual(ask("set_track_input_routing", guard=self.DENY, **routed)["code"], "forbidden")
        self.assertTrue(ask("get_track_input_routing_type", track_index=2, guard=self.DENY)["ok"])
        self.assertTrue(ask("set_track_input_routing", **routed)["ok"])
        self.assertEqual(ask("get_track_input_routing_type", track_index=2, guard=self.DENY)["code"], "forbidden")
        for way in ("input", "output"):
            answer = ask("get_track_available_%s_routing_types" % way, track_index=0, guard=self.DENY)
            self.assertEqual(answer["code"], "forbidden")


class EveryAction(unittest.TestCase):
    """For each kind of object: a secret name for the first, for all the others, and for the last alone."""

    def test_no_answer_reveals_a_tracks_name(self):
        self.check("track", least_revealed=10, least_allowed=400)

    def test_no_answer_reveals_a_clips_name(self):
        self.check("clip", least_revealed=3, least_allowed=300)

    def test_no_answer_reveals_a_scenes_name(self):
        self.check("scene", least_revealed=2, least_allowed=450)

    def test_no_answer_reveals_a_devices_name(self):
        self.check("device", least_revealed=25, least_allowed=70)

    def test_no_answer_reveals_a_return_tracks_name(self):
        self.check("return", least_revealed=3, least_allowed=350)

    def check(self, kind, least_revealed, least_allowed):
        revealed = allowed = 0
        for plan, of_plan in cases.by_plan():
            for name, case in of_plan.items():
                if "12" in ACTIONS[name].missing:
                    continue
                answer, count = self.ask(plan, case, name, kind, slice(0, None), None)
                revealed += SECRET in json.dumps(answer)
                for secret in selections(count):
                    with self.subTest(action=name, secret=secret):
                        answer, _ = self.ask(plan, case, name, kind, secret, guard_of(ACTIONS[name], kind))
                        self.assertNotIn(SECRET, json.dumps(answer))
                        allowed += answer.get("code") != "forbidden"
        self.assertGreaterEqual(revealed, least_revealed, "hardly any answer reveals a name even without a guard")
        self.assertGreaterEqual(allowed, least_allowed, "hardly anything is allowed")

    def ask(self, plan, case, name, kind, secret, guard):
        studio = Studio("12", plan, key=KEY)
        try:
            if case.before is not None:
                case.before(studio.song)
                studio.tick()
            items = [item for _, item in reach.ALL[kind](studio.song) if item is not None]
            for item in items[secret]:
                item.name = SECRET
            studio.tick()
            terms = {} if guard is None else {"guard": guard}
            answer = studio.connect_keyed().ask_keyed(name, **case.params, **terms)
        finally:
            studio.close()
        answer.pop("trail", None)  # for the gateway alone
        return answer, len(items)
