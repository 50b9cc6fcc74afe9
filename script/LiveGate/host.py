"""The program that hosts an action: the open set, and facts about Live (facade)."""

# The members that an arriving device changes on its track after the load: the track may take its name.
ARRIVAL_CHANGES = frozenset(("devices", "name"))


class Host:
    """The first parameter of every action."""

    def __init__(self, c_instance, live):
        self._c_instance = c_instance
        self._live = live
        self.health = None  # answers `health_check`; set by the bridge
        self.now_ms = None  # the script's clock; set by the bridge
        self.tick = 0  # the number of ticks in which the bridge had work
        self.load_ends_ms = 0  # until when a device that the browser is loading may arrive
        self.loads_onto = None  # the track that the device is loaded onto
        self.is_at_work = False  # whether a command is running, which then causes every notification
        self.is_on_excursion = False  # whether an action has moved the play position for a moment
        self._mapped = {}  # the parameters that controllers move, by channel and controller

    @property
    def song(self):
        """The open set, looked up each time: a reference would not survive loading another set."""
        return self._c_instance.song()

    def show(self, text):
        """Shows a text in Live's status bar."""
        self._c_instance.show_message(text)

    def map_cc(self, channel, number, parameter):
        """Lets a controller of the script's MIDI input move a parameter; returns the number of controllers that do so."""
        self._mapped[channel, number] = parameter
        self._c_instance.request_rebuild_midi_map()
        return len(self._mapped)

    def mapped_to(self, channel, number):
        """The parameter that a controller moves, or None."""
        parameter = self._mapped.get((channel, number))
        return parameter if parameter != None else None  # noqa: E711, a deleted object equals None

    def build_midi_map(self, handle):
        """Live asks for the controllers of the script's MIDI input; deleted parameters are left out."""
        midi = self._live.MidiMap
        for (channel, number), parameter in self._mapped.items():
            if parameter != None:  # noqa: E711, a deleted object equals None
                midi.map_midi_cc(handle, parameter, channel, number, midi.MapMode.absolute, True)

    def may_change(self, member, subject):
        """Whether a command may have caused a notification of this member: by running now, or by loading a device."""
        return self.is_at_work or self.now_ms() < self.load_ends_ms and self._may_arrive(member, subject)

    def _may_arrive(self, member, subject):
        """Whether the device that is being loaded may cause it; Live may create a track for a device."""
        return member == "tracks" or member in ARRIVAL_CHANGES and subject == self.loads_onto

    @property
    def application(self):
        """Live's Application: its windows, its browser, its version."""
        return self._live.Application.get_application()

    @property
    def live_major(self):
        """The version as the catalogue names it: "11", or "12" for 12 and later."""
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
        """Whether locators can be renamed; in Live 11 their names are read-only."""
        return self._live.Song.CuePoint.name.fset is not None

    def note(self, pitch, start, duration, velocity, mute, note_id=None, **more):
        """A note as Live's clips accept it; Live numbers it."""
        return self._live.Clip.MidiNoteSpecification(
            pitch=pitch, start_time=start, duration=duration, velocity=velocity, mute=mute, **more
        )
