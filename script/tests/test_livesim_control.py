"""Orders to the simulated Live, from a pipe by polling and by thread; regular stalls and dialogs."""

import argparse
import contextlib
import io
import os
import unittest

from livesim import ManualClock, SimulatedLive
from livesim.control import DIALOG_MESSAGE, Control, Order, RegularStalls, duration


class Freezing(unittest.TestCase):
    def test_the_user_freezes_and_unfreezes_a_track(self):
        live = SimulatedLive()
        notified = []
        live.song.tracks[0].add_is_frozen_listener(lambda: notified.append(live.song.tracks[0].is_frozen))
        live.freeze(0)
        with self.assertRaisesRegex(RuntimeError, "frozen"):
            live.song.tracks[0].insert_device("Reverb")
        live.freeze(0, False)
        live.song.undo()
        self.assertEqual([True, False, True], notified)
        for index in (-1, 99):
            with self.assertRaises(RuntimeError):
                live.freeze(index)


class Orders(unittest.TestCase):
    def setUp(self):
        self.out, self.into = os.pipe()
        self.addCleanup(os.close, self.out)

    def test_orders_are_polled_without_blocking(self):
        control = Control(self.out)
        control.poll()
        self.assertIsNone(control.next_order())
        os.write(self.into, b'{"stall_ms": 250}\n{"relo')
        control.poll()
        self.assertEqual([Order("stall", 0.25)], control.orders)
        os.write(self.into, b'ad": true}\n')
        control.poll()
        self.assertEqual([Order("stall", 0.25), Order("reload"), None], [control.next_order() for _order in range(3)])
        self.assertFalse(control.has_ended)
        os.close(self.into)
        control.poll()
        self.assertTrue(control.has_ended)

    def test_a_thread_reads_where_polling_fails(self):
        control = Control(self.out, can_poll=False)
        os.write(self.into, b'{"reload": true}\n')
        os.close(self.into)
        control.reader.join()
        control.poll()
        self.assertEqual([Order("reload")], control.orders)
        self.assertTrue(control.has_ended)

    def test_a_dialog_order_may_set_the_message(self):
        control = Control(self.out)
        os.write(self.into, b'{"dialog_ms": 3000}\n{"dialog_ms": 1, "message": "Really?"}\n')
        os.close(self.into)
        control.poll()
        self.assertEqual([Order("dialog", 3.0, DIALOG_MESSAGE), Order("dialog", 0.001, "Really?")], control.orders)

    def test_a_user_change_names_path_and_value(self):
        control = Control(self.out)
        os.write(self.into, b'{"hand": "tracks.1.mute", "value": true}\n')
        os.close(self.into)
        control.poll()
        self.assertEqual([Order("hand", path=["tracks", "1", "mute"], value=True)], control.orders)

    def test_a_user_call_names_path_and_arguments(self):
        control = Control(self.out)
        os.write(self.into, b'{"hand": "create_scene", "call": [0]}\n')
        os.close(self.into)
        control.poll()
        self.assertEqual([Order("hand", path=["create_scene"], arguments=[0])], control.orders)

    def test_noise_is_named_and_ignored(self):
        control = Control(self.out)
        noise = (
            b"\xff",
            b'{"stall_ms": -1}',
            b'{"reload": false}',
            b'{"stall_ms": 1e999}',
            b'{"dialog_ms": 1, "message": 2}',
        )
        with contextlib.redirect_stderr(io.StringIO()) as log:
            os.write(self.into, b"\n".join(noise) + b'\n{"reload": true}\n')
            os.close(self.into)
            control.poll()
        self.assertEqual([Order("reload")], control.orders)
        self.assertEqual(len(noise), log.getvalue().count("unknown order"))


class Stalls(unittest.TestCase):
    def test_stalls_are_regular_and_skip_missed_ones(self):
        clock = ManualClock()
        stalls = RegularStalls(clock, seconds=2.0, every_s=10.0)
        for moment, expected in ((9.9, None), (10.0, 2.0), (12.0, None), (45.0, 2.0), (45.1, None), (55.0, 2.0)):
            clock.move_to(moment)
            order = stalls.next_order()
            self.assertEqual(expected, order and order.seconds, moment)

    def test_without_an_interval_no_stall_is_due(self):
        clock = ManualClock()
        stalls = RegularStalls(clock)
        clock.move_to(1e9)
        self.assertIsNone(stalls.next_order())

    def test_times_are_written_with_their_unit(self):
        self.assertEqual([2.0, 0.5, 0.25], [duration(text) for text in ("2s", "0.5s", "250ms")])
        for text in ("2", "s", "2m", "-1s", "1e3s", "2 s", ""):
            with self.assertRaises(argparse.ArgumentTypeError):
                duration(text)


class Dialogs(unittest.TestCase):
    def test_a_dialog_blocks_the_loop_until_closed(self):
        live = SimulatedLive()
        self.addCleanup(live.close)
        application, notified, seen = live.application, [], []
        application.add_open_dialog_count_listener(lambda: notified.append(application.open_dialog_count))
        live.song.start_playing()
        live.run(1.0)
        before = live.song.current_song_time

        def pass_time():
            live.stall(3.0)
            seen.append((application.open_dialog_count, application.current_dialog_message))

        live.dialog("Save?", pass_time)
        self.assertEqual(([(1, "Save?")], [1, 0]), (seen, notified))
        self.assertEqual((before, ""), (live.song.current_song_time, application.current_dialog_message))


if __name__ == "__main__":
    unittest.main()
