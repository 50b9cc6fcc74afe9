"""Recording on a track: a growing clip, overdubbed notes, and notes kept for capturing.

While a clip is recorded its length is the bars begun; in the end it is the time played. The file of an audio clip
exists in the simulation alone.
"""

import collections
import math

from .arrangement_clip import ArrangementClip
from .audio_file import lasting, recorded_file
from .base import State
from .clip import Clip
from .launching import Fired
from .quantization import nearest_line
from .values import MidiNoteSpecification

MONITOR_IN = 0
SHORTEST_BEATS = 0.25

CapturedNote = collections.namedtuple("CapturedNote", "moment pitch velocity duration")


class SlotRecording:
    """The clip in recording, and its end on the song's running clock, if it has one."""

    __slots__ = ("clip", "ends_at")

    def __init__(self, clip, ends_at):
        self.clip, self.ends_at = clip, ends_at


class TrackRecording:
    _recording = State(None, undo=False)
    _captured = State((), undo=False)

    def post(self, member):
        super().post(member)
        if member in ("_recording", "fired_slot_index"):
            self.song.post("session_record_status")
        if member == "_captured":
            self.song.post("can_capture_midi")

    @property
    def is_recording(self):
        return self._recording is not None

    @property
    def has_captured(self):
        return bool(self._captured)

    @property
    def is_about_to_record(self):
        """Whether a recording waits for the boundary at which it begins or ends."""
        if self.fired is None or self.fired.slot is None:
            return False
        return self.fired.slot.clip is None or self.is_recording_into(self.fired.slot)

    def is_recording_into(self, slot):
        return self._recording is not None and self._recording.clip is slot.clip

    def end_recording_at_next_boundary(self):
        """Ends the recording, and plays the recorded clip."""
        self.launch(self._recording.clip.parent)

    def record_into(self, slot, length=None):
        """Begins a clip in an empty slot at the next boundary, and starts a stopped transport at once."""
        self.song.run(counting_in=True)
        self._fire(Fired(slot, self.song.launch_time(self.song.clip_trigger_quantization), length))

    def begin_recording(self, fired):
        history = self.song.history
        history.begin_call()
        fired.slot.clip = self._new_clip(fired.slot)
        history.end_call()
        self.play(fired.slot.clip, fired.due)
        self._recording = SlotRecording(self.playing_clip, fired.record_length and fired.due + fired.record_length)
        self.playing_clip.post("playing_status")

    def go_on_recording(self, time):
        """Called when the song's running clock has reached `time`."""
        clip, ends_at = self._recording.clip, self._recording.ends_at
        if ends_at is not None and ends_at <= time:
            self.end_recording(ends_at)
        else:
            bar = self.song.bar_beats
            _stretch(clip, (math.floor((time - clip.launched_at) / bar) + 1) * bar)

    def end_recording(self, time):
        recording, self._recording = self._recording, None
        if recording is not None:
            recording.clip.post("playing_status")
            _stretch(recording.clip, max(time - recording.clip.launched_at, SHORTEST_BEATS))

    def receive_note(self, pitch, velocity, duration):
        """A note is played on the input of the track, which receives it if it is armed or monitored."""
        if not self.has_midi_input or not (self.arm or self.current_monitoring_state == MONITOR_IN):
            return
        if self._recording is not None:
            clip = self._recording.clip
            self._record(clip, self.song.running_time - clip.launched_at, pitch, velocity, duration)
        elif self.playing_clip is not None and self.playing_clip.is_overdubbing:
            self.song.history.begin_call()
            self._record(self.playing_clip, self.playing_clip.playing_position, pitch, velocity, duration)
            self.song.history.end_call()
        else:
            self.remember(pitch, velocity, duration)

    def remember(self, pitch, velocity, duration):
        """A note that was played without recording can still be captured."""
        self._captured += (CapturedNote(self.live.clock.now(), pitch, velocity, duration),)

    def _new_clip(self, slot):
        bar = self.song.bar_beats
        return Clip(slot, bar) if self.has_midi_input else Clip.of_sample(slot, recorded_file(self, bar))

    def capture_into(self, slot):
        """Captured notes become a clip of whole bars, aligned to the bars if the song plays, and the clip plays."""
        captured, self._captured = self._captured, ()
        song = self.song
        began = captured[0].moment
        offset = (song.running_time - self._beats_since(began)) % song.bar_beats if song.is_playing else 0.0
        end = offset + self._beats_between(began, captured[-1].moment) + captured[-1].duration
        slot.clip = Clip(slot, math.ceil(end / song.bar_beats) * song.bar_beats)
        self._record_captured(slot.clip, captured, offset)
        self.launch(slot)

    def capture_into_arrangement(self):
        """Captured notes become a clip of whole bars; a stopped song starts."""
        captured, self._captured = self._captured, ()
        song = self.song
        since = self._beats_since(captured[0].moment)
        start = max(0.0, song.current_song_time - since) if song.is_playing else song.start_time
        bar = math.floor(start / song.bar_beats) * song.bar_beats
        end = start - bar + self._beats_between(captured[0].moment, captured[-1].moment) + captured[-1].duration
        beats = math.ceil(end / song.bar_beats) * song.bar_beats
        clip = self.put(ArrangementClip(self, beats), bar, beats)
        self._record_captured(clip, captured, start - bar)
        song.run()

    def _record_captured(self, clip, captured, offset):
        for note in captured:
            start = offset + self._beats_between(captured[0].moment, note.moment)
            self._record(clip, start, note.pitch, note.velocity, note.duration)

    def _record(self, clip, start, pitch, velocity, duration):
        start = nearest_line(start, self.song.midi_recording_quantization)
        values = {"pitch": pitch, "start_time": start, "duration": duration, "velocity": velocity, "mute": False}
        clip.add_new_notes([MidiNoteSpecification(self.live, **values)])

    def _beats_since(self, moment):
        return self._beats_between(moment, self.live.clock.now())

    def _beats_between(self, moment, later):
        return (later - moment) * self.song.tempo / 60


def _stretch(clip, beats):
    """Bypasses the clip's own members: the growth of a recording is no undo step."""
    if clip.is_audio:
        clip.sample = lasting(clip.sample, clip.song, beats)
    for state in (Clip._end_marker, Clip._loop_end):
        state.put(clip, beats)
