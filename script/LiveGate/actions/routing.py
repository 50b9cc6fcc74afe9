"""Actions on the inputs, outputs and monitoring of tracks (patch bay)."""

from .. import reach
from ..errors import Refusal
from ..lom import targets
from ..lom.track_end import INPUT, OUTPUT, TrackEnd
from ..parameters import Either, Integer, Text
from ..registry import action

# Routing affects feedback and audibility in the whole set.
ROUTED = {"track": "track_index", "set": None}
ROUTING_NAME = Text(max_length=256, min_length=1)
INPUT_NAMES = {
    "routing_type": "track.input_routing_type.display_name",
    "routing_channel": "track.input_routing_channel.display_name",
}
OUTPUT_NAMES = {
    "routing_type": "track.output_routing_type.display_name",
    "routing_channel": "track.output_routing_channel.display_name",
}
OFFERED = {
    "track_index": "integer",
    "count": "integer",
    "routing_types": "array",
    "routing_channels": "array",
}
CHOSEN = {"track_index": "integer", "routing_type": "string", "routing_channel": "string", "message": "string"}
CHOSEN_CHANNEL = {
    "track_index": "integer",
    "requested_sub_routing": "string",
    "routing_type": "string",
    "routing_channel": "string",
    "message": "string",
}


def _kinds(names_of):
    """Inputs come from tracks and returns, outputs go to them and to devices; lists contain all of their names."""
    return {kind: (lambda song, kind=kind, **params: names_of(song, kind, **params)) for kind in ("track", "return", "device")}


def mentioned(song, kind, track_index, **asked):
    """The names of a kind that occur in a track's present routing, or in the requested one."""
    texts = [text for text in asked.values() if type(text) is str]
    may_be_any = any(type(value) is int for value in asked.values())  # a place in a list of names
    for track in song.tracks[track_index : track_index + 1]:
        texts += connections(track)
    for _, item in reach.ALL[kind](song):
        name = item and item.name
        yield name if name and (may_be_any or any(name in text for text in texts)) else None


def connections(track):
    """The displayed names of what a track is connected to. A group has no input."""
    return routed(track).values()


def routed(track):
    """The same by `input_type`, `input_channel`, `output_type` and `output_channel`."""
    ways = (OUTPUT,) if track.is_foldable else (INPUT, OUTPUT)
    ends = [(way, part) for way in ways for part in ("type", "channel")]
    return {"%s_%s" % end: getattr(track, "%s_routing_%s" % end).display_name for end in ends}


CONNECTED = _kinds(mentioned)
ALL_OFFERED = {"track": None, "return": None, "device": None}


@action(
    "routing",
    ["edit"],
    ROUTED,
    CHOSEN,
    one_undo_step=True,
    sets=INPUT_NAMES,
    shows=CONNECTED,
    sentence="<set> the input of {track} to {routing_type_name}",
)
def set_track_input_routing(
    host,
    track_index: targets.INDEX,
    routing_type_name: ROUTING_NAME,
    routing_channel: Either(Text(max_length=256), Integer()) = None,
):
    """Sets the input of a track by the displayed names: the type, and the channel if given, by its name or its place in the list.

    get_track_available_input_routing_types lists them. Without a channel Live chooses one. Groups have no input. Uses
    Track.input_routing_type and Track.input_routing_channel.
    """
    end = TrackEnd.of(host, track_index, INPUT)
    return end.choose_type(host, routing_type_name, routing_channel)


@action(
    "routing",
    ["edit"],
    ROUTED,
    CHOSEN,
    one_undo_step=True,
    sets=OUTPUT_NAMES,
    shows=CONNECTED,
    sentence="<set> the output of {track} to {routing_type_name}",
)
def set_track_output_routing(host, track_index: targets.INDEX, routing_type_name: ROUTING_NAME):
    """Sets the output of a track by the displayed name of its type; Live chooses the channel.

    get_track_available_output_routing_types lists the names. Uses Track.output_routing_type.
    """
    end = TrackEnd.of(host, track_index, OUTPUT)
    return end.choose_type(host, routing_type_name)


@action(
    "routing",
    ["edit"],
    ROUTED,
    CHOSEN_CHANNEL,
    sets=INPUT_NAMES,
    shows=CONNECTED,
    sentence="<set> the input channel of {track} to {sub_routing}",
)
def set_track_input_sub_routing(host, track_index: targets.INDEX, sub_routing: ROUTING_NAME):
    """Sets the channel of a track's input, such as "Post FX"; its input type must have the channel.

    Uses Track.input_routing_channel.
    """
    end = TrackEnd.of(host, track_index, INPUT)
    return end.choose_channel(host, sub_routing, "sub_routing", requested_sub_routing=sub_routing)


@action(
    "routing",
    ["edit"],
    ROUTED,
    CHOSEN_CHANNEL,
    sets=OUTPUT_NAMES,
    shows=CONNECTED,
    sentence="<set> the output channel of {track} to {sub_routing}",
)
def set_track_output_sub_routing(host, track_index: targets.INDEX, sub_routing: ROUTING_NAME):
    """Sets the channel of a track's output, such as "1/2"; its output type must have the channel.

    Uses Track.output_routing_channel.
    """
    end = TrackEnd.of(host, track_index, OUTPUT)
    return end.choose_channel(host, sub_routing, "sub_routing", requested_sub_routing=sub_routing)


@action(
    "routing",
    ["read"],
    result={
        "track_index": "integer",
        "track_name": "string",
        "output_routing_type": "string",
        "output_routing_channel": "string",
    },
    shows=CONNECTED,
    sentence="<read> the output of {track}",
)
def get_track_output_routing(host, track_index: targets.INDEX):
    """Reports the output of a track. Uses Track.output_routing_type and Track.output_routing_channel."""
    end = TrackEnd.of(host, track_index, OUTPUT)
    return {
        "track_index": track_index,
        "track_name": end.track.name,
        "output_routing_type": end.type_name,
        "output_routing_channel": end.channel_name,
    }


@action(
    "monitoring",
    ["read"],
    result={"track_index": "integer", "routing_type": "string", "routing_channel": "string"},
    shows=CONNECTED,
    sentence="<read> the input of {track}",
)
def get_track_input_routing_type(host, track_index: targets.INDEX):
    """Reports the input of a track. Groups have no input.

    Uses Track.input_routing_type and Track.input_routing_channel.
    """
    end = TrackEnd.of(host, track_index, INPUT)
    return {"track_index": track_index, "routing_type": end.type_name, "routing_channel": end.channel_name}


@action(
    "monitoring",
    ["read"],
    result=OFFERED,
    shows=ALL_OFFERED,
    sentence="<read> the inputs that {track} can have",
)
def get_track_available_input_routing_types(host, track_index: targets.INDEX):
    """Lists the possible inputs of a track, and the channels of the present one. Groups have no input.

    Uses Track.available_input_routing_types and Track.available_input_routing_channels.
    """
    return _offered(host, track_index, INPUT)


@action(
    "monitoring",
    ["read"],
    result=OFFERED,
    shows=ALL_OFFERED,
    sentence="<read> the outputs that {track} can have",
)
def get_track_available_output_routing_types(host, track_index: targets.INDEX):
    """Lists the possible outputs of a track, and the channels of the present one.

    Uses Track.available_output_routing_types and Track.available_output_routing_channels.
    """
    return _offered(host, track_index, OUTPUT)


@action(
    "monitoring",
    ["mix"],
    {"track": "track_index"},
    {"track_index": "integer", "monitoring_state": "integer"},
    sets={"monitoring_state": "track.current_monitoring_state"},
    sentence="<set> monitoring of {track} {>monitoring_state=state in|auto|off}",
)
def set_track_current_monitoring_state(host, track_index: targets.INDEX, state: Integer(enum=(0, 1, 2))):
    """Sets the monitoring of a track's input: 0 always (In), 1 while armed (Auto), 2 never (Off). Groups have no input.

    Uses Track.current_monitoring_state.
    """
    track = targets.track(host, track_index)
    if not track.can_be_armed:
        raise Refusal("live_error", "track %d (%s) has no input to monitor" % (track_index, track.name))
    track.current_monitoring_state = state
    actual = int(track.current_monitoring_state)
    targets.require(actual == state, "Live did not change the monitoring of track %d" % track_index)
    return {"track_index": track_index, "monitoring_state": actual}


def _offered(host, track_index, way):
    end = TrackEnd.of(host, track_index, way)
    types = [entry.display_name for entry in end.types]
    channels = [entry.display_name for entry in end.channels]
    return {"track_index": track_index, "count": len(types), "routing_types": types, "routing_channels": channels}
