"""Scripts written with layers, controls and modes, hosted with their controllers."""

import unittest

from livesim import SetPlan

from .test_livesim_framework_scripts import ScriptCase

PLAN = SetPlan.of(midi=3, returns=1, scenes=4, clips={(0, 0): 4.0, (1, 1): 4.0, (2, 0): 4.0})


class LayeredKeys(ScriptCase):
    hosted = "layered_keys"
    plan = PLAN

    def mixer(self, index):
        return self.song.tracks[index].mixer_device

    def test_a_layer_hands_rows_to_strips(self):
        self.turn(self.module.FADERS + 1, 0)
        self.assertEqual(self.mixer(1).volume.value, 0.0)
        self.press(self.module.MUTES)
        self.assertTrue(self.song.tracks[0].mute)
        self.assertEqual([self.light(self.module.MUTES), self.light(self.module.MUTES + 1)], [0, 127])

    def test_modes_share_the_knobs(self):
        self.song.tracks[0].insert_device("Auto Filter")
        device = self.song.tracks[0].devices[0]
        self.song.view.selected_track = self.song.tracks[1]
        self.song.view.selected_track = self.song.tracks[0]
        self.live.run(0.3)
        self.turn(self.module.KNOBS, 127)
        self.assertEqual(device.parameters[1].value, device.parameters[1].max)
        self.assertEqual(self.mixer(0).panning.value, 0.0)
        self.press(self.module.PANS)
        self.turn(self.module.KNOBS, 127)
        self.assertEqual(self.mixer(0).panning.value, 1.0)
        self.assertEqual(self.light(self.module.PANS), 3)
        self.press(self.module.PANS)  # cancels
        self.assertEqual(self.script.modes.selected_mode, "device")
        self.assertEqual([self.light(self.module.PANS), self.light(self.module.DEVICE)], [1, 3])

    def test_a_bank_button_moves_the_knobs(self):
        self.song.tracks[0].insert_device("EQ Eight")
        device = self.song.tracks[0].devices[0]
        self.song.appointed_device = device
        self.live.run(0.2)
        self.press(self.module.BANK)
        self.turn(self.module.KNOBS, 127)
        self.assertEqual(device.parameters[9].value, device.parameters[9].max)

    def test_shift_takes_the_button_from_its_owner(self):
        self.controller.receive_midi(0x90, self.module.SHIFT, 127)
        self.live.run(0.05)
        self.press(self.module.PLAY)
        self.assertTrue(self.song.record_mode)
        self.press(self.module.PLAY)
        self.assertFalse(self.song.record_mode)
        self.assertTrue(self.song.is_playing)  # recording has started it
        self.controller.receive_midi(0x80, self.module.SHIFT, 0)
        self.live.run(0.05)
        self.press(self.module.PLAY)
        self.assertFalse(self.song.is_playing)
        self.assertFalse(self.song.record_mode)

    def test_launch_buttons_are_lit_by_clips(self):
        self.assertEqual([self.light(self.module.LAUNCHES), self.light(self.module.LAUNCHES + 1)], [127, 0])

    def test_disabling_a_component_frees_its_elements(self):
        self.script.mixer.set_enabled(False)
        self.live.run(0.05)
        before = self.mixer(0).volume.value
        self.turn(self.module.FADERS, 0)
        self.assertEqual(self.mixer(0).volume.value, before)
        self.script.mixer.set_enabled(True)
        self.live.run(0.05)
        self.turn(self.module.FADERS, 0)
        self.assertEqual(self.mixer(0).volume.value, 0.0)

    def test_suppressed_rebuilds_follow_at_the_end(self):
        rebuilt = []
        self.controller.build_midi_map = lambda *_handle: rebuilt.append(1)
        self.script.set_suppress_rebuild_requests(True)
        self.script.request_rebuild_midi_map()
        self.live.run(0.1)
        self.assertEqual(rebuilt, [])
        self.script.set_suppress_rebuild_requests(False)
        self.live.run(0.1)
        self.assertEqual(rebuilt, [1])

    def test_drum_pads_send_the_notes_of_the_rack(self):
        self.song.tracks[0].insert_device("Drum Rack")
        self.song.view.selected_track = self.song.tracks[1]
        self.song.view.selected_track = self.song.tracks[0]
        self.live.run(0.3)
        first = self.song.tracks[0].devices[0].visible_drum_pads[0].note
        notes = [pad.message_identifier() for pad in self.script.map["Pads"]]
        self.assertEqual(notes, [first + 4, first + 5, first, first + 1])

    def test_disconnecting_leaves_no_callbacks(self):
        self.go_and_be_forgotten()


class LayeredKeysInLive11(LayeredKeys):
    version = "11"

    def test_modes_share_the_knobs(self):
        """Live 11 has no insert_device."""

    test_a_bank_button_moves_the_knobs = test_drum_pads_send_the_notes_of_the_rack = test_modes_share_the_knobs


class RingGrid(ScriptCase):
    hosted = "ring_grid"
    plan = PLAN

    def test_the_ring_moves_session_and_mixer(self):
        self.turn(self.module.KNOBS, 0)
        self.press(self.module.RIGHT)
        self.turn(self.module.KNOBS, 127)
        volumes = [track.mixer_device.volume.value for track in self.song.tracks]
        self.assertEqual(volumes[:2], [0.0, 1.0])
        self.press(self.module.GRID + 1)
        self.live.run(3)
        self.assertTrue(self.song.tracks[2].clip_slots[0].is_playing)

    def test_a_held_mode_ends_with_its_button(self):
        self.controller.receive_midi(0x90, self.module.NOTES, 127)
        self.live.run(0.5)
        self.assertTrue(self.script.is_playing_notes)
        self.press(self.module.GRID + 3)
        self.assertEqual(self.script.note_pads.struck, [(1, 1)])
        self.controller.receive_midi(0x80, self.module.NOTES, 0)
        self.live.run(0.05)
        self.assertFalse(self.script.is_playing_notes)
        self.press(self.module.GRID)
        self.live.run(3)
        self.assertTrue(self.song.tracks[0].clip_slots[0].is_playing)

    def test_a_button_distinguishes_short_from_long_presses(self):
        seen = self.script.watch.seen
        self.press(self.module.HOLD)
        self.assertEqual(seen, ["pressed", "released soon"])
        self.press(self.module.HOLD)
        self.assertEqual(seen[2:], ["pressed", "twice", "released soon"])
        del seen[:]
        self.live.run(1)
        self.controller.receive_midi(0x90, self.module.HOLD, 127)
        self.assertEqual(self.light(self.module.HOLD), 9)
        self.live.run(0.6)
        self.controller.receive_midi(0x80, self.module.HOLD, 0)
        self.assertEqual(seen, ["pressed", "held", "released late"])
        self.assertEqual(self.light(self.module.HOLD), 8)

    def test_lists_and_radio_buttons_know_their_index(self):
        self.press(self.module.LISTED + 1)
        self.press(self.module.CHOICES + 1)
        self.press(self.module.FLAG)
        self.assertEqual(
            [event for event in self.script.watch.seen if event != ("choice", 0)],
            [("listed", 1), ("choice", 1), ("flag", True)],
        )
        self.assertEqual([self.light(self.module.CHOICES), self.light(self.module.CHOICES + 1)], [1, 127])
        self.assertEqual(self.light(self.module.FLAG), 9)

    def test_turns_and_mapped_parameters_reach_live(self):
        before = self.song.tempo
        self.turn(self.module.TEMPO, 3)
        self.turn(self.module.TEMPO, 127)
        self.assertAlmostEqual(self.song.tempo, before + 2, places=4)
        self.turn(self.module.GAIN, 0)
        self.assertEqual(self.song.master_track.mixer_device.volume.value, 0.0)

    def test_transport_and_undo_follow_their_buttons(self):
        self.press(self.module.PLAY)
        self.assertTrue(self.song.is_playing)
        self.song.create_scene(-1)
        self.press(self.module.UNDO)
        self.assertEqual(len(self.song.scenes), 4)
        self.controller.receive_midi(0x90, self.module.SHIFT, 127)
        self.press(self.module.UNDO)
        self.assertEqual(len(self.song.scenes), 5)

    def test_a_mode_gives_the_knobs_to_the_device(self):
        before = self.song.tracks[0].mixer_device.volume.value
        self.script.modes.selected_mode = "device"
        self.live.run(0.05)
        self.turn(self.module.KNOBS, 0)
        self.assertEqual(self.song.tracks[0].mixer_device.volume.value, before)
        self.script.modes.selected_mode = "session"
        self.live.run(0.05)
        self.turn(self.module.KNOBS, 0)
        self.assertEqual(self.song.tracks[0].mixer_device.volume.value, 0.0)

    def test_buttons_step_through_tracks_and_scenes(self):
        view = self.song.view
        view.selected_track, view.selected_scene = self.song.tracks[0], self.song.scenes[1]
        for _ in range(2):
            self.press(self.module.NEXT_TRACK)
            self.press(self.module.PREVIOUS_SCENE)
        self.assertEqual((view.selected_track, view.selected_scene), (self.song.tracks[2], self.song.scenes[0]))

    def test_the_device_provider_follows_and_locks(self):
        provider = self.script.device_provider
        self.assertIsNone(provider.device)
        self.assertTrue(self.script.can_lock_to_devices())

    def test_a_task_runs_after_its_wait(self):
        self.live.run(0.4)
        self.assertIn("RemoteScriptMessage: (RingGrid) ready", self.log)

    def test_disconnecting_leaves_no_callbacks(self):
        self.go_and_be_forgotten()


class RingGridInLive11(RingGrid):
    version = "11"


class MappedPads(ScriptCase):
    hosted = "mapped_pads"
    plan = PLAN

    def test_mappings_connect_components(self):
        self.press(self.module.PLAY, channel=1)
        self.assertTrue(self.song.is_playing)
        self.controller.receive_midi(0xB2, self.module.VOLUMES, 0)
        self.assertEqual(self.song.tracks[0].mixer_device.volume.value, 0.0)
        self.controller.receive_midi(0xB1, self.module.KNOB, 127)
        self.assertEqual(self.script.component_map["Knob"].turns, [-1])

    def test_a_modified_control_takes_its_button(self):
        self.song.create_scene(-1)
        self.press(self.module.UNDO, channel=1)
        self.controller.receive_midi(0x91, self.module.SHIFT, 127)
        self.press(self.module.UNDO, channel=1)
        self.assertEqual(len(self.song.scenes), 5)

    def test_modes_cycle_and_share_pads(self):
        self.press(self.module.PADS, channel=1)
        self.live.run(3)
        self.assertTrue(self.song.tracks[0].clip_slots[0].is_playing)
        self.press(self.module.MODE, channel=1)
        self.press(self.module.PADS + 3, channel=1)
        self.assertEqual(self.script.component_map["Knob"].pressed, 1)
        self.assertEqual(self.script.component_map["Main_Modes"].selected_mode, "own")
        self.press(self.module.MODE, channel=1)
        self.assertEqual(self.script.component_map["Main_Modes"].selected_mode, "session")

    def test_a_controller_is_identified_by_its_answer(self):
        self.assertIn((0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7), self.script._c_instance.sent_midi)
        self.controller.receive_midi(0xF0, 0x7E, 0, 6, 2, 9, 9, 9, 0xF7)
        self.assertFalse(self.script.is_identified)
        self.controller.receive_midi(0xF0, 0x7E, 0, 6, 2, *self.module.MODEL, 0xF7)
        self.assertTrue(self.script.is_identified)
        self.assertEqual(len(self.script.identified), 1)

    def test_dependencies_come_from_the_surface(self):
        self.song.view.selected_track = self.song.tracks[1]
        self.assertEqual(self.script.component_map["Knob"].named, [self.song.tracks[1].name])

    def test_disconnecting_leaves_no_callbacks(self):
        self.go_and_be_forgotten()


class MappedPadsInLive11(MappedPads):
    version = "11"


if __name__ == "__main__":
    unittest.main()
