"""Actions that add a device to a track: by Live's own insertion if available, otherwise through the browser."""

from ..errors import is_momentary, shown
from ..lom import targets
from ..lom.browser_load import Load, instruments_of, when_none_arrives
from ..lom.browser_walk import below, has_items, in_pieces, shelf
from ..lom.device_descriptions import ON_TRACK, PLACE, placed
from ..lom.overwriting import OVERWRITE
from ..lom.track_places import name_of, place_now
from ..parameters import Text
from ..registry import action
from .browser import DEVICE_CATEGORIES

DEVICE_NAME = Text(max_length=256, min_length=1)
NEW_DEVICE = {"track": "track_index", "device": None, "selection": None}
ADDED = dict(PLACE, message="string")
PLUGINS = "plugins"
SEARCHED = DEVICE_CATEGORIES + (PLUGINS,)
# Bounds the search, however much is installed.
SEARCHED_ITEMS_MAX = 20000
SUFFIXES = (".adv", ".adg", ".amxd")
# Categories and folders of instruments, and of effects that process notes as instruments do.
INSTRUMENT_PLACES = frozenset(("instruments", "drums", "Max Instrument"))
NOTE_EFFECT_PLACES = frozenset(("midi_effects", "Max MIDI Effect"))
# Devices whose names on a track differ from those in the browser.
NAMES_ON_TRACKS = {"external instrument": "ext. instrument", "external audio effect": "ext. audio effect"}


@action(
    "device",
    ["edit"],
    NEW_DEVICE,
    ADDED,
    records=("device_index", "device_name"),
    makes="device",
    shows=ON_TRACK,
    sentence="<add|added> the device {device_name} to {track}",
)
def add_device(host, track_index: targets.INDEX, device_name: DEVICE_NAME):
    """Adds one of Live's own devices to a track by its name; load_device_from_browser loads plug-ins and presets too.

    The device is added at the end of the chain, or as near to it as its kind allows: MIDI effects come before the
    instrument. Refused if Live has no such device, if the track cannot hold it, or if the track has an instrument already.
    Uses Track.insert_device if available (12.3) and the track has no instrument, else Browser.load_item.
    """
    track = targets.track(host, track_index)

    def begin():
        targets.require_at(host, track, track_index)
        # The browser says which devices are instruments; inserting one unchecked might replace the existing instrument.
        device = None if instruments_of(track) else _inserted(track, device_name)
        if device is not None:
            return _added(host, track, track_index, device, ())
        return _searched(host, track, track_index, OwnSearch(host.application.browser, device_name))

    return when_none_arrives(host, begin)


def _takes_every_device(host, track_index, **_):
    """Whether Live puts any device onto this track, rather than onto a new one."""
    tracks = host.song.tracks
    return track_index < len(tracks) and bool(tracks[track_index].has_midi_input)


@action(
    "browser",
    ["edit", "costly"],
    # An instrument that the browser does not show as one gets a new track if its own is for audio.
    {"track": None, "device": None, "selection": None, "set": None},
    ADDED,
    records=("device_index", "device_name"),
    makes="device",
    shows=ON_TRACK,
    narrows={"track": _takes_every_device},
    sentence="<load|loaded> the device {device_name} onto {track}",
)
def load_device_from_browser(
    host, track_index: targets.INDEX, device_name: DEVICE_NAME, overwrite: OVERWRITE = False
):
    """Loads a device, plug-in, preset or Max for Live device from Live's browser onto a track, by its name.

    The name must be exact except for case. Refused if the first 20000 items of the browser do not include it, if the track
    cannot hold it, or if it is an instrument and the track has one already. The browser does not say which plug-ins are
    instruments: on a track with an instrument a plug-in is refused unless `overwrite` is true, and may then replace it.
    Answers once the device has arrived, or with live_error after 3 seconds; restores the selection of tracks.
    Uses Browser.load_item.
    """
    track = targets.track(host, track_index)
    return _searched(host, track, track_index, Search(host.application.browser, device_name), overwrite)


def _inserted(track, device_name):
    """The new device; None if Live does not insert a device of that name, and the browser is needed."""
    if not hasattr(track, "insert_device"):
        return None
    try:
        return track.insert_device(device_name)
    except (RuntimeError, ValueError) as error:
        if is_momentary(error):
            raise
        return None


def _searched(host, track, track_index, search, overwrite=False):
    def load():
        return Load(host, track, track_index, search.result(), answer, overwrite).begin()

    def answer(device, replaced):
        return _added(host, track, track_index, device, replaced)

    return in_pieces(search.visits(), load)


def _added(host, track, track_index, device, replaced):
    track_index = place_now(host.song, track, track_index)
    device_index = targets.position(track.devices, device)
    targets.require(device_index is not None, "the new device disappeared at once")
    how = "replaced %s on" % ", ".join(replaced) if replaced else "was added to"
    message = "%s %s %s" % (device.name, how, name_of(track_index))
    return placed(track_index, device_index, device, message=message)


class Search:
    """Searches for a loadable item of a name, with or without the suffix of its file."""

    categories = SEARCHED
    missing = "there is no device %s %s Live's browser"

    def __init__(self, browser, name):
        self._browser = browser
        self._name = name
        self._wanted = name.casefold()
        self._found = None
        self._gave_up = False

    def visits(self):
        shelves = [shelf(self._browser, category, (category,)) for category in self.categories]
        for looked_at, (item, above) in enumerate(below(shelves, self.goes_into), 1):
            if item.is_loadable and self.is_of_kind(item) and self._wanted in _names(item):
                self._found = Found(item, above + (item.name,))
                return
            if looked_at == SEARCHED_ITEMS_MAX:
                self._gave_up = True
                return
            yield item

    def result(self):
        where = "among the first %d items of" % SEARCHED_ITEMS_MAX if self._gave_up else "in"
        targets.require(self._found, self.missing % (shown(self._name), where))
        return self._found

    def goes_into(self, item):
        return has_items(item)

    def is_of_kind(self, _item):
        return True


class OwnSearch(Search):
    """Searches only the devices that are part of Live, which are few."""

    categories = DEVICE_CATEGORIES
    missing = "Live itself has no device %s %s its browser; load_device_from_browser loads plug-ins and presets too"

    def goes_into(self, item):
        return item.is_folder

    def is_of_kind(self, item):
        return item.is_device


class Found:
    """An item to load, and its kind as far as its place in the browser reveals it; for plug-ins it does not."""

    def __init__(self, item, path):
        self.item = item
        self.name = str(item.name)
        self.is_instrument = not INSTRUMENT_PLACES.isdisjoint(path)
        self.needs_notes = self.is_instrument or not NOTE_EFFECT_PLACES.isdisjoint(path)
        self.is_plugin = path[0] == PLUGINS
        self._is_own = bool(item.is_device) and not self.is_plugin

    def may_be(self, device):
        """Whether a device that appeared on the track can be this item: plug-ins and presets may have any name."""
        if not self._is_own:
            return True
        names = _names(self.item)
        names += [NAMES_ON_TRACKS[name] for name in names if name in NAMES_ON_TRACKS]
        return device.class_display_name.casefold() in names or device.name.casefold() in names


def _names(item):
    """The name, and the name without the suffix of its kind of file."""
    name = item.name.casefold()
    return [name] + [name[: -len(suffix)] for suffix in SUFFIXES if name.endswith(suffix)]
