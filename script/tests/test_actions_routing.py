"""Actions on routing: by the names that Live shows, all or none."""

from livesim import SetPlan
from livesim.model.track import AUDIO, GROUP, MIDI
from tests.actions_case import ActionsCase

KIT, SNARE, BASS, VOCALS, BRASS, HORNS = range(6)


class Routing(ActionsCase):
    plan = SetPlan(
        tracks=(("Kit", GROUP), ("Snare", AUDIO), ("Bass", MIDI), ("Vocals", AUDIO)) + (("Brass", AUDIO),) * 2,
        groups={KIT: (SNARE,)},
        returns=tuple("%s-Return" % letter for letter in "ABCDEFGH"),
        scenes=1,
    )

    def snapshot(self):
        return super().snapshot(), [self.input(index) for index in (SNARE, BASS, VOCALS)], self.output(VOCALS)

    def input(self, track_index):
        track = self.song.tracks[track_index]
        return track.current_input_routing, track.current_input_sub_routing

    def output(self, track_index):
        track = self.song.tracks[track_index]
        return track.current_output_routing, track.current_output_sub_routing

    def test_choosing_a_type_also_selects_its_channel(self):
        answer = self.done("set_track_input_routing", track_index=VOCALS, routing_type_name="Snare")
        self.assertEqual((answer["routing_type"], answer["routing_channel"]), ("Snare", "Post FX"))
        self.assertEqual(self.input(VOCALS), ("Snare", "Post FX"))

    def test_type_and_channel_are_one_step_to_undo(self):
        self.done(
            "set_track_input_routing", track_index=BASS, routing_type_name="Computer Keyboard", routing_channel="Ch. 16"
        )
        self.assertEqual(self.input(BASS), ("Computer Keyboard", "Ch. 16"))
        self.done("undo")
        self.assertEqual(self.input(BASS), ("All Ins", "All Channels"))

    def test_the_same_type_again_changes_the_channel_alone(self):
        self.done("set_track_input_sub_routing", track_index=VOCALS, sub_routing="2")
        self.done("set_track_input_routing", track_index=VOCALS, routing_type_name="Ext. In")
        self.assertEqual(self.input(VOCALS), ("Ext. In", "2"))
        self.done("set_track_input_routing", track_index=VOCALS, routing_type_name="Ext. In", routing_channel="1")
        self.assertEqual(self.input(VOCALS), ("Ext. In", "1"))

    def test_a_refusal_names_no_other_track(self):
        answer = self.client.ask("set_track_input_routing", track_index=VOCALS, routing_type_name="Theremin")
        self.assertEqual(answer["code"], "live_error")
        self.assertIn('routing_type_name "Theremin" does not exist at the input of track 3', answer["error"])
        self.assertIn("get_track_available_input_routing_types lists those that do", answer["error"])
        for track in self.song.tracks:
            self.assertNotIn(track.name, answer["error"])
        self.refused("set_track_output_routing", "Theremin", "available_output_routing", track_index=SNARE, routing_type_name="Theremin")

    def test_capitals_count(self):
        self.refused("set_track_input_routing", "snare", track_index=VOCALS, routing_type_name="snare")

    def test_an_unknown_channel_keeps_the_old_type(self):
        self.done("set_track_input_sub_routing", track_index=VOCALS, sub_routing="2")
        parameters = {"track_index": VOCALS, "routing_type_name": "Snare", "routing_channel": "Ch. 1"}
        self.refused("set_track_input_routing", 'routing_channel "Ch. 1"', **parameters)
        self.assertEqual(self.input(VOCALS), ("Ext. In", "2"))

    def test_a_name_that_two_tracks_have_is_refused(self):
        parameters = {"track_index": VOCALS, "routing_type_name": "Brass"}
        self.refused("set_track_output_routing", "ambiguous", "2 entries", "rename", **parameters)
        self.done("rename_track", track_index=HORNS, name="Horns")
        self.done("set_track_output_routing", **parameters)
        self.assertEqual(self.output(VOCALS), ("Brass", "Track In"))

    def test_the_channel_alone_is_chosen_at_both_ends(self):
        answer = self.done("set_track_input_sub_routing", track_index=BASS, sub_routing="Ch. 3")
        self.assertEqual((answer["requested_sub_routing"], answer["routing_channel"]), ("Ch. 3", "Ch. 3"))
        self.assertEqual(self.input(BASS), ("All Ins", "Ch. 3"))
        self.done("set_track_output_routing", track_index=VOCALS, routing_type_name="Ext. Out")
        self.done("set_track_output_sub_routing", track_index=VOCALS, sub_routing="2")
        self.assertEqual(self.output(VOCALS), ("Ext. Out", "2"))
        for action in ("set_track_input_sub_routing", "set_track_output_sub_routing"):
            self.refused(action, 'sub_routing "9"', track_index=VOCALS, sub_routing="9")

    def test_a_group_has_an_output_and_no_input(self):
        for action, parameters in (
            ("set_track_input_routing", {"routing_type_name": "Ext. In"}),
            ("set_track_input_sub_routing", {"sub_routing": "1"}),
            ("get_track_input_routing_type", {}),
            ("get_track_available_input_routing_types", {}),
            ("set_track_current_monitoring_state", {"state": 0}),
        ):
            self.refused(action, "track 0 (Kit)", "input", track_index=KIT, **parameters)
        answer = self.done("get_track_output_routing", track_index=KIT)
        self.assertEqual((answer["track_name"], answer["output_routing_type"]), ("Kit", self.song.master_track.name))
        self.done("set_track_output_routing", track_index=KIT, routing_type_name="Sends Only")

    def test_available_entries_include_the_current_channels(self):
        answer = self.done("get_track_available_input_routing_types", track_index=VOCALS)
        self.assertEqual(answer["count"], len(answer["routing_types"]))
        self.assertEqual(answer["routing_channels"], ["1/2", "1", "2"])
        answer = self.done("get_track_available_output_routing_types", track_index=SNARE)
        self.assertEqual((answer["routing_types"][1], answer["routing_channels"]), ("Group", [""]))

    def test_a_choice_that_live_ignores_is_an_error(self):
        track = self.song.tracks[VOCALS]
        route = self.studio.live.set.tracks[VOCALS].route("input")
        track.add_input_routing_type_listener(lambda: route.choose("type", route.types[0]))
        answer = self.client.ask("set_track_input_routing", track_index=VOCALS, routing_type_name="Resampling")
        self.assertEqual(answer["code"], "live_error")
        self.assertIn("did not take", answer["error"])

    def test_every_monitoring_mode_is_set(self):
        track = self.song.tracks[VOCALS]
        for state in (0, 2, 1):
            answer = self.done("set_track_current_monitoring_state", track_index=VOCALS, state=state)
            self.assertEqual((answer["monitoring_state"], track.current_monitoring_state), (state, state))


class RoutingInLive11(Routing):
    version = "11"
