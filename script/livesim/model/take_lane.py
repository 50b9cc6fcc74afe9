"""TakeLane: a row of clips below a track, from which takes are chosen. It is not heard (comping)."""

from .arrangement_row import ArrangementRow
from .base import Model, State, models, reads


@models("TakeLane.TakeLane")
class TakeLane(ArrangementRow, Model):
    _given_name = State("", also=("name",))

    is_take_lane = True
    is_heard = False

    @property
    def row_track(self):
        return self.parent

    @reads
    def name(self):
        """Without a name of its own it is called after its place."""
        return self._given_name or "Take %d" % (self.parent.take_lanes.index(self) + 1)

    @name.setter
    def name(self, value):
        self._given_name = value
