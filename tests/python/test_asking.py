"""Requests of the Python client: calls, answers, refusals, and invalid arguments."""

import math
import pathlib
import sys
import unittest
from unittest import mock

import livegate
from studio import STUDIO, ClientTest, ScriptedGateway, with_ports_of_its_own


class AskingTest(ClientTest):
    def test_actions_are_methods_that_return_dicts(self):
        with self.connect() as live:
            self.assertEqual(live.set_tempo(bpm=128)["bpm"], 128.0)
            self.assertEqual(live.call("set_tempo", bpm=127.5)["bpm"], 127.5)
            self.assertEqual(live.get_session_info()["tempo"], 127.5)

    def test_tls_verifies_the_gateway_by_ca_or_pin(self):
        pin = {"ca": None, "pin": STUDIO["pin"]}
        for live in [self.caller("mixer"), self.caller("mixer", **pin)]:
            self.assertEqual(live.whoami()["caller"], "mixer")

    def test_a_token_may_come_from_a_file(self):
        path = pathlib.Path(self.state_dir.parent) / "mixer.token"
        path.touch(mode=0o600)
        path.write_text(STUDIO["tokens"]["mixer"] + "\n")
        live = self.connect(STUDIO["tls"], token_file=path, pin=STUDIO["pin"], server_name="localhost")
        self.assertEqual(live.whoami()["caller"], "mixer")

    def test_a_refusal_is_an_exception_with_its_code(self):
        with self.assertRaises(livegate.Refused) as raised:
            self.caller("viewer").set_tempo(bpm=90)
        refused = raised.exception
        self.assertEqual((refused.code, refused.category), ("forbidden", "access"))
        self.assertEqual((refused.retry_after_ms, refused.outcome_unknown), (None, False))
        self.assertEqual(refused.answer["error"], str(refused))

    # Promise: The Python client makes the same checks as livegate send
    def test_a_refusal_carries_retry_time_and_outcome(self):
        answer = {"ok": False, "error": "slow\x1b[2J", "code": "outcome_unknown", "category": "network", "retry_after_ms": 250}
        with self.assertRaises(livegate.Refused) as raised:
            self.before(lambda request: answer).ping()
        self.assertEqual((raised.exception.retry_after_ms, raised.exception.outcome_unknown), (250, True))
        self.assertNotIn("\x1b", str(raised.exception))

    def test_terms_travel_beside_the_parameters(self):
        live = self.connect()
        live.set_track_volume(track_index=0, volume=0.25, expect={"track": "Drums"}, dry_run=None, timeout=30)
        with self.assertRaises(livegate.Refused) as raised:
            live.set_track_volume(track_index=0, volume=0.5, expect={"track": "Vocals"})
        self.assertEqual(raised.exception.code, "precondition_failed")
        live.set_track_volume(track_index=0, volume=0.5, dry_run=True)
        self.assertEqual(live.get_track_info(track_index=0)["volume"], 0.25)
        first, second = (live.set_tempo(bpm=103, once="evening", deadline_ms=30000) for _ in range(2))
        self.assertNotIn("repeated", first)
        self.assertTrue(second["repeated"])

    def test_the_gateway_refuses_unknown_actions(self):
        live = self.connect()
        with self.assertRaisesRegex(AttributeError, "there is no action set_tmepo"):
            live.set_tmepo(bpm=90)
        with self.assertRaises(livegate.Refused) as raised:
            live.call("set_tmepo", bpm=90)
        self.assertEqual(raised.exception.code, "unknown_action")

    def test_an_action_documents_its_parameters(self):
        live = self.connect()
        self.assertIn("bpm: number, 20 to 999, beats per minute", live.set_tempo.__doc__)
        self.assertEqual(live.set_tempo.__name__, "set_tempo")
        self.assertLessEqual({"set_tempo", "whoami", "call", "close"}, set(dir(live)))

    def test_values_come_back_as_they_went(self):
        live = self.before(lambda request: {"ok": True, "value": request["value"]})
        for value in [True, 0, -1, 2**53, 0.1, "", "ä\U0001f3b9", [], {}, [1, [None, {"a": [False]}]], {"ü": {"b": 2.5}}]:
            answer = live.call("echo", value=value)["value"]
            self.assertEqual((answer, type(answer)), (value, type(value)))
        self.assertEqual(live.call("echo", value=(1, 2))["value"], [1, 2])


class MistakesTest(ClientTest):
    def test_a_value_that_cannot_be_sent_is_named(self):
        live = self.connect()
        endless = []
        endless.append(endless)
        for value, error, words in [
            (math.nan, ValueError, "value: must be a finite number"),
            ([1, math.inf], ValueError, "value: must be a finite number"),
            (2**53 + 1, ValueError, r"value: must be an integer from -2\*\*53 to 2\*\*53"),
            (-(2**70), ValueError, r"value: must be an integer from -2\*\*53 to 2\*\*53"),
            (endless, ValueError, "value: nested deeper than 16"),
            ("\ud800", ValueError, "value: .*surrogates"),
            (b"bytes", TypeError, "value: a value of type bytes cannot be sent"),
            ({1: 2}, TypeError, "value: keys must be strings"),
            (object(), TypeError, "value: a value of type object cannot be sent"),
        ]:
            with self.subTest(words), self.assertRaisesRegex(error, words):
                live.call("set_tempo", value=value)
        with self.assertRaisesRegex(TypeError, "id is not a parameter"):
            live.call("ping", id=1)
        self.assertTrue(live.ping()["ok"])

    def test_contradicting_arguments_of_connect_are_named(self):
        for arguments, words in [
            ({"token": "a", "token_file": "b"}, "token or token_file"),
            ({"token_file": self.state_dir / "missing"}, "missing"),
            ({"ca": "ca.pem", "pin": "00"}, "ca or pin"),
            ({"pin": "00"}, "64 hex digits"),
            ({"server_name": "localhost"}, "TLS"),
            ({"ca": "ca.pem", "client_cert": "cert.pem"}, "must be given together"),
            *(({"timeout": seconds}, "timeout must be more than 0") for seconds in [0, -1, 90.5, math.nan, math.inf]),
        ]:
            with self.subTest(words), self.assertRaisesRegex(ValueError, words):
                self.connect(**arguments)

    # Promise: The Python client makes the same checks as livegate send
    def test_a_wrong_token_is_in_no_error(self):
        token = STUDIO["tokens"]["mixer"][:-8] + "AAAAAAAA"
        with self.assertRaises(livegate.Refused) as raised:
            self.connect(STUDIO["tls"], ca=STUDIO["ca"], server_name="localhost", token=token)
        self.assertEqual(raised.exception.code, "unauthenticated")
        self.assertNotIn(token, repr(raised.exception) + str(raised.exception.answer))
        self.assertNotIn(STUDIO["tokens"]["mixer"], repr(self.caller("mixer")))

    def test_a_token_given_as_a_path_stays_hidden(self):
        token = STUDIO["tokens"]["mixer"]
        with self.assertRaisesRegex(ValueError, "give the file's path") as raised:
            self.connect(STUDIO["tls"], ca=STUDIO["ca"], server_name="localhost", token_file=token)
        self.assertNotIn(token, str(raised.exception))

    # Promise: The Python client makes the same checks as livegate send
    def test_an_impostor_gets_no_token(self):
        for known in [{"pin": "00" * 32, "server_name": "localhost"}, {"ca": STUDIO["ca"], "server_name": "other.local"}]:
            with self.subTest(known), self.assertRaises(livegate.ConnectionLost) as raised:
                self.connect(STUDIO["tls"], token=STUDIO["tokens"]["mixer"], **known)
            self.assertFalse(raised.exception.outcome_unknown)

    # Promise: The Python client makes the same checks as livegate send
    def test_without_tls_only_loopback_is_allowed(self):
        with self.assertRaisesRegex(livegate.ConnectionLost, "only to a loopback address"):
            self.connect("192.0.2.1:9005", token=STUDIO["tokens"]["mixer"])

    # Promise: The Python client makes the same checks as livegate send
    def test_the_default_address_gets_no_token(self):
        path = self.state_dir.parent / "token"
        path.touch(mode=0o600)
        path.write_text("secret")
        for arguments, environment in [({"token": "secret"}, {}), ({"token_file": path}, {}), ({}, {"LIVEGATE_TOKEN": "secret"})]:
            with mock.patch.dict("os.environ", environment), self.subTest(arguments):
                with self.assertRaisesRegex(ValueError, "(the token|LIVEGATE_TOKEN) is not sent to 127.0.0.1:9005"):
                    livegate.connect(state_dir=self.state_dir, **arguments)

    # Promise: The Python client makes the same checks as livegate send
    @unittest.skipUnless(sys.platform == "linux", "network namespaces are Linux's")
    def test_the_default_address_gets_no_password(self):
        received = []

        def run():
            gateway = ScriptedGateway(lambda request: received.append(request) or {"ok": True}, port=9005)
            self.addCleanup(gateway.close)
            live = livegate.connect(state_dir=self.state_dir)
            with self.assertRaisesRegex(ValueError, "the token is not sent to 127.0.0.1:9005"):
                live.authenticate(token="secret")
            with self.assertRaisesRegex(ValueError, "the password is not sent to 127.0.0.1:9005"):
                live.call("login", user="mia", password="secret")
            live.ping()
            live.close()

        with_ports_of_its_own(run)
        self.assertEqual([request["action"] for request in received], ["ping"])
