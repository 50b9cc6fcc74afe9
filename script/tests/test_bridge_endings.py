"""Ends of connections, sets and the script itself, and failures along the way."""

import socket
import unittest
from unittest import mock

from livesim import Limits
from tests.studio import KEY, Studio


class ClientsThatGo(unittest.TestCase):
    def setUp(self):
        self.studio = Studio()
        self.addCleanup(self.studio.close)
        self.client, self.other = self.studio.connect(), self.studio.connect()

    def test_a_half_closed_client_still_gets_its_answers(self):
        self.studio.take_time(0.02)
        self.client.say(*({"action": "set_tempo", "bpm": bpm} for bpm in (66, 67, 68)))
        self.client.end_input()
        self.assertEqual([answer["bpm"] for answer in self.client.answers(3)], [66.0, 67.0, 68.0])
        self.assertTrue(self.client.is_closed())
        self.assertTrue(self.other.ask("ping")["ok"])

    def test_a_dead_clients_pending_commands_are_dropped(self):
        self.studio.take_time(0.02)
        self.other.say({"action": "set_tempo", "bpm": 61}, {"action": "set_tempo", "bpm": 62})
        self.client.say({"action": "set_tempo", "bpm": 66}, {"action": "mute_track", "track_index": 0})
        self.studio.bridge.tick()
        self.client.abort()
        self.assertEqual(len(self.other.answers(2)), 2)
        self.studio.tick(5)
        self.assertFalse(self.studio.song.tracks[0].mute)
        self.assertEqual(self.other.ask("health_check")["queue_depth"], 0)

    def test_a_full_close_is_noticed_at_first_write(self):
        self.client.say(*({"action": "set_tempo", "bpm": 61 + number} for number in range(5)))
        self.client.end_input()
        self.client.close()
        self.studio.tick(5)
        self.assertEqual(self.studio.song.tempo, 61.0)

    def test_an_incomplete_line_is_dropped_with_its_client(self):
        self.client.send(b'{"action": "set_tempo", "bpm": 6')
        self.client.end_input()
        self.studio.tick(2)
        self.assertEqual(self.client.answer()["code"], "invalid_json")
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_one_clients_defect_closes_that_client_alone(self):
        connection = self.studio.bridge._clients._connections[0]
        with mock.patch.object(connection, "receive", side_effect=ZeroDivisionError("on purpose")):
            self.other.say_without_listeners({"action": "ping"})
            self.studio.tick(2)
        self.assertIn("ZeroDivisionError", self.studio.log_text())
        self.assertEqual(len(self.studio.bridge._clients), 1)


class TheEndOfTheScript(unittest.TestCase):
    def setUp(self):
        self.studio = Studio()
        self.addCleanup(self.studio.close)

    def test_pending_commands_are_answered_shutting_down(self):
        self.studio.take_time(0.02)
        client = self.studio.connect()
        client.say(*({"action": "set_tempo", "id": bpm, "bpm": bpm} for bpm in (61, 62, 63)), {"action": "no"})
        self.studio.bridge.tick()
        self.studio.surface.disconnect()
        answers = client.answers(4)
        self.assertEqual([answer.get("id") for answer in answers], [61, 62, 63, None])
        self.assertEqual([answer.get("code") for answer in answers[:3]], [None, "shutting_down", "shutting_down"])
        self.assertTrue(client.is_closed())
        self.assertEqual(self.studio.song.tempo, 61.0)

    def test_removal_frees_the_port_and_stops_ticks(self):
        host, port = self.studio.surface.bridge_address.split(":")
        timer = self.studio.surface._timer
        self.studio.connect()
        self.studio.surface.disconnect()
        self.studio.surface.disconnect()
        self.studio.tick(20)
        self.assertFalse(timer.running)
        self.assertIsNone(self.studio.surface.bridge_address)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), 5)

    def test_loading_a_set_restarts_on_the_same_port(self):
        self.studio.connect()
        port = int(self.studio.surface.bridge_address.split(":")[1])
        again = Studio(port=port)
        self.addCleanup(again.close)
        self.assertIsNone(again.surface.bridge_address)
        self.studio.surface.disconnect()
        again.live.run(3.1)
        self.assertEqual(again.surface.bridge_address, "127.0.0.1:%d" % port)
        self.assertTrue(again.connect().ask("ping")["ok"])

    def test_a_port_in_use_is_complained_of_once(self):
        again = Studio(port=int(self.studio.surface.bridge_address.split(":")[1]))
        self.addCleanup(again.close)
        again.live.run(30)
        self.assertEqual(sum("cannot listen" in line for line in again.logged), 1)
        self.assertIsNone(again.surface.bridge_address)

    def test_a_failed_listener_is_reopened_without_disconnecting_clients(self):
        client = self.studio.connect()
        address = self.studio.surface.bridge_address
        failing = mock.Mock(fileno=mock.Mock(return_value=-1))
        failing.accept.side_effect = OSError("the adapter is asleep")
        listener = self.studio.bridge._clients._listener
        listener.socket.close()
        listener.socket = failing
        self.assertTrue(client.ask("ping")["ok"])
        self.assertIn("the adapter is asleep", self.studio.log_text())
        self.studio.live.run(3.1)
        self.assertEqual(self.studio.surface.bridge_address, address)

    def test_running_out_of_sockets_fails_no_tick(self):
        client = self.studio.connect()
        self.studio.bridge._clients._listener.close()
        with mock.patch("socket.socket", side_effect=OSError("too many open files")):
            self.assertTrue(client.ask("ping")["ok"])
        self.assertIn("too many open files", self.studio.log_text())

    def test_the_set_epoch_grows_with_every_set(self):
        epochs = []
        for moment in (1000.0, 1000.5):
            with mock.patch("time.time", return_value=moment):
                studio = Studio(key=KEY)
            self.addCleanup(studio.close)
            client = studio.connect()
            epochs.append(client.prove(KEY)["set_epoch"])
        self.assertLess(epochs[0], epochs[1])


class TheTimer(unittest.TestCase):
    def setUp(self):
        self.studio = Studio()
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()

    def test_an_error_in_a_tick_is_only_logged(self):
        with mock.patch.object(self.studio.bridge._clients, "are_quiet", side_effect=ZeroDivisionError("on purpose")):
            self.studio.tick(100)
        self.assertIn("ZeroDivisionError", self.studio.log_text())
        self.assertLess(len(self.studio.logged), 5)
        self.assertTrue(self.studio.surface._timer.running)
        self.assertTrue(self.client.ask("ping")["ok"])

    def test_a_failing_log_does_not_stop_the_script(self):
        with mock.patch.object(self.studio.surface._log, "_write", side_effect=ZeroDivisionError):
            with mock.patch.object(self.studio.bridge, "_work", side_effect=ZeroDivisionError):
                self.studio.tick()
        self.assertTrue(self.studio.surface._timer.running)

    def test_the_display_callback_restarts_a_dead_timer(self):
        self.studio.surface._timer.stop()
        self.client.say({"action": "ping"})
        self.studio.live.run(0.2)
        self.assertTrue(self.client.has_answer())
        self.assertTrue(self.studio.surface._timer.running)

    def test_without_a_timer_the_display_has_to_do(self):
        with mock.patch("Live.Base.Timer", side_effect=RuntimeError("no timers today")):
            studio = Studio()
        self.addCleanup(studio.close)
        studio.tick(7)
        self.assertIn("no timers today", studio.log_text())
        self.assertTrue(studio.connect().ask("ping")["ok"])

    def test_a_timer_that_lives_is_left_alone(self):
        with mock.patch.object(self.studio.surface, "_timer") as timer:
            self.studio.live.run(1)
        timer.restart.assert_not_called()

    def test_a_nested_tick_does_nothing(self):
        waiting = []

        def tick_again():
            waiting.append(self.studio.bridge.health()["queue_depth"])
            self.studio.bridge.tick()
            waiting.append(self.studio.bridge.health()["queue_depth"])

        self.studio.song.add_tempo_listener(tick_again)
        self.client.say({"action": "set_tempo", "bpm": 61}, {"action": "ping"})
        self.client.answers(2)
        self.assertEqual(waiting, [1, 1])

    def test_removal_within_a_tick_shuts_down_cleanly(self):
        self.studio.song.add_tempo_listener(self.studio.surface.disconnect)
        self.client.say({"action": "set_tempo", "bpm": 61}, {"action": "set_metronome"})
        self.studio.tick(3)
        self.assertFalse(self.studio.song.metronome)
        self.assertNotIn("rror", self.studio.log_text())


class LiveSaysNo(unittest.TestCase):
    def setUp(self):
        self.studio = Studio()
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()

    def refuse_next(self, count):
        self.studio.live.notifications.refuse_next(count)

    def test_a_change_refused_in_a_notification_is_retried(self):
        self.refuse_next(1)
        self.client.say({"action": "set_tempo", "bpm": 61})
        self.studio.bridge.tick()
        self.assertEqual(self.studio.song.tempo, 120.0)
        self.studio.bridge.tick()
        self.assertEqual(self.studio.song.tempo, 61.0)
        self.assertTrue(self.client.answer()["ok"])

    def test_a_change_refused_twice_fails(self):
        self.refuse_next(2)
        answer = self.client.ask("set_tempo", bpm=61)
        self.assertEqual((answer["code"], answer["category"]), ("live_error", "live"))
        self.studio.tick(3)
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_a_retry_keeps_the_order_of_commands(self):
        self.refuse_next(1)
        self.client.say({"action": "set_tempo", "bpm": 61}, {"action": "set_tempo", "bpm": 62})
        self.assertEqual([answer["bpm"] for answer in self.client.answers(2)], [61.0, 62.0])
        self.assertEqual(self.studio.song.tempo, 62.0)

    def test_a_retry_repeats_no_completed_change(self):
        before = len(self.studio.song.tracks)
        self.studio.song.add_tracks_listener(lambda: self.refuse_next(1))
        for action, name in (("create_midi_track", "Lead"), ("create_audio_track", "Choir")):
            self.client.say({"action": action, "name": name})
            self.studio.bridge.tick()
            self.assertFalse(self.client.has_answer())
            self.assertEqual(self.client.answer()["name"], name)
        self.assertEqual([track.name for track in self.studio.song.tracks][before:], ["Lead", "Choir"])

    def test_an_expired_command_is_not_retried(self):
        self.refuse_next(1)
        self.client.say({"action": "set_tempo", "bpm": 61})
        self.studio.bridge.tick()
        self.studio.live.stall(11)
        self.assertEqual(self.client.answer()["code"], "expired")
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_a_defects_answer_references_its_log_entry(self):
        with mock.patch("LiveGate.host.Host.song", property(lambda host: 1 / 0)):
            answer = self.client.ask("set_tempo", bpm=61)
        self.assertEqual((answer["code"], answer["category"]), ("internal", "runtime"))
        self.assertIn(answer["reference"], answer["error"])
        entry = next(line for line in self.studio.logged if answer["reference"] in line)
        self.assertIn("ZeroDivisionError", entry)
        for secret in ("Traceback", "ZeroDivision", ".py", "/"):
            self.assertNotIn(secret, answer["error"])
        self.assertTrue(self.client.ask("ping")["ok"])

    def test_an_answer_that_json_lacks_is_a_defect(self):
        with mock.patch("LiveGate.bridge.Bridge.health", lambda bridge: {"age": float("nan")}):
            self.studio.bridge._host.health = self.studio.bridge.health
            answer = self.client.ask("health_check", id=5)
        self.assertEqual((answer["code"], answer["id"]), ("internal", 5))

    def test_lives_message_is_forwarded_without_paths(self):
        for words, is_forwarded in (("Invalid value. Check it", True), ("cannot open /home/me/x.als", False), ("C:\\x", False)):
            with mock.patch("LiveGate.host.Host.song", property(mock.Mock(side_effect=RuntimeError(words)))):
                answer = self.client.ask("undo")
            self.assertEqual(answer["code"], "live_error")
            self.assertEqual(words in answer["error"], is_forwarded)

    def test_edition_limits_are_lives_refusals(self):
        studio = Studio(edition=Limits(tracks=4))
        self.addCleanup(studio.close)
        answer = studio.connect().ask("create_midi_track")
        self.assertEqual((answer["code"], answer["category"]), ("live_error", "live"))
        self.assertEqual(len(studio.song.tracks), 4)

    def test_a_member_that_this_live_lacks_is_named(self):
        class Song:
            """A song of a version without tap_tempo."""

        with mock.patch("LiveGate.host.Host.song", property(lambda host: Song())):
            answer = self.client.ask("tap_tempo")
        self.assertEqual((answer["code"], answer["category"]), ("unsupported", "live"))
        self.assertIn("Song.tap_tempo", answer["error"])

    def test_a_missing_member_of_ours_is_a_defect(self):
        with mock.patch("LiveGate.host.Host.song", property(lambda host: None)):
            self.assertEqual(self.client.ask("tap_tempo")["code"], "internal")


if __name__ == "__main__":
    unittest.main()
