"""The keyed protocol: authentication, and limits on authenticated connections."""

import hashlib
import json
import socket
import unittest

from LiveGate import catalog
from tests.studio import KEY, Studio

OTHER_KEY = bytes(32)


class Handshake(unittest.TestCase):
    def setUp(self):
        self.studio = Studio(key=KEY)
        self.addCleanup(self.studio.close)
        self.client = self.studio.connect()

    def assert_closed_in_silence(self):
        self.assertTrue(self.client.is_closed())
        self.assertEqual(sum("closed a connection" in line for line in self.studio.logged), 1)

    def challenged(self):
        self.client.challenge = self.client.answer()
        return self.client

    # Promise: Gateway and script authenticate each other
    def test_both_sides_prove_that_they_hold_the_key(self):
        answer = self.client.prove(KEY)
        self.assertEqual(self.client.challenge["livegate"], 1)
        self.assertEqual(len(bytes.fromhex(self.client.challenge["nonce"])), 32)
        self.assertEqual(answer["mac"], self.client.mac(KEY, b"livegate-bridge-1 script", b"\x07" * 32))
        with open("LiveGate/catalog.json", "rb") as file:
            self.assertEqual(answer["catalog_sha256"], hashlib.sha256(file.read()).hexdigest())
        self.assertEqual(answer["source_sha256"], catalog.source_sha256())
        self.assertEqual((answer["ok"], answer["protocol"], answer["version"]), (True, 1, "0.1.0"))
        self.assertEqual(answer["live_version"], self.studio.live.version)
        self.assertIs(type(answer["set_epoch"]), int)
        self.assertLessEqual(abs(answer["clock_ms"] - self.client.now_ms()), 100)

    def test_the_lines_are_exactly_as_agreed_and_short(self):
        line = self.client.line()
        self.client.challenge = json.loads(line)
        self.assertEqual(line, b'{"livegate": 1, "nonce": "%s"}' % self.client.challenge["nonce"].encode("ascii"))
        self.client.say(self.client.proof(KEY))
        self.assertLessEqual(len(self.client.line()) + 1, 512)

    def test_every_connection_has_a_nonce_of_its_own(self):
        nonces = {self.studio.connect().answer()["nonce"] for _ in range(4)}
        self.assertEqual(len(nonces), 4)

    # Promise: Gateway and script authenticate each other
    def test_another_key_is_turned_away(self):
        self.assertIsNone(self.client.prove(OTHER_KEY))
        self.assert_closed_in_silence()

    # Promise: Gateway and script authenticate each other
    def test_a_reflected_script_nonce_is_rejected(self):
        client = self.challenged()
        client.say(client.proof(KEY, bytes.fromhex(client.challenge["nonce"])))
        self.assert_closed_in_silence()

    # Promise: Gateway and script authenticate each other
    def test_proofs_for_other_labels_or_connections_are_rejected(self):
        other = self.studio.connect()
        other.challenge = other.answer()
        self.challenged()
        mac = self.client.mac(KEY, b"livegate-bridge-1 script", b"\x07" * 32)
        self.client.say(dict(self.client.proof(KEY), mac=mac))
        self.assertTrue(self.client.is_closed())
        other.say(self.client.proof(KEY))
        self.assertTrue(other.is_closed())

    def test_a_malformed_proof_is_turned_away(self):
        spoiled = (
            lambda good: {},
            lambda good: {"nonce": good["nonce"]},
            lambda good: dict(good, extra="00" * 32),
            lambda good: dict(good, mac=None),
            lambda good: dict(good, mac=good["mac"][:-1]),
            lambda good: dict(good, mac=good["mac"].upper()),
            lambda good: dict(good, nonce=7),
            lambda good: dict(good, nonce=" " + good["nonce"][1:]),
            lambda good: "[]",
            lambda good: "hello",
            lambda good: '{"nonce": "%(nonce)s", "nonce": "%(nonce)s", "mac": "%(mac)s"}' % good,
        )
        for spoil in spoiled:
            client = self.studio.connect()
            client.challenge = client.answer()
            proof = spoil(client.proof(KEY))
            client.say(proof)
            self.assertTrue(client.is_closed(), proof)

    def test_a_late_proof_is_rejected(self):
        proof = self.challenged().proof(KEY)
        self.studio.live.stall(2.1)
        self.client.say(proof)
        self.assert_closed_in_silence()

    def test_a_silent_peer_is_disconnected(self):
        self.challenged()
        self.studio.live.run(1.9)
        self.assertEqual(len(self.studio.bridge._clients), 1)
        self.studio.live.run(0.2)
        self.assert_closed_in_silence()

    def test_an_unfinished_line_beyond_512_bytes_is_rejected(self):
        self.challenged().send(b"{" + b" " * 512)
        self.assert_closed_in_silence()

    def test_a_padded_proof_beyond_512_bytes_is_rejected(self):
        client = self.challenged()
        client.send(json.dumps(client.proof(KEY)).encode("ascii").ljust(513) + b"\n")
        self.assert_closed_in_silence()

    # Promise: HTTP has no effect at a port for lines
    def test_http_is_closed_without_a_word(self):
        self.challenged().send(b"POST / HTTP/1.1")
        self.assert_closed_in_silence()

    def test_a_command_instead_of_the_proof_never_runs(self):
        self.challenged().say({"action": "set_tempo", "bpm": 66, "id": 1, "expires_at_ms": 10 ** 9})
        self.assert_closed_in_silence()
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_failures_do_not_fill_the_log(self):
        for _ in range(50):
            client = self.studio.connect()
            client.prove(OTHER_KEY)
        self.assertLess(len(self.studio.logged), 5)

    def test_newer_connections_replace_unauthenticated_ones(self):
        studio = Studio(key=KEY, unproven_max=3)
        self.addCleanup(studio.close)
        gateway = studio.connect_keyed()
        unproven = [studio.connect() for _ in range(3)]
        self.assertTrue(studio.connect_keyed().ask_keyed("ping")["ok"])
        self.assertTrue(gateway.ask_keyed("ping")["ok"])
        unproven[0].line()
        self.assertTrue(unproven[0].is_closed())
        unproven[2].challenge = unproven[2].answer()
        unproven[2].say(unproven[2].proof(KEY))
        self.assertTrue(unproven[2].answer()["ok"])

    def test_more_proven_connections_than_slots_are_turned_away(self):
        studio = Studio(key=KEY, connections_max=2)
        self.addCleanup(studio.close)
        proven = [studio.connect_keyed() for _ in range(2)]
        client = studio.connect()
        self.assertTrue(client.prove(KEY)["ok"])
        self.assertEqual(client.answer()["code"], "overloaded")
        self.assertTrue(client.is_closed())
        self.assertTrue(all(each.ask_keyed("ping")["ok"] for each in proven))


class Flood(unittest.TestCase):
    """Connections of a program without the key, a number in every tick."""

    def setUp(self):
        self.studio = Studio(key=KEY)
        self.addCleanup(self.studio.close)
        self.sockets = []
        self.addCleanup(lambda: [each.close() for each in self.sockets])

    def come(self, count, says=b""):
        host, port = self.studio.surface.bridge_address.split(":")
        for _ in range(count):
            self.sockets.append(socket.create_connection((host, int(port)), 5.0))
            self.sockets[-1].sendall(says)

    def assert_gateway_gets_in(self, per_tick, says=b"", ticks_to_react=0):
        """Receives its challenge after one tick, and sends its proof a number of ticks later."""
        self.come(per_tick // 2, says)
        gateway = self.studio.knock()
        self.come(per_tick // 2, says)
        self.studio.tick()
        gateway.challenge = json.loads(gateway.lines_that_came()[0])
        for _ in range(ticks_to_react):
            self.come(per_tick, says)
            self.studio.tick()
        gateway.say(gateway.proof(KEY))
        self.come(per_tick, says)
        self.studio.tick()
        self.assertTrue(json.loads(gateway.lines_that_came()[0])["ok"])

    def test_the_gateway_authenticates_within_two_ticks(self):
        for says in (b"", b"{}", b"{}\n", b"GET / HTTP/1.1\r\n\r\n", b"x" * 600):
            with self.subTest(says):
                self.assert_gateway_gets_in(60, says)

    def test_a_gateway_two_ticks_slow_still_authenticates(self):
        self.assert_gateway_gets_in(20, ticks_to_react=2)

    def test_authenticated_clients_are_served_within_bounded_slots(self):
        gateway = self.studio.connect_keyed()
        for _ in range(20):
            self.come(40)
            self.assertTrue(gateway.ask_keyed("ping")["ok"])
        self.assertLessEqual(len(self.studio.bridge._clients), 1 + 64)


class KeyedConnection(unittest.TestCase):
    def setUp(self):
        self.studio = Studio(key=KEY)
        self.addCleanup(self.studio.close)
        self.gateway = self.studio.connect_keyed()

    def refused(self, message, code):
        self.gateway.say(message)
        answer = self.gateway.answer()
        self.assertEqual((answer["ok"], answer["code"]), (False, code), answer)
        self.assertTrue(self.gateway.ask_keyed("ping")["ok"])
        return answer

    def command(self, **fields):
        return dict({"action": "set_tempo", "id": 900, "expires_at_ms": 10 ** 9, "bpm": 99}, **fields)

    def assert_closed_and_unchanged(self):
        self.assertTrue(self.gateway.is_closed())
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_an_answer_carries_the_id_and_the_clock(self):
        answer = self.gateway.ask_keyed("set_tempo", bpm=99)
        self.assertEqual((answer["id"], answer["ok"], answer["bpm"]), (1, True, 99.0))
        self.assertLessEqual(abs(answer["clock_ms"] - self.gateway.now_ms()), 100)
        self.assertEqual(self.studio.song.tempo, 99.0)

    def test_a_refusal_carries_them_too(self):
        answer = self.refused(self.command(bpm=5), "invalid_params")
        self.assertEqual((answer["id"], answer["category"]), (900, "protocol"))
        self.assertIs(type(answer["clock_ms"]), int)

    def test_commands_in_flight_run_in_arrival_order(self):
        self.gateway.say(*(self.command(id=number, bpm=100 + number) for number in range(64)))
        self.assertEqual([answer["id"] for answer in self.gateway.answers(64)], list(range(64)))
        self.assertEqual(self.studio.song.tempo, 163.0)

    def test_a_command_expired_at_reading_never_runs(self):
        for late in (0, self.gateway.now_ms() - 1, -5):
            self.assertEqual(self.refused(self.command(expires_at_ms=late), "expired")["category"], "network")
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_a_command_expires_at_its_exact_deadline(self):
        self.gateway.say(self.command(expires_at_ms=self.gateway.now_ms()))
        self.studio.bridge.tick()
        self.assertEqual(self.gateway.answer()["code"], "expired")

    def test_after_the_handshake_lines_may_be_long(self):
        name = "\u266b" * 256
        self.assertEqual(self.gateway.ask_keyed("rename_track", track_index=0, name=name)["name"], name)

    def test_a_command_expires_during_a_modal_dialog(self):
        self.gateway.say(self.command(expires_at_ms=self.gateway.now_ms() + 5000))
        self.studio.live.stall(6)
        self.assertEqual(self.gateway.answer()["code"], "expired")
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_id_and_expiry_are_required_integers(self):
        for changes in ({"id": "1"}, {"id": True}, {"id": 1.0}, {"id": None}, {"expires_at_ms": None}, {"expires_at_ms": 1e9}):
            self.refused(self.command(**changes), "invalid_params")
        for name in ("id", "expires_at_ms"):
            command = self.command()
            del command[name]
            self.refused(command, "invalid_params")
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_the_gateways_own_envelope_keys_are_refused(self):
        for name in ("once", "token", "deadline_ms", "live"):
            self.refused(self.command(**{name: True}), "invalid_params")
        self.assertEqual(self.studio.song.tempo, 120.0)

    def test_reusing_an_id_in_flight_disconnects(self):
        self.gateway.say(self.command(id=7), self.command(id=7))
        self.assert_closed_and_unchanged()

    def test_an_id_is_reusable_after_its_answer(self):
        for _ in range(2):
            self.gateway.say(self.command(id=7))
            self.assertTrue(self.gateway.answer()["ok"])

    def test_an_unparsable_line_disconnects_and_drops_commands(self):
        for line in ("{", '{"a": 1, "a": 2}', "hello", '{"id": NaN}', "{" * 20):
            self.gateway = self.studio.connect_keyed()
            self.gateway.say(self.command(), line)
            self.assert_closed_and_unchanged()

    def test_an_over_long_line_disconnects(self):
        studio = Studio(key=KEY, line_bytes_max=2000)
        self.addCleanup(studio.close)
        gateway = studio.connect_keyed()
        gateway.send(b"{" + b" " * 2000)
        self.assertTrue(gateway.is_closed())

    def test_an_http_request_line_disconnects_after_one_answer(self):
        for line in ("GET / HTTP/1.1", "{ HTTP/1.1", "{} / http/2"):
            with self.subTest(line):
                self.gateway = self.studio.connect_keyed()
                self.gateway.say(self.command(), line, self.command())
                self.assertEqual(self.gateway.answer()["code"], "invalid_json")
                self.assert_closed_and_unchanged()

    def test_the_digests_of_the_catalogue_are_sent(self):
        with open("LiveGate/catalog.json", "rb") as file:
            lines = [line.rstrip(b",") for line in file.read().split(b"\n")[1:-2]]
        expected = {json.loads(line)["name"]: hashlib.sha256(line).hexdigest()[:16] for line in lines}
        self.assertEqual(self.gateway.ask_keyed("catalog_digests")["digests"], expected)

    def test_the_script_does_not_know_get_available_tools(self):
        self.assertEqual(self.gateway.ask_keyed("get_available_tools")["code"], "unknown_action")


if __name__ == "__main__":
    unittest.main()
