"""Describes a set in a JSON file, for `--set FILE`: tracks, clips, devices, arrangement and mixer settings.

Every field is optional; docs/livesim.md lists them. A description that is wrong anywhere makes no set: `read` raises
SetError with the place, the value and what is allowed.
"""

import json
import os
import pathlib

from . import clip_plan, set_devices
from .model.color import COLORS
from .model.ranges import DENOMINATORS, TEMPO_MAX, TEMPO_MIN, TIME_MAX
from .model.track import AUDIO, GROUP, MIDI
from .plan import SetPlan
from .set_fields import Fields, SetError, elements, number, text

SHIPPED = pathlib.Path(__file__).with_name("sets")
FILE_BYTES_MAX = 4 * 1024 * 1024
TRACKS_MAX, RETURNS_MAX, SCENES_MAX, CLIPS_MAX, LANES_MAX, LISTED_MAX = 256, 12, 1000, 1000, 32, 1000
KINDS = (MIDI, AUDIO, GROUP)
_SET = "tempo signature scenes tracks returns master locators grooves file_path count_in"
_MIXER = "volume pan mute solo sends"
_TRACK = "name kind color group folded frozen arm devices clips arrangement take_lanes " + _MIXER


def shipped():
    """The names of the sets that come with livesim."""
    return sorted(path.stem for path in SHIPPED.glob("*.json"))


def read(name, version):
    """Returns the plan of a set by the name of a shipped one or by the path of a file, for a version of Live."""
    path = SHIPPED / (name + ".json") if name in shipped() else pathlib.Path(name)
    try:
        if os.path.getsize(path) > FILE_BYTES_MAX:
            raise SetError("%s has more than %d bytes" % (path, FILE_BYTES_MAX))
        return plan_of(json.loads(path.read_text(encoding="utf-8")), version)
    except OSError as error:
        known = ", ".join(shipped())
        raise SetError("cannot read %s: %s; shipped sets are: %s" % (path, error.strerror, known)) from None
    except RecursionError:
        raise SetError("%s is nested too deeply" % path) from None
    except UnicodeDecodeError:
        raise SetError("%s is not UTF-8" % path) from None
    except ValueError as error:
        if isinstance(error, SetError):
            raise
        raise SetError("%s is not JSON: %s" % (path, error)) from None


def plan_of(description, version):
    fields = Fields(description, "", _SET)
    tracks = [Fields(*item, _TRACK) for item in fields.items("tracks", TRACKS_MAX)]
    returns = [Fields(*item, "name color devices " + _MIXER) for item in fields.items("returns", RETURNS_MAX)]
    master = Fields(fields.get("master") or {}, "master", "devices volume pan")
    if not tracks:
        raise SetError("tracks must have at least one element")
    kinds = [track.choice("kind", KINDS, MIDI) for track in tracks]
    names = [track.text("name") for track in tracks]
    for track, kind in zip(tracks, kinds):
        _require_kind(track, kind)
    scenes = _scenes(fields)
    grooves = tuple(text(*item) for item in fields.items("grooves", LISTED_MAX))
    devices = set_devices.Reader(version)
    plan = SetPlan(
        tracks=tuple(zip(names, kinds)),
        returns=tuple(one.text("name", "Return") for one in returns),
        scenes=len(scenes),
        grooves=grooves,
        locators=tuple(_locator(*item) for item in fields.items("locators", LISTED_MAX)),
        file_path=fields.text("file_path"),
        count_in=fields.integer("count_in", 0, 0, 3),
        frozen=tuple(index for index, track in enumerate(tracks) if track.flag("frozen")),
        groups=_groups(tracks, kinds, names),
        tempo=fields.number("tempo", 120.0, TEMPO_MIN, TEMPO_MAX),
        signature=_signature(fields),
        scene_settings=tuple(scenes),
    )
    for index, (track, kind) in enumerate(zip(tracks, kinds)):
        reader = clip_plan.Reader(kind, grooves)
        slots = [reader.slot(*item, len(scenes)) for item in track.items("clips", CLIPS_MAX)]
        plan.clips.update(((index, scene), clip) for scene, clip in slots)
        plan.arrangement[index] = [reader.arranged(*item) for item in track.items("arrangement", CLIPS_MAX)]
        plan.take_lanes[index] = [_lane(reader, *item) for item in track.items("take_lanes", LANES_MAX)]
    of_returns = [("return %d" % index, one) for index, one in enumerate(returns)]
    for name, place in [*enumerate(tracks), *of_returns, ("master", master)]:
        plan.devices[name] = devices.chain(place)
        plan.mixers[name] = _mixer(place, len(returns))
    return plan


def _require_kind(track, kind):
    for name, kinds in (("folded", (GROUP,)), ("arm", (MIDI, AUDIO)), ("frozen", (MIDI, AUDIO))):
        if track.has(name) and kind not in kinds:
            raise SetError("%s is for tracks of kind %s, not %s" % (track.at(name), " or ".join(kinds), kind))
    for name in ("arrangement", "take_lanes"):
        if track.has(name) and kind == GROUP:
            raise SetError("%s: a group track has no clips of its own" % track.at(name))


def _signature(fields):
    value = fields.get("signature") or [4, 4]
    if not isinstance(value, list) or len(value) != 2:
        raise SetError("signature must be a list such as [4, 4]")
    described = Fields(dict(zip(("numerator", "denominator"), value)), "signature", "numerator denominator")
    numerator, denominator = described.integer("numerator", 4, 1, 99), described.integer("denominator", 4, 1, 16)
    if denominator not in DENOMINATORS:
        raise SetError("signature.denominator must be 1, 2, 4, 8 or 16, got %d" % denominator)
    return numerator, denominator


def _scenes(fields):
    value = fields.get("scenes")
    if not isinstance(value, list):
        return [{}] * fields.integer("scenes", 8, 1, SCENES_MAX)
    if not value:
        raise SetError("scenes must have at least one element")
    return [_scene(*item) for item in elements(value, "scenes", SCENES_MAX)]


def _scene(value, where):
    if isinstance(value, str):
        return {"name": text(value, where)}
    fields = Fields(value, where, "name color tempo")
    settings = {"name": fields.text("name")}
    if fields.has("tempo"):
        settings.update(tempo=fields.number("tempo", 120.0, TEMPO_MIN, TEMPO_MAX), tempo_enabled=True)
    if fields.has("color"):
        settings["color_index"] = color(fields)
    return settings


def _locator(value, where):
    fields = Fields(value, where, "time name")
    return fields.number("time", 0.0, 0.0, TIME_MAX), fields.text("name")


def _groups(tracks, kinds, names):
    groups = {index: [] for index, kind in enumerate(kinds) if kind == GROUP}
    by_name = {names[index]: index for index in groups}
    for index, track in enumerate(tracks):
        if track.has("group"):
            wanted = track.text("group")
            if wanted not in by_name:
                raise SetError("%s must be the name of a group track, got %s" % (track.at("group"), ascii(wanted)))
            groups[by_name[wanted]].append(index)
    for index, members in groups.items():
        if not members:
            raise SetError("%s is a group without tracks; a track names its group" % tracks[index].where)
        if min(members) < index:
            raise SetError("%s: the tracks of a group must come right after it" % tracks[min(members)].where)
    return groups


def _lane(reader, value, where):
    fields = Fields(value, where, "name clips")
    return fields.text("name"), [reader.arranged(*item) for item in fields.items("clips", CLIPS_MAX)]


def _mixer(fields, returns):
    """The settings that are given, by the names of the model's members."""
    settings = {name: fields.flag(name) for name in ("mute", "solo", "arm", "folded") if fields.has(name)}
    if fields.has("color"):
        settings["color_index"] = color(fields)
    if fields.has("volume"):
        settings["volume"] = fields.number("volume", 0.85, 0.0, 1.0)
    if fields.has("pan"):
        settings["pan"] = fields.number("pan", 0.0, -1.0, 1.0)
    settings["sends"] = tuple(number(*item, 0.0, 1.0) for item in fields.items("sends", returns))
    return settings


def color(fields):
    return fields.integer("color", 0, 0, len(COLORS) - 1)
