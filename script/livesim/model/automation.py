"""What automation means to a parameter: it follows the envelope of the clip that plays, until somebody overrides it."""

import weakref

UNAUTOMATED, PLAYING, OVERRIDDEN = 0, 1, 2
_WAYS_TO_WRITE = ("value", "display_value")


class Automated:
    """Envelopes die with their parameter and come back with it. `envelopes` are all that anybody remembers."""

    def _birth(self):
        super()._birth()
        self.envelopes = weakref.WeakSet()

    def die(self):
        super().die()
        for envelope in self.envelopes:
            envelope.die()

    def revive(self):
        super().revive()
        for envelope in self.envelopes:
            envelope.revive()

    def post(self, member):
        super().post(member)
        if member == "automation_state":
            self.song.tell_of_overrides()

    def follow(self, value):
        """Automation sets the value, as long as nobody else has."""
        if self.automation_state == PLAYING:
            self.value = value

    def assign(self, name, value):
        super().assign(name, value)
        if name in _WAYS_TO_WRITE and self.automation_state == PLAYING:
            self.automation_state = OVERRIDDEN
            self.live.notifications.tell()
