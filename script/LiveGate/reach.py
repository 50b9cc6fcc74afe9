"""Finds all objects of a kind in the set or on a track, and the contents of an object: nested racks, groups, lanes.

The generators yield None for each place that holds no such object, so that their reader can bound how much they look at.
"""


def clips_on(track):
    """The clips of a track: in the session, in the arrangement and in take lanes."""
    yield from (slot.clip for slot in track.clip_slots)
    yield from track.arrangement_clips
    for lane in getattr(track, "take_lanes", ()):  # since Live 12
        yield from lane.arrangement_clips


def devices_on(track):
    """The devices of a track, those in its racks included."""
    return with_nested(track.devices)


def with_nested(devices):
    """Devices, each followed by those in its chains, at any depth."""
    waiting = list(devices)[::-1]
    while waiting:
        device = waiting.pop()
        yield device
        if device.can_have_chains:
            chains = (*device.chains, *getattr(device, "return_chains", ()))
            for chain in chains[::-1]:
                yield None
                waiting.extend(list(chain.devices)[::-1])


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
        found = waiting.pop()
        yield found
        if found.is_foldable:
            for other in song.tracks:
                yield None
                if other.group_track == found:
                    waiting.append(other)


def _all_devices(song):
    for track in (*song.tracks, *song.return_tracks, song.master_track):
        yield from devices_on(track)


# All objects of a kind; a tuple if the objects are named by index.
ALL = {
    "track": lambda song: song.tracks,
    "return": lambda song: song.return_tracks,
    "scene": lambda song: song.scenes,
    "device": _all_devices,
    "clip": lambda song: (clip for track in song.tracks for clip in clips_on(track)),
}
ON_TRACK = {"clip": clips_on, "device": devices_on}
