"""The meters of a track. Nothing ever sounds in the simulation: they show silence, and only where Live has them."""

from .base import reads

SILENCE = 0.0


def _meter(has_it, sentence):
    def read(track):
        if not has_it(track):
            raise RuntimeError(sentence)
        return SILENCE

    return reads(read)


def _of_audio_in():
    return _meter(lambda track: track.has_audio_input, "Only tracks with audio input have meters for its channels!")


def _of_audio_out():
    return _meter(lambda track: track.has_audio_output, "Only tracks with audio output have meters for its channels!")


class TrackMeters:
    performance_impact = reads(lambda track: 0.0)
    input_meter_level = reads(lambda track: SILENCE)
    output_meter_level = reads(lambda track: SILENCE)
    input_meter_left = _of_audio_in()
    input_meter_right = _of_audio_in()
    output_meter_left = _of_audio_out()
    output_meter_right = _of_audio_out()
