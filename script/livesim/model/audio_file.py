"""Audio files on disk: path, number of samples and sample rate."""

import collections
import os
import wave

from ..errors import NotSimulated

RECORDED_RATE = 44100.0

_KNOWN_TO_LIVE = frozenset((".wav", ".aif", ".aiff", ".aifc", ".flac", ".mp3", ".ogg", ".m4a", ".caf", ".wv"))


class AudioFile(collections.namedtuple("AudioFile", "path sample_length sample_rate")):
    """The length counts samples of one channel; the rate is in Hz."""

    __slots__ = ()

    @property
    def seconds(self):
        return self.sample_length / self.sample_rate


def audio_file(live, path):
    """Returns the file at a path: as the plan of the set describes it, or a plain WAV file from disk."""
    for known in live.plan.audio_files:
        if known.path == path:
            return known
    if not os.path.isabs(path) or not os.path.isfile(path):
        raise RuntimeError("The path does not point to a valid audio file")
    try:
        with wave.open(path, "rb") as opened:
            return AudioFile(path, opened.getnframes(), float(opened.getframerate()))
    except (EOFError, wave.Error):
        return _refuse(path)


def recorded_file(track, beats):
    """A recording of a track, which exists in the simulation alone: numbered, and named after the track."""
    song = track.song
    song.recordings += 1
    return AudioFile("/Recorded/%04d %s.wav" % (song.recordings, track.name), frames(song, beats), RECORDED_RATE)


def lasting(file, song, beats):
    """The same file, with another length."""
    return file._replace(sample_length=frames(song, beats))


def frames(song, beats):
    return round(beats * 60 / song.tempo * RECORDED_RATE)


def _refuse(path):
    if os.path.splitext(path)[1].lower() in _KNOWN_TO_LIVE:
        raise NotSimulated("Of audio files on disk the simulation reads plain WAV only")
    raise RuntimeError("The path does not point to a valid audio file")
