"""The environment of an experiment: the set, tracks of its own, errors by their names, and what to restore."""

import Live


class Lab:
    def __init__(self, c_instance):
        self.live = Live
        self.song = c_instance.song()
        self.application = Live.Application.get_application()
        self.notes = []
        self._undo = []

    def note(self, text):
        """Adds a remark to the experiment's part of the report."""
        self.notes.append(str(text))

    def afterwards(self, act):
        """Runs at the end of the experiment, the last one first."""
        self._undo.append(act)

    def keep(self, *members):
        """Puts members of the song back afterwards."""
        for member in members:
            value = getattr(self.song, member)
            self.afterwards(lambda member=member, value=value: setattr(self.song, member, value))

    def midi_track(self):
        return self._own(self.song.create_midi_track)

    def audio_track(self):
        return self._own(self.song.create_audio_track)

    def clip(self, length=4.0):
        """An empty MIDI clip in the first slot of a track of its own."""
        slot = self.midi_track().clip_slots[0]
        slot.create_clip(length)
        return slot.clip

    def note_of(self, pitch, start, duration=1.0):
        return self.live.Clip.MidiNoteSpecification(pitch=pitch, start_time=start, duration=duration)

    def error(self, act):
        """The name of the error's type, "" if there is none; its words go to the report."""
        try:
            act()
        except Exception as error:
            self.note("%s: %s" % (type(error).__name__, str(error).split("\n")[0]))
            return type(error).__name__
        return ""

    def clean_up(self):
        """Returns the errors of what could not be put back."""
        errors = []
        while self._undo:
            try:
                self._undo.pop()()
            except Exception as error:
                errors.append(str(error))
        return errors

    def _own(self, create):
        create(-1)
        track = list(self.song.tracks)[-1]
        self.afterwards(lambda: self._delete(track))
        return track

    def _delete(self, track):
        for index, present in enumerate(self.song.tracks):
            if present == track:
                self.song.delete_track(index)
                return
