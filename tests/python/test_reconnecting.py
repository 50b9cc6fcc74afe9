"""Reestablished connections: which requests are repeated, subscriptions, and when it gives up."""

import json

import livegate
from studio import ClientTest, ScriptedGateway


class RestartingGateway(ScriptedGateway):
    """The same, for one connection after the other; `answer(number, request)` knows which it is, from 0."""

    def serve(self):
        number = 0
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                for line in lines:
                    request = json.loads(line)
                    answers = self.answer(number, request)
                    if answers is False:
                        break
                    for answer in answers if isinstance(answers, list) else [answers]:
                        sent = answer if "event" in answer else {"id": request["id"], **answer}
                        connection.sendall(json.dumps(sent).encode() + b"\n")
            number += 1


class ReconnectingTest(ClientTest):
    def before(self, answer, **arguments):
        self.requests = []

        def record(number, request):
            self.requests.append((number, request["action"], request.get("once")))
            return answer(number, request)

        gateway = RestartingGateway(record)
        self.addCleanup(gateway.close)
        self.gateway = gateway
        return self.connect(gateway.address, reconnect=30, **arguments)

    def test_a_read_is_asked_again(self):
        live = self.before(lambda number, request: number > 0 and {"ok": True, "tempo": 90})
        self.assertEqual(live.get_session_info()["tempo"], 90)
        self.assertEqual([one[:2] for one in self.requests], [(0, "get_session_info"), (1, "get_session_info")])

    def test_a_change_is_never_sent_twice(self):
        live = self.before(lambda number, request: number > 0 and {"ok": True})
        with self.assertRaises(livegate.ConnectionLost) as raised:
            live.set_tempo(bpm=90)
        self.assertTrue(raised.exception.outcome_unknown)
        self.assertTrue(live.set_tempo(bpm=91)["ok"])
        self.assertEqual([one[:2] for one in self.requests], [(0, "set_tempo"), (1, "set_tempo")])

    def test_a_change_with_a_key_is_sent_again(self):
        live = self.before(lambda number, request: number > 0 and {"ok": True})
        self.assertTrue(live.set_tempo(bpm=90, once="evening")["ok"])
        self.assertEqual(self.requests, [(0, "set_tempo", "evening"), (1, "set_tempo", "evening")])

    def test_events_go_on_with_the_same_topics(self):
        topics = [{"event": "tempo"}, {"event": "metronome"}]

        def answer(number, request):
            if request["action"] == "ping":
                return False
            self.subscribed = request["topics"]
            return [{"ok": True}, {"event": "tempo", "value": 90.0 + number}]

        live = self.before(answer)
        live.subscribe(topics=topics)
        events = live.events()
        self.assertEqual(next(events)["value"], 90.0)
        with self.assertRaises(livegate.ConnectionLost):
            live.call_many([{"action": "ping"}, {"action": "set_tempo", "bpm": 1}])
        self.assertEqual([next(events), next(events)], [{"event": "reconnected"}, {"event": "tempo", "value": 91.0}])
        self.assertEqual(self.subscribed, topics)

    def test_unsubscribed_topics_are_forgotten(self):
        def answer(number, request):
            return (number > 0 or request["action"] != "get_session_info") and {"ok": True}

        live = self.before(answer)
        live.subscribe(topics=[{"event": "tempo"}, {"event": "metronome"}])
        live.unsubscribe(topics=[{"event": "tempo"}])
        live.get_session_info()
        live.unsubscribe()
        self.assertEqual(live._topics, [])
        again = [one[1] for one in self.requests if one[0] == 1]
        self.assertEqual(again, ["subscribe", "get_session_info", "unsubscribe"])

    def test_it_gives_up_after_its_time(self):
        self.requests = []
        gateway = RestartingGateway(lambda number, request: False)
        live = self.connect(gateway.address, reconnect=0.3)
        gateway.close()
        with self.assertRaises(livegate.ConnectionLost):
            live.get_session_info()

    def test_a_refused_sign_in_ends_it(self):
        def answer(number, request):
            if number == 0:
                return request["action"] == "authenticate" and {"ok": True}
            return {"ok": False, "code": "unauthenticated", "error": "the token has expired", "category": "access"}

        live = self.before(answer, token="a.b.c")
        with self.assertRaises(livegate.Refused) as raised:
            live.get_session_info()
        self.assertEqual(raised.exception.code, "unauthenticated")

    def test_a_closed_connection_stays_closed(self):
        live = self.before(lambda number, request: {"ok": True})
        live.close()
        with self.assertRaises(livegate.ConnectionLost):
            live.get_session_info()
        self.assertEqual(self.requests, [])

    def test_the_time_must_be_positive(self):
        with self.assertRaisesRegex(ValueError, "reconnect must be more than 0 s"):
            self.connect("127.0.0.1:1", reconnect=0)
