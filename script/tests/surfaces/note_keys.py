"""A script on ableton.v2 that names its arguments, assigns integers to enums, and reacts to Live on its own clock."""

import Live
from ableton.v2.base import liveobj_valid, listens, task
from ableton.v2.control_surface import SimpleControlSurface

EIGHTH_TRIPLETS, HALF_NOTES = 3, 5


def create_instance(c_instance):
    return NoteKeys(c_instance=c_instance)


class NoteKeys(SimpleControlSurface):
    def __init__(self, *a, **k):
        super(NoteKeys, self).__init__(*a, **k)
        self.positions = []
        self.seen = []
        with self.component_guard():
            self.song.clip_trigger_quantization = HALF_NOTES
            self.song.midi_recording_quantization = EIGHTH_TRIPLETS
            self._on_position.subject = self.song
            self._on_notes.subject = self.clip
            self._tasks.add(task.sequence(task.wait(0.2), task.run(self._transpose)))

    @property
    def clip(self):
        return self.song.tracks[0].clip_slots[0].clip

    def write(self):
        note = Live.Clip.MidiNoteSpecification(pitch=64, start_time=1.0, duration=0.5, velocity=90, probability=0.5)
        low = Live.Clip.MidiNoteSpecification(mute=True, duration=1.0, start_time=2.0, pitch=60)
        self.clip.add_new_notes((note, low))

    def _transpose(self):
        notes = self.clip.get_notes_extended(from_time=0.0, from_pitch=0, time_span=self.clip.length, pitch_span=128)
        for note in notes:
            note.pitch += 12
        self.clip.apply_note_modifications(notes)
        self.clip.view.grid_quantization = int(Live.Clip.GridQuantization.g_quarter)
        self.song.create_scene(index=-1)

    @listens("notes")
    def _on_notes(self):
        if liveobj_valid(self.clip):
            self.seen.append([note.pitch for note in self.clip.get_all_notes_extended()])

    @listens("current_song_time")
    def _on_position(self):
        self.positions.append(self.song.current_song_time)
