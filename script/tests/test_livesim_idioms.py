"""Scripts in common idioms run in the simulated Live: own threads, delay 0, names of arguments, integer enums."""

from livesim import NotSimulated
from tests.test_livesim_framework_scripts import ScriptCase

PATIENCE_S = 10


class ThreadServer(ScriptCase):
    hosted = "thread_server"

    def ask(self, *request):
        self.script.scheduled.clear()
        self.script.requests.put(request)
        self.assertTrue(self.script.scheduled.wait(PATIENCE_S))
        self.live.run(0.1)
        return self.script.answers.get(timeout=PATIENCE_S)

    def test_scheduled_work_runs_in_the_next_update(self):
        self.assertEqual(self.ask("set_tempo", 90), 90.0)
        self.assertEqual(self.song.tempo, 90.0)

    def test_notes_come_back_by_pitch_then_start(self):
        answer = self.ask("write", [64, 60, 64])
        self.assertEqual([note[:2] for note in answer], [(60, 1.0), (64, 0.0), (64, 2.0)])

    def test_a_locator_lands_at_the_old_position(self):
        self.song.current_song_time = 4.0
        self.assertEqual(self.ask("create_locator", 16.0), [4.0])
        self.live.run(0.02)
        self.assertEqual(self.song.current_song_time, 16.0)

    def test_a_change_by_a_thread_is_not_simulated(self):
        self.script.requests.put(("name_at_once", "Bass"))
        answer = self.script.answers.get(timeout=PATIENCE_S)
        self.assertIsInstance(answer, NotSimulated)
        self.assertIn("name", str(answer))
        self.assertEqual(self.song.tracks[0].name, "1-MIDI")

    def test_the_thread_ends_with_the_script(self):
        thread = self.script._thread
        self.live.close()
        self.assertFalse(thread.is_alive())


class ThreadServerInLive11(ThreadServer):
    version = "11"


class Grid(ScriptCase):
    hosted = "grid"

    def test_a_pad_launches_the_clip_at_its_place(self):
        self.press(self.module.FIRST_PAD + self.module.COLUMNS + 1)
        self.live.run(3)
        self.assertTrue(self.song.tracks[1].clip_slots[1].is_playing)
        self.assertEqual(self.script.pressed, [(1, 1, True)])
        self.assertEqual(self.light(self.module.FIRST_PAD + self.module.COLUMNS + 1), self.module.STARTED)

    def test_a_scene_button_launches_its_scene(self):
        self.press(self.module.FIRST_SCENE)
        self.live.run(3)
        self.assertTrue(self.song.tracks[0].clip_slots[0].is_playing)

    def test_a_matrix_is_read_by_rows(self):
        matrix = self.script._matrix
        self.assertEqual((matrix.width(), matrix.height(), len(matrix)), (3, 2, 6))
        self.assertEqual([place for _, place in matrix.iterbuttons()][:4], [(0, 0), (1, 0), (2, 0), (0, 1)])
        self.assertIs(matrix[4], matrix.get_button(1, 1))

    def test_capabilities_name_ports_and_hardware(self):
        declared = self.module.get_capabilities()
        self.assertEqual(declared["controller_id"], {"vendor_id": 0x1235, "product_ids": [14], "model_names": ["Grid"]})
        self.assertEqual([port["direction"] for port in declared["ports"]], ["in", "out"])

    def test_disconnecting_leaves_no_callbacks(self):
        self.go_and_be_forgotten()


class GridInLive11(Grid):
    version = "11"


class NoteKeys(ScriptCase):
    hosted = "note_keys"

    def test_enums_take_integers_and_return_members(self):
        import Live

        self.assertIs(self.song.clip_trigger_quantization, Live.Song.Quantization.q_half)
        self.assertEqual(self.song.midi_recording_quantization, self.module.EIGHTH_TRIPLETS)
        self.assertIsInstance(self.song.midi_recording_quantization, Live.Song.RecordingQuantization)

    def test_arguments_are_named_in_any_order(self):
        self.script.write()
        self.live.run(0.4)
        self.assertEqual(self.script.seen, [[60, 64], [72, 76]])
        self.assertEqual([note.probability for note in self.script.clip.get_all_notes_extended()], [1.0, 0.5])
        self.assertEqual(len(self.song.scenes), 4)

    def test_a_playing_song_notifies_60_times_a_second(self):
        self.song.start_playing()
        before = len(self.script.positions)
        self.live.run(1)
        self.assertAlmostEqual(len(self.script.positions) - before, 60, delta=12)


class NoteKeysInLive11(NoteKeys):
    version = "11"
