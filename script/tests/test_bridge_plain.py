"""The plain protocol of the bridge: lines in, answers out, and refusals."""

import json
import unittest

from tests.studio import Studio


class PlainBridge(unittest.TestCase):
    def setUp(self):
        self.studio = Studio()
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()

    def refused(self, line, code, sentence=""):
        """Sends a line that the script refuses with `code`, leaving the connection open."""
        self.client.say(line)
        answer = self.client.answer()
        self.assertEqual((answer["ok"], answer["code"]), (False, code), answer)
        self.assertIn(sentence, answer["error"])
        self.assertTrue(self.client.ask("ping")["ok"])
        return answer

    def test_a_command_takes_effect_and_is_answered(self):
        answer = self.client.ask("set_tempo", bpm=128)
        self.assertEqual((answer["ok"], answer["bpm"]), (True, 128.0))
        self.assertEqual(self.studio.song.tempo, 128.0)

    def test_an_id_is_echoed_exactly(self):
        for command_id in ("abc", "\u00e9" * 32, "", 0, -(2 ** 53), 2 ** 53):
            self.assertEqual(self.client.ask("ping", id=command_id)["id"], command_id)
        self.assertNotIn("id", self.client.ask("ping"))

    def test_an_id_is_echoed_in_a_refusal(self):
        answer = self.client.ask("set_tempo", id="x", bpm=5000)
        self.assertEqual((answer["id"], answer["code"]), ("x", "invalid_params"))

    def test_an_id_of_another_kind_is_refused(self):
        for command_id in (None, True, 1.0, 2 ** 53 + 1, "x" * 65, "\u00e9" * 33, [], {}):
            answer = self.refused({"action": "ping", "id": command_id}, "invalid_params", "id must be")
            self.assertNotIn("id", answer)

    def test_lines_in_one_segment_are_answered_in_order(self):
        self.client.say(*({"action": "ping", "id": number} for number in range(100)))
        self.assertEqual([answer["id"] for answer in self.client.answers(100)], list(range(100)))

    def test_refusals_keep_their_place_among_the_answers(self):
        lines = [{"action": "ping", "id": 0}, {"action": "no", "id": 1}, {"action": "ping", "id": 2}, "{", '{"id": 4}']
        self.client.say(*lines)
        answers = self.client.answers(5)
        self.assertEqual([answer.get("id") for answer in answers], [0, 1, 2, None, 4])
        self.assertEqual([answer["ok"] for answer in answers], [True, False, True, False, False])

    def test_a_line_may_arrive_byte_by_byte(self):
        for byte in '{"action": "rename_track", "track_index": 0, "name": "K\u00f6nig \u266b"}\n'.encode("utf-8"):
            self.client.send(bytes([byte]))
            self.studio.tick()
        self.assertEqual(self.client.answer()["name"], "K\u00f6nig \u266b")
        self.assertEqual(self.studio.song.tracks[0].name, "K\u00f6nig \u266b")

    def test_a_line_end_may_be_that_of_windows(self):
        self.client.send(b'  {"action": "ping"}\r\n')
        self.assertTrue(self.client.answer()["ok"])

    def test_blank_lines_are_passed_over(self):
        self.client.send(b'\n \r\n\n{"action": "ping", "id": 1}\n\n')
        self.assertEqual(self.client.answer()["id"], 1)
        self.studio.tick()
        self.assertFalse(self.client.has_answer())

    def test_an_unterminated_object_counts_at_end_of_input(self):
        self.client.send(b'{"action": "ping", "id": 1}')
        self.studio.tick()
        self.assertFalse(self.client.has_answer())
        self.client.end_input()
        self.assertEqual(self.client.answer()["id"], 1)
        self.assertTrue(self.client.is_closed())

    def test_invalid_json_is_refused(self):
        self.refused("{action: ping}", "invalid_json")
        for line in ("hello", "[1]", '"ping"', "7", '{"action": "ping"} {"action": "ping"}', '{"action": "ping"'):
            self.refused(line, "invalid_json")

    def test_bytes_that_are_not_utf_8_are_refused(self):
        self.client.ask("ping")
        self.client.send(b'{"action": "ping", "id": "\xff"}\n')
        self.assertEqual(self.client.answer()["code"], "invalid_json")
        self.client.send('{"action": "ping"}\n'.encode("utf-16-le"))
        self.assertEqual(self.client.answer()["code"], "invalid_json")

    def test_numbers_that_json_does_not_have_are_refused(self):
        for number in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 400, "9" * 21):
            self.refused('{"action": "set_tempo", "bpm": %s}' % number, "invalid_json")
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_a_duplicate_key_is_refused_at_any_depth(self):
        self.refused('{"action": "set_tempo", "bpm": 60, "bpm": 70}', "invalid_json", "twice")
        self.refused('{"action": "ping", "action": "undo"}', "invalid_json", "twice")
        note = '{"pitch": 1, "start": 0, "duration": 1, "pitch": 2}'
        line = '{"action": "add_notes", "track_index": 0, "scene_index": 0, "notes": [%s]}'
        self.refused(line % note, "invalid_json", "twice")

    def test_deep_nesting_is_refused_and_does_no_harm(self):
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            for depth, code in ((15, "invalid_params"), (16, "invalid_json"), (10000, "invalid_json")):
                value = opening * depth + "1" + closing * depth
                self.refused('{"action": "ping", "x": %s}' % value, code)
            self.refused('{"action": "ping", "x": %s' % (opening * 10000), "invalid_json")

    def test_brackets_within_strings_are_not_nesting(self):
        name = "[{" * 40 + '"\\'
        self.assertEqual(self.client.ask("rename_track", track_index=0, name=name)["name"], name)

    def test_an_action_has_to_be_named(self):
        self.refused("{}", "missing_action")
        self.refused({"bpm": 120}, "missing_action")
        for action in (None, 7, ["ping"]):
            self.refused({"action": action}, "invalid_params", "action must be a string")

    def test_an_unknown_action_is_refused_briefly(self):
        answer = self.refused({"action": "format_disk"}, "unknown_action", "format_disk")
        self.assertNotIn("ping", answer["error"])
        self.refused({"action": "catalog_digests"}, "unknown_action")

    def test_a_refusal_echoes_little_and_in_ascii(self):
        self.client.say({"action": "\u266b" * 5000})
        self.assertLess(len(self.client.line()), 700)

    def test_all_action_names_are_listed(self):
        with open("LiveGate/catalog.json", encoding="ascii") as catalog:
            names = [entry["name"] for entry in json.load(catalog)["actions"]]
        self.assertEqual(self.client.ask("get_available_tools"), {"ok": True, "tools": names})

    def test_health_check_reports_the_script(self):
        self.studio.connect()
        self.studio.live.stall(3.0)
        answer = self.client.ask("health_check")
        self.assertEqual(answer["connections"], 2)
        self.assertEqual((answer["protocol"], answer["version"]), (1, "0.1.0"))
        self.assertEqual(answer["live_version"], self.studio.live.version)
        self.assertGreaterEqual(answer["last_tick_age_ms"], 3000)
        self.assertEqual(answer["queue_depth"], 0)


class LongLines(unittest.TestCase):
    def setUp(self):
        self.studio = Studio(line_bytes_max=1000)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()

    def test_a_line_may_have_the_maximum_length(self):
        line = '{"action": "ping"%s}'
        self.client.say(line % (" " * (1000 - len(line) + 2)))
        self.assertTrue(self.client.answer()["ok"])
        self.client.say(line % (" " * (1001 - len(line) + 2)))
        self.assertEqual(self.client.answer()["code"], "line_too_long")
        self.assertTrue(self.client.ask("ping")["ok"])

    def test_an_endless_line_is_refused_once(self):
        self.client.send(b'{"action": "ping"' + b" " * 5000)
        self.assertEqual(self.client.answer()["code"], "line_too_long")
        self.client.send(b" " * 5000)
        self.client.send(b'}\n{"action": "ping", "id": 1}\n')
        self.assertEqual(self.client.answer()["id"], 1)

    def test_an_endless_line_uses_bounded_memory(self):
        self.client.send(b"{" + b" " * (1 << 20))
        connection = self.studio.bridge._clients._connections[0]
        self.studio.tick(20)
        self.assertLess(len(connection._partial), 1000)


class Http(unittest.TestCase):
    """A web page can make a browser send any bytes to a local port, after a request line."""

    def setUp(self):
        self.studio = Studio()
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()

    def closed_with_one_answer(self):
        answer = self.client.answer()
        self.assertEqual((answer["ok"], answer["code"]), (False, "invalid_json"))
        self.assertIn("HTTP", answer["error"])
        self.assertTrue(self.client.is_closed())
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_the_body_of_a_post_never_runs(self):
        self.client.send(b'POST / HTTP/1.1\r\nHost: x\r\n\r\n{"action": "set_tempo", "bpm": 66}\n')
        self.closed_with_one_answer()

    def test_a_post_in_two_segments_does_not_either(self):
        self.client.send(b"PO")
        self.client.send(b'ST / HTTP/1.1\r\n\r\n{"action": "set_tempo", "bpm": 66}\n')
        self.closed_with_one_answer()

    def test_a_body_after_the_answer_is_discarded(self):
        self.client.send(b"POST / HTTP/1.1\r\n")
        self.studio.tick()
        self.client.send(b'\r\n{"action": "set_tempo", "bpm": 66}\n')
        self.closed_with_one_answer()

    def test_input_without_an_object_is_refused_early(self):
        for opening in (b"G", b" \r\n P", b"\x16\x03\x01", b"[", b"\xef\xbb\xbf{"):
            self.client = self.studio.connect()
            self.client.send(opening)
            self.closed_with_one_answer()

    def test_a_request_line_disconnects_and_drops_commands(self):
        self.client.send(b'{"action": "set_tempo", "bpm": 66}\nPOST /x HTTP/1.1\r\n{"action": "set_tempo", "bpm": 67}\n')
        self.closed_with_one_answer()

    def test_a_request_line_disconnects_for_every_method(self):
        for line in (
            b"{ HTTP/1.1",
            b"{ / HTTP/1.1",
            b"{} / HTTP/1.1",
            b'{"action": "ping"} / HTTP/1.1',
            b"{\t/\thttp/1.1",
            b'"POST / HTTP/1.1"',
            b"HTTP/1.1 200 OK",
        ):
            with self.subTest(line):
                self.client = self.studio.connect()
                self.client.send(line + b'\r\n\r\n{"action": "set_tempo", "bpm": 66}\n')
                self.closed_with_one_answer()

    def test_a_header_after_an_over_long_line_disconnects(self):
        studio = Studio(line_bytes_max=1000)
        self.addCleanup(studio.close)
        client = studio.connect()
        client.send(b"{ /" + b"x" * 2000)
        studio.tick()
        client.send(b' HTTP/1.1\r\nHost: localhost\r\n\r\n{"action": "set_tempo", "bpm": 66}\n')
        self.assertEqual([client.answer()["code"] for _ in range(2)], ["line_too_long", "invalid_json"])
        self.assertTrue(client.is_closed())
        self.assertEqual(studio.song.tempo, 120.0)

    def test_a_name_may_look_like_a_request_line(self):
        self.assertTrue(self.client.ask("rename_track", track_index=0, name="GET / HTTP/1.1")["ok"])

    def test_a_request_line_after_blanks_disconnects(self):
        self.client.send(b'\n\n  get / HTTP/2\n{"action": "set_tempo", "bpm": 66}\n')
        self.closed_with_one_answer()

    def test_a_peer_that_never_closes_is_disconnected(self):
        self.client.send(b"GET / HTTP/1.1\r\n")
        self.studio.tick(3)
        self.studio.live.run(2.1)
        self.assertEqual(len(self.studio.bridge._clients), 0)


if __name__ == "__main__":
    unittest.main()
