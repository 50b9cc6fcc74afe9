"""Loads an item of the browser into the set: where the device is inserted, and which device it replaces.

As in Live's manual for double clicks: a device that the selected track cannot hold gets a new MIDI track. During
hot-swap the device under it is replaced. A preset names the device; its other content is unknown, so presets of racks,
which would be empty, are not simulated.
"""

from ..errors import LimitationError, NotSimulated
from . import device_kinds
from .device import INSTRUMENT


def require_simulated(live, entry):
    if entry.device is None:
        raise NotSimulated("Browser.load_item of samples and clips is not simulated")
    if entry.is_file and entry.device.endswith("Rack"):
        raise NotSimulated("Browser.load_item of racks with something in them is not simulated")
    if entry.kind is None and entry.device not in device_kinds.kind_names(live):
        raise NotSimulated("Browser.load_item of %s is not simulated" % entry.device)


def land(browser, entry):
    """Inserts the device as one undo step. Where it does not fit, Live shows a message and inserts no device."""
    song = browser.live.set
    song.history.begin_call()
    try:
        device = _swapped(browser, entry) if browser.hotswap_target else _added(song, entry)
        song.view.select_device(device)
    except (LimitationError, RuntimeError) as error:
        browser.live.log("StatusBar: %s" % error)
    finally:
        song.history.end_call()
    browser.live.notifications.notify()


def _swapped(browser, entry):
    target = browser.hotswap_target
    chain, place = target.parent, target.parent.devices.index(target)
    device = _put(chain, entry, place, target)
    browser.hotswap_target = device
    return device


def _added(song, entry):
    track = song.view.selected_track
    if entry.type not in track.taken_types:
        track = song.create_midi_track()
    return _put(track, entry, len(track.devices), track.instrument if entry.type == INSTRUMENT else None)


def _put(chain, entry, wanted, replaced):
    """Puts a new device into a chain at the nearest allowed position, and removes the one it replaces."""
    chain.require_thawed()
    place = chain.nearest_place(entry.type, wanted, without=replaced)
    if place is None:
        raise RuntimeError("%s can not stand there" % entry.device)
    device = _made(chain, entry)
    kept = [present for present in chain.devices if present is not replaced]
    chain.devices = (*kept[:place], device, *kept[place:])
    return device


def _made(parent, entry):
    device = entry.kind.make(parent) if entry.kind else device_kinds.make_device(parent, entry.device)
    if entry.is_file:
        device.name = entry.name.rpartition(".")[0]
    return device
