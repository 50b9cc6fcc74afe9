"""The main loop of the simulated Live under a manual clock: timers, display updates, stalls, scripts and set loads."""

import gc
import json
import os
import tempfile
import unittest

from livesim import ArgumentError, SetPlan, SimulatedLive


class Timers(unittest.TestCase):
    def setUp(self):
        self.log = []
        self.live = SimulatedLive(timer_ms=17, log=self.log.append)
        self.fired_at_ms = []
        import Live

        self.make = Live.Base.Timer

    def fire(self):
        self.fired_at_ms.append(round(self.live.clock.now() * 1000))

    def test_a_timer_is_never_faster_than_the_floor(self):
        timer = self.make(self.fire, 1, True, True)
        self.live.run(0.07)
        self.assertEqual([17, 34, 51, 68], self.fired_at_ms)
        self.assertTrue(timer.running)

    def test_a_timer_keeps_its_interval(self):
        timer = self.make(callback=self.fire, interval=30, repeat=True, start=True)
        self.live.run(0.1)
        timer.stop()
        self.live.run(0.1)
        self.assertEqual([30, 60, 90], self.fired_at_ms)
        self.assertFalse(timer.running)

    def test_a_timer_fires_once_unless_it_repeats(self):
        timer = self.make(self.fire, 20)
        self.live.run(0.1)
        timer.start()
        self.live.run(0.1)
        self.assertEqual([120], self.fired_at_ms)
        self.assertFalse(timer.running)

    def test_restarting_begins_a_new_period(self):
        timer = self.make(self.fire, 40, True, True)
        self.live.run(0.03)
        timer.restart()
        self.live.run(0.05)
        self.assertEqual([70], self.fired_at_ms)

    def test_an_exception_stops_the_timer_for_good(self):
        def fail():
            self.fire()
            raise ValueError("a script's mistake")

        timer = self.make(fail, 20, True, True)
        self.live.run(0.1)
        self.assertEqual([20], self.fired_at_ms)
        self.assertFalse(timer.running)
        self.assertIn("a script's mistake", "".join(self.log))
        timer.restart()
        self.live.run(0.02)
        self.assertEqual([20, 120], self.fired_at_ms)

    def test_an_unreferenced_timer_stops(self):
        self.make(self.fire, 20, True, True)
        gc.collect()
        self.live.run(0.1)
        self.assertEqual([], self.fired_at_ms)

    def test_intervals_missed_in_a_stall_are_skipped(self):
        timer = self.make(self.fire, 20, True, True)
        self.live.stall(1.0)
        self.live.run(0.05)
        timer.stop()
        self.assertEqual([1000, 1020, 1040], self.fired_at_ms)

    def test_a_timer_needs_a_callback_and_an_interval(self):
        with self.assertRaises(ArgumentError):
            self.make(self.fire)
        with self.assertRaises(ArgumentError):
            self.make(self.fire, 0.5)


class Script:
    """A Remote Script that records Live's calls."""

    made = []

    def __init__(self, c_instance):
        self.c_instance = c_instance
        self.calls = []
        Script.made.append(self)

    def update_display(self):
        self.calls.append("update_display")
        if self.calls.count("update_display") == 2:
            raise ValueError("a script's mistake")

    def port_settings_changed(self):
        self.calls.append("port_settings_changed")

    def build_midi_map(self, handle):
        self.calls.append("build_midi_map")

    def disconnect(self):
        self.calls.append("disconnect")


class Hosting(unittest.TestCase):
    def setUp(self):
        self.log = []
        self.live = SimulatedLive(plan=SetPlan.of(midi=2), log=self.log.append)
        Script.made = []

    def test_a_failing_display_update_is_repeated(self):
        script = self.live.host(Script)
        self.live.run(1.05)
        self.assertEqual(["port_settings_changed", "build_midi_map"], script.calls[:2])
        self.assertEqual(10, script.calls.count("update_display"))
        self.assertIn("a script's mistake", "".join(self.log))

    def test_the_script_has_its_line_to_live(self):
        c_instance = self.live.host(Script).c_instance
        self.assertEqual(self.live.song, c_instance.song())
        c_instance.log_message("ready", 1)
        c_instance.show_message("hello")
        self.assertEqual(["RemoteScriptMessage: ready 1", "StatusBar: hello"], self.log)
        c_instance.request_rebuild_midi_map()
        self.assertEqual(2, Script.made[0].calls.count("build_midi_map"))

    def test_loading_a_set_restarts_scripts(self):
        old_script, old_song = self.live.host(Script), self.live.song
        old_song.tempo = 99
        track = old_song.tracks[0]
        self.live.reload()
        self.assertEqual("disconnect", old_script.calls[-1])
        self.assertEqual(2, len(Script.made))
        self.assertTrue(old_song == None and track == None)  # noqa: E711
        with self.assertRaises(ArgumentError):
            old_song.tempo
        self.assertEqual(120.0, Script.made[1].c_instance.song().tempo)
        self.live.run(0.1)
        self.assertNotIn("update_display", old_script.calls[3:])

    def test_closing_disconnects(self):
        script = self.live.host(Script)
        self.live.close()
        self.assertEqual("disconnect", script.calls[-1])


class Measuring(unittest.TestCase):
    def test_loop_metrics_are_written_at_the_end(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "figures.json")
            live = SimulatedLive(measure=path)
            import Live

            timer = Live.Base.Timer(lambda: None, 20, True, True)
            live.run(1.01)
            timer.stop()
            live.close()
            with open(path, encoding="utf-8") as written:
                figures = json.load(written)
        self.assertAlmostEqual(20.0, figures["timer_interval_ms"]["p50"], 6)
        self.assertAlmostEqual(100.0, figures["display_interval_ms"]["p50"], 6)
        self.assertEqual(50, figures["timer_callback_us"]["count"])


if __name__ == "__main__":
    unittest.main()
