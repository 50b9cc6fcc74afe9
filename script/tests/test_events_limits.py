"""Bounds of events: refusals, and subscribers that do not read."""

import unittest
from unittest import mock

from LiveGate.settings import LIMITS
from tests.events_case import EventsCase, topic


class Refusals(EventsCase):
    def refused(self, topics, *words, action="subscribe", **terms):
        answer, _ = self.ask(action, topics=topics, **terms)
        self.assertEqual((answer["ok"], answer.get("code")), (False, "invalid_params"), answer)
        for word in words:
            self.assertIn(word, answer["error"])
        self.assertEqual(self.listeners(), {})

    def test_each_names_the_topic(self):
        good = [topic("tempo")] * 3
        for action in ("subscribe", "unsubscribe"):
            for wrong, *words in (
                (topic("tempoo"), "topics[3].event", '"tempoo"'),
                (topic(7), "topics[3].event"),
                (topic(None), "topics[3].event"),
                ({}, "topics[3].event is required"),
                ({"track_index": 0}, "topics[3].event is required"),
                (topic("track_volume"), "topics[3].track_index is required"),
                (topic("track_volume", track_index=0, send_index=0), "topics[3] does not take", "send_index"),
                (topic("tempo", track_index=0), "topics[3] does not take", "track_index"),
                (topic("track_volume", track_index=-1), "topics[3].track_index"),
                (topic("track_volume", track_index=2 ** 31), "topics[3].track_index"),
                (topic("track_volume", track_index=1.0), "topics[3].track_index"),
                (topic("track_volume", track_index=True), "topics[3].track_index"),
                (topic("track_volume", track_index=None), "topics[3].track_index"),
                (topic("clip_state", track_index=0), "topics[3].clip_index is required"),
                ("tempo", "topics[3]"),
                (["tempo"], "topics[3]"),
            ):
                self.refused(good + [wrong], *words, action=action)

    def test_invalid_topic_lists_are_refused(self):
        for wrong in ("tempo", None, {"event": "tempo"}, 3):
            self.refused(wrong, "topics")
        self.assertEqual(self.ask("subscribe")[0]["code"], "invalid_params")
        self.assertEqual(self.ask("subscribe", topics=[], track_index=0)[0]["code"], "invalid_params")

    def test_a_refused_subscription_is_refused_as_a_whole(self):
        self.refused([topic("tempo"), topic("nothing")], "topics[1]")
        self.song.tempo = 61
        self.assertEqual(self.lines(), [])

    def test_more_than_the_bound_of_one_connection(self):
        self.open(subscriptions_max=3)
        other = self.connect()
        names = [topic("track_name", track_index=index) for index in range(4)]
        self.refused(names, "4", "3")
        self.assertEqual(self.subscribe(*names[:3]), 3)
        self.assertEqual(self.ask("subscribe", topics=names[3:])[0]["code"], "invalid_params")
        self.lines()
        self.assertEqual(self.subscribe(*names[:3], *names[:3]), 3)
        self.assertEqual(self.subscribe(*names[1:], client=other), 3)
        self.lines()
        self.assertEqual(self.unsubscribe(names[0]), 2)
        self.assertEqual(self.subscribe(names[3]), 3)
        self.assertEqual((LIMITS["subscriptions_max"], LIMITS["events_unread_bytes_max"]), (8192, 262144))

    def test_terms_that_only_a_command_can_have(self):
        for terms in ({"dry_run": True}, {"expect": {"playing": False}}, {"guard": []}, {"coalesce": True}):
            answer, _ = self.ask("subscribe", topics=[topic("tempo")], **terms)
            self.assertEqual(answer["code"], "invalid_params", terms)
        batch = [{"action": "subscribe", "topics": [topic("tempo")]}]
        self.assertEqual(self.ask("batch", commands=batch)[0]["code"], "unknown_action")

    def test_an_expired_subscription_is_refused(self):
        answer, _ = self.ask("subscribe", topics=[topic("tempo")], expires_at_ms=self.client.now_ms() - 1)
        self.assertEqual(answer["code"], "expired")
        self.assertEqual(self.lines(), [])

    def test_subscribing_overtakes_the_connections_commands(self):
        self.studio.take_time(0.02)
        late = self.client.now_ms() + 9999
        self.client.say(
            *({"action": "set_tempo", "bpm": bpm, "id": bpm, "expires_at_ms": late} for bpm in (101, 102, 103)),
            {"action": "subscribe", "id": 200, "expires_at_ms": late, "topics": [topic("tracks")]},
        )
        lines = [self.client.answer() for _ in range(5)]
        self.assertIn(200, [line.get("id") for line in lines[:2]])


class RefusalsOnPlainConnections(Refusals):
    key = None

    def test_terms_that_only_a_command_can_have(self):
        self.assertEqual(self.ask("subscribe", topics=[topic("tempo")], dry_run=True)[0]["code"], "invalid_params")

    def test_subscribing_overtakes_the_connections_commands(self):
        """Without ids its answer does wait, since answers come in order: see test_events.py."""


class SlowReaders(EventsCase):
    def setUp(self):
        self.open(events_unread_bytes_max=300)
        self.follow(topic("tempo"), topic("track_mute", track_index=0))

    def unread(self):
        """The peer reads nothing from its socket, and the system's buffers are full."""
        peer = self.client._peer()
        connection = next(each for each in self.studio.bridge._clients._connections if each.socket is peer)
        self.really_flush = connection.flush
        return mock.patch.object(connection, "flush")

    def change(self, *tempos):
        for bpm in tempos:
            self.song.tempo = bpm
            self.studio.tick()

    def test_its_values_are_counted_and_the_newest_follows(self):
        with self.unread():
            self.change(*range(60, 90))
            self.assertLess(self.studio.bridge._clients._connections[0].unsent_bytes, 400)
        lines = self.lines()
        read = [(line["value"], line["seq"]) for line in lines]
        self.assertEqual(read[-1], (89.0, 31))
        self.assertLess(len(read), 8)
        self.assertEqual(read[:-1], [(60.0 + number, 2 + number) for number in range(len(read) - 1)])

    def test_every_topic_is_delivered_once_buffers_drain(self):
        with self.unread():
            self.change(*range(60, 70))
            self.song.tracks[0].mute = True
            self.studio.tick()
        lines = self.lines()
        self.assertEqual([(line["event"], line["seq"]) for line in lines[-2:]], [("tempo", 11), ("track_mute", 2)])
        self.song.tempo = 150
        self.assertEqual([(line["value"], line["seq"]) for line in self.lines()], [(150.0, 12)])
        self.assertFalse(self.studio.bridge._subscriptions.has_work)

    def test_space_freed_during_delivery_repeats_no_event(self):
        with self.unread() as flush:
            self.change(*range(60, 90))
            looks = []
            flush.side_effect = lambda: looks.append(1) or len(looks) > 2 and self.really_flush()
            self.song.tempo = 90
            self.studio.bridge.tick()
        counts = [line["seq"] for line in self.lines(ticks=4)]
        self.assertEqual((counts[-1], counts), (32, sorted(set(counts))))

    def test_a_slow_subscriber_delays_no_other(self):
        other = self.connect()
        self.subscribe(topic("tempo"), client=other)
        self.lines(other)
        with self.unread():
            self.change(*range(60, 90))
            self.assertEqual(len(self.values(other)), 30)
        self.assertEqual(len(self.studio.bridge._clients), 2)

    def test_an_unsubscribed_topic_is_not_delivered_later(self):
        with self.unread():
            self.change(*range(60, 90))
            late = self.client.now_ms() + 9999
            self.client.say({"action": "unsubscribe", "id": 99, "expires_at_ms": late, "topics": [topic("tempo")]})
            self.studio.tick()
        self.assertLess(max(line["seq"] for line in self.lines_until(99)), 31)
        self.assertEqual(self.lines(), [])

    def lines_until(self, command_id):
        lines = []
        while not lines or lines[-1].get("id") != command_id:
            lines.append(self.client.answer())
        return lines[:-1]

    def test_a_disconnected_subscriber_is_removed(self):
        with self.unread():
            self.change(*range(60, 90))
            self.client.abort()
            self.studio.tick(3)
        self.assertFalse(self.studio.bridge._subscriptions.has_work)
        self.assertEqual(self.listeners(), {})

    def test_a_delayed_initial_value_comes_first(self):
        with self.unread():
            self.change(*range(60, 90))
            late = self.client.now_ms() + 9999
            self.client.say({"action": "subscribe", "id": 99, "expires_at_ms": late, "topics": [topic("tracks")]})
            self.studio.tick()
        self.lines_until(99)
        self.assertEqual([line["seq"] for line in self.lines() if line["event"] == "tracks"], [1])


if __name__ == "__main__":
    unittest.main()
