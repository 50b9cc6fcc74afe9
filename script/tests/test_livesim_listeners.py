"""The simulated Live notifies listeners of changes, and refuses changes meanwhile."""

import unittest

from livesim import ArgumentError, SetPlan, SimulatedLive

REFUSAL = "Changes cannot be triggered by notifications"


class Listeners(unittest.TestCase):
    def setUp(self):
        self.log = []
        self.live = SimulatedLive(plan=SetPlan.of(midi=2, returns=1, scenes=2), log=self.log.append)
        self.song = self.live.song
        self.notified = []

    def listen(self, subject, member, note=None):
        getattr(subject, "add_%s_listener" % member)(lambda: self.notified.append(note or member))

    def test_listeners_are_notified_of_real_changes_only(self):
        self.listen(self.song, "tempo")
        self.song.tempo = 121
        self.song.tempo = 121
        self.song.tempo = 122
        self.assertEqual(["tempo", "tempo"], self.notified)

    def test_a_listener_reads_the_new_value(self):
        self.song.add_tempo_listener(lambda: self.notified.append(self.song.tempo))
        self.song.tempo = 99
        self.assertEqual([99.0], self.notified)

    def test_a_removed_listener_is_not_notified(self):
        def record():
            self.notified.append("tempo")

        self.song.add_tempo_listener(record)
        self.assertTrue(self.song.tempo_has_listener(record))
        self.song.remove_tempo_listener(record)
        self.assertFalse(self.song.tempo_has_listener(record))
        self.song.tempo = 99
        self.assertEqual([], self.notified)

    def test_a_listener_is_connected_once_and_removed_once(self):
        self.song.add_tempo_listener(self.listen)
        with self.assertRaisesRegex(RuntimeError, "already connected"):
            self.song.add_tempo_listener(self.listen)
        self.song.remove_tempo_listener(self.listen)
        with self.assertRaisesRegex(RuntimeError, "not connected"):
            self.song.remove_tempo_listener(self.listen)

    def test_listeners_must_be_callable(self):
        with self.assertRaises(ArgumentError):
            self.song.add_tempo_listener(3)

    def test_a_bound_method_is_held_weakly(self):
        class Ear:
            def __init__(self, notified):
                self.notified = notified

            def record(self):
                self.notified.append("tempo")

        ear = Ear(self.notified)
        self.song.add_tempo_listener(ear.record)
        del ear
        self.song.tempo = 99
        self.assertEqual([], self.notified)

    def test_changes_inside_a_listener_are_refused(self):
        def write():
            for change in (
                lambda: setattr(self.song, "tempo", 50),
                lambda: self.song.create_scene(-1),
                lambda: setattr(self.song.tracks[0].mixer_device.volume, "value", 0.1),
                lambda: self.song.undo(),
            ):
                with self.assertRaisesRegex(RuntimeError, REFUSAL):
                    change()
            self.notified.append("refused")

        self.song.tracks[0].add_name_listener(write)
        self.song.tracks[0].name = "Lead"
        self.assertEqual(["refused"], self.notified)
        self.assertEqual((120.0, 2), (self.song.tempo, len(self.song.scenes)))

    def test_after_the_notification_changes_are_possible_again(self):
        self.listen(self.song, "tempo")
        self.song.tempo = 99
        self.song.tempo = 98
        self.assertEqual(98.0, self.song.tempo)

    def test_a_failing_listener_does_not_stop_others(self):
        def fail():
            raise ValueError("a script's mistake")

        self.song.add_tempo_listener(fail)
        self.listen(self.song, "tempo")
        self.song.tempo = 99
        self.assertEqual(["tempo"], self.notified)
        self.assertIn("a script's mistake", "".join(self.log))

    def test_a_tracks_mute_and_its_activator_are_one(self):
        track = self.song.tracks[0]
        self.listen(track, "mute")
        self.listen(track.mixer_device.track_activator, "value")
        track.mixer_device.track_activator.value = 0
        self.assertTrue(track.mute)
        track.mute = False
        self.assertEqual(1.0, track.mixer_device.track_activator.value)
        self.assertEqual(["mute", "value"], sorted(self.notified[:2]))
        self.assertEqual(4, len(self.notified))

    def test_soloing_notifies_the_muted_tracks(self):
        self.listen(self.song.tracks[1], "muted_via_solo")
        self.song.tracks[0].solo = True
        self.assertEqual(["muted_via_solo"], self.notified)
        self.assertEqual([False, True], [track.muted_via_solo for track in self.song.tracks])

    def test_new_and_deleted_tracks_notify_listeners(self):
        self.listen(self.song, "tracks")
        self.listen(self.song, "visible_tracks")
        self.listen(self.song.scenes[0], "clip_slots")
        self.song.create_midi_track(-1)
        self.song.delete_track(0)
        self.assertEqual(
            ["clip_slots", "tracks", "visible_tracks"] * 2, sorted(self.notified[:3]) + sorted(self.notified[3:])
        )

    def test_adding_and_deleting_clips_notifies_listeners(self):
        slot = self.song.tracks[0].clip_slots[0]
        self.listen(slot, "has_clip")
        slot.create_clip(4.0)
        slot.delete_clip()
        self.assertEqual(["has_clip", "has_clip"], self.notified)

    def test_undo_notifies_listeners(self):
        self.song.tempo = 99
        self.listen(self.song, "tempo")
        self.song.undo()
        self.assertEqual(["tempo"], self.notified)

    def test_a_restored_object_has_no_listeners(self):
        self.listen(self.song.tracks[0], "name")
        self.song.delete_track(0)
        self.song.undo()
        self.song.tracks[0].name = "Lead"
        self.assertEqual([], self.notified)

    def test_arm_listeners_require_an_armable_track(self):
        with self.assertRaisesRegex(RuntimeError, "no 'Arm' state"):
            self.song.master_track.add_arm_listener(self.listen)

    def test_a_deleted_object_refuses_listener_removal(self):
        track = self.song.tracks[0]
        track.add_name_listener(self.listen)
        self.song.delete_track(0)
        with self.assertRaises(ArgumentError):
            track.remove_name_listener(self.listen)


class RefusedWithinATick(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive()
        self.song = self.live.song

    def test_a_start_after_a_jump_is_refused(self):
        outcomes = []

        def tick():
            try:
                if not outcomes:
                    self.song.current_song_time = 8.0
                self.song.start_playing()
                outcomes.append("started")
            except RuntimeError as refusal:
                outcomes.append(str(refusal)[: len(REFUSAL)])

        import Live

        timer = Live.Base.Timer(tick, 20, True, True)
        self.live.run(0.05)
        timer.stop()
        self.assertEqual([REFUSAL, "started"], outcomes)

    def test_tests_can_have_changes_refused(self):
        self.live.notifications.refuse_next(1)
        with self.assertRaisesRegex(RuntimeError, REFUSAL):
            self.song.tempo = 99
        self.song.tempo = 99
        self.assertEqual(99.0, self.song.tempo)


if __name__ == "__main__":
    unittest.main()
