"""Loads one item of Live's browser onto a track and waits for its device (asynchronous loading).

The browser loads onto the selected track, and the device arrives after the script's callback has returned. So the
track is selected and the item loaded within one tick, one load at a time, and then the selection is restored.
"""

from .. import steps
from ..errors import Refusal, is_momentary
from . import overwriting, polling, targets
from .track_places import place_now

INSTRUMENT = 1


def when_none_arrives(host, proceed):
    """Continues once no load is in progress; for a command that has changed nothing yet.

    All loads share the selection, and any device that appears on the track meanwhile could pass for the loaded one.
    """
    return polling.before(
        host,
        lambda: host.now_ms() >= host.load_ends_ms,
        proceed,
        lambda: "Live's browser is busy with other devices; retry",
    )


def instruments_of(track):
    """The names of the instruments on a track."""
    return [device.name for device in track.devices if int(device.type) == INSTRUMENT]


class DevicesOf:
    """The devices of a track as they are now, to compare with later."""

    def __init__(self, track):
        self._track = track
        self._devices = list(track.devices)
        self._names = [device.name for device in self._devices]

    def new(self):
        return [device for device in self._track.devices if device not in self._devices]

    def removed(self):
        """The names of the devices that have disappeared."""
        kept = list(self._track.devices)
        return [name for device, name in zip(self._devices, self._names) if device not in kept]


class Load:
    """`found` is the item to load (loading.py); `answer(device, replaced)` returns the answer once the device is there.

    `replaced` are the names of the devices that it replaced: the browser does not say what kind of device a plug-in is, and
    an instrument replaces another.
    """

    def __init__(self, host, track, track_index, found, answer, overwrite):
        self._host = host
        self._track = track
        self._track_index = track_index
        self._found = found
        self._answer = answer
        self._overwrite = overwrite
        self._selected_before = None
        self._tracks_before = ()
        self._before = None
        self._deadline_ms = 0

    def begin(self):
        return when_none_arrives(self._host, self._prepare)

    def _prepare(self):
        self._require_fit()
        song = self._host.song
        self._selected_before = song.view.selected_track
        self._tracks_before = list(song.tracks)
        self._before = DevicesOf(self._track)
        now_ms = self._host.now_ms()
        self._host.loads_onto = self._track
        self._host.load_ends_ms = now_ms + polling.TIMEOUT_MS
        # The first attempt sets the deadline; a deferred one does not extend it.
        self._deadline_ms = self._deadline_ms or self._host.load_ends_ms
        return self._load()

    def _load(self):
        try:
            self._select(self._track)
            self._host.application.browser.load_item(self._found.item)
        except Exception as error:  # raised again once the selection is restored
            if not is_momentary(error):
                return self._end(error)
            if self._host.now_ms() >= self._deadline_ms:
                return self._end(Refusal("live_error", "Live takes no changes at the moment; retry"))
            if self._host.song.view.selected_track == self._selected_before:
                self._host.load_ends_ms = 0  # nothing has changed: other loads may run until the next tick
                return steps.on_next_tick(self.begin, begun=False)
            return steps.on_next_tick(self._load)
        self._deadline_ms = self._host.load_ends_ms = self._host.now_ms() + polling.TIMEOUT_MS
        return steps.on_next_tick(self._poll)

    def _poll(self):
        if place_now(self._host.song, self._track, self._track_index) is None:
            return self._end(Refusal("live_error", "the track was deleted before %s arrived" % self._found.name))
        arrived = self._before.new()
        for device in arrived:
            if self._found.may_be(device):
                return self._end(self._answer(device, self._before.removed()))
        if self._host.now_ms() < self._deadline_ms:
            return steps.on_next_tick(self._poll)
        return self._end(Refusal("live_error", self._missed(arrived)))

    def _missed(self, others):
        sentence = "%s did not arrive on the track within %d s" % (self._found.name, polling.TIMEOUT_MS // 1000)
        if others:
            return "%s, although %s did" % (sentence, ", ".join(device.name for device in others))
        return sentence + "; Live may have created a track for it"

    def _end(self, outcome):
        """Restores the selection, then returns the answer or raises the error; the next load may begin."""
        self._host.load_ends_ms = 0
        return polling.retry(self._host, lambda: self._restore_selection(outcome))

    def _restore_selection(self, outcome):
        song = self._host.song
        others = list(song.return_tracks) + [song.master_track]
        selected = song.view.selected_track
        # A different selection was made by the user and stays; a new track was created by Live for the device.
        may_restore = selected == self._track or selected not in self._tracks_before + others
        if may_restore and self._selected_before in list(song.tracks) + others:
            self._select(self._selected_before)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _select(self, track):
        view = self._host.song.view
        if view.selected_track != track:
            view.selected_track = track

    def _require_fit(self):
        """Raises a Refusal if Live would put the device elsewhere, or replace another one."""
        track, name = self._track, self._found.name
        targets.require_at(self._host, track, self._track_index)
        swapped = self._host.application.browser.hotswap_target
        targets.require(swapped is None, "Live's browser is swapping a device; leave its hot-swap mode first")
        targets.require(not track.is_frozen, "%s is frozen and takes no devices" % track.name)
        fits = track.has_midi_input or not self._found.needs_notes
        targets.require(fits, "%s needs a MIDI track, and %s is not one" % (name, track.name))
        instruments = instruments_of(track) if self._found.is_plugin else ()
        replaced = "%s, if %s is an instrument" % (", ".join(instruments), name)
        overwriting.require_none(self._overwrite, lambda: replaced if instruments else None)
        for instrument in instruments_of(track) if self._found.is_instrument else ():
            raise Refusal("live_error", "%s has an instrument already, %s; delete it first" % (track.name, instrument))
