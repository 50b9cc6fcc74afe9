"""Plans of clips for initial sets, read from a set's description: MIDI with notes, audio with its length."""

import dataclasses

from .model.arrangement_clip import ArrangementClip
from .model.audio_file import RECORDED_RATE, AudioFile, frames
from .model.clip import Clip
from .model.color import COLORS
from .model.ranges import TIME_MAX
from .model.track import GROUP, MIDI
from .model.warping import Warp
from .set_fields import Fields, SetError, elements, integer, number

NOTES_MAX = 100_000
_LOOKS = "name length color notes groove muted warping gain"


@dataclasses.dataclass(frozen=True)
class AudioClipPlan:
    """`markers` are pairs (seconds, beat); after the last one the sample continues at `tempo`."""

    file: AudioFile
    warping: bool = True
    markers: tuple = ((0.0, 0.0),)
    tempo: float = 120.0

    def build(self, slot):
        return Clip.of_sample(slot, self.file, self.warping, Warp(self.markers, self.tempo))


@dataclasses.dataclass(frozen=True)
class ClipPlan:
    """A clip of a track's kind: `notes` are (pitch, start, duration, velocity); `settings` are members of the model."""

    length: float = 4.0
    notes: tuple = ()
    settings: tuple = ()
    groove: str = ""
    start: float = 0.0

    def build(self, slot):
        if slot.parent.kind == MIDI:
            clip = Clip(slot, self.length)
        else:
            clip = Clip.of_sample(slot, self._file(slot.song), dict(self.settings).get("_warping", True))
        return self._settle(clip)

    def build_in(self, row):
        """Puts the clip into an arrangement row at `start`."""
        if row.row_track.kind == MIDI:
            self._settle(row.put(ArrangementClip(row, self.length), self.start, self.length))
        else:
            self._settle(row.put_sample(self._file(row.song), self.start))

    def _file(self, song):
        name = dict(self.settings).get("name") or "%g beats" % self.length
        return AudioFile("/Samples/%s.wav" % name, frames(song, self.length), RECORDED_RATE)

    def _settle(self, clip):
        for name, value in self.settings:
            clip._values[name] = value
        if self.groove:
            clip._values["_groove"] = next(one for one in clip.song.groove_pool.grooves if one.name == self.groove)
        clip.write(self.notes)
        return clip


class Reader:
    """Reads the clips of a track of one kind."""

    def __init__(self, kind, grooves):
        self._kind, self._grooves, self._notes = kind, grooves, 0

    def slot(self, value, where, scenes):
        """Returns the scene and the plan of a clip of the Session."""
        fields = Fields(value, where, "scene " + _LOOKS)
        return fields.integer("scene", 0, 0, scenes - 1), self._clip(fields, 0.0)

    def arranged(self, value, where):
        fields = Fields(value, where, "start " + _LOOKS)
        return self._clip(fields, fields.number("start", 0.0, 0.0, TIME_MAX))

    def _clip(self, fields, start):
        if self._kind == GROUP:
            raise SetError("%s: a group track has no clips of its own" % fields.where)
        of_midi = self._kind == MIDI
        for name in ("warping", "gain") if of_midi else ("notes",):
            if fields.has(name):
                raise SetError("%s is for clips of %s tracks" % (fields.at(name), "audio" if of_midi else "MIDI"))
        groove = fields.choice("groove", self._grooves, None) if fields.has("groove") else ""
        return ClipPlan(
            fields.number("length", 4.0, 1 / 64, TIME_MAX),
            tuple(self._note(*item) for item in fields.items("notes", NOTES_MAX)),
            tuple(self._settings(fields)),
            groove,
            start,
        )

    @staticmethod
    def _settings(fields):
        yield "name", fields.text("name")
        if fields.has("color"):
            yield "color_index", fields.integer("color", 0, 0, len(COLORS) - 1)
        if fields.has("muted"):
            yield "muted", fields.flag("muted")
        if fields.has("warping"):
            yield "_warping", fields.flag("warping")
        if fields.has("gain"):
            yield "_gain", fields.number("gain", 0.4, 0.0, 1.0)

    def _note(self, value, where):
        """[pitch, start, duration], and a velocity if it is not 100."""
        listed = [element for element, _where in elements(value, where, 4)]
        if len(listed) < 3:
            raise SetError("%s must be [pitch, start, duration] or [pitch, start, duration, velocity]" % where)
        self._notes += 1
        if self._notes > NOTES_MAX:
            raise SetError("%s: a track has at most %d notes" % (where, NOTES_MAX))
        pitch, start, duration, velocity = (listed + [100])[:4]
        return (
            integer(pitch, where + "[0]", 0, 127),
            number(start, where + "[1]", -TIME_MAX, TIME_MAX),
            number(duration, where + "[2]", 1 / 1024, TIME_MAX),
            number(velocity, where + "[3]", 1, 127),
        )
