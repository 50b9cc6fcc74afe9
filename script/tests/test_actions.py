"""Actions on the whole set, on tracks and on scenes: their effects, answers and refusals."""

from unittest import mock

from tests.actions_case import ActionsCase


class Utility(ActionsCase):
    def test_ping(self):
        self.assertEqual(self.done("ping")["message"], "pong")

    def test_health_check(self):
        self.assertEqual(self.done("health_check")["connections"], 1)


class Transport(ActionsCase):
    def test_playback_starts_stops_and_continues(self):
        self.done("start_playback")
        self.assertTrue(self.song.is_playing)
        self.studio.live.run(2)
        self.done("stop_playback")
        self.assertFalse(self.song.is_playing)
        self.assertFalse(self.done("stop_playback")["is_playing"])
        position = self.song.current_song_time
        self.assertGreater(position, 1)
        self.done("continue_playing")
        self.assertTrue(self.song.is_playing)
        self.assertGreaterEqual(self.song.current_song_time, position)

    def test_recording_is_switched_on_and_off(self):
        self.assertTrue(self.done("start_recording")["record_mode"])
        self.assertTrue(self.song.record_mode)
        self.assertFalse(self.done("stop_recording")["record_mode"])
        self.assertFalse(self.song.record_mode)

    def test_stopping_the_recording_stops_session_recording_too(self):
        self.song.session_record = True
        self.done("stop_recording")
        self.assertFalse(self.song.session_record)

    def test_the_session_is_described(self):
        self.song.tempo = 93.5
        answer = self.done("get_session_info")
        self.assertEqual((answer["tempo"], answer["num_tracks"], answer["num_scenes"]), (93.5, 3, 4))
        self.assertEqual(answer["loop_end"], answer["loop_start"] + answer["loop_length"])
        self.assertEqual((answer["time_signature_numerator"], answer["time_signature_denominator"]), (4, 4))

    def test_the_tempo_is_set(self):
        for bpm in (20, 999, 66.6):
            self.assertAlmostEqual(self.done("set_tempo", bpm=bpm)["bpm"], bpm, 3)
            self.assertAlmostEqual(self.song.tempo, bpm, 3)

    def test_a_tempo_that_live_ignores_is_an_error(self):
        self.song.add_tempo_listener(lambda: setattr(self.studio.live.set, "tempo", 120.0))
        answer = self.client.ask("set_tempo", bpm=90)
        self.assertEqual(answer["code"], "live_error")
        self.assertIn("it is 120.0", answer["error"])

    def test_the_time_signature_is_set_as_one_step(self):
        self.done("set_time_signature", numerator=7, denominator=8)
        self.assertEqual((self.song.signature_numerator, self.song.signature_denominator), (7, 8))
        self.done("undo")
        self.assertEqual((self.song.signature_numerator, self.song.signature_denominator), (4, 4))

    def test_the_loop_is_set(self):
        self.assertEqual(self.done("set_loop_start", position=8)["loop_start"], 8.0)
        self.assertEqual(self.done("set_loop_length")["loop_length"], 4.0)
        self.assertEqual((self.song.loop_start, self.song.loop_length), (8.0, 4.0))
        self.assertEqual(self.done("set_loop_length", length=6)["loop_length"], 6.0)
        self.assertEqual(self.song.loop_length, 6.0)

    def test_the_metronome_is_switched(self):
        self.done("set_metronome")
        self.assertTrue(self.song.metronome)
        self.done("set_metronome", enabled=False)
        self.assertFalse(self.song.metronome)

    def test_taps_set_the_tempo(self):
        for _ in range(4):
            tempo = self.done("tap_tempo")["tempo"]
            self.studio.live.stall(0.4)
        self.assertEqual(tempo, self.song.tempo)
        self.assertNotEqual(self.song.tempo, 120.0)

    def test_undo_and_redo_work_and_end(self):
        for action in ("undo", "redo"):
            answer = self.done(action)
            self.assertEqual((answer["changed"], answer["message"]), (False, "there is nothing to %s" % action))
        self.done("rename_track", track_index=0, name="Kit")
        self.assertIs(self.done("undo")["changed"], True)
        self.assertEqual(self.song.tracks[0].name, "Drums")
        self.done("redo")
        self.assertEqual(self.song.tracks[0].name, "Kit")


class Tracks(ActionsCase):
    def test_tracks_are_created_at_the_end_and_named(self):
        self.assertEqual(self.done("create_midi_track", name="Lead")["track_index"], 3)
        answer = self.done("create_audio_track", name="Choir \u266b")
        self.assertEqual((answer["track_index"], answer["name"]), (4, "Choir \u266b"))
        self.assertEqual([track.name for track in self.song.tracks][3:], ["Lead", "Choir \u266b"])
        self.assertEqual([track.has_midi_input for track in self.song.tracks][3:], [True, False])

    def test_an_unnamed_track_gets_lives_default_name(self):
        self.assertEqual(self.done("create_midi_track")["name"], self.song.tracks[3].name)

    def test_creating_and_naming_is_one_step_to_undo(self):
        self.done("create_midi_track", name="Lead")
        self.done("undo")
        self.assertEqual([track.name for track in self.song.tracks], ["Drums", "Bass", "Vocals"])

    def test_a_track_deleted_before_naming_is_an_error(self):
        def remove():
            if len(self.song.tracks) == 4:
                self.studio.live.set.delete_track(3)

        self.song.add_tracks_listener(remove)
        answer = self.client.ask("create_midi_track", name="Lead")
        self.assertEqual((answer["code"], len(self.song.tracks)), ("live_error", 3))

    def test_a_track_is_deleted(self):
        self.done("delete_track", track_index=1)
        self.assertEqual([track.name for track in self.song.tracks], ["Drums", "Vocals"])

    def test_the_last_track_stays(self):
        self.done("delete_track", track_index=0)
        self.done("delete_track", track_index=0)
        self.refused("delete_track", track_index=0)

    def test_a_track_is_renamed(self):
        self.assertEqual(self.done("rename_track", track_index=1, name="Sub")["name"], "Sub")
        self.assertEqual(self.song.tracks[1].name, "Sub")

    def test_the_mixer_is_set_to_its_ends(self):
        mixer = self.song.tracks[1].mixer_device
        for volume in (0, 1, 0.85):
            self.assertAlmostEqual(self.done("set_track_volume", track_index=1, volume=volume)["volume"], volume, 5)
            self.assertAlmostEqual(mixer.volume.value, volume, 5)
        for pan in (-1, 1, 0.25):
            self.assertAlmostEqual(self.done("set_track_pan", track_index=1, pan=pan)["pan"], pan, 5)
            self.assertAlmostEqual(mixer.panning.value, pan, 5)
        self.assertAlmostEqual(self.song.tracks[0].mixer_device.volume.value, 0.85, 5)

    def test_a_fader_under_other_control_stays_unchanged(self):
        fader = type(self.studio.live.set.tracks[0].mixer_device.volume)
        with mock.patch.object(fader, "is_enabled", False):
            self.refused("set_track_volume", "volume of track 0", track_index=0, volume=0.1)

    def test_buttons_are_switched_and_other_tracks_left_alone(self):
        for action, parameter, member in (
            ("arm_track", "armed", "arm"),
            ("solo_track", "solo", "solo"),
            ("mute_track", "mute", "mute"),
        ):
            self.assertTrue(self.done(action, track_index=1)[parameter])
            self.assertEqual([getattr(track, member) for track in self.song.tracks], [False, True, False])
            self.done(action, track_index=0)
            self.assertFalse(self.done(action, track_index=1, **{parameter: False})[parameter])
            self.assertEqual([getattr(track, member) for track in self.song.tracks], [True, False, False])

    def test_a_track_that_cannot_be_armed_is_not(self):
        track = type(self.studio.live.set.tracks[0])
        with mock.patch.object(track, "can_be_armed", False):
            self.refused("arm_track", "cannot be armed", track_index=0)
            self.assertFalse(self.done("get_track_info", track_index=0)["arm"])

    def test_a_track_is_described(self):
        answer = self.done("get_track_info", track_index=2)
        self.assertEqual((answer["name"], answer["num_clips"], answer["has_audio_input"]), ("Vocals", 1, True))


class Scenes(ActionsCase):
    def test_a_scene_is_created_last_and_named(self):
        answer = self.done("create_scene", name="Chorus")
        self.assertEqual((answer["scene_index"], answer["name"]), (4, "Chorus"))
        self.assertEqual([scene.name for scene in self.song.scenes], ["", "", "", "", "Chorus"])
        self.assertEqual(self.done("create_scene")["name"], "")
        self.done("undo")
        self.done("undo")
        self.assertEqual(len(self.song.scenes), 4)

    def test_a_scene_is_deleted_with_its_clips(self):
        self.done("delete_scene", scene_index=0)
        self.assertEqual(len(self.song.scenes), 3)
        self.assertTrue(self.slot(1, 0).has_clip)
        self.assertFalse(self.slot(0, 0).has_clip)

    def test_the_last_scene_stays(self):
        for _ in range(3):
            self.done("delete_scene", scene_index=0)
        self.refused("delete_scene", scene_index=0)

    def test_a_scene_is_launched(self):
        self.assertTrue(self.done("launch_scene", scene_index=0)["is_triggered"])
        self.studio.live.run(4)
        self.assertTrue(self.slot(0, 0).is_playing and self.slot(2, 0).is_playing)
        self.assertFalse(self.slot(1, 1).is_playing)

    def test_a_scene_is_renamed_and_described(self):
        self.done("rename_scene", scene_index=2, name="Bridge 90 BPM")
        answer = self.done("get_scene_info", scene_index=2)
        self.assertEqual((answer["name"], answer["is_empty"]), (self.song.scenes[2].name, True))
        self.assertEqual(answer["tempo"], self.song.scenes[2].tempo)


class InLive11(Transport, Tracks, Scenes):
    version = "11"
