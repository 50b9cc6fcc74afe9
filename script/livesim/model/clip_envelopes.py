"""The automation envelopes of a Session clip: at most one for each parameter of its own track.

While the clip plays, the parameters follow them. A value that a script sets meanwhile stays until automation is enabled
again, or the clip is launched again.
"""

from . import envelope
from .base import State, command, query, reads
from .parameter import PLAYING, UNAUTOMATED


class ClipEnvelopes:
    _automation_envelopes = State((), owns=True)

    def _birth(self):
        super()._birth()
        self._posted_envelopes = False

    @reads
    def automation_envelopes(self):
        return tuple(known for known in self._automation_envelopes if known.is_alive)

    @reads
    def has_envelopes(self):
        return bool(self.automation_envelopes)

    @query
    def automation_envelope(self, parameter):
        """Returns None also for the parameters of other tracks."""
        return next((known for known in self.automation_envelopes if known.parameter is parameter), None)

    @command
    def create_automation_envelope(self, parameter):
        if self.is_arrangement_clip or not _is_within(parameter, self.track):
            raise RuntimeError("There can be no envelope for the parameter in this clip")
        if self.automation_envelope(parameter) is not None:
            raise RuntimeError("The parameter has an envelope in this clip already")
        made = envelope.of_version(self.live)(self, parameter)
        self._automation_envelopes += (made,)
        if self.is_playing:
            parameter.automation_state = PLAYING
        return made

    @command
    def clear_envelope(self, parameter):
        self._clear(lambda known: known.parameter is parameter)

    @command
    def clear_all_envelopes(self):
        self._clear(lambda known: True)

    def take_envelopes_of(self, source):
        """A copy of a clip keeps the envelopes of the parameters that its track has as well."""
        kind = envelope.of_version(self.live)
        made = []
        for known in source.automation_envelopes:
            parameter = _counterpart(known.parameter, source.track, self.track)
            if parameter is not None:
                made.append(kind.like(known, self, parameter))
        self._values["_automation_envelopes"] = tuple(made)
        self._posted_envelopes = self.has_envelopes

    def start_automation(self):
        for known in self.automation_envelopes:
            known.parameter.automation_state = PLAYING

    def play_automation(self, position):
        """Called when the clip has reached a position in its own beats."""
        for known in self.automation_envelopes:
            known.parameter.follow(known.value_at_time(position))

    def stop_automation(self):
        for known in self.automation_envelopes:
            known.parameter.automation_state = UNAUTOMATED

    def post(self, member):
        super().post(member)
        if member == "_automation_envelopes":
            self.post_envelopes()

    def post_envelopes(self):
        """Notifies the listeners of the first envelope and of the end of the last."""
        if self._posted_envelopes != self.has_envelopes:
            self._posted_envelopes = self.has_envelopes
            self.post("has_envelopes")

    def _clear(self, is_meant):
        if self.is_playing:
            for known in filter(is_meant, self.automation_envelopes):
                known.parameter.automation_state = UNAUTOMATED
        self._automation_envelopes = tuple(known for known in self._automation_envelopes if not is_meant(known))


def _is_within(model, track):
    while model is not None and model is not track:
        model = model.parent
    return model is track


def _counterpart(parameter, track, other_track):
    """The corresponding parameter of another track; None if it is a different one."""
    if track is other_track:
        return parameter
    found = other_track
    for step in parameter.path()[len(track.path()) :].split():
        found = _step(found, step)
    return found if found is not None and _called(found) == _called(parameter) else None


def _called(parameter):
    return parameter.name, getattr(parameter.parent, "class_name", None)


def _step(place, step):
    if not step.isdigit():
        return getattr(place, step, None)
    return place[int(step)] if place and int(step) < len(place) else None
