"""The listeners that Live has: one for each member at a place, however many topics depend on it (observer)."""

AUTOMATION_PLAYS = 1
# What automation plays through a parameter that stands elsewhere.
PARAMETERS = {
    "tempo": lambda song: song.master_track.mixer_device.song_tempo,
    "mute": lambda track: track.mixer_device.track_activator,
}
# So far apart two tempos may be and be the same one.
TEMPO_STEP = 0.001
# Of more scenes one may have set the tempo: to look at them all would take too long in one piece.
SCENES_LOOKED_AT_MAX = 256
# What has changed a topic, as bits: somebody in Live itself, and whatever else there is. Only what nothing else has
# changed as well can be told to be somebody's.
BY_HAND, OTHERWISE = 1, 2


class Watch:
    """One listener. All that it does when Live calls it is to remember that it was called, and by whom."""

    __slots__ = ("topics", "_member", "_mark", "_subject")

    def __init__(self, member, changed, is_ours):
        self.topics = {}  # each with whether the way to it, and whether its value, depends on the member
        self._member = member
        self._subject = None

        def mark():
            changed[self] = changed.get(self, 0) | (OTHERWISE if is_ours(member, self._subject) else BY_HAND)

        # Not a method: Live holds those weakly. `changed` is emptied, never replaced.
        self._mark = mark

    def move_to(self, subject, log):
        """Listens to the object that stands at the place now."""
        if self._subject is not None and self._subject == subject:
            return
        self.end()
        self._subject = subject
        try:
            getattr(subject, "add_%s_listener" % self._member)(self._mark)
        except Exception as error:  # the value is told when it is asked for, or when something else changes
            self._subject = None
            log.warn("listener", "cannot listen to %s: %s" % (self._member, error))

    def may_be_played(self):
        """Whether automation may have changed it, or a scene; of what is deleted meanwhile nobody can tell."""
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
        except (TypeError, RuntimeError):  # a deleted object, whose listeners went with it
            pass


def _is_of_a_scene(song):
    """Whether a scene sets this tempo: it does so when it begins, long after anybody launched it."""
    tempo, scenes = song.tempo, song.scenes
    if len(scenes) > SCENES_LOOKED_AT_MAX:
        return True
    return any(scene.tempo_enabled and abs(scene.tempo - tempo) < TEMPO_STEP for scene in scenes)


class Watches:
    """All listeners, by the place and the member that they are for."""

    def __init__(self, is_ours, log):
        """`is_ours` tells of a member and whose it is whether a command may have changed it now."""
        self._is_ours = is_ours
        self._log = log
        self._watches = {}
        self._changed = {}

    @property
    def has_changes(self):
        return bool(self._changed)

    def take_change(self):
        """The topics of one of the members that have changed since the last time.

        Each with whether it must be found anew, and by what it was changed. Since others came or went before it, it may
        stand elsewhere now: until it is found, what is heard at its place is about something else.
        """
        watch = next(iter(self._changed))
        changed_by = self._changed.pop(watch)
        changed_by = OTHERWISE if watch.may_be_played() else changed_by
        return [
            (topic, is_way, changed_by if is_value else OTHERWISE) for topic, (is_way, is_value) in watch.topics.items()
        ]

    def attach(self, topic, before, wanted):
        """A topic depends on what is `wanted` from now on, no longer on what it depended on `before`; one by one."""
        for key in before:
            if key not in wanted:
                self._leave(key, topic)
                yield
        for key, (subject, is_way, is_value) in wanted.items():
            watch = self._watches.get(key)
            if watch is None:
                watch = self._watches[key] = Watch(key[1], self._changed, self._is_ours)
            watch.topics[topic] = is_way, is_value
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
