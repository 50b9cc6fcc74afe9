"""Actions on tracks, groups, returns and the master track: effects, limits, refusals."""

from livesim import SetPlan
from livesim.model.track import AUDIO, GROUP, MIDI
from tests.actions_case import ActionsCase

KIT, KICK, SNARE, BASS, TWIN = range(5)


class TracksCase(ActionsCase):
    plan = SetPlan(
        tracks=(("Kit", GROUP), ("Kick", MIDI), ("Snare", AUDIO), ("Bass", MIDI), ("Bass", AUDIO)),
        groups={KIT: (KICK, SNARE)},
        scenes=2,
        clips={(KICK, 0): 4.0, (BASS, 0): 4.0},
    )

    def names(self):
        return [track.name for track in self.song.tracks]


class Tracks(TracksCase):
    def test_deleting_a_group_deletes_its_tracks(self):
        self.assertIn("(Kit) was deleted", self.done("delete_track", track_index=KIT)["message"])
        self.assertEqual(self.names(), ["Bass", "Bass"])

    def test_a_track_that_plays_is_deleted(self):
        self.done("launch_clip", track_index=KICK, scene_index=0)
        self.studio.live.run(1)
        self.done("delete_track", track_index=KICK)
        self.studio.live.run(1)
        self.assertEqual(self.names(), ["Kit", "Snare", "Bass", "Bass"])

    def test_a_copy_follows_the_track_or_its_group(self):
        answer = self.done("duplicate_track", track_index=BASS)
        self.assertEqual((answer["new_index"], answer["name"]), (TWIN, "Bass"))
        self.assertEqual(self.done("duplicate_track", track_index=TWIN + 1)["new_index"], TWIN + 2)
        self.assertEqual(self.done("duplicate_track", track_index=KIT)["new_index"], 3)
        self.assertEqual(self.names()[:7], ["Kit", "Kick", "Snare", "Kit", "Kick", "Snare", "Bass"])

    def test_a_copy_has_the_clips_of_its_original(self):
        self.done("duplicate_track", track_index=BASS)
        self.assertTrue(self.slot(TWIN, 0).has_clip)
        self.done("delete_clip", track_index=TWIN, scene_index=0)
        self.assertTrue(self.slot(BASS, 0).has_clip)

    def test_copying_is_one_step_to_undo(self):
        self.done("duplicate_track", track_index=KIT)
        self.done("undo")
        self.assertEqual(len(self.song.tracks), 5)

    def test_no_copy_is_no_success(self):
        song = type(self.studio.live.set)
        duplicate_track = song.duplicate_track
        self.addCleanup(setattr, song, "duplicate_track", duplicate_track)
        nothing = lambda song, index: None  # noqa: E731
        nothing.exported, nothing.__name__ = "command", "duplicate_track"
        song.duplicate_track = nothing
        self.refused("duplicate_track", "did not copy track 3", track_index=BASS)

    def test_a_name_is_found_and_counted(self):
        self.assertEqual(
            self.done("get_track_index_by_name", name="Bass"), {"track_index": BASS, "name": "Bass", "count": 2}
        )
        self.assertEqual(self.done("get_track_index_by_name", name="bASs")["name"], "Bass")
        for name in ("Bass ", "A-Reverb", self.song.master_track.name):
            self.refused("get_track_index_by_name", "no track is called", name, name=name)

    def test_colors_are_palette_indexes_over_the_range(self):
        for index, color in ((0, 0xFF94A6), (69, 0x3C3C3C)):
            answer = self.done("set_track_color", track_index=SNARE, color_index=index)
            self.assertEqual((answer["color_index"], answer["color"]), (index, color))
            self.assertEqual(self.song.tracks[SNARE].color_index, index)
            self.assertEqual(self.done("get_track_color", track_index=SNARE)["color"], color)

    def test_a_group_is_described(self):
        answer = self.done("get_track_info", track_index=KIT)
        self.assertEqual((answer["is_foldable"], answer["arm"], answer["num_clips"]), (True, False, 0))


class Mixer(TracksCase):
    def test_a_group_is_not_armed(self):
        self.refused("arm_track", "track 0 (Kit) cannot be armed", track_index=KIT)

    def test_arming_audio_without_input_is_refused(self):
        self.done("set_track_input_routing", track_index=SNARE, routing_type_name="No Input")
        self.refused("arm_track", "check that its input exists", track_index=SNARE)

    def test_sends_cover_the_whole_range(self):
        sends = self.song.tracks[SNARE].mixer_device.sends
        for value in (1, 0, 0.5):
            answer = self.done("set_track_send", track_index=SNARE, send_index=1, value=value)
            self.assertEqual((answer["value"], sends[0].value, sends[1].value), (value, 0.0, value))

    def test_a_send_value_out_of_range_is_refused(self):
        for value in (-0.1, 1.1):
            self.refused("set_track_send", "between 0 and 1", track_index=SNARE, send_index=0, value=value)

    def test_an_unknown_send_is_refused_with_existing_ones(self):
        self.refused("set_track_send", "send_index 2", "sends 0 to 1", track_index=SNARE, send_index=2, value=0.5)
        for _index in range(2):
            self.song.delete_return_track(0)
        self.refused("set_track_send", "track 2 has no sends", track_index=SNARE, send_index=0, value=0.5)
        self.assertEqual(self.done("get_track_sends", track_index=SNARE)["sends"], [])

    def test_each_side_of_the_crossfader_has_its_name(self):
        for assignment, name in ((0, "A"), (2, "B"), (1, "None")):
            answer = self.done("set_crossfader_assignment", track_index=SNARE, assignment=assignment)
            self.assertEqual((answer["crossfader_assignment"], answer["assignment_name"]), (assignment, name))
        self.song.master_track.mixer_device.crossfader.value = -1.0
        self.assertEqual(self.done("get_crossfader_position")["position"], -1.0)


class Groups(TracksCase):
    def test_a_track_reports_its_group(self):
        expected = ((KIT, False, True, -1), (SNARE, True, False, KIT), (BASS, False, False, -1))
        for track_index, is_grouped, is_group, group in expected:
            answer = self.done("get_track_is_grouped", track_index=track_index)
            self.assertEqual((answer["is_grouped"], answer["is_group_track"]), (is_grouped, is_group))
            self.assertEqual(answer["group_track_index"], group)

    def test_a_group_is_folded_and_unfolded(self):
        self.assertTrue(self.done("set_track_fold_state", track_index=KIT)["fold_state"])
        self.assertFalse(self.song.tracks[KICK].is_visible)
        self.assertFalse(self.done("set_track_fold_state", track_index=KIT, folded=False)["fold_state"])
        self.assertTrue(self.song.tracks[KICK].is_visible)

    def test_only_groups_are_folded(self):
        self.refused("set_track_fold_state", "track 1 (Kick) is not a group", track_index=KICK)
        self.assertFalse(self.done("get_track_is_foldable", track_index=KICK)["is_foldable"])

    def test_tracks_of_a_set_that_is_not_frozen(self):
        frozen = [self.done("get_track_is_frozen", track_index=index) for index in (KIT, KICK)]
        self.assertEqual([(one["is_frozen"], one["can_be_frozen"]) for one in frozen], [(False, False), (False, True)])


class Returns(TracksCase):
    def test_a_new_return_adds_a_send_everywhere(self):
        answer = self.done("create_return_track")
        self.assertEqual((answer["return_index"], answer["name"]), (2, self.song.return_tracks[2].name))
        self.assertEqual(self.done("get_return_track_count")["count"], 3)
        self.done("set_track_send", track_index=KIT, send_index=2, value=0.5)

    def test_there_are_twelve_at_most(self):
        for _more in range(10):
            self.done("create_return_track")
        self.refused("create_return_track")
        self.assertEqual(len(self.song.return_tracks), 12)

    def test_an_unknown_return_is_refused_with_existing_ones(self):
        self.refused("get_return_track_info", "return_index 2", "return tracks 0 to 1", return_index=2)
        self.refused("set_return_track_volume", "return_index 2", "return tracks 0 to 1", return_index=2, volume=0.1)
        for _index in range(2):
            self.song.delete_return_track(0)
        self.refused("get_return_track_info", "the set has no return tracks", return_index=0)

    def test_one_fader_is_moved_to_its_ends(self):
        for volume in (0, 1, 0.85):
            answer = self.done("set_return_track_volume", return_index=1, volume=volume)
            self.assertAlmostEqual(answer["volume"], volume, 5)
        self.assertAlmostEqual(self.done("get_return_track_info", return_index=1)["volume"], 0.85, 5)


class Master(TracksCase):
    def test_the_master_track_is_described(self):
        self.done("set_master_volume", volume=0)
        self.done("set_master_pan", pan=1)
        answer = self.done("get_master_track_info")
        self.assertEqual((answer["volume"], answer["pan"]), (0.0, 1.0))
        self.assertEqual(answer["name"], self.song.master_track.name)

    def test_the_cue_volume_is_the_metronomes_volume(self):
        self.done("set_metronome_volume", volume=1)
        mixer = self.song.master_track.mixer_device
        self.assertEqual((mixer.cue_volume.value, self.done("get_metronome_volume")["volume"]), (1.0, 1.0))
        self.assertAlmostEqual(mixer.volume.value, 0.85, 5)


class TracksInLive11(Tracks):
    version = "11"


class MixerInLive11(Mixer):
    version = "11"


class GroupsInLive11(Groups):
    version = "11"


class ReturnsInLive11(Returns):
    version = "11"


class MasterInLive11(Master):
    version = "11"
