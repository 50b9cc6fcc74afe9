"""Value types: small records that scripts create or receive, independent of the set; and `Live.Base.Timer`."""

from .base import MODELS, query


class Value:
    """A record with the properties in `fields` (name and default); scripts can make those that have a `constructor`."""

    facts_name = None
    fields = {}

    def __init__(self, live, **values):
        self.live = live
        for name, default in self.fields.items():
            setattr(self, name, values.get(name, default))

    @property
    def subject(self):
        return self

    def assign(self, name, value):
        setattr(self, name, value)

    def call(self, function, arguments):
        return function(self, *arguments)


def _record(facts_name, fields, constructor=None):
    made = type(
        facts_name.rpartition(".")[2],
        (Value,),
        {"facts_name": facts_name, "fields": fields, "constructor": constructor},
    )
    MODELS[facts_name] = made
    return made


BeatTime = _record("Song.BeatTime", {"bars": 0, "beats": 0, "sub_division": 0, "ticks": 0}, ())
SmptTime = _record("Song.SmptTime", {"hours": 0, "minutes": 0, "seconds": 0, "frames": 0}, ())

NOTE_FIELDS = {
    "note_id": 0,
    "pitch": 60,
    "start_time": 0.0,
    "duration": 1.0,
    "velocity": 100.0,
    "mute": False,
    "probability": 1.0,
    "velocity_deviation": 0.0,
    "release_velocity": 64.0,
}

MidiNote = _record("Clip.MidiNote", NOTE_FIELDS)

_record(
    "MidiMap.CCFeedbackRule", {"cc_no": 0, "cc_value_map": (), "channel": 0, "delay_in_ms": 0.0, "enabled": False}, ()
)
_record(
    "MidiMap.NoteFeedbackRule", {"channel": 0, "delay_in_ms": 0.0, "enabled": False, "note_no": 0, "vel_map": ()}, ()
)
_record("MidiMap.PitchBendFeedbackRule", {"channel": 0, "delay_in_ms": 0.0, "enabled": False, "value_pair_map": ()}, ())
WarpMarker = _record(
    "Clip.WarpMarker",
    {"sample_time": 0.0, "beat_time": 0.0},
    (("sample_time", "float"), ("beat_time", "float")),
)


Text = _record("Base.Text", {"text": ""})


def with_arguments(text, *arguments):
    """The text with its places `%1` to `%5` filled."""
    filled = text.text
    for number, argument in enumerate(arguments, 1):
        filled = filled.replace("%%%d" % number, argument)
    return filled


class MidiNoteSpecification(Value):
    """The argument of add_new_notes. Live's class has no readable members, so it has none here."""

    facts_name = "Clip.MidiNoteSpecification"
    constructor = (
        ("pitch", "int"),
        ("start_time", "float"),
        ("duration", "float"),
        ("velocity", "float", 100.0),
        ("mute", "bool", False),
        ("probability", "float", 1.0),
        ("velocity_deviation", "float", 0.0),
        ("release_velocity", "float", 64.0),
    )

    def __init__(self, live, **values):
        super().__init__(live)
        self.values = values


MODELS[MidiNoteSpecification.facts_name] = MidiNoteSpecification


class Timer(Value):
    """Calls back from the main loop, which holds it weakly. An exception in the callback stops it permanently."""

    facts_name = "Base.Timer"
    fields = {"running": False}
    constructor = (("callback", "object"), ("interval", "int"), ("repeat", "bool", False), ("start", "bool", False))

    def __init__(self, live, callback, interval, repeat, start):
        super().__init__(live)
        self.callback, self.interval_ms, self.repeats = callback, interval, repeat
        self.due = None
        if start:
            self.start()

    @query
    def start(self):
        if not self.running:
            self.running = True
            self.live.loop.schedule(self)

    @query
    def stop(self):
        self.running = False

    @query
    def restart(self):
        self.stop()
        self.start()


MODELS[Timer.facts_name] = Timer
