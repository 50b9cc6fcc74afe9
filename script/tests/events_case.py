"""Test base for events: a set whose members all can change, and subscribers that receive lines in order."""

import unittest

from livesim import SetPlan
from livesim.device_plan import ChainPlan, RackPlan
from livesim.model.track import AUDIO, MIDI
from tests.studio import KEY, Studio

RACK = RackPlan("Audio Effect Rack", (ChainPlan(("Delay",), "Wet"),))
PLAN = SetPlan(
    tracks=(("Drums", MIDI), ("Bass", MIDI), ("Vocals", AUDIO)),
    scenes=4,
    clips={(0, 0): 8.0, (1, 1): 4.0},
    devices={0: ("Simpler", "Reverb"), 1: ("Reverb",), 2: (RACK,), "return 1": ("Delay", RACK), "master": ("Limiter", RACK)},
)
ENVELOPE = ("event", "value", "seq", "clock_ms", "in_live")


def topic(event, **indexes):
    return dict(indexes, event=event)


def key(line):
    """The event and indexes of a line."""
    return (line["event"],) + tuple(value for name, value in line.items() if name not in ENVELOPE)


class EventsCase(unittest.TestCase):
    version = "12"
    key = KEY

    def setUp(self):
        self.open()

    def open(self, plan=PLAN, studio=Studio, **limits):
        self.studio = studio(self.version, plan, key=self.key, **limits)
        self.addCleanup(self.studio.close)
        self.client = self.connect()
        self.song = self.studio.song

    def connect(self):
        return self.studio.connect() if self.key is None else self.studio.connect_keyed()

    def ask(self, action, client=None, **parameters):
        """Returns the answer to a command, and the event lines before it."""
        client = client or self.client
        ask = client.ask if self.key is None else client.ask_keyed
        answer, events = ask(action, **parameters), []
        while "event" in answer:
            events.append(answer)
            answer = client.answer()
        return answer, events

    def subscribe(self, *topics, **how):
        answer, events = self.ask("subscribe", topics=list(topics), **how)
        self.assertEqual((answer.get("ok"), events), (True, []), answer)
        return answer["subscribed"]

    def unsubscribe(self, *topics):
        answer, _ = self.ask("unsubscribe", topics=list(topics))
        self.assertTrue(answer["ok"], answer)
        return answer["subscribed"]

    def lines(self, client=None, ticks=2):
        """Returns the events delivered within a number of ticks."""
        self.studio.tick(ticks)
        return self.ask("ping", client)[1]

    def delivered(self, client=None, ticks=2):
        return [(key(line), line["value"]) for line in self.lines(client, ticks)]

    def values(self, client=None, ticks=2):
        """Returns the delivered values, for one topic only."""
        return [value for _, value in self.delivered(client, ticks)]

    def follow(self, *topics):
        """Subscribes, and discards the initial values."""
        self.subscribe(*topics)
        return self.values()

    def listeners(self):
        """The number of listeners on each member of the set, for members that have any."""
        found = {}
        models = [self.studio.live.set]
        while models:
            model = models.pop()
            models.extend(model.children())
            found.update({(model.path(), member): len(each) for member, each in model.listeners.items() if each})
        return found
