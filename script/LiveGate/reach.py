"""Finds all objects of a kind in the set or on a track, and the contents of an object: nested racks, groups, lanes.

The generators yield an object as (index, object), with the index by which actions name it; None if they do not, as for
clips in the arrangement. A nested device has the index of its outermost rack. For each position that holds no such
object they yield (None, None), so that their reader can bound how much they look at.
"""

_NOTHING = (None, None)


def clips_on(track):
    """The clips of a track: in the session, in the arrangement and in take lanes."""
    yield from ((row, slot.clip) for row, slot in enumerate(track.clip_slots))
    yield from ((None, clip) for clip in track.arrangement_clips)
    for lane in getattr(track, "take_lanes", ()):  # since Live 12
        yield from ((None, clip) for clip in lane.arrangement_clips)


def devices_on(track):
    """The devices of a track, those in its racks included."""
    return with_nested(enumerate(track.devices))


def with_nested(devices):
    """Devices, each followed by those in its chains, at any depth."""
    waiting = list(devices)[::-1]
    while waiting:
        index, device = waiting.pop()
        yield index, device
        if device.can_have_chains:
            chains = (*device.chains, *getattr(device, "return_chains", ()))
            for chain in chains[::-1]:
                yield _NOTHING
                waiting.extend((index, nested) for nested in list(chain.devices)[::-1])


def with_contents(kind, song, items):
    """Objects and their contents: a group's tracks, a rack's devices."""
    if kind == "device":
        return with_nested(items)
    if kind == "track":
        return [member for track in items for member in _with_members(song, track)]
    return items


def _with_members(song, track):
    waiting = [track]
    while waiting:
        index, found = waiting.pop()
        yield index, found
        if found.is_foldable:
            for other_index, other in enumerate(song.tracks):
                yield _NOTHING
                if other.group_track == found:
                    waiting.append((other_index, other))


def _all_devices(song):
    for track in (*song.tracks, *song.return_tracks, song.master_track):
        yield from devices_on(track)


# The objects of a kind that an index alone names.
BY_INDEX = {
    "track": lambda song: song.tracks,
    "return": lambda song: song.return_tracks,
    "scene": lambda song: song.scenes,
}
# All objects of a kind.
ALL = {
    "track": lambda song: enumerate(song.tracks),
    "return": lambda song: enumerate(song.return_tracks),
    "scene": lambda song: enumerate(song.scenes),
    "device": _all_devices,
    "clip": lambda song: (clip for track in song.tracks for clip in clips_on(track)),
}
ON_TRACK = {"clip": clips_on, "device": devices_on}
