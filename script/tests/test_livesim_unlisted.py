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

    def test_other_events_are_not_simulated(self):
        with self.assertRaisesRegex(NotSimulated, "add_loop_jump_listener"):
            self.clip.add_loop_jump_listener(print)

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
