"""The places of tracks that only devices are named on: a return track, or the master track.

Actions take one as `track_index`, where other tracks have an integer.
"""


class ReturnPlace:
    """The place of a return track."""

    def __init__(self, index):
        self._index = index
        self.fields = {"return_index": index}

    def tracks(self, song):
        """The track at this place, or nothing."""
        return song.return_tracks[self._index : self._index + 1]

    def __str__(self):
        return "return track %d" % self._index


class MasterPlace:
    """The place of the master track."""

    fields = {}

    def tracks(self, song):
        return (song.master_track,)

    def __str__(self):
        return "the master track"


def name_of(place):
    """A place in words."""
    return "track %d" % place if isinstance(place, int) else str(place)


def fields_of(place):
    """A place as the fields of an answer."""
    return {"track_index": place} if isinstance(place, int) else place.fields


def place_now(song, track, place):
    """Where a track is that was at a place: other tracks may have been moved, added or deleted; None if it was deleted."""
    if isinstance(place, int):
        return next((index for index, each in enumerate(song.tracks) if each == track), None)
    return place if any(each == track for each in place.tracks(song)) else None
