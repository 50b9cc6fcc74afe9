"""Loads an item of the browser into the set: where it is inserted, and which device it replaces.

As in Live's manual for double clicks: a device that the selected track cannot hold gets a new MIDI track. During
hot-swap the device under it is replaced. Presets have their device's initial values, and presets of racks an invented
content (rack_presets.py). Assumed (UNCONFIRMED.md): a sample becomes a Simpler on a MIDI track, and a clip in the
highlighted slot of an audio track; a clip goes to that slot. A slot with a clip stands for the next empty one below.
"""

import os

from ..errors import LimitationError
from . import device_kinds, rack_presets
from .audio_file import RECORDED_RATE, AudioFile
from .clip import Clip
from .device import INSTRUMENT
from .simpler import Sample

SAMPLE_SECONDS, CLIP_BEATS = 2, 4.0
CLIP_SUFFIX = ".alc"


def land(browser, entry):
    """Inserts the item as one undo step. Where it does not fit, Live shows a message and inserts nothing."""
    song = browser.live.set
    song.history.begin_call()
    try:
        if entry.name.endswith(CLIP_SUFFIX) or (entry.device is None and not _takes_samples(browser, song)):
            _fill_slot(song, entry)
        else:
            song.view.select_device(_swapped(browser, entry) if browser.hotswap_target else _added(song, entry))
    except (LimitationError, RuntimeError) as error:
        browser.live.log("StatusBar: %s" % error)
    finally:
        song.history.end_call()
    browser.live.notifications.notify()


def _takes_samples(browser, song):
    return browser.hotswap_target is not None or INSTRUMENT in song.view.selected_track.taken_types


def _fill_slot(song, entry):
    """Puts a clip, or a sample as an audio clip, into the highlighted slot, or into one of a new track."""
    is_midi = entry.name.endswith(CLIP_SUFFIX)
    track = song.view.selected_track
    if not track.is_playable or track.has_midi_input != is_midi:
        track = song.create_midi_track() if is_midi else song.create_audio_track()
    track.require_thawed()
    slot = song.first_empty(track, song.scenes.index(song.view.selected_scene))
    slot.clip = Clip(slot, CLIP_BEATS) if is_midi else Clip.of_sample(slot, _file(entry))
    slot.clip.name = _stem(entry)


def _swapped(browser, entry):
    target = browser.hotswap_target
    chain, place = target.parent, target.parent.devices.index(target)
    device = _put(chain, entry, place, target)
    browser.hotswap_target = device
    return device


def _added(song, entry):
    track = song.view.selected_track
    if _type(entry) not in track.taken_types:
        track = song.create_midi_track()
    return _put(track, entry, len(track.devices), track.instrument if _type(entry) == INSTRUMENT else None)


def _put(chain, entry, wanted, replaced):
    """Puts a new device into a chain at the nearest allowed position, and removes the one it replaces."""
    chain.require_thawed()
    place = chain.nearest_place(_type(entry), wanted, without=replaced)
    if place is None:
        raise RuntimeError("%s can not stand there" % (entry.device or entry.name))
    device = _made(chain, entry)
    kept = [present for present in chain.devices if present is not replaced]
    chain.devices = (*kept[:place], device, *kept[place:])
    return device


def _made(parent, entry):
    if entry.device is None:
        device = device_kinds.make_device(parent, "Simpler")
        device.sample = Sample(device, _file(entry))
    else:
        device = entry.kind.make(parent) if entry.kind else device_kinds.make_device(parent, entry.device)
    if entry.is_file:
        if entry.device is not None and entry.device.endswith("Rack"):
            rack_presets.fill(device, entry.device)
        device.name = _stem(entry)
    return device


def _type(entry):
    """A sample becomes a Simpler."""
    return INSTRUMENT if entry.device is None else entry.type


def _file(entry):
    return AudioFile("/Library/Samples/" + entry.name, SAMPLE_SECONDS * int(RECORDED_RATE), RECORDED_RATE)


def _stem(entry):
    return os.path.splitext(entry.name)[0]
