"""Guards and expectations: the state that decides them, and the commands they stop."""

import itertools
import json
import pathlib
import unittest
from unittest import mock

from LiveGate import guard
from LiveGate.budget import Named
from livesim import SetPlan
from livesim.model.track import AUDIO, MIDI
from tests.studio import KEY, Studio

CASES = pathlib.Path(__file__).resolve().parents[2] / "tests" / "guards.json"
RANDOM_CASES = CASES.with_name("guards_random.json")
PLAN = SetPlan(tracks=(("Drums", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)), scenes=4, clips={(0, 0): 8.0})


class Evaluator(unittest.TestCase):
    # Promise: Conditions are checked in Live when the command runs
    def test_every_case_decides_as_agreed(self):
        self.run_cases(CASES, least=40)

    # Promise: Conditions are checked in Live when the command runs
    def test_random_cases_decide_as_the_reference(self):
        self.run_cases(RANDOM_CASES, least=200)

    def run_cases(self, file, least):
        cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
        self.assertGreater(len(cases), least)
        for case in cases:
            with self.subTest(case["name"]):
                rules = checked(case["rules"])
                situation = {member: _frozen(value) for member, value in case["situation"].items()}
                self.assertEqual(list(guard.verdict(rules, lambda _rule, _of: situation)), case["decides"])


def checked(rules):
    pieces = guard.check_in_pieces(rules)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return end.value


def _frozen(value):
    return tuple(map(_named, value)) if isinstance(value, list) else value


def _named(each):
    return Named(each, None) if isinstance(each, str) else Named(**each)


class Terms(unittest.TestCase):
    def setUp(self):
        self.studio = Studio(plan=PLAN, key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect_keyed()
        self.song = self.studio.song

    def volume(self, index=0):
        return round(self.song.tracks[index].mixer_device.volume.value, 3)

    def set_volume(self, **terms):
        return self.client.ask_keyed("set_track_volume", track_index=0, volume=0.5, **terms)


class Expectations(Terms):
    def refused(self, answer, *words):
        self.assertEqual((answer["ok"], answer.get("code")), (False, "precondition_failed"), answer)
        for word in words:
            self.assertIn(word, answer["error"])
        self.assertEqual(self.volume(), 0.85)

    def test_a_command_with_met_expectations_runs(self):
        self.assertTrue(self.set_volume(expect={"track": "Drums", "playing": False, "exists": ["track"]})["ok"])
        self.assertEqual(self.volume(), 0.5)

    def test_another_name_stops_it(self):
        self.song.tracks[0].name = "Vocals"
        self.refused(self.set_volume(expect={"track": "Drums"}), '"Drums"', '"Vocals"')

    def test_a_rename_just_before_stops_the_command(self):
        late = self.client.now_ms() + 5000
        self.client.say(
            {"action": "rename_track", "track_index": 0, "name": "Kit", "id": 90, "expires_at_ms": late},
            {
                "action": "set_track_volume",
                "track_index": 0,
                "volume": 0.5,
                "id": 91,
                "expires_at_ms": late,
                "expect": {"track": "Drums"},
            },
        )
        self.assertTrue(self.client.answer()["ok"])
        self.refused(self.client.answer(), '"Kit"')

    def test_recording_is_of_session_clips_too(self):
        self.song.tracks[0].arm = True
        self.song.start_playing()
        self.studio.live.run(0.1)
        self.assertTrue(self.client.ask_keyed("trigger_session_record")["ok"])
        for record_status in (2, 1):  # about to begin, and on
            self.assertEqual(int(self.song.session_record_status), record_status)
            self.assertFalse(self.song.record_mode or self.song.session_record)
            self.refused(self.set_volume(expect={"recording": False}), "recording to be false")
            self.studio.live.run(2.0)

    def test_a_clip_that_records_is_enough(self):
        self.song.tracks[0].arm = True
        self.song.trigger_session_record()
        self.studio.live.run(1.0)
        song = type(self.studio.live.set)
        with mock.patch.object(song, "session_record_status", property(lambda _song: 0)):
            self.assertEqual(int(self.song.session_record_status), 0)
            self.refused(self.set_volume(expect={"recording": False}), "recording to be false")

    def test_a_state_that_is_otherwise_stops_it(self):
        self.song.tracks[0].arm = True
        self.refused(self.set_volume(expect={"armed": False}), "armed to be false")
        self.song.start_playing()
        self.refused(self.set_volume(expect={"playing": False}), "playing to be false")

    def test_a_missing_object_stops_the_command(self):
        answer = self.client.ask_keyed("set_track_volume", track_index=9, volume=0.5, expect={"exists": ["track"]})
        self.refused(answer, "expected a track, and there is none")
        answer = self.client.ask_keyed("create_midi_clip", track_index=0, scene_index=0, expect={"absent": ["clip"]})
        self.refused(answer, "expected no clip, and there is one")

    def test_the_armed_state_is_the_named_tracks(self):
        self.song.tracks[1].arm = True
        self.assertTrue(self.set_volume(expect={"armed": False})["ok"])
        self.refused_tempo = self.client.ask_keyed("set_tempo", bpm=90, expect={"armed": False})
        self.assertEqual(self.refused_tempo["code"], "precondition_failed")

    def test_a_condition_that_is_none_is_refused(self):
        for expect in ({}, {"trakc": "Drums"}, {"track": 3}, {"track": None}, {"exists": ["song"]}, {"playing": 1}, [], True):
            self.assertEqual(self.set_volume(expect=expect)["code"], "invalid_params", expect)
        self.assertEqual(self.volume(), 0.85)

    def test_a_condition_has_bounds(self):
        for track, code in (
            (["x"] * 63 + ["Drums"], None),
            (["x"] * 64 + ["Drums"], "invalid_params"),
            ("x" * 256, "precondition_failed"),
            ("x" * 257, "invalid_params"),
            (["x" * 256] * 8, "precondition_failed"),
            (["x" * 256] * 8 + ["x"], "invalid_params"),
        ):
            self.assertEqual(self.set_volume(expect={"track": track}).get("code"), code, (len(track), track[0]))

    def test_local_clients_may_expect_something_too(self):
        studio = Studio(plan=PLAN)
        self.addCleanup(studio.close)
        client = studio.connect()
        answer = client.ask("set_track_volume", track_index=0, volume=0.5, expect={"track": "Bass"})
        self.assertEqual(answer["code"], "precondition_failed")
        self.assertTrue(client.ask("set_track_volume", track_index=0, volume=0.5, expect={"track": "Drums"})["ok"])


class Interleavings(Terms):
    """Renames, moves, deletions and guarded changes of several clients, in every order."""

    OTHERS = (
        {"action": "rename_track", "track_index": 0, "name": "Kit"},
        {"action": "rename_track", "track_index": 1, "name": "Drums"},
        {"action": "delete_track", "track_index": 0},
    )
    CHANGES = (
        {"action": "set_track_volume", "track_index": 0, "volume": 0.25, "expect": {"track": "Drums"}},
        {
            "action": "set_track_volume",
            "track_index": 1,
            "volume": 0.5,
            "guard": [{"rule": "a", "verdict": "allow", "when": {"track": ["Drums*"]}}],
        },
    )

    def test_no_interleaving_lets_a_guarded_change_through(self):
        outcomes = set()
        for order in itertools.permutations(self.OTHERS + self.CHANGES):
            studio = Studio(plan=PLAN, key=KEY)
            outcomes.add(self.play(studio, order))
            studio.close()
        self.assertGreater(len(outcomes), 3, "the orders do not differ")

    def play(self, studio, order):
        """Sends each command in its own lane, and records the target of every change of a volume."""
        reached = []
        for track in studio.song.tracks:
            fader = track.mixer_device.volume
            fader.add_value_listener(lambda track=track: reached.append(track.name))
        client = studio.connect_keyed()
        late = client.now_ms() + 10000
        lines = (dict(command, id=number, lane=number, expires_at_ms=late) for number, command in enumerate(order))
        client.say(*lines)
        answers = {answer["id"]: answer["ok"] for answer in client.answers(len(order))}
        self.assertEqual(reached, ["Drums"] * len(reached), order)
        done = [answers[number] for number, command in enumerate(order) if command in self.CHANGES]
        self.assertEqual(done.count(True), len(reached), order)
        return tuple(answers[number] for number in sorted(answers))


class Guards(Terms):
    DRUMS = [{"rule": "drummer", "verdict": "allow", "when": {"track": ["Drums*"]}}]

    def forbidden(self, answer):
        self.assertEqual((answer["ok"], answer.get("code"), answer.get("category")), (False, "forbidden", "access"), answer)

    def test_a_matching_rule_lets_the_command_run(self):
        self.assertTrue(self.set_volume(guard=self.DRUMS)["ok"])
        self.assertEqual(self.volume(), 0.5)

    def test_another_track_is_forbidden(self):
        answer = self.client.ask_keyed("set_track_volume", track_index=1, volume=0.5, guard=self.DRUMS)
        self.forbidden(answer)
        self.assertEqual(self.volume(1), 0.85)

    def test_changes_to_all_tracks_need_a_matching_rule(self):
        self.forbidden(self.client.ask_keyed("stop_all_clips", guard=self.DRUMS))
        for track in self.song.tracks:
            track.name = "Drums"
        self.assertTrue(self.client.ask_keyed("stop_all_clips", guard=self.DRUMS)["ok"])

    def test_track_rules_do_not_allow_other_changes(self):
        self.forbidden(self.client.ask_keyed("set_tempo", bpm=90, guard=self.DRUMS))

    def test_a_rename_to_an_unlisted_name_is_refused(self):
        self.forbidden(self.client.ask_keyed("rename_track", track_index=0, name="Bass", guard=self.DRUMS))
        self.assertTrue(self.client.ask_keyed("rename_track", track_index=0, name="Drums 2", guard=self.DRUMS)["ok"])

    def test_reading_and_selecting_are_guarded_too(self):
        secret = [{"rule": "private", "verdict": "deny", "when": {"track": ["Vocals"]}}, {"rule": "all", "verdict": "allow"}]
        for action in ("get_track_info", "focus_track", "get_snapshot"):
            self.forbidden(self.client.ask_keyed(action, track_index=2, guard=secret))
            self.assertTrue(self.client.ask_keyed(action, track_index=0, guard=secret)["ok"], action)
        self.forbidden(self.client.ask_keyed("get_snapshot", guard=secret))
        self.forbidden(self.client.ask_keyed("get_snapshot", track_name="Vocals", guard=secret))
        self.assertTrue(self.client.ask_keyed("get_session_info", guard=secret)["ok"])

    def test_the_rule_that_forbids_is_named(self):
        rules = [{"rule": "quiet/1", "verdict": "deny", "when": {"playing": False}}] + self.DRUMS
        answer = self.set_volume(guard=rules)
        self.forbidden(answer)
        self.assertEqual(answer["rule"], "quiet/1")

    def test_session_recording_counts_as_recording(self):
        quiet = [{"rule": "quiet", "verdict": "allow", "when": {"recording": False}}]
        self.assertTrue(self.set_volume(guard=quiet)["ok"])
        self.song.tracks[0].arm = True
        self.song.trigger_session_record()
        self.forbidden(self.set_volume(guard=quiet))
        self.studio.live.run(1.0)
        self.forbidden(self.set_volume(guard=quiet))
        self.song.trigger_session_record()
        self.studio.live.run(4.0)
        self.assertTrue(self.set_volume(guard=quiet)["ok"])

    def test_a_guard_that_is_none_is_refused(self):
        for rules in ({}, [{}], [{"rule": "a", "verdict": "perhaps"}], [{"rule": "a", "verdict": "allow", "when": {}}]):
            self.assertEqual(self.set_volume(guard=rules)["code"], "invalid_params", rules)

    def test_a_guard_has_at_most_256_rules(self):
        rules = [{"rule": "%d" % number, "verdict": "deny", "when": {"track": ["x"]}} for number in range(255)]
        rules.append({"rule": "all", "verdict": "allow"})
        self.assertTrue(self.set_volume(guard=rules)["ok"])
        self.assertEqual(self.set_volume(guard=rules[:1] + rules)["code"], "invalid_params")

    def test_a_rule_on_reading_restricts_only_answers(self):
        hidden = {"rule": "private", "verdict": "deny", "when": {"track": ["Bass"]}, "shown": True}
        rules = [hidden, {"rule": "all", "verdict": "allow"}]
        solo = self.client.ask_keyed("solo_track", track_index=0, solo=True, exclusive=True, guard=rules)
        self.assertTrue(solo["ok"], solo)
        self.forbidden(self.client.ask_keyed("solo_track", track_index=1, solo=True, guard=rules))

    def test_guards_are_checked_before_expectations(self):
        answer = self.client.ask_keyed(
            "set_track_volume", track_index=1, volume=0.5, guard=self.DRUMS, expect={"track": "Drums"}
        )
        self.forbidden(answer)


class DryRuns(Terms):
    def test_a_dry_run_names_targets_and_changes_nothing(self):
        answer = self.set_volume(dry_run=True)
        self.assertEqual((answer["ok"], answer["dry_run"], answer["targets"]), (True, True, {"track": ["Drums"]}))
        self.assertEqual(self.volume(), 0.85)

    def test_expectations_cover_every_kind_and_absence(self):
        self.song.tracks[0].clip_slots[0].clip.name = "Verse"
        answer = self.client.ask_keyed("delete_clip", track_index=0, scene_index=0, dry_run=True)
        self.assertEqual(answer["targets"], {"track": ["Drums"], "clip": ["Verse"]})
        answer = self.client.ask_keyed("delete_clip", track_index=0, scene_index=3, dry_run=True)
        self.assertEqual(answer["targets"], {"track": ["Drums"], "clip": []})
        self.song.scenes[1].name = "Chorus"
        answer = self.client.ask_keyed("launch_scene", scene_index=1, dry_run=True)
        self.assertEqual(answer["targets"], {"scene": ["Chorus"]})

    def test_guard_and_expectation_decide_all_the_same(self):
        self.assertEqual(self.set_volume(dry_run=True, expect={"track": "Bass"})["code"], "precondition_failed")
        self.assertEqual(self.set_volume(dry_run=True, guard=[])["code"], "forbidden")


if __name__ == "__main__":
    unittest.main()
