"""Events while the set changes structure: indexes follow the objects, and no listener leaks."""

import unittest
from unittest import mock

from tests.events_case import EventsCase, topic
from tests.studio import Studio

VOLUME, NAME = "track_volume", "track_name"


class Structure(EventsCase):
    def names(self, count=4):
        return [topic(NAME, track_index=index) for index in range(count)]

    def test_a_track_inserted_before_moves_the_others(self):
        self.assertEqual(self.follow(*self.names()), ["Drums", "Bass", "Vocals", None])
        self.ask("create_midi_track", name="Keys")
        self.assertEqual(self.delivered(), [((NAME, 3), "Keys")])
        self.song.create_midi_track(0)
        self.song.tracks[0].name = "First"
        self.assertEqual(self.values(), ["First", "Drums", "Bass", "Vocals"])
        self.song.tracks[1].name = "Kit"
        self.assertEqual(self.delivered(), [((NAME, 1), "Kit")])
        self.assertEqual(set(self.listeners().values()), {1})

    def test_a_deleted_track_leaves_null_behind_the_last(self):
        self.follow(*self.names(3), topic(VOLUME, track_index=2), topic("track_mute", track_index=2))
        self.song.tracks[2].mixer_device.volume.value = 0.5
        self.values()
        self.ask("delete_track", track_index=0)
        delivered = dict(self.delivered())
        self.assertEqual([delivered[NAME, index] for index in range(3)], ["Bass", "Vocals", None])
        self.assertEqual((delivered[VOLUME, 2], delivered["track_mute", 2]), (None, None))
        self.song.undo()
        self.assertEqual(dict(self.delivered())[VOLUME, 2], 0.5)
        self.song.tracks[2].mixer_device.volume.value = 0.25
        self.assertEqual(self.delivered(), [((VOLUME, 2), 0.25)])

    def test_a_track_deleted_and_restored_is_followed_again(self):
        self.follow(topic(VOLUME, track_index=0))
        self.song.delete_track(0)
        self.song.undo()
        self.assertEqual(self.values(), [])
        self.song.tracks[0].mixer_device.volume.value = 0.25
        self.assertEqual(self.values(), [0.25])

    def test_created_and_deleted_clips_are_followed(self):
        place = {"track_index": 0, "clip_index": 2}
        self.assertEqual(self.follow(topic("clip_state", **place), topic("clip_name", **place)), ["empty", None])
        self.ask("create_midi_clip", track_index=0, scene_index=2)
        self.assertEqual(dict(self.delivered()), {("clip_state", 0, 2): "stopped", ("clip_name", 0, 2): ""})
        self.song.tracks[0].clip_slots[2].clip.name = "Fill"
        self.assertEqual(self.values(), ["Fill"])
        self.song.tracks[0].clip_slots[2].delete_clip()
        self.assertEqual(dict(self.delivered()), {("clip_state", 0, 2): "empty", ("clip_name", 0, 2): None})

    def test_a_scene_inserted_before_moves_the_clips(self):
        clip = topic("clip_state", track_index=0, clip_index=0)
        self.follow(clip, topic("scene_state", scene_index=0), topic("scenes"))
        self.song.scenes[0].name = "Intro"
        self.values()
        self.song.create_scene(0)
        delivered = dict(self.delivered())
        self.assertEqual((delivered["clip_state", 0, 0], delivered["scene_state", 0]["name"]), ("empty", ""))
        self.assertEqual(delivered[("scenes",)], ["", "Intro", "", "", ""])
        self.song.delete_scene(0)
        self.assertEqual(dict(self.delivered())["clip_state", 0, 0], "stopped")

    def test_a_deleted_devices_topic_moves_to_the_next(self):
        self.song.tracks[0].devices[0].parameters[0].value = 0
        parameter = topic("device_parameter", track_index=0, device_index=0, param_index=0)
        self.assertEqual(self.follow(parameter), [0.0])
        self.ask("delete_device", track_index=0, device_index=0)
        self.assertEqual(self.values(), [1.0])
        self.song.tracks[0].devices[0].parameters[0].value = 0
        self.assertEqual(self.values(), [0.0])
        self.song.tracks[0].delete_device(0)
        self.assertEqual(self.values(), [None])

    def test_deleting_a_return_removes_its_send(self):
        send, volume = topic("track_send", track_index=0, send_index=2), topic("return_volume", return_index=2)
        self.assertEqual(self.follow(send, volume), [None, None])
        self.song.create_return_track()
        delivered = {name: round(value, 3) for name, value in self.delivered()}
        self.assertEqual(delivered, {("track_send", 0, 2): 0.0, ("return_volume", 2): 0.85})
        self.song.tracks[0].mixer_device.sends[2].value = 0.5
        self.assertEqual(self.values(), [0.5])
        self.song.delete_return_track(2)
        self.assertEqual(self.values(), [None, None])

    def test_the_selection_follows_its_track(self):
        self.follow(topic("selection"))
        self.song.view.selected_track = self.song.tracks[1]
        self.values()
        self.song.create_midi_track(0)
        self.song.view.selected_track = self.song.tracks[2]
        self.assertEqual([(value["track_index"], value["track_name"]) for value in self.values()], [(2, "Bass")])
        self.song.tracks[2].name = "Sub"
        self.assertEqual(self.values()[0]["track_name"], "Sub")
        self.song.delete_track(0)
        self.assertEqual(self.values()[0]["track_index"], 1)

    def test_changes_on_one_track_cost_others_nothing(self):
        parameters = [
            topic("device_parameter", track_index=index, device_index=0, param_index=number)
            for index in (0, 1)
            for number in range(5)
        ]
        self.follow(*parameters)
        subscriptions = self.studio.bridge._subscriptions
        read = mock.patch.object(subscriptions, "_pieces", side_effect=subscriptions._pieces)
        found = mock.patch.object(subscriptions, "_find", side_effect=subscriptions._find)
        with read as read, found as found:
            self.song.tracks[1].devices[0].parameters[2].value = 0.5
            self.studio.tick(3)
            self.assertEqual([call.args[0].indexes for call in read.mock_calls], [(1, 0, 2)])
            self.assertEqual(found.call_count, 0)
            self.song.tracks[0].delete_device(0)
            self.studio.tick(3)
            self.assertEqual({call.args[0].indexes[0] for call in read.mock_calls[1:]}, {0})

    def test_unmoved_objects_keep_their_listeners(self):
        self.follow(*self.names(3), topic("tracks"))
        tracks = type(self.song.tracks[0])
        with mock.patch.object(tracks, "add_name_listener", autospec=True, side_effect=tracks.add_name_listener) as add:
            self.song.create_midi_track(-1)
            self.studio.tick(3)
        self.assertEqual(add.call_count, 1)

    def test_an_object_that_vanishes_silently_is_resolved_again(self):
        self.follow(topic(VOLUME, track_index=0))
        with mock.patch.object(type(self.studio.live.notifications), "post"):
            self.song.delete_track(0)
        self.song.tracks[0].mixer_device.volume.value = 0.25
        self.studio.bridge._subscriptions._make_due(next(iter(self.studio.bridge._subscriptions._topics.values())))
        self.assertEqual(self.values(), [0.25])


class StructureInLive11(Structure):
    version = "11"


class Listeners(EventsCase):
    everything = [
        topic("tempo"),
        topic("transport"),
        topic("selection"),
        topic("tracks"),
        topic("scenes"),
        topic(NAME, track_index=1),
        topic("clip_state", track_index=0, clip_index=0),
        topic("clip_name", track_index=0, clip_index=0),
        topic("device_parameter", track_index=0, device_index=1, param_index=3),
        topic("track_send", track_index=0, send_index=1),
        topic("master_volume"),
    ]

    def test_each_property_has_one_however_many_want_it(self):
        other = self.connect()
        self.subscribe(*self.everything)
        self.subscribe(*self.everything, client=other)
        self.lines(ticks=4)
        listeners = self.listeners()
        self.assertGreater(len(listeners), 20)
        self.assertEqual(set(listeners.values()), {1})

    def test_they_go_with_the_last_subscriber(self):
        other = self.connect()
        self.subscribe(*self.everything)
        before = self.listeners()
        self.subscribe(*self.everything, client=other)
        self.assertEqual(self.unsubscribe(*self.everything), 0)
        self.studio.tick(2)
        self.assertEqual(self.listeners(), before)
        self.song.tempo = 61
        self.assertEqual(self.lines(), [])
        other.abort()
        self.studio.tick(3)
        self.assertEqual(self.listeners(), {})
        self.assertFalse(self.studio.bridge._subscriptions._topics)

    def test_unsubscribing_within_the_tick_stops_delivery(self):
        lines = [{"action": action, "topics": [topic("tempo")]} for action in ("subscribe", "unsubscribe") * 2]
        late = self.client.now_ms() + 9999
        self.client.say(*(dict(line, id=90 + number, expires_at_ms=late) for number, line in enumerate(lines)))
        self.assertEqual([answer["subscribed"] for answer in self.client.answers(4)], [1, 0, 1, 0])
        self.assertEqual((self.lines(), self.listeners()), ([], {}))
        self.assertNotIn("internal error", self.studio.log_text())
        self.assertEqual(self.follow(topic("tempo")), [120.0])

    def test_unsubscribing_keeps_listeners_other_topics_need(self):
        self.follow(topic("tracks"), topic(NAME, track_index=1))
        self.unsubscribe(topic("tracks"))
        self.song.tracks[1].name = "Sub"
        self.assertEqual(self.delivered(), [((NAME, 1), "Sub")])
        self.assertEqual(len(self.listeners()), 2)

    def test_unsubscribing_an_unknown_topic_succeeds(self):
        self.assertEqual(self.unsubscribe(topic("tempo")), 0)
        self.follow(topic("tracks"))
        self.assertEqual(self.unsubscribe(topic("tempo"), topic("tempo")), 1)

    def test_removing_the_script_removes_all_listeners(self):
        self.subscribe(*self.everything)
        self.assertNotEqual(self.listeners(), {})
        self.studio.surface.disconnect()
        self.assertEqual(self.listeners(), {})

    def test_removal_within_a_tick_removes_all_listeners(self):
        self.subscribe(*self.everything)
        self.song.add_tempo_listener(self.studio.surface.disconnect)
        self.client.say({"action": "set_tempo", "bpm": 61, "id": 77, "expires_at_ms": self.client.now_ms() + 999})
        self.studio.tick(3)
        self.assertEqual(list(self.listeners()), [("live_set", "tempo")])
        self.assertNotIn("internal error", self.studio.log_text())

    def test_another_set_begins_without_any(self):
        self.follow(*self.everything)
        self.studio.live.reload()
        self.assertTrue(self.client.is_closed())
        self.studio.surface = self.studio.live.surfaces[0].script
        self.studio.tick(300)
        self.assertEqual(self.listeners(), {})
        self.assertNotIn("error", self.studio.log_text())
        self.client, self.song = self.studio.connect_keyed(), self.studio.song
        self.assertEqual(self.follow(topic("tempo")), [120.0])
        self.song.tempo = 61
        self.assertEqual(self.values(), [61.0])

    def test_a_connection_closed_for_http_gets_no_events(self):
        self.follow(topic("tempo"))
        self.client.say("GET / HTTP/1.1")
        self.assertEqual(self.client.answer()["code"], "invalid_json")
        self.studio.tick(2)
        self.assertEqual(self.listeners(), {})


class SlowStudio(Studio):
    """Each reading of the clock takes 0.2 ms, so that the work of a tick takes time."""

    def _create_instance(self, c_instance):
        now = self.live.clock.now
        self.live.clock.now = lambda: self.live.clock.move_to(now() + 0.0002) or now()
        return super()._create_instance(c_instance)


class Time(EventsCase):
    def test_events_beyond_a_tick_are_delivered_once_later(self):
        self.open(studio=SlowStudio)
        faders = [topic(VOLUME, track_index=index) for index in range(300)]
        late = self.client.now_ms() + 60000
        self.client.say({"action": "subscribe", "id": 1, "expires_at_ms": late, "topics": faders})
        self.client.answer()
        self.studio.tick()
        self.assertTrue(self.studio.bridge._subscriptions.has_work)
        lines = self.lines(ticks=60)
        self.assertEqual([line["track_index"] for line in lines], list(range(300)))
        self.assertLess(self.ask("health_check")[0]["tick_ms_max"], 7)
        self.assertFalse(self.studio.bridge._subscriptions.has_work)

    def test_commands_and_values_share_the_tick(self):
        self.open(studio=SlowStudio)
        envelope = {"expires_at_ms": self.client.now_ms() + 60000}
        faders = [topic(VOLUME, track_index=index) for index in range(150)]
        self.client.say(
            dict(envelope, action="subscribe", id=1, topics=faders),
            *(dict(envelope, action="set_tempo", bpm=60 + number, id=1000 + number) for number in range(100)),
        )
        lines = []
        while not lines or lines[-1].get("id") != 1099:
            lines.append(self.client.answer())
        self.assertGreater(sum("event" in line for line in lines), 35)

    def test_an_idle_tick_only_polls_the_sockets(self):
        self.follow(*(topic("clip_state", track_index=index // 64, clip_index=index % 64) for index in range(4096)))
        self.lines(ticks=300)
        before = self.studio.bridge._host.tick
        with mock.patch.object(self.studio.bridge._subscriptions, "publish") as publish:
            self.studio.tick(50)
        self.assertEqual((self.studio.bridge._host.tick, publish.call_count), (before, 0))
        self.song.tracks[0].clip_slots[0].fire()
        self.studio.tick(3)
        self.assertGreater(self.studio.bridge._host.tick, before)


if __name__ == "__main__":
    unittest.main()
