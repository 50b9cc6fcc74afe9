"""Sets described in a file: the shipped ones, each field, and what is refused with its place."""

import json
import os
import tempfile
import unittest

from livesim import SimulatedLive, set_file
from livesim.model.parameter import single_precision
from livesim.set_fields import SetError

KICK = {"name": "Kick", "note": 36, "devices": [{"sample": "Kick"}]}
DRUMS = {"device": "Drum Rack", "name": "Kit", "chains": [KICK]}
GROUP = {"kind": "group", "name": "G"}


def song(description, version="12"):
    return SimulatedLive(version=version, plan=set_file.plan_of(description, version)).song


class Shipped(unittest.TestCase):
    def test_the_default_set_is_lives_own(self):
        for version in ("11", "12"):
            made = SimulatedLive(version=version, plan=set_file.read("default", version)).song
            self.assertEqual([track.name for track in made.tracks], ["1-MIDI", "2-MIDI", "3-Audio", "4-Audio"])
            self.assertEqual([track.name for track in made.return_tracks], ["A-Reverb", "B-Delay"])
            self.assertEqual(len(made.scenes), 8)

    def test_each_set_loads_in_each_version(self):
        for name in set_file.shipped():
            for version in ("11", "12"):
                live = SimulatedLive(version=version, plan=set_file.read(name, version))
                live.song.start_playing()
                live.song.scenes[0].fire()
                live.run(1)
                self.assertFalse(live.song.can_undo, name)

    def test_the_showcase_has_something_of_everything(self):
        shown = SimulatedLive(plan=set_file.read("showcase", "12")).song
        clips = [slot.clip for track in shown.tracks for slot in track.clip_slots if slot.clip]
        racks = [device for track in shown.tracks for device in track.devices if device.can_have_chains]
        self.assertTrue(any(clip.is_audio_clip for clip in clips))
        self.assertTrue(any(clip.is_midi_clip and len(clip.get_all_notes_extended()) for clip in clips))
        self.assertTrue(any(clip.has_groove for clip in clips))
        self.assertTrue(any(rack.can_have_drum_pads for rack in racks))
        self.assertTrue(any(rack.macros_mapped[0] for rack in racks))
        nested = [d for rack in racks for chain in rack.chains for d in chain.devices if d.can_have_chains]
        self.assertTrue(nested)
        self.assertTrue(any(track.is_foldable for track in shown.tracks))
        self.assertTrue(any(track.is_frozen for track in shown.tracks))
        self.assertTrue(any(len(track.take_lanes) for track in shown.tracks))
        self.assertTrue(any(len(track.arrangement_clips) for track in shown.tracks))
        self.assertTrue(len(shown.return_tracks) and len(shown.cue_points) and len(shown.master_track.devices))
        self.assertFalse(all(track.name.isascii() for track in shown.tracks))

    def test_the_plain_set_is_the_default_one(self):
        described, usual = (SimulatedLive(plan=plan).song for plan in (set_file.read("plain", "12"), None))
        for members in (lambda one: [t.name for t in one.tracks], lambda one: len(one.scenes)):
            self.assertEqual(members(described), members(usual))


class Described(unittest.TestCase):
    def test_an_empty_track_is_a_midi_track(self):
        made = song({"tracks": [{}]})
        self.assertEqual((made.tracks[0].has_midi_input, len(made.scenes), made.tempo), (True, 8, 120.0))

    def test_clips_have_notes_looks_and_groove(self):
        clip = {"scene": 1, "name": "Riff ♫", "length": 8, "color": 5, "notes": [[60, 0, 1], [64, 1, 0.5, 90]]}
        made = song({"grooves": ["Swing"], "tracks": [{"clips": [dict(clip, groove="Swing", muted=True)]}]})
        riff = made.tracks[0].clip_slots[1].clip
        self.assertEqual((riff.name, riff.length, riff.color_index, riff.muted), ("Riff ♫", 8.0, 5, True))
        self.assertEqual([note.velocity for note in riff.get_all_notes_extended()], [100.0, 90.0])
        self.assertEqual(riff.groove.name, "Swing")

    def test_audio_clips_have_a_sample_of_their_length(self):
        clips = [{"scene": 0, "name": "Take", "length": 4, "gain": 0.5}, {"scene": 1, "length": 4, "warping": False}]
        track = song({"tracks": [{"kind": "audio", "clips": clips}]}).tracks[0]
        first, second = track.clip_slots[0].clip, track.clip_slots[1].clip
        self.assertEqual((first.file_path, first.sample_length), ("/Samples/Take.wav", 88200))
        self.assertEqual((first.gain, second.warping), (0.5, False))

    def test_the_arrangement_and_take_lanes_are_filled(self):
        placed = {"start": 4, "length": 4, "name": "A"}
        for kind, clip in (("midi", dict(placed, notes=[[60, 0, 1]])), ("audio", placed)):
            lanes = [{"name": "T", "clips": [clip]}]
            track = song({"tracks": [{"kind": kind, "arrangement": [clip], "take_lanes": lanes}]}).tracks[0]
            for row in (track, track.take_lanes[0]):
                self.assertEqual([(c.name, c.start_time, c.end_time) for c in row.arrangement_clips], [("A", 4.0, 8.0)])

    def test_groups_scenes_locators_and_tempo(self):
        made = song(
            {
                "tempo": 90,
                "signature": [3, 8],
                "scenes": ["One", {"name": "Two", "color": 3, "tempo": 100}],
                "tracks": [dict(GROUP, folded=True), {"group": "G"}, {"kind": "audio", "group": "G"}],
                "locators": [{"time": 4, "name": "Verse"}],
            }
        )
        self.assertEqual((made.tempo, made.signature_numerator, made.signature_denominator), (90.0, 3, 8))
        self.assertEqual([(scene.name, scene.tempo) for scene in made.scenes], [("One", -1.0), ("Two", 100.0)])
        self.assertEqual([track.is_grouped for track in made.tracks], [False, True, True])
        self.assertTrue(made.tracks[0].fold_state)
        self.assertEqual([(cue.name, cue.time) for cue in made.cue_points], [("Verse", 4.0)])

    def test_mixers_of_tracks_returns_and_master(self):
        made = song(
            {
                "tracks": [{"volume": 0.5, "pan": -1, "mute": True, "solo": True, "arm": True, "sends": [0.25]}],
                "returns": [{"name": "A", "volume": 0.1}],
                "master": {"volume": 0.2},
            }
        )
        track = made.tracks[0]
        self.assertEqual((track.mute, track.solo, track.arm), (True, True, True))
        self.assertEqual((track.mixer_device.panning.value, track.mixer_device.sends[0].value), (-1.0, 0.25))
        volumes = [one.mixer_device.volume.value for one in (track, made.return_tracks[0], made.master_track)]
        self.assertEqual(volumes, [single_precision(volume) for volume in (0.5, 0.1, 0.2)])

    def test_devices_by_name_with_racks_and_others(self):
        rack = {"device": "Instrument Rack", "chains": [{"devices": ["Operator"]}]}
        rack["macros"] = [{"macro": 2, "chain": 0, "device": 0, "parameter": "Volume"}]
        made = song(
            {
                "tracks": [
                    {"devices": [rack, {"device": "Reverb", "name": "Hall", "parameters": {"Dry/Wet": 1}}]},
                    {"devices": [DRUMS, {"max": "Shimmer"}]},
                    {"devices": [{"plugin": "Synth", "presets": ["Init", "Lead"]}]},
                ],
                "returns": [{"devices": ["Echo"]}],
                "master": {"devices": ["Limiter"]},
            }
        )
        first, second, third = ([device.name for device in track.devices] for track in made.tracks)
        self.assertEqual((first, second, third), (["Instrument Rack", "Hall"], ["Kit", "Shimmer"], ["Synth"]))
        self.assertTrue(made.tracks[0].devices[0].macros_mapped[1])
        simpler = made.tracks[1].devices[0].drum_pads[36].chains[0].devices[0]
        self.assertEqual(simpler.sample.file_path, "/Samples/Kick.wav")
        self.assertEqual(made.master_track.devices[0].name, "Limiter")


class Refused(unittest.TestCase):
    WRONG = (
        ([], "the set must be an object"),
        ({}, "tracks must have at least one"),
        ({"tracks": [{}] * 257}, "tracks must have at most 256"),
        ({"tracks": [{}], "tempi": 3}, "tempi is not a field; known are: tempo"),
        ({"tracks": [{"name": 3}]}, r"tracks\[0\].name must be a text"),
        ({"tracks": [{"name": "x" * 201}]}, "at most 200 characters"),
        ({"tracks": [{"name": "\ud800"}]}, "must be a text"),
        ({"tracks": [{"kind": "video"}]}, r"tracks\[0\].kind must be one of midi, audio, group, got 'video'"),
        ({"tracks": [{"volume": 1.5}]}, "volume must be a number from 0 to 1, got 1.5"),
        ({"tracks": [{"volume": float("nan")}]}, "volume must be a number"),
        ({"tracks": [{"mute": 1}]}, "mute must be true or false"),
        ({"tracks": [{"color": 70}]}, "whole number from 0 to 69"),
        ({"tracks": [{"sends": [0.5]}]}, "sends must have at most 0"),
        ({"tracks": [{"clips": [{"scene": 8}]}]}, r"clips\[0\].scene must be a whole number from 0 to 7, got 8"),
        ({"tracks": [{"clips": [{"length": 0}]}]}, "length must be a number"),
        ({"tracks": [{"clips": [{"notes": [[60, 0]]}]}]}, r"notes\[0\] must be \[pitch, start, duration\]"),
        ({"tracks": [{"clips": [{"notes": [[128, 0, 1]]}]}]}, r"notes\[0\]\[0\] must be a whole number"),
        ({"tracks": [{"clips": [{"warping": True}]}]}, "warping is for clips of audio tracks"),
        ({"tracks": [{"kind": "audio", "clips": [{"notes": []}]}]}, "notes is for clips of MIDI tracks"),
        ({"tracks": [{"clips": [{"groove": "Swing"}]}]}, "groove must be one of"),
        ({"tracks": [{"group": "Nowhere"}]}, "must be the name of a group track"),
        ({"tracks": [{"kind": "group", "name": "G"}]}, "a group without tracks"),
        ({"tracks": [{"group": "G"}, {"name": "G", "kind": "group"}]}, "must come right after it"),
        ({"tracks": [dict(GROUP, arm=True), {"group": "G"}]}, "arm is for tracks of kind midi or audio"),
        ({"tracks": [dict(GROUP, clips=[{}]), {"group": "G"}]}, "a group track has no clips"),
        ({"tracks": [{"devices": ["Zither"]}]}, r"devices\[0\]: there is no device 'Zither'; known are: .*Operator"),
        ({"tracks": [{"devices": [{"device": "Reverb", "chains": []}]}]}, "chains is for racks, not for Reverb"),
        ({"tracks": [{"devices": [{"device": "Reverb", "parameters": {"Depth": 1}}]}]}, "there is no 'Depth'; known"),
        ({"tracks": [{"devices": ["Operator", "Analog"]}]}, "Analog can not stand at that place"),
        ({"tracks": [{"kind": "audio", "devices": ["Operator"]}]}, "Operator can not stand in the chain"),
        ({"tracks": [{}], "signature": [4, 3]}, "denominator must be 1, 2, 4, 8 or 16"),
        ({"tracks": [{}], "scenes": []}, "scenes must have at least one"),
        ({"tracks": [{}], "master": {"solo": True}}, "master.solo is not a field"),
        ({"tracks": [{"devices": [dict(DRUMS, macros=[{"macro": 1, "parameter": "X"}])]}]}, "is not there"),
    )

    def test_a_wrong_description_names_its_place(self):
        for description, expected in self.WRONG:
            with self.subTest(expected), self.assertRaisesRegex(ValueError, expected):
                song(description)

    def test_racks_are_nested_to_a_limit(self):
        device = "Operator"
        for _ in range(9):
            device = {"device": "Instrument Rack", "chains": [{"devices": [device]}]}
        with self.assertRaisesRegex(SetError, "nested at most 8 deep"):
            song({"tracks": [{"devices": [device]}]})

    def test_files_that_hold_no_description(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "set.json")
            for content, expected in (
                (b"{", "is not JSON"),
                (b"\xff", "is not UTF-8"),
                (b"[" * 100_000, "nested too deeply|is not JSON"),
                (b" " * (set_file.FILE_BYTES_MAX + 1), "more than 4194304 bytes"),
            ):
                with open(path, "wb") as file:
                    file.write(content)
                with self.assertRaisesRegex(SetError, expected):
                    set_file.read(path, "12")
            with self.assertRaisesRegex(SetError, "cannot read .*shipped sets are: default, plain, showcase"):
                set_file.read(path + "x", "12")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"tracks": [{"name": "Mine"}]}, file)
            self.assertEqual(set_file.read(path, "12").tracks, (("Mine", "midi"),))
