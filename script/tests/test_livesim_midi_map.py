"""The MIDI map of a hosted script: forwarding, mapping, translation, refusals."""

import unittest

from livesim import ArgumentError, NotSimulated, SetPlan, SimulatedLive

NOTE_ON, NOTE_OFF, CONTROL, BEND = 0x90, 0x80, 0xB0, 0xE0


class MidiMapCase(unittest.TestCase):
    version = "12"

    def setUp(self):
        self.log = []
        self.live = SimulatedLive(version=self.version, plan=SetPlan.of(midi=2), log=self.log.append)
        self.received = []
        self.build = lambda midi_map, handle: None
        self.script = self.live.host(lambda c_instance: _Script(c_instance, self))
        self.controller = self.live.surfaces[0]

    def tearDown(self):
        self.assertEqual([line for line in self.log if "Error" in line], [])

    def rebuild(self, build):
        """The script asks for another map; `build` gets Live's functions and the handle for both."""
        self.build = build
        self.script.c_instance.request_rebuild_midi_map()

    @property
    def volume(self):
        return self.live.song.tracks[0].mixer_device.volume


class Forwarding(MidiMapCase):
    def test_a_new_map_replaces_the_old_one(self):
        self.rebuild(lambda midi_map, handle: midi_map.forward_midi_cc(handle, handle, 2, 7))
        self.controller.receive_midi(CONTROL | 2, 7, 1)
        self.rebuild(lambda midi_map, handle: midi_map.forward_midi_cc(handle, handle, 2, 8))
        self.controller.receive_midi(CONTROL | 2, 7, 2)
        self.controller.receive_midi(CONTROL | 2, 8, 3)
        self.assertEqual(self.received, [(CONTROL | 2, 7, 1), (CONTROL | 2, 8, 3)])

    def test_notes_come_with_their_ends(self):
        self.rebuild(lambda midi_map, handle: midi_map.forward_midi_note(handle, handle, 0, 60))
        for message in ((NOTE_ON, 60, 9), (NOTE_OFF, 60, 5), (NOTE_ON, 61, 9), (CONTROL, 60, 9)):
            self.controller.receive_midi(*message)
        self.assertEqual(self.received, [(NOTE_ON, 60, 9), (NOTE_OFF, 60, 5)])

    def test_translated_messages_arrive_changed(self):
        def build(midi_map, handle):
            self.script.c_instance.set_note_translation(60, 0, 72, 3)
            self.script.c_instance.set_cc_translation(7, 0, 8, 1)
            midi_map.forward_midi_note(handle, handle, 3, 72)
            midi_map.forward_midi_cc(handle, handle, 1, 8)

        self.rebuild(build)
        for message in ((NOTE_ON, 60, 9), (NOTE_OFF, 60, 0), (CONTROL, 7, 5)):
            self.controller.receive_midi(*message)
        self.assertEqual(self.received, [(NOTE_ON | 3, 72, 9), (NOTE_OFF | 3, 72, 0), (CONTROL | 1, 8, 5)])

    def test_each_script_has_a_map_of_its_own(self):
        other = []
        second = self.live.host(lambda c_instance: _Script(c_instance, self, other))
        self.rebuild(lambda midi_map, handle: midi_map.forward_midi_cc(handle, handle, 0, 1))
        self.controller.receive_midi(CONTROL, 1, 1)
        self.live.surfaces[1].receive_midi(CONTROL, 1, 2)
        self.assertEqual((self.received, other), ([(CONTROL, 1, 1)], []))
        self.assertNotEqual(second.c_instance.handle(), self.script.c_instance.handle())

    def test_requests_in_a_callback_build_one_map(self):
        built = []

        def ask_twice():
            for _ in range(2):
                self.script.c_instance.request_rebuild_midi_map()
            built.append(len(built))

        self.build = lambda midi_map, handle: built.append("map")
        self.live.loop.call(ask_twice)
        self.live.run(0.02)
        self.assertEqual(built, [0, "map"])

    def test_wrong_handles_and_arguments_are_refused(self):
        import Live

        with self.assertRaises(RuntimeError):
            Live.MidiMap.forward_midi_cc(99, 99, 0, 1)
        with self.assertRaises(ArgumentError):
            Live.MidiMap.forward_midi_cc(1, 1, "0", 1)


class ForwardingInLive11(Forwarding):
    version = "11"


class Mapping(MidiMapCase):
    def test_controls_notes_and_bends_move_their_parameters(self):
        pan = self.live.song.tracks[0].mixer_device.panning

        def build(midi_map, handle):
            midi_map.map_midi_cc(handle, self.volume, 0, 7, midi_map.MapMode.absolute, True)
            midi_map.map_midi_pitchbend(handle, pan, 0, False)
            midi_map.map_midi_note(handle, self.live.song.tracks[1].mixer_device.volume, 0, 60)

        self.rebuild(build)
        for message in ((CONTROL, 7, 0), (BEND, 127, 127), (NOTE_ON, 60, 127)):
            self.controller.receive_midi(*message)
        values = (self.volume.value, pan.value, self.live.song.tracks[1].mixer_device.volume.value)
        self.assertEqual(values, (0.0, 1.0, 1.0))
        self.controller.receive_midi(NOTE_OFF, 60, 64)
        self.assertEqual(self.live.song.tracks[1].mixer_device.volume.value, 0.0)
        self.assertEqual(self.received, [])

    def test_a_deleted_parameter_is_ignored(self):
        def build(midi_map, handle):
            midi_map.map_midi_cc(handle, self.volume, 0, 7, midi_map.MapMode.absolute, True)

        self.rebuild(build)
        self.live.song.delete_track(0)
        self.controller.receive_midi(CONTROL, 7, 0)
        self.assertGreater(self.volume.value, 0)

    def test_relative_controllers_and_feedback_are_not_simulated(self):
        import Live

        with self.assertRaisesRegex(NotSimulated, "map_midi_cc"):
            Live.MidiMap.map_midi_cc(1, self.volume, 0, 7, Live.MidiMap.MapMode.relative_two_compliment, True)
        with self.assertRaisesRegex(NotSimulated, "send_feedback_for_parameter"):
            Live.MidiMap.send_feedback_for_parameter(1, self.volume)


class MappingInLive11(Mapping):
    version = "11"


class _Script:
    def __init__(self, c_instance, test, received=None):
        self.c_instance = c_instance
        self._test = test
        self._received = test.received if received is None else received

    def build_midi_map(self, midi_map_handle):
        import Live

        if self._received is self._test.received:
            self._test.build(Live.MidiMap, midi_map_handle)

    def receive_midi(self, midi_bytes):
        self._received.append(midi_bytes)

    def disconnect(self):
        pass


if __name__ == "__main__":
    unittest.main()
