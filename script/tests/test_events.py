"""Events: the values and the number of deliveries that subscribers get."""

import unittest
from unittest import mock

from LiveGate.property_events import EVENTS
from livesim import SetPlan
from livesim.model.track import GROUP, MIDI
from tests.device_events_cases import OF_DEVICES
from tests.events_case import EventsCase, key, topic
from tests.frequent_events_cases import FREQUENT
from tests.test_events_properties import PROPERTIES

SWITCHES = ("is_playing", "record_mode", "session_record", "metronome", "loop", "arrangement_overdub")
AT_REST = dict.fromkeys(SWITCHES, False)
GROUP_PLAN = SetPlan(tracks=(("Band", GROUP), ("Drums", MIDI)), groups={0: (1,)}, clips={(1, 0): 4.0})


def setting(find, member, value):
    return lambda song: setattr(find(song), member, value)


def track(song):
    return song.tracks[0]


def fader(name):
    return lambda song: getattr(song.tracks[0].mixer_device, name)


FIRST = {"track_index": 0}
# The indexes, the initial value, a change made in Live and its value, and a command and its value.
CASES = {
    "tempo": ({}, 120.0, lambda song: setattr(song, "tempo", 90), 90.0, ("set_tempo", {"bpm": 75}), 75.0),
    "transport": (
        {},
        AT_REST,
        lambda song: setattr(song, "loop", True),
        dict(AT_REST, loop=True),
        ("set_metronome", {"enabled": True}),
        dict(AT_REST, loop=True, metronome=True),
    ),
    "track_name": (FIRST, "Drums", setting(track, "name", "Kit"), "Kit", ("rename_track", {"name": "Perc"}), "Perc"),
    "track_volume": (
        FIRST,
        0.85,
        setting(fader("volume"), "value", 0.5),
        0.5,
        ("set_track_volume", {"volume": 0.25}),
        0.25,
    ),
    "track_pan": (FIRST, 0.0, setting(fader("panning"), "value", 0.5), 0.5, ("set_track_pan", {"pan": -1}), -1.0),
    "track_mute": (FIRST, False, setting(track, "mute", True), True, ("mute_track", {"mute": False}), False),
    "track_solo": (FIRST, False, setting(track, "solo", True), True, ("solo_track", {"solo": False}), False),
    "track_arm": (FIRST, False, setting(track, "arm", True), True, ("arm_track", {"armed": False}), False),
    "track_send": (
        {"track_index": 0, "send_index": 1},
        0.0,
        lambda song: setattr(song.tracks[0].mixer_device.sends[1], "value", 0.5),
        0.5,
        ("set_track_send", {"value": 0.25}),
        0.25,
    ),
    "track_sends": (
        FIRST,
        [0.0, 0.0],
        lambda song: setattr(song.tracks[0].mixer_device.sends[1], "value", 0.5),
        [0.0, 0.5],
        ("set_track_send", {"send_index": 0, "value": 0.25}),
        [0.25, 0.5],
    ),
    "track_devices": (
        FIRST,
        ["Simpler", "Reverb"],
        lambda song: song.tracks[0].delete_device(0),
        ["Reverb"],
        ("delete_device", {"device_index": 0}),
        [],
    ),
    "track_clips": (
        {"track_index": 0, "clip_index": 0},
        {"0": ""},
        lambda song: song.tracks[0].clip_slots[3].create_clip(4.0),
        {"0": "", "3": ""},
        ("delete_clip", {"track_index": 0, "scene_index": 0}),
        {"3": ""},
    ),
    "return_devices": (
        {"return_index": 1},
        ["Delay", "Audio Effect Rack"],
        lambda song: setattr(song.return_tracks[1].devices[0], "name", "Echo"),
        ["Echo", "Audio Effect Rack"],
        ("undo", {}),
        ["Delay", "Audio Effect Rack"],
    ),
    "master_devices": (
        {},
        ["Limiter", "Audio Effect Rack"],
        lambda song: setattr(song.master_track.devices[0], "name", "Loud"),
        ["Loud", "Audio Effect Rack"],
        ("undo", {}),
        ["Limiter", "Audio Effect Rack"],
    ),
    "return_volume": (
        {"return_index": 1},
        0.85,
        lambda song: setattr(song.return_tracks[1].mixer_device.volume, "value", 0.5),
        0.5,
        ("set_return_track_volume", {"volume": 0.25}),
        0.25,
    ),
    "master_volume": (
        {},
        0.85,
        lambda song: setattr(song.master_track.mixer_device.volume, "value", 0.5),
        0.5,
        ("set_master_volume", {"volume": 0.25}),
        0.25,
    ),
    "clip_state": (
        {"track_index": 0, "clip_index": 0},
        "stopped",
        lambda song: song.tracks[0].clip_slots[0].fire(),
        "playing",
        ("delete_clip", {"track_index": 0, "scene_index": 0}),
        "empty",
    ),
    "clip_name": (
        {"track_index": 0, "clip_index": 0},
        "",
        lambda song: setattr(song.tracks[0].clip_slots[0].clip, "name", "Beat"),
        "Beat",
        ("set_clip_name", {"track_index": 0, "scene_index": 0, "name": "Groove"}),
        "Groove",
    ),
    "scene_state": (
        {"scene_index": 1},
        {"name": "", "is_triggered": False},
        lambda song: setattr(song.scenes[1], "name", "Verse"),
        {"name": "Verse", "is_triggered": False},
        ("rename_scene", {"name": "Chorus"}),
        {"name": "Chorus", "is_triggered": False},
    ),
    "selection": (
        {},
        {"track_index": 0, "track_name": "Drums", "scene_index": 0},
        lambda song: setattr(song.view, "selected_scene", song.scenes[2]),
        {"track_index": 0, "track_name": "Drums", "scene_index": 2},
        ("focus_track", {"track_index": 1}),
        {"track_index": 1, "track_name": "Bass", "scene_index": 2},
    ),
    "tracks": (
        {},
        ["Drums", "Bass", "Vocals"],
        lambda song: setattr(song.tracks[1], "name", "Sub"),
        ["Drums", "Sub", "Vocals"],
        ("create_midi_track", {"name": "Keys"}),
        ["Drums", "Sub", "Vocals", "Keys"],
    ),
    "return_tracks": (
        {},
        ["A-Reverb", "B-Delay"],
        lambda song: song.create_return_track(),
        ["A-Reverb", "B-Delay", "C-Return"],
        ("create_return_track", {}),
        ["A-Reverb", "B-Delay", "C-Return", "D-Return"],
    ),
    "scenes": (
        {},
        ["", "", "", ""],
        lambda song: setattr(song.scenes[0], "name", "Intro"),
        ["Intro", "", "", ""],
        ("delete_scene", {"scene_index": 1}),
        ["Intro", "", ""],
    ),
}

CASES.update(FREQUENT)
CASES.update(OF_DEVICES)


def rounded(value):
    """Live keeps faders in single precision."""
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return round(value, 6) if isinstance(value, float) else value


class EachEvent(EventsCase):
    def test_there_is_a_case_for_each(self):
        elsewhere = {"beat", "song_position", "playing_position", "clip_notes", "master_name"} | set(PROPERTIES)
        elsewhere |= {"meters", "return_meters", "master_meters"}
        self.assertEqual(set(CASES) | elsewhere, set(EVENTS))

    def test_a_topic_delivers_initial_value_and_every_change(self):
        for name, (indexes, at_first, change, then, (action, parameters), after) in CASES.items():
            with self.subTest(name):
                self.open()
                self.assertEqual([rounded(value) for value in self.follow(topic(name, **indexes))], [at_first])
                change(self.song)
                self.assertEqual(rounded(self.values(ticks=4)[-1]), then)
                own = {} if action in ("delete_clip", "set_clip_name", "undo") else indexes
                answer, early = self.ask(action, **dict(own, **parameters))
                self.assertEqual((answer["ok"], early), (True, []), answer)
                self.assertEqual([rounded(value) for value in self.values(ticks=4)], [after])
                self.unsubscribe(topic(name, **indexes))
                self.assertEqual(self.listeners(), {})

    def test_a_missing_object_is_null(self):
        for name, (indexes, *_) in CASES.items():
            for index in indexes:
                values = self.follow(topic(name, **dict(indexes, **{index: 99})))
                self.assertEqual(values, [None], (name, index))

    def test_a_line_names_the_topic_and_counts(self):
        self.subscribe(topic("track_send", track_index=0, send_index=1), topic("tempo"))
        self.assertEqual(
            [list(line) for line in self.lines()],
            [["event", "track_index", "send_index", "value", "seq", "clock_ms"], ["event", "value", "seq", "clock_ms"]],
        )
        for bpm in (61, 62):
            self.song.tempo = bpm
            (line,) = self.lines()
            self.assertEqual((line["value"], line["seq"]), (bpm, bpm - 59))
            self.assertLessEqual(abs(line["clock_ms"] - self.client.now_ms()), 100)


class EachEventInLive11(EachEvent):
    version = "11"


class Kinds(EventsCase):
    """Values that one change and one command do not show."""

    def test_the_masters_name_is_followed(self):
        self.assertEqual(self.follow(topic("master_name")), [self.song.master_track.name])
        self.song.master_track.name = "Mix"
        self.assertEqual(self.values(), ["Mix"])

    def test_the_states_of_a_clip(self):
        one, other = topic("clip_state", track_index=0, clip_index=0), topic("clip_state", track_index=1, clip_index=1)
        self.assertEqual(self.follow(one, other), ["stopped", "stopped"])
        self.song.tracks[0].clip_slots[0].fire()
        self.studio.tick(3)
        self.song.tracks[1].clip_slots[1].fire()
        delivered = self.delivered()
        self.assertEqual(delivered[-1], (("clip_state", 1, 1), "triggered"))
        self.assertIn((("clip_state", 0, 0), "playing"), delivered)
        self.studio.live.run(3)
        self.assertEqual(self.delivered(), [(("clip_state", 1, 1), "playing")])
        self.song.stop_all_clips(False)
        self.assertEqual(self.values(), ["stopped", "stopped"])

    def test_a_clip_that_is_recorded(self):
        self.assertEqual(self.follow(topic("clip_state", track_index=1, clip_index=3)), ["empty"])
        self.song.tracks[1].arm = True
        self.song.start_playing()
        self.studio.tick(3)
        self.song.tracks[1].clip_slots[3].fire()
        self.assertEqual(self.values(), ["triggered"])
        self.studio.live.run(3)
        self.assertEqual(self.values()[-1], "recording")
        self.song.tracks[1].clip_slots[3].fire()
        self.studio.live.run(3)
        self.assertEqual(self.values()[-1], "playing")

    def test_recording_state_follows_the_clip_too(self):
        """In Live a recording also ends while the clip plays on, without a change on its track."""
        self.follow(topic("clip_state", track_index=0, clip_index=0))
        self.assertIn("is_recording", {member for _, member in self.listeners()})

    def test_a_scene_that_waits(self):
        self.song.start_playing()
        self.studio.tick(3)
        self.follow(topic("scene_state", scene_index=1))
        self.song.scenes[1].fire()
        self.assertEqual(self.values(), [{"name": "", "is_triggered": True}])
        self.studio.live.run(3)
        self.assertEqual(self.values(), [{"name": "", "is_triggered": False}])

    def test_a_track_that_cannot_arm_is_unarmed(self):
        self.open(GROUP_PLAN)
        self.assertEqual(self.follow(topic("track_arm", track_index=0)), [False])

    def test_a_group_reports_its_clips_state(self):
        self.open(GROUP_PLAN)
        states = [topic("clip_state", track_index=0, clip_index=index) for index in (0, 1)]
        self.assertEqual(self.follow(*states), ["stopped", "empty"])
        self.song.tracks[1].clip_slots[0].fire()
        self.assertEqual(self.values(ticks=4)[-1], "playing")

    def test_returns_and_master_have_no_track_index(self):
        self.follow(topic("selection"))
        for selected in (self.song.return_tracks[1], self.song.master_track):
            self.song.view.selected_track = selected
            (value,) = self.values()
            self.assertEqual((value["track_index"], value["track_name"]), (None, selected.name))
        self.song.master_track.name = "Out"
        self.assertEqual(self.values()[0]["track_name"], "Out")


class Delivery(EventsCase):
    def test_several_changes_in_a_tick_are_one_event(self):
        self.follow(topic("tempo"))
        for bpm in (61, 62, 63):
            self.song.tempo = bpm
        self.assertEqual([(line["value"], line["seq"]) for line in self.lines()], [(63.0, 2)])

    def test_a_value_restored_within_the_tick_is_silent(self):
        self.follow(topic("tempo"))
        self.song.tempo = 61
        self.song.tempo = 120
        self.assertEqual(self.lines(), [])

    def test_the_event_follows_its_commands_answer_at_once(self):
        late = self.client.now_ms() + 9999
        self.client.say({"action": "subscribe", "id": 1, "expires_at_ms": late, "topics": [topic("tempo")]})
        self.studio.bridge.tick()
        self.assertEqual([b'"subscribed"' in line for line in self.client.lines_that_came()], [True, False])

    def test_subscribing_again_repeats_it(self):
        self.follow(topic("tempo"))
        self.assertEqual(self.subscribe(topic("tempo"), topic("tempo")), 1)
        self.assertEqual([(line["value"], line["seq"]) for line in self.lines()], [(120.0, 2)])

    def test_each_connection_has_its_own_topics_and_counts(self):
        other = self.connect()
        self.follow(topic("tempo"))
        self.song.tempo = 61
        self.lines()
        self.subscribe(topic("tempo"), topic("track_mute", track_index=0), client=other)
        self.assertEqual([line["seq"] for line in self.lines(other)], [1, 1])
        self.song.tempo = 62
        self.assertEqual([line["seq"] for line in self.lines(other)], [2])
        self.assertEqual([line["seq"] for line in self.lines()], [3])
        self.song.tracks[0].mute = True
        self.assertEqual((self.values(), self.values(other)), ([], [True]))

    def test_a_value_that_json_lacks_is_null(self):
        with mock.patch.object(type(self.song), "tempo", property(lambda song: float("nan"))):
            self.assertEqual(self.follow(topic("tempo")), [None])
        self.assertIn("cannot read tempo", self.studio.log_text())

    def test_a_listener_that_fails_is_logged(self):
        with mock.patch.object(type(self.song), "add_tempo_listener", side_effect=RuntimeError("no")):
            self.assertEqual(self.follow(topic("tempo")), [120.0])
        self.assertIn("cannot listen to tempo", self.studio.log_text())
        self.assertEqual(self.unsubscribe(topic("tempo")), 0)

    def test_notifications_neither_change_nor_read_the_set(self):
        self.follow(topic("tempo"), topic("tracks"), topic("track_volume", track_index=0))
        during = []
        notifications = self.studio.live.notifications
        notify = type(notifications)._notify

        def watched(own, listeners):
            with mock.patch.object(type(self.studio.live), "change", side_effect=during.append), mock.patch.object(
                self.studio.bridge._subscriptions, "publish", side_effect=during.append
            ):
                notify(own, listeners)

        with mock.patch.object(type(notifications), "_notify", watched):
            self.song.tempo = 61
            self.song.create_midi_track(0)
            _, events = self.ask("set_track_volume", track_index=1, volume=0.1)
        self.assertEqual(during, [])
        self.assertNotIn("RemoteScriptError", self.studio.log_text())
        self.assertEqual([key(line) for line in events + self.lines()], [("tempo",), ("tracks",)])

    def test_on_plain_connections_answers_precede_events(self):
        self.key = None
        self.open()
        self.studio.take_time(0.02)
        commands = [{"action": "set_tempo", "bpm": 60 + number} for number in range(3)]
        self.client.say(*commands, {"action": "subscribe", "topics": [topic("track_name", track_index=0)], "id": 9})
        answers = self.client.answers(5)
        self.assertEqual([answer.get("bpm") for answer in answers[:3]], [60.0, 61.0, 62.0])
        self.assertEqual((answers[3], answers[4]["value"]), ({"ok": True, "subscribed": 1, "id": 9}, "Drums"))
        self.assertEqual(list(answers[4]), ["event", "track_index", "value", "seq"])


if __name__ == "__main__":
    unittest.main()
