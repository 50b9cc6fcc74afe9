"""Actions on the automation envelopes of session clips, which automate parameters of the clip's own track.

Live's API gives access to the automation of session clips only, not to that of the arrangement.
"""

from .. import steps
from ..errors import Refusal
from ..lom import automation_steps, overwriting, parameter_values, polling, targets
from ..lom.overwriting import OVERWRITE
from ..parameters import Number
from ..registry import action

# While the clip plays, its envelopes change the device.
ENVELOPE = {"track": "track_index", "clip": "clip_index", "device": "device_index"}
NAMED = {"device_name": "string", "parameter_name": "string", "message": "string"}
BEATS = Number(unit="beats")

SAMPLE_BEATS = 0.25
SAMPLES_MAX = EVENTS_MAX = 1024
# Reading so many takes well under a millisecond.
SAMPLES_AT_A_TIME = 64


def _has_envelope(host, **place):
    return _Place(host, **place).envelope is not None


def _value_there(host, time, value=None, length=0.0, overwrite=False, **place):
    """The value of an envelope where a step is inserted or removed."""
    return _Place(host, **place).envelope.value_at_time(time + length / 2)


@action(
    "clip_automation",
    ["read"],
    result=dict(NAMED, has_envelope="boolean"),
    sentence="<read> the envelope of {the parameter} in {the clip} on {track}",
)
def get_clip_automation_envelope(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    device_index: targets.INDEX,
    param_index: targets.INDEX,
):
    """Reports whether a session clip has an envelope for a parameter of a device on its track.

    Uses Clip.automation_envelope.
    """
    place = _Place(host, track_index, clip_index, device_index, param_index)
    found = place.envelope is not None
    return place.named("%s has %s" % (place.what, "an envelope" if found else "no envelope"), has_envelope=found)


@action(
    "clip_automation",
    ["edit"],
    ENVELOPE,
    NAMED,
    sets={"has_envelope": _has_envelope},
    sentence="<create|created> an envelope of {the parameter} in {the clip} on {track}",
)
def create_automation_envelope(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    device_index: targets.INDEX,
    param_index: targets.INDEX,
):
    """Creates an envelope in a session clip for a parameter of a device on its track, level at the present value.

    Refused if the envelope exists. Uses Clip.create_automation_envelope.
    """
    place = _Place(host, track_index, clip_index, device_index, param_index)
    if place.envelope is not None:
        raise Refusal("live_error", "%s has an envelope already; insert_automation_step adds to it" % place.what)
    place.clip.create_automation_envelope(place.parameter)
    targets.require(place.envelope is not None, "Live did not create the envelope")
    return place.named("%s has an envelope now" % place.what)


@action(
    "clip_automation",
    ["edit", "destructive"],
    ENVELOPE,
    dict(NAMED, changed="boolean"),
    sets={"has_envelope": _has_envelope},
    sentence="<clear|cleared> the envelope of {the parameter} in {the clip} on {track}",
)
def clear_automation_envelope(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    device_index: targets.INDEX,
    param_index: targets.INDEX,
):
    """Removes the automation envelope of a session clip for a parameter; without one, changed is false.

    Uses Clip.clear_envelope.
    """
    place = _Place(host, track_index, clip_index, device_index, param_index)
    if place.envelope is None:
        return place.named("%s has no envelope" % place.what, changed=False)
    place.clip.clear_envelope(place.parameter)
    targets.require(place.envelope is None, "Live did not delete the envelope")
    return place.named("%s has no envelope now" % place.what, changed=True)


@action(
    "clip_automation",
    ["edit"],
    ENVELOPE,
    dict(NAMED, time="number", length="number", value="number"),
    sets={"value": _value_there},
    sentence="<insert|inserted> a step at {time beats} into the envelope of {the parameter} in {the clip} on {track}",
)
def insert_automation_step(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    device_index: targets.INDEX,
    param_index: targets.INDEX,
    time: BEATS,
    value: Number(),
    length: Number(exclusive_minimum=0, unit="beats") = 0.25,
    overwrite: OVERWRITE = False,
):
    """Holds a parameter at a value for some beats of the clip, starting at a time in the clip.

    The value is in the parameter's own units. Refused if it would replace automation, unless `overwrite` is true. Refused
    outside the clip, and without an envelope, which create_automation_envelope creates.
    Uses AutomationEnvelope.insert_step.
    """
    place = _Place(host, track_index, clip_index, device_index, param_index)
    envelope = place.require_envelope()
    start, end = _extent(place.clip)
    if not start <= time < end:
        raise Refusal("live_error", "time %g is outside the clip, which lasts from beat %g to %g" % (time, start, end))
    overwriting.require_none(overwrite, lambda: overwriting.automation_between(envelope, time, time + length))
    envelope.insert_step(time, length, parameter_values.fitting(place.what, place.parameter, value))
    actual = envelope.value_at_time(time + length / 2)
    targets.require_value("the step of %s" % place.what, value, actual)
    message = "%s is %g from beat %g to %g" % (place.what, actual, time, time + length)
    return place.named(message, time=time, length=length, value=actual)


@action(
    "clip_automation",
    ["edit", "destructive"],
    ENVELOPE,
    dict(NAMED, time="number", length="number", value="number"),
    one_undo_step=True,
    missing={"11": "AutomationEnvelope.delete_events_in_range"},
    sets={"value": _value_there},
    sentence="<remove|removed> the step at {time beats} from the envelope of {the parameter} in {the clip} on {track}",
)
def remove_automation_step(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    device_index: targets.INDEX,
    param_index: targets.INDEX,
    time: BEATS,
):
    """Removes the automation step at a time in the clip: the value before it continues until the step's end.

    Refused if the curve has no step there. Uses Envelope.events_in_range, Envelope.insert_step and
    Envelope.delete_events_in_range.
    """
    place = _Place(host, track_index, clip_index, device_index, param_index)
    envelope = place.require_envelope()
    step = automation_steps.find(envelope, time)
    if step is None:
        raise Refusal("live_error", "there is no step of %s at beat %g" % (place.what, time))
    automation_steps.level(envelope, step)
    return polling.retry(host, lambda: _without_step(place, envelope, step))


@action(
    "clip_automation",
    ["read"],
    result=dict(NAMED, has_envelope="boolean", values="array", events="array"),
    sentence="<read> the envelope of {the parameter} in {the clip} on {track}",
)
def get_automation_envelope_values(
    host,
    track_index: targets.INDEX,
    clip_index: targets.INDEX,
    device_index: targets.INDEX,
    param_index: targets.INDEX,
):
    """Reads the envelope of a session clip for a parameter, from where the clip can play to the end of its loop.

    values has the time and the value at every quarter beat, at most 1024 of them. events has the breakpoints, at most
    1024, on Live 12; it is empty on Live 11, whose API lacks them. Uses AutomationEnvelope.value_at_time and
    Envelope.events_in_range.
    """
    place = _Place(host, track_index, clip_index, device_index, param_index)
    envelope = place.envelope
    if envelope is None:
        return place.named("%s has no envelope" % place.what, has_envelope=False, values=[], events=[])
    start, end = _extent(place.clip)
    count = min(int((end - start) / SAMPLE_BEATS) + 1, SAMPLES_MAX)
    times = [start + index * SAMPLE_BEATS for index in range(count) if start + index * SAMPLE_BEATS < end]
    events = _events(envelope, start, end)
    return steps.gather(events, lambda listed: _sampled(place, envelope, times, [], listed))


class _Place:
    """A parameter of a device, and the clip of the same track that may automate it."""

    def __init__(self, host, track_index, clip_index, device_index, param_index):
        self.clip = targets.filled_slot(host, track_index, clip_index, "clip_index").clip
        self.device = targets.device(host, track_index, device_index)
        self.parameter = targets.parameter_of(self.device, param_index)
        self.what = "%s of %s" % (self.parameter.name, self.device.name)
        self._found_again = lambda: _Place(host, track_index, clip_index, device_index, param_index)

    @property
    def envelope(self):
        return self.clip.automation_envelope(self.parameter)

    def require_envelope(self):
        envelope = self.envelope
        if envelope is None:
            raise Refusal("live_error", "%s has no envelope; call create_automation_envelope first" % self.what)
        return envelope

    def require_unchanged(self, envelope):
        """The set may have changed between two steps: a deleted object must not be called."""
        present = self._found_again().envelope
        if present is None or present != envelope:
            raise Refusal("live_error", "the envelope was changed meanwhile; read it again")

    def named(self, message, **fields):
        return dict(fields, device_name=self.device.name, parameter_name=self.parameter.name, message=message)


def _without_step(place, envelope, step):
    place.require_unchanged(envelope)
    automation_steps.tidy(envelope, step)
    message = "%s is %g from beat %g to %g" % (place.what, step.value_before, step.start, step.end)
    return place.named(message, time=step.start, length=step.end - step.start, value=step.value_before)


def _sampled(place, envelope, times, values, events):
    """Samples some of the values now, and the rest when time allows."""
    place.require_unchanged(envelope)
    for time in times[len(values) : len(values) + SAMPLES_AT_A_TIME]:
        values.append({"time": time, "value": envelope.value_at_time(time)})
    if len(values) < len(times):
        return steps.when_time_allows(lambda: _sampled(place, envelope, times, values, events), begun=False)
    message = "%s has an envelope, read at %d times" % (place.what, len(values))
    return place.named(message, has_envelope=True, values=values, events=events)


def _events(envelope, start, end):
    if not hasattr(envelope, "events_in_range"):
        return []
    found = envelope.events_in_range(start, end)[:EVENTS_MAX]
    return ({"time": found[index].time, "value": found[index].value} for index in range(len(found)))


def _extent(clip):
    """The beats between which a clip can play: from its start to the end of its loop."""
    return min(clip.start_marker, clip.loop_start), clip.loop_end
