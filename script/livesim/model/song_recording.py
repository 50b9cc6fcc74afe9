"""Recording: its buttons, the clips that armed tracks record, and capturing of MIDI played before.

Into the arrangement each track that is armed when recording ends gets one clip for each pass of the loop, a later one
over an earlier one: an empty MIDI clip, or an audio clip of a file that does not exist. It appears at the end, where
Live shows it grow. Live's take lanes get no copies. The punch switches have no effect.
"""

from .arrangement_clip import ArrangementClip
from .audio_file import recorded_file
from .base import State, command, reads
from .parameter import OVERRIDDEN
from .recorded_passes import Passes

AT_THE_END = -1

AUTO, SESSION, ARRANGEMENT = 0, 1, 2
STATUS_OFF, STATUS_ON, STATUS_TRANSITION = 0, 1, 2


class SongRecording:
    punch_in = State(False)
    punch_out = State(False)
    arrangement_overdub = State(False, undo=False)
    session_automation_record = State(False, undo=False)
    midi_recording_quantization = State(0)
    _record_mode = State(False, undo=False, also=("record_mode",))
    _session_record = State(False, undo=False, also=("session_record", "overdub"))
    _posted_overrides = False
    _passes = None  # of a recording into the arrangement

    @reads
    def record_mode(self):
        return self._record_mode

    @record_mode.setter
    def record_mode(self, value):
        """With Live's default preference the record button starts the transport."""
        if value and not self._record_mode:
            self._begin_take()
        self._record_mode = value
        if value:
            self.run(counting_in=True)
        else:
            self._end_take()

    @reads
    def session_record(self):
        return self._session_record

    @session_record.setter
    def session_record(self, value):
        self._session_record = value
        if value:
            self.run()

    @reads
    def overdub(self):
        """The same switch as `session_record`, but it leaves the transport alone."""
        return self._session_record

    @overdub.setter
    def overdub(self, value):
        self._session_record = value

    @reads
    def session_record_status(self):
        if any(track.is_about_to_record for track in self.tracks):
            return STATUS_TRANSITION
        return STATUS_ON if any(track.is_recording for track in self.tracks) else STATUS_OFF

    @command
    def trigger_session_record(self, record_length=None):
        """Armed tracks record into the selected row or the next with an empty slot; running recordings stop."""
        recording = [track for track in self.tracks if track.is_recording]
        for track in recording:
            track.end_recording_at_next_boundary()
        if not recording:
            row = self.scenes.index(self.view.selected_scene)
            for slot in [self.first_empty(track, row) for track in self._armed_tracks()]:
                slot.parent.record_into(slot, record_length)

    def end_recording(self):
        """The transport stops: the recording stays."""
        self._record_mode = False
        self._end_take()
        for track in self.tracks:
            track.end_recording(self.running_time)

    @reads
    def can_capture_midi(self):
        return any(track.has_captured for track in self.tracks)

    @command
    def capture_midi(self, destination=AUTO):
        """Captures into the first row, from the selected one on, that is empty on every track with captured notes.

        Into the arrangement the clips begin at the start marker, or where the notes were played if the song plays.
        """
        shows_arrangement = self.live.application_model.view.focused_document_view != "Session"
        tracks = [track for track in self.tracks if track.has_captured]
        if destination == ARRANGEMENT or (destination == AUTO and shows_arrangement):
            for track in tracks:
                track.capture_into_arrangement()
        elif tracks:
            row = self._row_for(tracks)
            for track in tracks:
                track.capture_into(track.clip_slots[row])

    @reads
    def re_enable_automation_enabled(self):
        return any(self._overridden_parameters())

    @command
    def re_enable_automation(self):
        for parameter in list(self._overridden_parameters()):
            parameter.re_enable_automation()

    def post_overrides(self):
        """Called when a parameter starts or stops being automated or overridden."""
        before, self._posted_overrides = self._posted_overrides, self.re_enable_automation_enabled
        if self._posted_overrides != before:
            self.post("re_enable_automation_enabled")

    def passed(self, end, start):
        """The position jumps from `end` to `start` while time continues."""
        if self._passes is not None:
            self._passes.jump(end, start)

    def reached(self, position):
        if self._passes is not None:
            self._passes.reach(position)

    def _begin_take(self):
        self._passes = Passes(self.current_song_time)

    def _end_take(self):
        passes, self._passes = self._passes, None
        for track in self._armed_tracks() if passes else ():
            for start, end in passes.ranges():
                self._record_pass(track, start, end - start)

    def _record_pass(self, track, start, beats):
        if track.has_midi_input:
            track.put(ArrangementClip(track, beats), start, beats)
        else:
            track.put_sample(recorded_file(track, beats), start)

    def first_empty(self, track, row):
        """The first empty slot of a track from a row on, in a new scene if there is none."""
        for slot in track.clip_slots[row:]:
            if slot.clip is None:
                return slot
        self.create_scene(AT_THE_END)
        return track.clip_slots[-1]

    def _armed_tracks(self):
        return [track for track in self.tracks if track.is_playable and track.arm]

    def _row_for(self, tracks):
        for row in range(self.scenes.index(self.view.selected_scene), len(self.scenes)):
            if not any(track.clip_slots[row].has_clip for track in tracks):
                return row
        self.create_scene(-1)
        return len(self.scenes) - 1

    def _overridden_parameters(self):
        return (model for model in _all_below(self) if getattr(model, "automation_state", None) == OVERRIDDEN)


def _all_below(model):
    for child in model.children():
        yield child
        yield from _all_below(child)
