"""Events with listeners that are not properties: some are simulated, the others raise NotSimulated."""

import unittest

from livesim import ArgumentError, NotSimulated, SetPlan, SimulatedLive, facts
from livesim.boost.package import package_of
from livesim.facts import EVENTS


class Unlisted(unittest.TestCase):
    version = "12"

    def setUp(self):
        self.live = SimulatedLive(version=self.version, plan=SetPlan.of(midi=1, clips={(0, 0): 4.0}))
        self.song = self.live.song
        self.clip = self.song.tracks[0].clip_slots[0].clip
        self.notified = []

    def note(self):
        import Live

        return Live.Clip.MidiNoteSpecification(pitch=60, start_time=0.0, duration=1.0)

    def test_a_clip_notifies_of_notes_and_undo(self):
        self.clip.add_notes_listener(lambda: self.notified.append(len(self.clip.get_all_notes_extended())))
        self.clip.add_new_notes((self.note(),))
        self.song.undo()
        self.assertEqual(self.notified, [1, 0])

    def test_set_and_tracks_notify_of_data(self):
        for owner in (self.song, self.song.tracks[0]):
            owner.add_data_listener(lambda: self.notified.append(owner.get_data("key", None)))
            owner.set_data("key", 5)
        self.assertEqual(self.notified, [5, 5])

    def test_listening_ends_and_is_known(self):
        def listener():
            self.notified.append(1)

        self.assertFalse(self.clip.notes_has_listener(listener))
        self.clip.add_notes_listener(listener)
        self.assertTrue(self.clip.notes_has_listener(listener))
        with self.assertRaises(RuntimeError):
            self.clip.add_notes_listener(listener)
        self.clip.remove_notes_listener(listener)
        self.clip.add_new_notes((self.note(),))
        self.assertEqual(self.notified, [])
        with self.assertRaises(RuntimeError):
            self.clip.remove_notes_listener(listener)

    def test_listeners_are_functions_on_living_objects(self):
        for arguments in ((), (5,), ("Session", print)):
            with self.assertRaises(ArgumentError):
                self.clip.add_notes_listener(*arguments)
        self.song.tracks[0].clip_slots[0].delete_clip()
        with self.assertRaises(ArgumentError):
            self.clip.add_notes_listener(print)

    def test_browser_content_never_notifies(self):
        self.live.application.browser.add_full_refresh_listener(print)

    def states(self, clip):
        return self.notified.append((clip.is_triggered, clip.is_playing, clip.is_recording))

    def test_a_clip_notifies_of_its_playing_status(self):
        self.clip.add_playing_status_listener(lambda: self.states(self.clip))
        self.song.start_playing()
        self.live.run(1)
        self.clip.fire()
        self.live.run(2)
        self.clip.stop()
        self.live.run(2)
        triggered, playing, stopped = (True, False, False), (False, True, False), (False, False, False)
        self.assertEqual(list(dict.fromkeys(self.notified)), [triggered, playing, stopped])
        self.assertEqual(self.notified[-1], stopped)

    def test_a_recorded_clip_notifies_of_its_status(self):
        track = self.song.tracks[0]
        track.clip_slots[0].delete_clip()
        track.arm = True
        track.clip_slots[0].fire()
        self.live.run(0.1)
        clip = track.clip_slots[0].clip
        clip.add_playing_status_listener(lambda: self.states(clip))
        self.song.stop_playing()
        self.assertEqual(self.notified[-1], (False, True, False))

    def test_an_arrangement_clip_notifies_of_its_status(self):
        live = SimulatedLive(version=self.version, plan=SetPlan.of(midi=1, clips={(0, 0): 4.0}))
        track = live.song.tracks[0]
        clip = track.duplicate_clip_to_arrangement(track.clip_slots[0].clip, 1.0)
        clip.add_playing_status_listener(lambda: self.notified.append(clip.is_playing))
        live.song.start_playing()
        live.run(3)
        live.song.current_song_time = 2.0
        live.run(0.1)
        live.song.stop_playing()
        self.assertEqual(self.notified, [True, False, True, False])

    def test_a_clip_notifies_of_jumps_in_its_loop(self):
        self.clip.add_loop_jump_listener(lambda: self.notified.append(round(self.clip.playing_position)))
        self.clip.fire()
        self.live.run(5)
        self.assertEqual(self.notified, [0, 0])

    def test_the_set_notifies_of_its_scale(self):
        self.song.add_scale_information_listener(lambda: self.notified.append(self.song.scale_name))
        self.song.scale_name = "Minor"
        self.song.root_note = 2
        self.assertEqual(self.notified, ["Minor", "Minor"])

    def test_other_events_are_not_simulated(self):
        live = SimulatedLive(version=self.version, plan=SetPlan.of(midi=1, devices={0: ("Wavetable",)}))
        with self.assertRaisesRegex(NotSimulated, "add_modulation_matrix_changed_listener"):
            live.song.tracks[0].devices[0].add_modulation_matrix_changed_listener(print)

    def test_unknown_events_stay_unknown(self):
        for name in ("add_loudness_listener", "loudness", "add_notes_listeners"):
            with self.assertRaisesRegex(AttributeError, "'Clip' object has no attribute '%s'" % name):
                getattr(self.clip, name)

    def test_unlisted_events_belong_to_classes_without_property(self):
        known = facts.load(self.version)
        for class_name, events in EVENTS.items():
            self.assertIn(class_name, known["classes"])
            self.assertTrue(set(events).isdisjoint(facts.described(known, class_name)[0]))
            self.assertTrue(hasattr(package_of(self.version).classes[class_name], "__getattr__"))


class UnlistedInLive11(Unlisted):
    version = "11"


if __name__ == "__main__":
    unittest.main()
