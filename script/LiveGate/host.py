"""What an action sees of the program that hosts it: the open set, and Live's own facts (facade)."""


class Host:
    """Given to every action as its first parameter."""

    def __init__(self, c_instance, live):
        self._c_instance = c_instance
        self._live = live
        self.health = None  # what `health_check` asks; the bridge puts it here

    @property
    def song(self):
        """The open set, asked for anew each time: a reference would not survive loading another."""
        return self._c_instance.song()

    @property
    def live_version(self):
        application = self._live.Application.get_application()
        return "%d.%d.%d" % (
            application.get_major_version(),
            application.get_minor_version(),
            application.get_bugfix_version(),
        )

    def note(self, pitch, start, duration, velocity, mute):
        """A note as Live's clips take it."""
        return self._live.Clip.MidiNoteSpecification(
            pitch=pitch, start_time=start, duration=duration, velocity=velocity, mute=mute
        )
