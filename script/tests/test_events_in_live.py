"""Events: the mark `in_live` on changes that the user made in Live itself."""

import unittest

from tests.events_case import EventsCase, key, topic


class InLive(EventsCase):
    """The gateway learns which values changed without a running command."""

    def marks(self):
        return [(key(line), line.get("in_live", False)) for line in self.lines()]

    def test_user_changes_are_marked_and_commands_are_not(self):
        self.follow(topic("track_mute", track_index=1))
        self.song.tracks[1].mute = True
        self.assertEqual(self.marks(), [(("track_mute", 1), True)])
        _, events = self.ask("mute_track", track_index=1, mute=False)
        self.assertNotIn("in_live", str(events + self.lines()))
        self.song.tracks[1].mute = True
        self.assertEqual(self.marks(), [(("track_mute", 1), True)])

    def test_a_first_value_is_no_change(self):
        self.subscribe(topic("tempo"))
        self.assertEqual(self.marks(), [(("tempo",), False)])

    def test_moved_objects_are_unmarked(self):
        self.follow(topic("tracks"), topic("track_mute", track_index=1))
        self.song.tracks[2].mute = True
        self.lines()
        self.song.delete_track(1)
        self.assertEqual(dict(self.marks()), {("tracks",): True, ("track_mute", 1): False})

    def test_a_deleted_object_hides_no_other_change(self):
        fader = self.song.tracks[2].mixer_device.volume
        self.follow(topic("track_volume", track_index=2), topic("tempo"), topic("tracks"))
        fader.value = 0.2
        self.song.tempo = 90
        self.song.delete_track(2)
        self.assertRaises(TypeError, lambda: fader.automation_state)
        marks = {("track_volume", 2): False, ("tempo",): True, ("tracks",): True}
        self.assertEqual(dict(self.marks()), marks)

    # Promise: The trail records what changed
    def test_a_change_follows_its_track_after_a_move(self):
        self.song.tracks[0].mute = True
        self.follow(topic("tracks"), *[topic("track_mute", track_index=index) for index in range(3)])
        bass = self.song.tracks[1]
        self.song.create_midi_track(0)
        bass.mute = True
        marks = {("tracks",): True, ("track_mute", 0): False, ("track_mute", 1): False, ("track_mute", 2): False}
        self.assertEqual(dict(self.marks()), marks)
        bass.mute = False
        self.assertEqual(self.marks(), [(("track_mute", 2), True)])

    def test_a_moved_track_is_not_reported_during_resolution(self):
        self.song.tracks[0].mute = True
        bass = self.song.tracks[1]
        self.follow(topic("tracks"), *[topic("track_mute", track_index=index) for index in range(3)])
        self.song.create_midi_track(0)
        subscriptions, serve = self.studio.bridge._subscriptions, self.studio.bridge._clients.serve
        subscriptions.publish(serve, self.studio.live.clock.now())  # the list only, so far
        bass.mute = True
        marks = {("tracks",): True, ("track_mute", 0): False, ("track_mute", 1): False, ("track_mute", 2): False}
        self.assertEqual(dict(self.marks()), marks)

    # Promise: The trail records what changed
    def test_user_and_command_changes_in_one_tick_differ(self):
        self.follow(topic("tempo"))
        self.song.tempo = 90
        _, events = self.ask("set_tempo", bpm=150)
        marks = [(line["value"], line.get("in_live", False)) for line in events + self.lines()]
        self.assertEqual(marks, [(90.0, True), (150.0, False)])

    def test_without_time_to_attribute_a_change_is_unmarked(self):
        self.follow(topic("track_mute", track_index=0), topic("tempo"))
        self.song.tracks[0].mute = True
        self.song.tempo = 90
        subscriptions, serve = self.studio.bridge._subscriptions, self.studio.bridge._clients.serve
        subscriptions.publish(serve, self.studio.live.clock.now())  # the first only, so far
        self.studio.bridge._host.is_at_work = True
        self.song.tempo = 150
        self.studio.bridge._host.is_at_work = False
        self.assertEqual(self.marks(), [(("track_mute", 0), True), (("tempo",), False)])

    def test_structural_changes_by_user_and_command_differ(self):
        clips, devices = topic("track_clips", track_index=0, clip_index=0), topic("track_devices", track_index=0)
        self.follow(clips, devices)
        self.song.tracks[0].clip_slots[2].create_clip(4.0)
        self.song.tracks[0].delete_device(1)
        self.assertEqual(dict(self.marks()), {("track_clips", 0, 0): True, ("track_devices", 0): True})
        for action, parameters in (("create_midi_clip", {"scene_index": 3}), ("delete_device", {"device_index": 0})):
            answer, events = self.ask(action, track_index=0, **parameters)
            self.assertTrue(answer["ok"], answer)
            self.assertNotIn("in_live", str(events + self.lines()), action)

    # Promise: The trail records what changed
    def test_a_device_that_arrives_late_is_the_commands(self):
        self.follow(topic("track_devices", track_index=1), topic("tracks"), topic("track_mute", track_index=1))
        late = self.client.now_ms() + 9999
        load = {"action": "load_device_from_browser", "track_index": 1, "device_name": "Delay"}
        self.client.say(dict(load, id=77, expires_at_ms=late))
        self.studio.bridge.tick()
        self.assertGreater(self.studio.bridge._host.load_ends_ms, 0)
        self.song.tracks[1].mute = True
        marks = dict(self.marks_until(77))
        self.assertEqual(marks, {("track_devices", 1): False, ("track_mute", 1): True})
        self.song.tracks[1].delete_device(0)
        self.assertEqual(self.marks(), [(("track_devices", 1), True)])

    def test_a_pending_device_suppresses_marks_on_its_track(self):
        self.follow(topic("scenes"), *[topic("track_devices", track_index=index) for index in (0, 1)])
        load = {"action": "load_device_from_browser", "track_index": 1, "device_name": "Delay"}
        self.client.say(dict(load, id=77, expires_at_ms=self.client.now_ms() + 9999))
        self.studio.bridge.tick()
        self.song.scenes[0].name = "Verse"
        self.song.tracks[0].delete_device(0)
        marks = {("scenes",): True, ("track_devices", 0): True, ("track_devices", 1): False}
        self.assertEqual(dict(self.marks_until(77)), marks)

    def marks_until(self, id):
        """The event lines before the answer to a command."""
        lines = [self.client.answer()]
        while lines[-1].get("id") != id:
            lines.append(self.client.answer())
        self.assertTrue(lines[-1]["ok"], lines[-1])
        return [(key(line), line.get("in_live", False)) for line in lines[:-1] + self.lines()]

    def test_values_shifted_by_new_scenes_are_unmarked(self):
        self.follow(
            topic("scenes"),
            topic("return_tracks"),
            topic("track_clips", track_index=0, clip_index=0),
            topic("track_sends", track_index=0),
        )
        self.song.create_scene(0)
        self.song.create_return_track()
        marks = {("scenes",): True, ("return_tracks",): True, ("track_clips", 0, 0): False, ("track_sends", 0): False}
        self.assertEqual(dict(self.marks()), marks)

    def test_playing_automation_is_unmarked(self):
        fader = self.studio.live.set.tracks[1].mixer_device.volume
        self.follow(topic("track_volume", track_index=1))
        fader.automation_state = 1
        fader.follow(0.25)
        self.assertEqual(self.marks(), [(("track_volume", 1), False)])
        self.song.tracks[1].mixer_device.volume.value = 0.5
        self.assertEqual(self.marks(), [(("track_volume", 1), True)])


    def test_automation_of_tempo_and_activator_is_unmarked(self):
        mixers = self.studio.live.set.master_track.mixer_device, self.studio.live.set.tracks[1].mixer_device
        self.follow(topic("tempo"), topic("track_mute", track_index=1))
        for parameter, value in ((mixers[0].song_tempo, 90.0), (mixers[1].track_activator, 0.0)):
            parameter.automation_state = 1
            parameter.follow(value)
        self.assertEqual(dict(self.marks()), {("tempo",): False, ("track_mute", 1): False})

    # Promise: The trail records what changed
    def test_a_scenes_tempo_is_never_marked(self):
        self.song.scenes[1].tempo = 90.0
        self.song.start_playing()
        self.follow(topic("tempo"))
        answer, events = self.ask("launch_scene", scene_index=1)
        self.assertEqual((answer["ok"], answer["is_triggered"], events), (True, True, []))
        lines = self.lines(ticks=300)
        self.assertEqual([(line["value"], line.get("in_live", False)) for line in lines], [(90.0, False)])
        self.song.tempo = 92.0
        self.assertEqual(self.marks(), [(("tempo",), True)])

    def test_side_effects_of_automation_are_unmarked(self):
        fader = self.studio.live.set.tracks[1].mixer_device.sends[0]
        self.follow(topic("track_sends", track_index=1))
        fader.automation_state = 1
        fader.follow(0.25)
        self.song.tracks[1].mixer_device.sends[1].value = 0.5
        self.assertEqual(self.marks(), [(("track_sends", 1), False)])


class InLiveToLocalClients(EventsCase):
    key = None

    def test_plain_connections_get_no_marks(self):
        self.follow(topic("tempo"))
        self.song.tempo = 90
        self.assertNotIn("in_live", str(self.lines()))


if __name__ == "__main__":
    unittest.main()
