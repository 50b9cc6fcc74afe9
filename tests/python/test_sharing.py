"""Ends of connections, and sharing them between threads and processes."""

import json
import os
import signal
import threading
import unittest

import livegate
from studio import STUDIO, ClientTest


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
        # a shell that starts this in the background ignores SIGINT
        previous = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, previous)
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
    # Promise: The Python client is as strict as send
    def test_a_trail_that_is_not_what_it_was_is_warned_of(self):
        self.caller("mixer").close()
        path = self.state_dir / "known_trails.json"
        known = json.loads(path.read_text())
        known[STUDIO["tls"]]["key"] = "another"
        path.write_text(json.dumps(known))
        with self.assertWarnsRegex(livegate.GatewayWarning, "IS NOT WHAT IT WAS"):
            self.caller("mixer")
