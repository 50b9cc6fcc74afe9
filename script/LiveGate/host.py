"""What an action sees of the program that hosts it: the open set, and Live's own facts (facade)."""

# What a device that arrives changes on its track, long after the browser was asked for it: the track may take its name.
ARRIVAL_CHANGES = frozenset(("devices", "name"))


class Host:
    """Given to every action as its first parameter."""

    def __init__(self, c_instance, live):
        self._c_instance = c_instance
        self._live = live
        self.health = None  # what `health_check` asks; the bridge puts it here
        self.now_ms = None  # the script's clock, put here by the bridge too
        self.tick = 0  # how often the bridge has begun to work
        self.load_ends_ms = 0  # until when a device that the browser was asked for may still arrive
        self.loads_onto = None  # the track that it is to arrive on
        self.is_at_work = False  # whether a command is running: what Live tells of then was caused by it
        self.is_on_excursion = False  # whether an action keeps the play position elsewhere for a moment

    @property
    def song(self):
        """The open set, asked for anew each time: a reference would not survive loading another."""
        return self._c_instance.song()

    def may_change(self, member, subject):
        """Whether a command may have caused what Live tells of this member now: one that runs, or one that has loaded."""
        return self.is_at_work or self.now_ms() < self.load_ends_ms and self._may_arrive(member, subject)

    def _may_arrive(self, member, subject):
        """Live may make a track for a device that it does not put onto the one that was meant."""
        return member == "tracks" or member in ARRIVAL_CHANGES and subject == self.loads_onto

    @property
    def application(self):
        """Live itself: its windows, its browser, its version."""
        return self._live.Application.get_application()

    @property
    def live_major(self):
        """The version as the catalogue names it: "11", or "12" for that and whatever comes after."""
        return "11" if self.application.get_major_version() < 12 else "12"

    @property
    def live_version(self):
        application = self.application
        return "%d.%d.%d" % (
            application.get_major_version(),
            application.get_minor_version(),
            application.get_bugfix_version(),
        )

    @property
    def can_name_locators(self):
        """Whether the name of a locator can be set; in Live 11 it can only be read."""
        return self._live.Song.CuePoint.name.fset is not None

    def note(self, pitch, start, duration, velocity, mute):
        """A note as Live's clips take it."""
        return self._live.Clip.MidiNoteSpecification(
            pitch=pitch, start_time=start, duration=duration, velocity=velocity, mute=mute
        )
