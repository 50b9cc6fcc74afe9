"""The Python client, before a studio that tests/it/python_client.rs opens, and before a gateway that is made up."""

import ast
import json
import math
import os
import pathlib
import signal
import socket
import tempfile
import threading
import unittest

import livegate

STUDIO = json.loads(pathlib.Path(os.environ["LIVEGATE_STUDIO"]).read_text())
STUB = pathlib.Path(__file__).parents[2] / "livegate.pyi"


class MadeUpGateway:
    """Says to each line what `answer` makes of it; to None it says nothing, and at False it hangs up."""

    def __init__(self, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:{}".format(self.listener.getsockname()[1])
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                answer = self.answer(json.loads(line))
                if answer is False:
                    return
                if answer is not None:
                    connection.sendall(json.dumps(answer).encode() + b"\n")

    def close(self):
        self.listener.close()


class ClientTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state_dir = pathlib.Path(folder.name) / "state"

    def connect(self, address=STUDIO["local"], **arguments):
        connection = livegate.connect(address, state_dir=self.state_dir, **arguments)
        self.addCleanup(connection.close)
        return connection

    def caller(self, role, **arguments):
        """Over TLS, as the user of a role."""
        known = {"server_name": "localhost", "ca": STUDIO["ca"], **arguments}
        return self.connect(STUDIO["tls"], token=STUDIO["tokens"][role], **known)

    def before(self, answer, **arguments):
        gateway = MadeUpGateway(answer)
        self.addCleanup(gateway.close)
        return self.connect(gateway.address, **arguments)


class AskingTest(ClientTest):
    def test_an_action_is_a_method_and_its_answer_a_dict(self):
        with self.connect() as live:
            self.assertEqual(live.set_tempo(bpm=128)["bpm"], 128.0)
            self.assertEqual(live.call("set_tempo", bpm=127.5)["bpm"], 127.5)
            self.assertEqual(live.get_session_info()["tempo"], 127.5)

    def test_over_tls_the_gateway_is_known_by_its_ca_or_its_pin(self):
        pin = {"ca": None, "pin": STUDIO["pin"]}
        for live in [self.caller("mixer"), self.caller("mixer", **pin)]:
            self.assertEqual(live.whoami()["caller"], "mixer")

    def test_a_token_comes_from_a_file_too(self):
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

    def test_what_a_refusal_says_of_time_and_outcome_is_told(self):
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

    def test_an_unknown_action_is_no_attribute_and_refused_by_the_gateway(self):
        live = self.connect()
        with self.assertRaisesRegex(AttributeError, "there is no action set_tmepo"):
            live.set_tmepo(bpm=90)
        with self.assertRaises(livegate.Refused) as raised:
            live.call("set_tmepo", bpm=90)
        self.assertEqual(raised.exception.code, "unknown_action")

    def test_an_action_tells_what_it_takes(self):
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
    def test_what_cannot_be_sent_is_refused_by_name(self):
        live = self.connect()
        endless = []
        endless.append(endless)
        for value, error, words in [
            (math.nan, ValueError, "value: not a finite number"),
            ([1, math.inf], ValueError, "value: not a finite number"),
            (2**53 + 1, ValueError, r"value: an integer beyond 2\*\*53"),
            (-(2**70), ValueError, r"value: an integer beyond 2\*\*53"),
            (endless, ValueError, "value: nested deeper than 16"),
            ("\ud800", ValueError, "value: .*surrogates"),
            (b"bytes", TypeError, "value: a bytes cannot be sent"),
            ({1: 2}, TypeError, "value: a key is not a string"),
            (object(), TypeError, "value: a object cannot be sent"),
        ]:
            with self.subTest(words), self.assertRaisesRegex(error, words):
                live.call("set_tempo", value=value)
        with self.assertRaisesRegex(TypeError, "id is no parameter"):
            live.call("ping", id=1)
        self.assertTrue(live.ping()["ok"])

    def test_arguments_of_connect_that_do_not_fit_are_named(self):
        for arguments, words in [
            ({"token": "a", "token_file": "b"}, "token or token_file"),
            ({"token_file": self.state_dir / "missing"}, "missing"),
            ({"ca": "ca.pem", "pin": "00"}, "ca or pin"),
            ({"pin": "00"}, "64 hex digits"),
            ({"server_name": "localhost"}, "TLS"),
            ({"ca": "ca.pem", "client_cert": "cert.pem"}, "belong together"),
            *(({"timeout": seconds}, "timeout is in seconds") for seconds in [0, -1, 90.5, math.nan, math.inf]),
        ]:
            with self.subTest(words), self.assertRaisesRegex(ValueError, words):
                self.connect(**arguments)

    def test_a_wrong_token_is_refused_and_not_told_on(self):
        token = STUDIO["tokens"]["mixer"][:-8] + "AAAAAAAA"
        with self.assertRaises(livegate.Refused) as raised:
            self.connect(STUDIO["tls"], ca=STUDIO["ca"], server_name="localhost", token=token)
        self.assertEqual(raised.exception.code, "unauthenticated")
        self.assertNotIn(token, repr(raised.exception) + str(raised.exception.answer))
        self.assertNotIn(STUDIO["tokens"]["mixer"], repr(self.caller("mixer")))

    def test_another_server_than_the_one_that_is_meant_is_told_nothing(self):
        for known in [{"pin": "00" * 32, "server_name": "localhost"}, {"ca": STUDIO["ca"], "server_name": "other.local"}]:
            with self.subTest(known), self.assertRaises(livegate.ConnectionLost) as raised:
                self.connect(STUDIO["tls"], token=STUDIO["tokens"]["mixer"], **known)
            self.assertFalse(raised.exception.outcome_unknown)

    def test_without_tls_nothing_leaves_this_machine(self):
        with self.assertRaisesRegex(livegate.ConnectionLost, "to this machine only"):
            self.connect("192.0.2.1:9005", token=STUDIO["tokens"]["mixer"])


class EndingsTest(ClientTest):
    def test_who_hangs_up_leaves_the_outcome_unknown(self):
        live = self.before(lambda request: False)
        with self.assertRaisesRegex(livegate.ConnectionLost, "may have been done") as raised:
            live.set_tempo(bpm=90)
        self.assertTrue(raised.exception.outcome_unknown)
        self.assertIsInstance(raised.exception, ConnectionError)
        self.expect_closed(live)

    def test_what_changes_nothing_leaves_nothing_unknown(self):
        for action in ["get_session_info", "whoami"]:
            with self.subTest(action), self.assertRaises(livegate.ConnectionLost) as raised:
                self.before(lambda request: False).call(action)
            self.assertFalse(raised.exception.outcome_unknown)

    def test_an_answer_that_does_not_come_in_time_closes_the_connection(self):
        live = self.before(lambda request: None, timeout=0.05)
        with self.assertRaises(livegate.ConnectionLost) as raised:
            live.set_tempo(bpm=90)
        self.assertTrue(raised.exception.outcome_unknown)
        self.expect_closed(live)

    def test_ctrl_c_is_seen_while_waiting(self):
        live = self.before(lambda request: os.kill(os.getpid(), signal.SIGINT))
        with self.assertRaises(KeyboardInterrupt):
            live.set_tempo(bpm=90)
        self.expect_closed(live)

    def test_a_signal_whose_handler_returns_interrupts_nothing(self):
        seen = []
        previous = signal.signal(signal.SIGINT, lambda *_: (seen.append(True), go_on.set()))
        self.addCleanup(signal.signal, signal.SIGINT, previous)
        go_on = threading.Event()

        def answer(request):
            os.kill(os.getpid(), signal.SIGINT)
            go_on.wait()
            return {"ok": True}

        self.assertTrue(self.before(answer).ping()["ok"])
        self.assertEqual(seen, [True])

    def test_closing_is_the_end_and_may_be_said_twice(self):
        with self.connect() as live:
            live.ping()
        live.close()
        self.expect_closed(live)

    @unittest.skipUnless(hasattr(os, "fork"), "there are forks on Unix alone")
    def test_a_fork_needs_a_connection_of_its_own_and_leaves_its_parents_alone(self):
        live = livegate.connect(STUDIO["local"], state_dir=self.state_dir)
        child = os.fork()
        if child == 0:
            try:
                live.ping()
            except RuntimeError:
                del live
                os._exit(0)
            os._exit(1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertTrue(live.ping()["ok"])

    def expect_closed(self, live):
        with self.assertRaisesRegex(livegate.ConnectionLost, "the connection is closed") as raised:
            live.ping()
        self.assertFalse(raised.exception.outcome_unknown)


class SharingTest(ClientTest):
    def test_each_thread_gets_its_own_answers(self):
        live = self.before(lambda request: {"ok": True, "number": request["number"]})
        wrong = []

        def ask(first):
            numbers = range(first, first + 100)
            wrong.extend(number for number in numbers if live.call("echo", number=number)["number"] != number)

        threads = [threading.Thread(target=ask, args=[1000 * index]) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_who_listens_for_events_keeps_nobody_from_asking(self):
        live = self.connect()
        live.set_tempo(bpm=110)
        live.subscribe(topics=[{"event": "tempo"}])
        heard, first = [], threading.Event()

        def listen():
            for event in live.events():
                heard.append(event["value"])
                first.set()
                if event["value"] == 111.0:
                    return

        listener = threading.Thread(target=listen)
        listener.start()
        first.wait()
        live.set_tempo(bpm=111)
        listener.join()
        self.assertEqual(heard, [110.0, 111.0])

    def test_events_end_when_none_comes_any_more(self):
        live = self.connect()
        self.assertEqual(list(live.events(timeout=0.01)), [])
        self.assertTrue(live.ping()["ok"])


class TrailTest(ClientTest):
    def test_a_trail_that_is_not_what_it_was_is_warned_of(self):
        self.caller("mixer").close()
        path = self.state_dir / "known_trails.json"
        known = json.loads(path.read_text())
        known[STUDIO["tls"]]["key"] = "another"
        path.write_text(json.dumps(known))
        with self.assertWarnsRegex(livegate.GatewayWarning, "IS NOT WHAT IT WAS"):
            self.caller("mixer")


class StubTest(unittest.TestCase):
    def test_the_stub_names_what_there_is(self):
        body = ast.parse(STUB.read_text()).body
        stubs = {node.name: node for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
        public = {name for name in vars(livegate) if not name.startswith("_")}
        self.assertEqual(set(stubs), public)
        methods = {node.name for node in stubs["Connection"].body if isinstance(node, ast.FunctionDef)}
        there = {name for name in vars(livegate.Connection) if not name.startswith("_")}
        self.assertEqual({name for name in methods if not name.startswith("_")}, there)
        for name in public:
            self.assertTrue(getattr(livegate, name).__doc__, name)


if __name__ == "__main__":
    unittest.main()
