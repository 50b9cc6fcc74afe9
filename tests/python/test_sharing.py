"""How a connection ends, and what threads and forks may share."""

import json
import os
import signal
import threading
import unittest

import livegate
from studio import STUDIO, ClientTest


class EndingsTest(ClientTest):
    def test_a_closed_connection_leaves_the_outcome_unknown(self):
        live = self.before(lambda request: False)
        with self.assertRaisesRegex(livegate.ConnectionLost, "may have run") as raised:
            live.set_tempo(bpm=90)
        self.assertTrue(raised.exception.outcome_unknown)
        self.assertIsInstance(raised.exception, ConnectionError)
        self.expect_closed(live)

    def test_a_read_leaves_no_outcome_unknown(self):
        for action in ["get_session_info", "whoami"]:
            with self.subTest(action), self.assertRaises(livegate.ConnectionLost) as raised:
                self.before(lambda request: False).call(action)
            self.assertFalse(raised.exception.outcome_unknown)

    def test_a_timeout_closes_the_connection(self):
        live = self.before(lambda request: None, timeout=0.05)
        with self.assertRaises(livegate.ConnectionLost) as raised:
            live.set_tempo(bpm=90)
        self.assertTrue(raised.exception.outcome_unknown)
        self.expect_closed(live)

    def test_ctrl_c_interrupts_a_request(self):
        # A shell ignores SIGINT in what it starts in the background.
        previous = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, previous)
        live = self.before(lambda request: os.kill(os.getpid(), signal.SIGINT))
        with self.assertRaises(KeyboardInterrupt):
            live.set_tempo(bpm=90)
        self.expect_closed(live)

    def test_a_handler_that_returns_interrupts_nothing(self):
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

    def on_signal(self, handler):
        """Run `handler` on the main thread at each SIGUSR1."""
        previous = signal.signal(signal.SIGUSR1, lambda *_: handler())
        self.addCleanup(signal.signal, signal.SIGUSR1, previous)

    @unittest.skipUnless(hasattr(signal, "SIGUSR1"), "signals are a Unix feature")
    def test_a_signal_handler_may_close_the_connection(self):
        live = self.before(lambda request: os.kill(os.getpid(), signal.SIGUSR1))
        self.on_signal(live.close)
        with self.assertRaisesRegex(livegate.ConnectionLost, "closed the connection") as raised:
            live.set_tempo(bpm=90)
        self.assertTrue(raised.exception.outcome_unknown)
        self.expect_closed(live)

    @unittest.skipUnless(hasattr(signal, "SIGUSR1"), "signals are a Unix feature")
    def test_a_signal_handler_closes_an_event_iterator(self):
        live = self.connect()
        self.on_signal(live.close)
        sender = threading.Thread(target=os.kill, args=[os.getpid(), signal.SIGUSR1])
        with self.assertRaises(livegate.ConnectionLost) as raised:
            sender.start()
            list(live.events())
        sender.join()
        self.assertFalse(raised.exception.outcome_unknown)
        self.expect_closed(live)

    @unittest.skipUnless(hasattr(signal, "SIGUSR1"), "signals are a Unix feature")
    def test_a_signal_handler_cannot_send_requests(self):
        seen, go_on = [], threading.Event()

        def ask():
            try:
                live.ping()
            except RuntimeError as error:
                seen.append(str(error))
            go_on.set()

        def answer(request):
            os.kill(os.getpid(), signal.SIGUSR1)
            go_on.wait()
            return {"ok": True}

        live = self.before(answer)
        self.on_signal(ask)
        self.assertTrue(live.set_tempo(bpm=90)["ok"])
        self.assertRegex(seen[0], "needs a connection of its own")

    def test_a_connection_may_be_closed_twice(self):
        with self.connect() as live:
            live.ping()
        live.close()
        self.expect_closed(live)

    @unittest.skipUnless(hasattr(os, "fork"), "fork is a Unix feature")
    def test_a_fork_needs_its_own_connection(self):
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

    def test_an_event_iterator_lets_other_threads_send_requests(self):
        live = self.connect()
        live.set_tempo(bpm=110)
        live.subscribe(topics=[{"event": "tempo"}])
        received, first = [], threading.Event()

        def listen():
            for event in live.events():
                received.append(event["value"])
                if event["value"] == 110.0:
                    first.set()
                if event["value"] == 111.0:
                    return

        listener = threading.Thread(target=listen)
        listener.start()
        first.wait()
        live.set_tempo(bpm=111)
        listener.join()
        # The value that the gateway knew last may come before the one that was just set.
        self.assertEqual(received[-2:], [110.0, 111.0])

    def test_an_event_iterator_ends_after_its_timeout(self):
        live = self.connect()
        self.assertEqual(list(live.events(timeout=0.01)), [])
        self.assertTrue(live.ping()["ok"])


class TrailTest(ClientTest):
    # Promise: The Python client makes the same checks as livegate send
    def test_a_rewritten_trail_raises_a_warning(self):
        self.caller("mixer").close()
        path = self.state_dir / "known_trails.json"
        known = json.loads(path.read_text())
        for log in (log for logs in known.values() for log in logs.values()):
            log["key"] = "another"
        path.write_text(json.dumps(known))
        with self.assertWarnsRegex(livegate.GatewayWarning, "WAS REWRITTEN"):
            self.caller("mixer")
