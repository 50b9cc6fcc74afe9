"""Five programs for the original script, as its clients are written: port 9004 built in, a connection for each command.

`python3 original_programs.py NAME` runs one. Each sends what such a program sends and reads every field that it reads.
"""

import json
import socket
import sys


def send(action, host="127.0.0.1", **params):
    """The answer to one command, on a connection of its own; no end of line is awaited beyond the first."""
    with socket.create_connection((host, 9004), timeout=30) as connection:
        connection.sendall((json.dumps(dict(params, action=action)) + "\n").encode("utf-8"))
        answer = b""
        while b"\n" not in answer:
            piece = connection.recv(4096)
            if not piece:
                break
            answer += piece
    return json.loads(answer.decode("utf-8"))


def done(action, *fields, **params):
    """The answer to a command that succeeds, which has the fields that the program reads."""
    answer = send(action, **params)
    missing = [field for field in fields if answer.get(field) is None]
    if not answer.get("ok") or missing:
        sys.exit("%s %s: %s lacks %s" % (action, params, answer, missing))
    return answer


def pattern(pitch, starts):
    return [{"pitch": pitch, "start": start, "duration": 0.5, "velocity": 100} for start in starts]


def connection():
    done("ping", "message", "script")
    done("health_check", "tool_count", "ableton_version", "queue_size")
    session = ("tempo", "time_signature_numerator", "time_signature_denominator", "num_tracks", "num_scenes", "is_playing")
    done("get_session_info", *session)


def basics():
    assert done("set_tempo", "bpm", bpm=128)["bpm"] == 128
    done("set_time_signature", numerator=4, denominator=4)
    done("start_playback")
    done("stop_playback")
    track = done("create_midi_track", "name", name="Bass")["track_index"]
    assert "%.2f" % done("set_track_volume", track_index=track, volume=0.8)["volume"] == "0.80"
    assert "%.2f" % done("set_track_pan", track_index=track, pan=-0.3)["pan"] == "-0.30"
    done("arm_track", track_index=track, armed=True)
    done("create_midi_clip", "length", track_index=track, scene_index=0, length=4.0)
    done("add_notes", track_index=track, scene_index=0, notes=pattern(36, (0.0, 1.0, 2.0, 3.0)))
    done("set_clip_looping", track_index=track, scene_index=0, looping=True)
    done("launch_clip", track_index=track, scene_index=0)
    done("add_device", track_index=track, device_name="Reverb")
    devices = done("get_track_devices", "count", track_index=track)["devices"]
    assert [device["name"] for device in devices] == ["Reverb"]
    done("create_scene", "scene_index", "name", name="Verse")
    done("launch_scene", scene_index=0)
    done("stop_all_clips")


def composition():
    done("set_tempo", bpm=120)
    tracks = [done("create_midi_track", name=name)["track_index"] for name in ("Drums", "Bass", "Melody")]
    for track in tracks:
        done("set_track_volume", track_index=track, volume=0.7)
        done("create_midi_clip", track_index=track, scene_index=0, length=4.0)
        done("set_clip_looping", track_index=track, scene_index=0, looping=True)
    drums, bass, melody = tracks
    beat = pattern(36, (0, 1, 2, 3)) + pattern(38, (1, 3)) + pattern(42, [step * 0.5 for step in range(8)])
    done("add_notes", track_index=drums, scene_index=0, notes=beat)
    # Notes that overlap others of their pitch.
    overlapping = [dict(note, duration=1.0) for note in pattern(39, [step * 0.25 for step in range(16)])]
    done("add_notes", track_index=bass, scene_index=0, notes=overlapping)
    done("add_notes", track_index=melody, scene_index=0, notes=pattern(51, (0.25, 1.75)))
    read = done("get_clip_notes", "count", track_index=melody, clip_index=0)["notes"]
    assert [(note["pitch"], note["start_time"], note["muted"]) for note in read] == [(51, 0.25, False), (51, 1.75, False)]
    # The name that the original's authors gave the device is not Live's: the program continues.
    assert send("add_device", track_index=bass, device_name="FilterDelay")["error"]
    done("add_device", track_index=melody, device_name="Reverb")
    done("create_scene", name="Generative Pattern 1")
    done("launch_scene", scene_index=0)
    done("stop_all_clips")


def voltages():
    local = {"host": "localhost", "track_index": 0}
    assert send("ping", host="localhost").get("ok")
    (device,) = done("get_m4l_devices", **local)["devices"]
    assert (device["name"], device["type"], device["index"]) == ("CV LFO", "audio_effect", 0)
    assert [found["index"] for found in done("get_cv_tools_devices", **local)["cv_devices"]] == [0]
    names = [found["name"].lower() for found in done("get_track_devices", **local)["devices"]]
    place = dict(local, device_index=names.index("cv lfo"))
    assert done("is_max_device", "class_name", **place)["is_m4l"]
    for parameter in done("get_device_parameters", **place)["parameters"]:
        assert all(field in parameter for field in ("name", "value", "min", "max")), parameter
    for step in range(10):
        done("set_device_param_by_name", "value", param_name="Rate", value=step / 10.0, **place)
    done("get_m4l_param_by_name", "value", "min", "max", param_name="Rate", **place)
    # The parameter that the program tries if another is missing.
    assert not send("set_device_param_by_name", param_name="Frequency", value=0.5, **place)["ok"]


def tour():
    done("get_session_info", "tempo", "num_tracks", "num_scenes")
    track = done("create_midi_track", "name", name="Bass")["track_index"]
    done("create_audio_track", "track_index", name="Vocals")
    done("set_track_volume", "volume", track_index=track, volume=0.8)
    done("set_track_pan", "pan", track_index=track, pan=-0.5)
    done("arm_track", track_index=track, armed=True)
    for solo in (True, False):
        done("solo_track", track_index=track, solo=solo)
    done("create_midi_clip", "length", track_index=track, scene_index=0, length=4.0)
    done("add_notes", track_index=track, scene_index=0, notes=pattern(36, (0.0, 1.0, 2.0, 3.0)))
    done("launch_clip", track_index=track, scene_index=0)
    done("stop_clip", track_index=track, scene_index=0)
    done("add_device", track_index=track, device_name="Reverb")
    assert done("get_track_devices", "devices", track_index=track)["count"] == 1
    done("create_scene", "scene_index", name="Verse")
    done("launch_scene", scene_index=0)
    done("stop_all_clips")


PROGRAMS = {each.__name__: each for each in (connection, basics, composition, voltages, tour)}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]]()
