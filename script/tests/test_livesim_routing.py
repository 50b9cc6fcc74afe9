"""Routing in the simulated Live: offered entries, choosing them, and deleted targets."""

import json
import os
import tempfile
import unittest

from livesim import SetPlan, SimulatedLive
from livesim.model.track import AUDIO, GROUP, MIDI

PLAN = SetPlan(
    tracks=(("Kit", GROUP), ("Kick", MIDI), ("Snare", AUDIO), ("Bass", MIDI), ("Vocals", AUDIO)),
    groups={0: (1, 2)},
    returns=("A-Reverb", "B-Delay"),
)
KIT, KICK, SNARE, BASS, VOCALS = range(5)
MEMBERS = (
    "%s_routing_type",
    "%s_routing_channel",
    "available_%s_routing_types",
    "available_%s_routing_channels",
    "current_%s_routing",
    "current_%s_sub_routing",
    "%s_routings",
    "%s_sub_routings",
)


def names(entries):
    return [entry.display_name for entry in entries]


class RoutingCase(unittest.TestCase):
    version, main = "12", "Main"

    def setUp(self):
        self.live = SimulatedLive(version=self.version, plan=PLAN)
        self.song = self.live.song

    def entry(self, track, name, way="input", part="type"):
        entries = getattr(track, "available_%s_routing_%ss" % (way, part))
        return entries[names(entries).index(name)]

    def notified(self, track, *members):
        calls = []
        for member in members:
            getattr(track, "add_%s_listener" % member)(lambda member=member: calls.append(member))
        return calls


class Sidechain(RoutingCase):
    def setUp(self):
        super().setUp()
        load = next(item for item in self.live.application.browser.audio_effects.children if item.name == "Dynamics")
        self.song.view.selected_track = self.song.tracks[VOCALS]
        self.live.application.browser.load_item(next(item for item in load.children if item.name == "Compressor"))
        self.live.run(0.1)
        self.compressor = self.song.tracks[VOCALS].devices[0]

    def test_a_compressor_takes_another_tracks_signal(self):
        offered = names(self.compressor.available_input_routing_types)
        self.assertEqual(offered, ["No Input", "Kit", "Snare", "A-Reverb", "B-Delay", self.main])
        self.assertEqual(self.compressor.input_routing_type.display_name, "No Input")
        calls = self.notified(self.compressor, "input_routing_type", "input_routing_channel")
        self.compressor.input_routing_type = self.entry(self.compressor, "Snare")
        self.assertEqual(self.compressor.input_routing_type.attached_object, self.song.tracks[SNARE])
        self.compressor.input_routing_channel = self.entry(self.compressor, "Pre FX", part="channel")
        self.assertEqual(self.compressor.input_routing_channel.display_name, "Pre FX")
        self.assertIn("input_routing_channel", calls)

    def test_a_deleted_source_is_no_input(self):
        self.compressor.input_routing_type = self.entry(self.compressor, "Snare")
        self.song.delete_track(SNARE)
        self.assertEqual(self.compressor.input_routing_type.display_name, "No Input")


class SidechainInLive11(Sidechain):
    version, main = "11", "Master"


class Offers(RoutingCase):
    def test_a_midi_track_offers_external_and_midi_inputs(self):
        track = self.song.tracks[KICK]
        self.assertEqual(
            names(track.available_input_routing_types), ["All Ins", "Computer Keyboard", "Bass", "No Input"]
        )
        chosen = track.input_routing_type
        self.assertEqual((chosen.display_name, int(chosen.category)), ("All Ins", 0))
        channels = names(track.available_input_routing_channels)
        self.assertEqual((channels[0], channels[1], channels[-1]), ("All Channels", "Ch. 1", "Ch. 16"))

    def test_a_midi_track_without_an_instrument_sends_notes(self):
        track = self.song.tracks[KICK]
        self.assertEqual(names(track.available_output_routing_types), ["Bass", "No Output"])
        self.assertEqual(track.output_routing_type.display_name, "No Output")
        track.current_output_routing = "Bass"
        self.assertEqual(names(track.available_output_routing_channels), ["Track In"])
        self.assertEqual(str(track.output_routing_channel.layout), "midi")

    def test_an_audio_track_offers_external_and_track_inputs(self):
        track = self.song.tracks[VOCALS]
        self.assertEqual(
            names(track.available_input_routing_types),
            ["Ext. In", "Resampling", "Kit", "Snare", "A-Reverb", "B-Delay", self.main, "No Input"],
        )
        self.assertEqual(names(track.available_input_routing_channels), ["1/2", "1", "2"])
        layouts = [str(channel.layout) for channel in track.available_input_routing_channels]
        self.assertEqual(layouts, ["stereo", "mono", "mono"])

    def test_outputs_default_to_main_or_group(self):
        vocals, snare = self.song.tracks[VOCALS], self.song.tracks[SNARE]
        self.assertEqual(
            names(vocals.available_output_routing_types),
            ["Ext. Out", self.main, "Kit", "Snare", "A-Reverb", "B-Delay", "Sends Only"],
        )
        self.assertEqual(
            names(snare.available_output_routing_types),
            ["Ext. Out", "Group", self.main, "Vocals", "A-Reverb", "B-Delay", "Sends Only"],
        )
        self.assertEqual(vocals.output_routing_type.display_name, self.main)
        chosen = snare.output_routing_type
        self.assertEqual((chosen.display_name, int(chosen.category)), ("Group", 5))

    def test_other_tracks_are_tapped_at_three_places(self):
        track = self.song.tracks[VOCALS]
        track.input_routing_type = self.entry(track, "Snare")
        self.assertEqual(names(track.available_input_routing_channels), ["Pre FX", "Post FX", "Post Mixer"])
        self.assertEqual(track.input_routing_channel.display_name, "Post FX")
        self.assertEqual(track.input_routing_type.attached_object, self.song.tracks[SNARE])
        self.assertIsNone(self.entry(track, "Resampling").attached_object)

    def test_groups_and_returns_have_outputs_only(self):
        group, returned, main = self.song.tracks[KIT], self.song.return_tracks[0], self.song.master_track
        self.assertEqual(group.output_routing_type.display_name, self.main)
        self.assertNotIn("A-Reverb", names(returned.available_output_routing_types))
        for track, ways in ((group, ["input"]), (returned, ["input"]), (main, ["input", "output"])):
            for way in ways:
                for member in MEMBERS:
                    with self.assertRaises(RuntimeError):
                        getattr(track, member % way)

    def test_entries_follow_track_names(self):
        track, other = self.song.tracks[VOCALS], self.song.tracks[SNARE]
        track.input_routing_type = self.entry(track, "Snare")
        calls = self.notified(track, "available_input_routing_types", "input_routing_type")
        other.name = "Clap"
        self.assertEqual(track.input_routing_type.display_name, "Clap")
        self.assertIn("Clap", names(track.available_input_routing_types))
        self.assertEqual(sorted(calls), ["available_input_routing_types", "input_routing_type"])

    def test_new_tracks_are_offered_with_notification(self):
        track = self.song.tracks[VOCALS]
        calls = self.notified(track, "available_output_routing_types")
        self.song.create_audio_track(-1)
        self.song.create_return_track()
        offered = names(track.available_output_routing_types)
        self.assertEqual(offered[-5:-1], ["6-Audio", "A-Reverb", "B-Delay", "C-Return"])
        self.assertEqual(len(calls), 2)


class Choosing(RoutingCase):
    def test_another_type_has_its_own_channel(self):
        track = self.song.tracks[VOCALS]
        track.input_routing_channel = self.entry(track, "2", part="channel")
        self.assertEqual(track.input_routing_channel.display_name, "2")
        track.input_routing_type = self.entry(track, "Resampling")
        self.assertEqual(names(track.available_input_routing_channels), [""])
        track.input_routing_type = self.entry(track, "Ext. In")
        self.assertEqual(track.input_routing_channel.display_name, "1/2")

    def test_choosing_the_same_type_again_keeps_the_channel(self):
        track = self.song.tracks[VOCALS]
        track.input_routing_channel = self.entry(track, "2", part="channel")
        track.input_routing_type = self.entry(track, "Ext. In")
        self.assertEqual(track.input_routing_channel.display_name, "2")

    def test_the_output_has_its_channels_too(self):
        track = self.song.tracks[VOCALS]
        track.output_routing_type = self.entry(track, "Ext. Out", "output")
        track.output_routing_channel = self.entry(track, "1", "output", "channel")
        self.assertEqual((track.current_output_routing, track.current_output_sub_routing), ("Ext. Out", "1"))

    def test_entries_not_offered_are_refused(self):
        vocals, kick = self.song.tracks[VOCALS], self.song.tracks[KICK]
        with self.assertRaises(ValueError):
            vocals.input_routing_type = self.entry(kick, "All Ins")
        with self.assertRaises(ValueError):
            vocals.input_routing_channel = self.entry(kick, "Ch. 1", part="channel")
        with self.assertRaises(ValueError):
            vocals.output_routing_type = self.entry(vocals, "Ext. In")
        with self.assertRaises(TypeError):
            vocals.input_routing_type = "Ext. In"
        self.assertEqual(vocals.input_routing_type.display_name, "Ext. In")

    def test_the_older_members_take_names(self):
        track = self.song.tracks[VOCALS]
        self.assertEqual(list(track.input_routings), names(track.available_input_routing_types))
        self.assertEqual(list(track.output_routings), names(track.available_output_routing_types))
        track.current_input_routing = "Snare"
        self.assertEqual(list(track.input_sub_routings), ["Pre FX", "Post FX", "Post Mixer"])
        track.current_input_sub_routing = "Pre FX"
        self.assertEqual(
            (track.input_routing_type.display_name, track.input_routing_channel.display_name), ("Snare", "Pre FX")
        )
        self.assertEqual(list(track.output_sub_routings), [""])
        for member in ("current_input_routing", "current_input_sub_routing"):
            with self.assertRaises(RuntimeError):
                setattr(track, member, "Theremin")

    def test_entries_that_mean_the_same_are_equal(self):
        track = self.song.tracks[VOCALS]
        self.assertEqual(self.entry(track, "Snare"), self.entry(track, "Snare"))
        self.assertNotEqual(self.entry(track, "Snare"), self.entry(track, "Kit"))
        self.assertIn(track.input_routing_type, track.available_input_routing_types)
        self.assertNotEqual(self.entry(track, "1", part="channel"), self.entry(track, "2", part="channel"))

    def test_both_apis_notify_of_real_changes_only(self):
        track = self.song.tracks[VOCALS]
        of_the_type = [member % "input" for member in MEMBERS if member[:6] != "availa" or "channels" in member]
        calls = self.notified(track, *(member % "input" for member in MEMBERS))
        track.input_routing_type = self.entry(track, "Snare")
        self.assertEqual(set(calls), set(of_the_type) - {"input_routings"})
        del calls[:]
        track.input_routing_channel = self.entry(track, "Pre FX", part="channel")
        self.assertEqual(sorted(calls), ["current_input_sub_routing", "input_routing_channel"])

    def test_choices_are_undone(self):
        track = self.song.tracks[VOCALS]
        track.input_routing_channel = self.entry(track, "2", part="channel")
        track.input_routing_type = self.entry(track, "Snare")
        self.song.undo()
        self.assertEqual((track.current_input_routing, track.current_input_sub_routing), ("Ext. In", "2"))
        self.song.redo()
        self.assertEqual((track.current_input_routing, track.current_input_sub_routing), ("Snare", "Post FX"))

    def test_a_choice_is_an_effect(self):
        handle, path = tempfile.mkstemp()
        os.close(handle)
        self.addCleanup(os.remove, path)
        live = SimulatedLive(version=self.version, plan=PLAN, effects=path)
        self.addCleanup(live.close)
        track = live.song.tracks[VOCALS]
        track.input_routing_type = self.entry(track, "Snare")
        with open(path, encoding="ascii") as lines:
            effect = json.loads(lines.readline())
        self.assertEqual((effect["path"], effect["member"]), ("live_set tracks 4", "input_routing_type"))
        chosen = {"display_name": "Snare", "category": 4, "attached_object": "live_set tracks 2"}
        self.assertEqual(effect["value"], chosen)


class WithoutTheTrack(RoutingCase):
    def test_deleting_a_target_unroutes_until_undo(self):
        track = self.song.tracks[VOCALS]
        track.current_input_routing = track.current_output_routing = "Snare"
        calls = self.notified(track, "input_routing_type")
        deleted = track.input_routing_type
        self.song.delete_track(SNARE)
        self.assertEqual((track.current_input_routing, track.current_output_routing), ("No Input", "Sends Only"))
        self.assertTrue(deleted.attached_object == None)  # noqa: E711
        self.assertEqual(calls, ["input_routing_type"])
        self.song.undo()
        self.assertEqual((track.current_input_routing, track.current_output_routing), ("Snare", "Snare"))

    def test_a_copy_is_connected_as_its_original_is(self):
        track = self.song.tracks[VOCALS]
        track.current_input_routing = "Snare"
        self.song.duplicate_track(VOCALS)
        self.assertEqual(self.song.tracks[5].current_input_routing, "Snare")
        self.song.tracks[5].current_input_routing = "Resampling"
        self.assertEqual(track.current_input_routing, "Snare")


class OffersInLive11(Offers):
    version, main = "11", "Master"


class ChoosingInLive11(Choosing):
    version, main = "11", "Master"


if __name__ == "__main__":
    unittest.main()
