"""Actions on views, the application and MIDI messages: effects, and Live 11's missing members."""

from livesim import SetPlan
from tests.actions_case import ActionsCase
from tests.studio import Studio


class Views(ActionsCase):
    @property
    def view(self):
        return self.studio.live.application.view

    def test_the_clip_view_opens_in_the_detail_area(self):
        self.view.hide_view("Detail")
        self.done("show_clip_view")
        self.assertTrue(self.view.is_view_visible("Detail") and self.view.is_view_visible("Detail/Clip"))

    def test_the_arrangement_view_replaces_the_session(self):
        self.done("show_arrangement_view")
        self.assertEqual(self.view.focused_document_view, "Arranger")
        self.assertFalse(self.view.is_view_visible("Session"))

    def test_selecting_a_track_keeps_all_other_state(self):
        before = self.snapshot()
        answer = self.done("focus_track", track_index=2)
        self.assertEqual(self.song.view.selected_track, self.song.tracks[2])
        self.assertIn("Vocals", answer["message"])
        self.assertEqual(self.snapshot(), before)

    def test_an_unknown_track_is_not_selected(self):
        self.done("focus_track", track_index=1)
        self.refused("focus_track", "track_index 3", "tracks 0 to 2", track_index=3)
        self.assertEqual(self.song.view.selected_track, self.song.tracks[1])

    def test_missing_members_are_reported_before_missing_tracks(self):
        for action, parameters in (
            ("scroll_view_to_time", {"time_in_beats": 1}),
            ("send_midi_cc", {"track_index": 99, "cc_number": 1, "cc_value": 1}),
            ("send_program_change", {"track_index": 99, "program_number": 1}),
        ):
            self.assertEqual(self.client.ask(action, **parameters)["code"], "unsupported")


class ViewsInLive11(Views):
    version = "11"


class Application(ActionsCase):
    def test_the_version_comes_in_parts_and_whole(self):
        answer = self.done("get_application_version")
        self.assertEqual([answer[part] for part in ("major", "minor", "bugfix")], [12, 3, 6])
        self.assertEqual(answer["version"], "12.3.6")

    def test_a_message_box_answers_the_pressed_button(self):
        person = self.studio.live.person
        person.press = lambda message, count: self.studio.live.stall(30) or count - 1
        answer = self.done("show_message_box", message="Continue?")
        self.assertEqual(answer["button_pressed"], 0)
        self.assertEqual(self.studio.live.application.open_dialog_count, 0)

    def test_commands_expire_while_a_message_box_is_open(self):
        studio = Studio(self.version, SetPlan.of(midi=1), deadline_ms=2000)
        self.addCleanup(studio.close)
        first, second = studio.connect(), studio.connect()
        studio.live.person.press = lambda message, count: studio.live.stall(10) or 0
        first.say({"action": "show_message_box", "message": "Ready?"})
        second.say({"action": "set_tempo", "bpm": 90})
        self.assertTrue(first.answer()["ok"])
        self.assertEqual(second.answer()["code"], "expired")
        self.assertEqual(studio.song.tempo, 120.0)

    def test_a_message_needs_no_title(self):
        self.done("show_message_box", message="Hello", title="")
        self.assertEqual(self.studio.live.person.messages_read, ["Hello"])


class ApplicationInLive11(ActionsCase):
    version = "11"

    def test_the_version_is_reported(self):
        self.assertEqual(self.done("get_application_version")["version"], "11.3.43")

    def test_members_of_live_12_are_unsupported(self):
        for action, parameters in (("get_build_id", {}), ("get_variant", {}), ("show_message_box", {"message": "x"})):
            answer = self.client.ask(action, **parameters)
            self.assertEqual(answer["code"], "unsupported")
            self.assertTrue(answer["missing"].startswith("Application."))
