"""Pads on ableton.v2: the first scene of all current tracks, with lights that follow the clips."""

from ableton.v2.base import EventObject, clamp, liveobj_valid, listenable_property, listens, listens_group
from ableton.v2.control_surface import Component, ControlSurface, MIDI_NOTE_TYPE
from ableton.v2.control_surface.elements import ButtonElement

PADS, FIRST_NOTE = 4, 36
EMPTY, FILLED, WAITING, PLAYING = 0, 1, 2, 3


def create_instance(c_instance):
    return ClipPads(c_instance)


class Counter(EventObject):
    """Counts launches, and notifies listeners."""

    launches = listenable_property.managed(0)


class Row(Component):
    def __init__(self, pads, counter, *a, **k):
        super(Row, self).__init__(*a, **k)
        self._pads = pads
        self._counter = counter
        self._on_pad_value.replace_subjects(pads, range(len(pads)))
        self._on_tracks_changed.subject = self.song
        self._on_selected_name_changed.subject = self.song.view
        self._follow_tracks()

    @property
    def slots(self):
        return [track.clip_slots[0] for track in self.song.tracks][: len(self._pads)]

    def update(self):
        super(Row, self).update()
        for pad, slot in zip(self._pads, self.slots):
            pad.send_value(self._color(slot))
        for pad in self._pads[len(self.slots) :]:
            pad.send_value(EMPTY)

    def _follow_tracks(self):
        self._on_playing_changed.replace_subjects(self.song.tracks)
        self._on_clip_changed.replace_subjects(self.slots)
        self._on_triggered_changed.replace_subjects(self.slots)
        self.update()

    def _color(self, slot):
        if slot.is_triggered:
            return WAITING
        if not slot.has_clip:
            return EMPTY
        return PLAYING if slot.is_playing else FILLED

    @listens("tracks")
    def _on_tracks_changed(self):
        self._follow_tracks()

    @listens("selected_track.name")
    def _on_selected_name_changed(self):
        self.canonical_parent.show_message(self.song.view.selected_track.name)

    @listens_group("playing_slot_index")
    def _on_playing_changed(self, _track):
        self.update()

    @listens_group("has_clip")
    def _on_clip_changed(self, _slot):
        self.update()

    @listens_group("is_triggered")
    def _on_triggered_changed(self, _slot):
        self.update()

    @listens_group("value")
    def _on_pad_value(self, value, index):
        if value and index < len(self.slots) and liveobj_valid(self.slots[index]):
            self.slots[index].fire()
            self._counter.launches = clamp(self._counter.launches + 1, 0, 99)


class ClipPads(ControlSurface):
    def __init__(self, *a, **k):
        super(ClipPads, self).__init__(*a, **k)
        self.counted = []
        self.counter = self.register_disconnectable(Counter())
        with self.component_guard():
            notes = range(FIRST_NOTE, FIRST_NOTE + PADS)
            pads = [ButtonElement(True, MIDI_NOTE_TYPE, 0, note, name="Pad_%d" % note) for note in notes]
            self.row = Row(pads, self.counter, name="Row")
        self._on_launches_changed.subject = self.counter

    @listens("launches")
    def _on_launches_changed(self, launches):
        self.counted.append(launches)
