"""Track switches: mute, solo, arm and monitoring, each only on the kinds of track that have it."""

from .base import State, reads

_NO_ARM = "%s and Return Tracks have no 'Arm' state!"


def _switch(state, is_present, sentence):
    """A property over another member, refused with Live's message on tracks that lack it."""

    def require(track):
        if not is_present(track):
            raise RuntimeError(sentence % track.song.main_name)

    def get(track):
        require(track)
        return getattr(track, state)

    def put(track, value):
        require(track)
        setattr(track, state, value)

    return reads(get, put)


def _is_not_main(track):
    return not track.is_main


def _is_playable(track):
    return track.is_playable


class TrackSwitches:
    _solo = State(False, also=("solo",))
    _arm = State(False, undo=False, also=("arm",))
    _implicit_arm = State(False, undo=False, also=("implicit_arm",))
    _monitoring = State(1, also=("current_monitoring_state",))

    mute = _switch("_mute", _is_not_main, "%s track has no 'mute' property!")
    solo = _switch("_solo", _is_not_main, "%s track has no 'solo' property!")
    arm = _switch("_armed", _is_playable, _NO_ARM)
    implicit_arm = _switch("_implicit_arm", _is_playable, _NO_ARM)
    current_monitoring_state = _switch(
        "_monitoring_state", _is_playable, "%s and Return Tracks have no monitoring state!"
    )

    def post(self, member):
        super().post(member)
        if member == "_solo":
            for track in self.song.tracks + self.song.return_tracks:
                track.post("muted_via_solo")

    @property
    def _mute(self):
        return not self.mixer_device.track_activator.value

    @_mute.setter
    def _mute(self, value):
        self.mixer_device.track_activator.value = 0.0 if value else 1.0

    @property
    def _armed(self):
        return self._arm

    @_armed.setter
    def _armed(self, value):
        """As measured in Live: arming an audio track without an input has no effect and raises no error."""
        self._arm = value and self.has_source

    @property
    def _monitoring_state(self):
        return self._monitoring

    @_monitoring_state.setter
    def _monitoring_state(self, value):
        if value not in (0, 1, 2):
            raise RuntimeError("Invalid monitoring state!")
        self._monitoring = value

    @reads
    def can_be_armed(self):
        return self.is_playable

    @reads
    def muted_via_solo(self):
        """A group is audible as long as one of its tracks is soloed, and all its tracks are while it is soloed."""
        if self.is_main or any(track._solo for track in (self, *self.groups, *self.contents)):
            return False
        siblings = self.song.tracks if self.has_slots else self.song.return_tracks
        return any(track._solo for track in siblings)
