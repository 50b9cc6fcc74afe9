"""The listeners registered with Live: one for each member at a place, shared by all topics that depend on it (observer)."""

AUTOMATION_PLAYS = 1
# Members that automation changes through a parameter of another object.
PARAMETERS = {
    "tempo": lambda song: song.master_track.mixer_device.song_tempo,
    "mute": lambda track: track.mixer_device.track_activator,
}
# Tempos that differ by less are equal.
TEMPO_STEP = 0.001
# With more scenes, any may have set the tempo: checking them all would take too long in one step.
SCENES_LOOKED_AT_MAX = 256
# The causes of a topic's changes, as bits: the user in Live, or anything else. A change is attributed to the user only
# if nothing else has changed the topic, too.
BY_USER, OTHERWISE = 1, 2


class Watch:
    """One listener. Live's call only records that the member changed, and the cause."""

    __slots__ = ("topics", "_member", "_mark", "_subject")

    def __init__(self, member, changed, is_caused_by_command):
        self.topics = {}  # each with whether its path, and whether its value, depends on the member
        self._member = member
        self._subject = None

        def mark():
            changed[self] = changed.get(self, 0) | (OTHERWISE if is_caused_by_command(member, self._subject) else BY_USER)

        # Not a method: Live holds methods weakly. `changed` is emptied, never replaced.
        self._mark = mark

    def move_to(self, subject, log):
        """Listens to the object that is at the place now."""
        if self._subject is not None and self._subject == subject:
            return
        self.end()
        self._subject = subject
        try:
            getattr(subject, "add_%s_listener" % self._member)(self._mark)
        except Exception as error:  # the value is still sent on subscription, or when another member changes
            self._subject = None
            log.warn("listener", "cannot listen to %s: %s" % (self._member, error))

    def may_be_automated(self):
        """Whether automation or a scene may have changed the member; True if its object was deleted meanwhile."""
        try:
            parameter = PARAMETERS.get(self._member, lambda subject: subject)(self._subject)
            is_automated = getattr(parameter, "automation_state", None) == AUTOMATION_PLAYS
            return is_automated or self._member == "tempo" and _is_of_a_scene(self._subject)
        except (AttributeError, TypeError, RuntimeError):
            return True

    def end(self):
        subject, self._subject = self._subject, None
        try:
            if subject is not None:
                getattr(subject, "remove_%s_listener" % self._member)(self._mark)
        except (TypeError, RuntimeError):  # a deleted object, whose listeners are deleted with it
            pass


def _is_of_a_scene(song):
    """Whether a scene may have set this tempo: that happens when the scene starts, long after its launch."""
    tempo, scenes = song.tempo, song.scenes
    if len(scenes) > SCENES_LOOKED_AT_MAX:
        return True
    return any(scene.tempo_enabled and abs(scene.tempo - tempo) < TEMPO_STEP for scene in scenes)


class Watches:
    """All listeners, by the place and the member that they listen to."""

    def __init__(self, is_caused_by_command, log):
        """`is_caused_by_command(member, subject)` returns whether a command may have caused a change now."""
        self._is_caused_by_command = is_caused_by_command
        self._log = log
        self._watches = {}
        self._changed = {}

    @property
    def has_changes(self):
        return bool(self._changed)

    def take_change(self):
        """The topics of one member that has changed since the last call.

        Each comes with whether its path must be resolved again, and the cause of the change. Its place may hold another
        object until its path is resolved.
        """
        watch = next(iter(self._changed))
        changed_by = self._changed.pop(watch)
        changed_by = OTHERWISE if watch.may_be_automated() else changed_by
        return [
            (topic, is_path, changed_by if is_value else OTHERWISE) for topic, (is_path, is_value) in watch.topics.items()
        ]

    def attach(self, topic, before, wanted):
        """Makes a topic depend on `wanted`, and no longer on the rest of `before`; yields after each listener."""
        for key in before:
            if key not in wanted:
                self._leave(key, topic)
                yield
        for key, (subject, is_path, is_value) in wanted.items():
            watch = self._watches.get(key)
            if watch is None:
                watch = self._watches[key] = Watch(key[1], self._changed, self._is_caused_by_command)
            watch.topics[topic] = is_path, is_value
            watch.move_to(subject, self._log)
            yield

    def close(self):
        for watch in self._watches.values():
            watch.end()
        self._watches.clear()
        self._changed.clear()

    def _leave(self, key, topic):
        watch = self._watches.get(key)
        if watch is not None and watch.topics.pop(topic, None) is not None and not watch.topics:
            del self._watches[key]
            watch.end()
