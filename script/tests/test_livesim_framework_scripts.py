"""Third-party style scripts, hosted in the simulated Live with their controllers."""

import importlib
import sys
import unittest

from livesim import SetPlan, SimulatedLive

NOTE, CONTROL, BEND = 0x90, 0xB0, 0xE0


class ScriptCase(unittest.TestCase):
    version = "12"
    plan = SetPlan.of(midi=3, returns=1, scenes=3, clips={(0, 0): 4.0, (1, 1): 4.0})
    hosted = None

    def setUp(self):
        self.log = []
        self.live = SimulatedLive(version=self.version, plan=self.plan, log=self.log.append)
        self.song = self.live.song
        sys.modules.pop("tests.surfaces." + self.hosted, None)  # it imports the current Live
        self.module = importlib.import_module("tests.surfaces." + self.hosted)
        self.script = self.live.host(self.module.create_instance)
        self.controller = self.live.surfaces[0]
        self.live.run(0.05)  # work deferred at the start

    def tearDown(self):
        self.assertEqual([line for line in self.log if "Error" in line], [])

    def press(self, note, channel=0):
        self.controller.receive_midi(NOTE | channel, note, 127)
        self.controller.receive_midi(NOTE - 0x10 | channel, note, 0)
        self.live.run(0.02)

    def turn(self, number, value):
        self.controller.receive_midi(CONTROL, number, value)

    def light(self, note, channel=0):
        """The last message to a light of the controller."""
        sent = [message for message in self.script._c_instance.sent_midi if message[:2] == (NOTE | channel, note)]
        return sent[-1][2] if sent else None

    def go_and_be_forgotten(self):
        """Ends the script; Live must call none of its callbacks afterwards."""
        script = self.script
        self.live.close()
        before = list(script._c_instance.sent_midi)
        self.song.tempo += 1
        self.song.create_scene(-1)
        self.live.run(1)
        self.assertEqual(list(script._c_instance.sent_midi), before)


class FootPedal(ScriptCase):
    hosted = "foot_pedal"

    def test_a_switch_controls_playback_and_its_light(self):
        self.press(self.module.PLAY, channel=3)
        self.assertTrue(self.song.is_playing)
        self.assertEqual(self.light(self.module.PLAY, channel=3), 127)
        self.song.stop_playing()
        self.live.run(0.1)
        self.assertEqual(self.light(self.module.PLAY, channel=3), 0)

    def test_other_channels_are_others_business(self):
        self.press(self.module.PLAY, channel=0)
        self.assertFalse(self.song.is_playing)

    def test_scenes_are_stepped_through_and_launched(self):
        self.press(self.module.NEXT_SCENE, channel=3)
        self.press(self.module.LAUNCH, channel=3)
        self.live.run(3)
        self.assertTrue(self.song.tracks[1].clip_slots[1].is_playing)
        self.assertEqual(self.script.launched_by, ["Switch_62", "Switch_62"])

    def test_the_switch_blinks_on_the_last_scene_alone(self):
        self.live.run(1)
        self.assertIsNone(self.light(self.module.NEXT_SCENE, channel=3))
        for _ in range(2):
            self.press(self.module.NEXT_SCENE, channel=3)
        seen = set()
        for _ in range(10):
            self.live.run(0.1)
            seen.add(self.light(self.module.NEXT_SCENE, channel=3))
        self.assertEqual(seen, {0, 127})

    def test_the_undo_switch_undoes(self):
        self.song.create_scene(-1)
        self.press(self.module.UNDO, channel=3)
        self.assertEqual(len(self.song.scenes), 3)

    def test_a_script_logs_after_two_displays(self):
        self.live.run(0.3)
        self.assertIn("RemoteScriptMessage: (FootPedal) ready with 4 switches", self.log)

    def test_disconnecting_leaves_no_callbacks(self):
        self.go_and_be_forgotten()

    def test_loading_a_set_restarts_the_script(self):
        self.live.reload()
        self.live.run(0.1)
        self.press(self.module.PLAY, channel=3)
        self.assertTrue(self.live.song.is_playing)


class FootPedalInLive11(FootPedal):
    version = "11"


class SmallMixer(ScriptCase):
    hosted = "small_mixer"

    def mixer(self, index):
        return self.song.tracks[index].mixer_device

    def test_faders_move_parameters_in_live_itself(self):
        self.turn(self.module.FADERS + 1, 127)
        self.turn(self.module.PANS, 0)
        self.turn(self.module.SENDS, 127)
        self.controller.receive_midi(BEND | self.module.MAIN_CHANNEL, 127, 127)
        self.assertEqual(self.mixer(1).volume.value, 1.0)
        self.assertEqual(self.mixer(0).panning.value, -1.0)
        self.assertEqual(self.mixer(0).sends[0].value, 1.0)
        self.assertEqual(self.song.master_track.mixer_device.volume.value, 1.0)

    def test_strip_buttons_switch_tracks_and_lights(self):
        for first, member in ((self.module.SOLOS, "solo"), (self.module.ARMS, "arm")):
            self.press(first)
            self.press(first + 1)
            self.assertEqual([getattr(track, member) for track in self.song.tracks], [False, True, False])
            self.assertEqual([self.light(first), self.light(first + 1)], [0, 127])
        self.assertEqual(self.light(self.module.MUTES), 127)
        self.press(self.module.MUTES)
        self.assertTrue(self.song.tracks[0].mute)
        self.assertEqual(self.light(self.module.MUTES), 0)
        self.press(self.module.SELECTS + 1)
        self.assertEqual(self.song.view.selected_track, self.song.tracks[1])

    def test_pads_launch_clips_and_show_their_state(self):
        pad = self.module.PADS
        self.assertEqual([self.light(pad), self.light(pad + 1)], [self.module.STOPPED, 0])
        self.song.start_playing()
        self.live.run(0.5)
        self.press(pad)
        self.assertEqual(self.light(pad), self.module.TRIGGERED)
        self.live.run(3)
        self.assertEqual(self.light(pad), self.module.STARTED)
        self.press(self.module.STOPS)
        self.live.run(3)
        self.assertEqual(self.light(pad), self.module.STOPPED)

    def test_window_and_strips_move_together(self):
        right, left, down, up = range(self.module.MOVES, self.module.MOVES + 4)
        for move in (right, down, up, left, left, right):
            self.press(move)
        self.assertEqual((self.script.session.track_offset(), self.script.session.scene_offset()), (1, 0))
        self.turn(self.module.FADERS, 127)
        self.assertEqual(self.mixer(1).volume.value, 1.0)
        self.press(self.module.SCENES + 1)
        self.live.run(3)
        self.assertTrue(self.song.tracks[1].clip_slots[1].is_playing)

    def test_the_transport_follows_its_buttons(self):
        self.press(self.module.PLAY)
        self.assertTrue(self.song.is_playing)
        self.press(self.module.STOP)
        self.assertFalse(self.song.is_playing)
        self.assertEqual([self.light(self.module.PLAY), self.light(self.module.STOP)], [0, 127])
        self.press(self.module.LOOP)
        self.assertTrue(self.song.loop)
        self.turn(self.module.TEMPO, 127)
        self.assertEqual(self.song.tempo, 200.0)

    def test_deleted_tracks_release_their_controls(self):
        for _ in range(2):
            self.song.delete_track(0)
        self.live.run(0.3)
        self.turn(self.module.FADERS, 127)
        self.turn(self.module.FADERS + 1, 127)
        self.assertEqual(self.mixer(0).volume.value, 1.0)
        self.press(self.module.MUTES + 1)
        self.assertFalse(self.song.tracks[0].mute)

    def test_disconnecting_leaves_no_callbacks(self):
        self.go_and_be_forgotten()


class SmallMixerInLive11(SmallMixer):
    version = "11"


class ClipPads(ScriptCase):
    hosted = "clip_pads"

    def lights(self):
        return [self.light(self.module.FIRST_NOTE + index) for index in range(self.module.PADS)]

    def test_lights_show_existing_clips(self):
        self.assertEqual(self.lights(), [self.module.FILLED, 0, 0, 0])
        self.song.tracks[2].clip_slots[0].create_clip(4.0)
        self.song.create_midi_track(0)
        self.live.run(0.1)
        self.assertEqual(self.lights(), [0, self.module.FILLED, 0, self.module.FILLED])

    def test_a_pad_launches_and_the_light_follows(self):
        self.song.start_playing()
        self.live.run(0.5)
        self.press(self.module.FIRST_NOTE)
        self.assertEqual(self.lights()[0], self.module.WAITING)
        self.live.run(3)
        self.assertEqual(self.lights()[0], self.module.PLAYING)
        self.song.tracks[0].clip_slots[0].delete_clip()
        self.assertEqual(self.lights()[0], self.module.EMPTY)

    def test_a_pad_without_a_track_does_nothing(self):
        self.press(self.module.FIRST_NOTE + 3)
        self.assertEqual(self.script.counted, [])

    def test_custom_events_reach_their_listeners(self):
        for _ in range(2):
            self.press(self.module.FIRST_NOTE)
        self.assertEqual(self.script.counted, [1, 2])

    def test_a_path_follows_changing_subjects(self):
        self.song.view.selected_track = self.song.tracks[1]
        self.song.tracks[1].name = "Second"
        self.song.tracks[0].name = "First"
        lines = [line for line in self.log if line.startswith("StatusBar")]
        self.assertEqual(lines, ["StatusBar: 2-MIDI", "StatusBar: Second"])

    def test_disconnecting_leaves_no_callbacks(self):
        self.go_and_be_forgotten()


class ClipPadsInLive11(ClipPads):
    version = "11"


class Beacon(ScriptCase):
    hosted = "beacon"

    def sent(self):
        return [message[2:-1] for message in self.script._c_instance.sent_midi]

    def test_the_beacon_sends_the_tempo(self):
        self.song.tempo = 100
        self.assertEqual(self.sent(), [(0, 100)])

    def test_tasks_come_in_their_order_and_time(self):
        self.live.run(0.25)
        self.assertEqual(self.sent(), [])
        self.live.run(0.15)
        self.assertEqual(self.sent(), [(5, 3)])
        self.live.run(0.4)
        self.assertEqual(self.sent(), [(5, 3), (5, 4)])

    def test_a_script_polls_ten_times_a_second(self):
        self.song.start_playing()
        self.live.run(3)
        self.assertEqual(self.script.beats, 5)

    def test_disconnecting_leaves_no_callbacks(self):
        self.go_and_be_forgotten()


class Plain(ScriptCase):
    hosted = "plain"

    def test_only_forwarded_messages_arrive(self):
        self.turn(self.module.CONTROL, 5)
        self.turn(99, 5)
        self.controller.receive_midi(BEND, 1, 2)
        self.controller.receive_midi(0xF0, 0x7E, 0xF7)
        self.assertEqual(self.script.received, [(0xB0, self.module.CONTROL, 5), (0xE0, 1, 2), (0xF0, 0x7E, 0xF7)])

    def test_a_mapped_control_moves_its_parameter(self):
        volume, notified = self.song.tracks[0].mixer_device.volume, []
        volume.add_value_listener(lambda: notified.append(volume.value))
        self.turn(self.module.VOLUME, 127)
        self.assertEqual((notified, self.script.received), ([1.0], []))

    def test_the_map_is_rebuilt_on_request(self):
        self.song.delete_track(0)
        self.live.run(0.05)
        self.turn(self.module.VOLUME, 0)
        self.assertEqual(self.song.tracks[0].mixer_device.volume.value, 0.0)

    def test_only_a_note_on_creates_a_track(self):
        self.press(self.module.PRESS)
        self.assertEqual(len(self.song.tracks), 4)
        self.assertIn("StatusBar: 4 tracks", self.log)

    def test_timers_and_displays_have_their_own_pace(self):
        self.live.run(1)
        self.assertGreater(self.script.ticks, 15)
        self.assertLessEqual(len(self.script._c_instance.sent_midi), 11)

    def test_disconnecting_leaves_no_callbacks(self):
        self.go_and_be_forgotten()


class PlainInLive11(Plain):
    version = "11"


if __name__ == "__main__":
    unittest.main()
