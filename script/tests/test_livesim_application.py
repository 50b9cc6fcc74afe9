"""The simulated application: views, dialogs, version, and the selection in the set's view."""

import unittest

from livesim import ArgumentError, SetPlan, SimulatedLive

UP, DOWN, LEFT, RIGHT = range(4)


class ApplicationCase(unittest.TestCase):
    version = "12"

    def setUp(self):
        plan = SetPlan.of(midi=2, returns=1, scenes=3, clips={(0, 0): 4.0})
        self.live = SimulatedLive(version=self.version, plan=plan)
        self.application, self.song = self.live.application, self.live.song
        self.view = self.application.view


class Views(ApplicationCase):
    def test_the_views_have_their_names(self):
        names = ["Browser", "Arranger", "Session", "Detail", "Detail/Clip", "Detail/DeviceChain"]
        self.assertEqual(list(self.view.available_main_views()), names)

    def test_session_and_arranger_exclude_each_other(self):
        notified = []
        self.view.add_focused_document_view_listener(lambda: notified.append(self.view.focused_document_view))
        self.view.show_view("Arranger")
        self.assertFalse(self.view.is_view_visible("Session"))
        self.view.hide_view("Arranger")
        self.assertTrue(self.view.is_view_visible("Session"))
        self.assertEqual(notified, ["Arranger", "Session"])

    def test_an_empty_name_means_the_shown_document_view(self):
        self.view.show_view("Arranger")
        self.view.focus_view("")
        self.assertEqual(self.view.focused_document_view, "Arranger")
        self.view.hide_view("")
        self.assertEqual(self.view.focused_document_view, "Session")

    def test_the_detail_area_closes_with_its_last_view(self):
        self.view.hide_view("Detail")
        self.assertFalse(self.view.is_view_visible("Detail/DeviceChain"))
        self.view.show_view("Detail/Clip")
        self.assertTrue(self.view.is_view_visible("Detail"))
        self.view.hide_view("Detail")
        self.view.show_view("Detail")
        self.assertTrue(self.view.is_view_visible("Detail/Clip"))

    def test_only_live_12_shows_clip_and_devices_together(self):
        self.view.show_view("Detail/Clip")
        self.assertEqual(self.view.is_view_visible("Detail/DeviceChain"), self.version == "12")

    def test_an_unknown_view_is_refused(self):
        for use in (self.view.show_view, self.view.hide_view, self.view.focus_view, self.view.is_view_visible):
            with self.assertRaises(RuntimeError):
                use("Mixer")
        with self.assertRaises(RuntimeError):
            self.view.is_view_visible("")

    def test_scrolling_the_session_moves_the_selection(self):
        moves = ((DOWN, 0, 1), (RIGHT, 1, 1), (UP, 1, 0), (UP, 1, 0), (LEFT, 0, 0), (LEFT, 0, 0))
        for direction, track_index, scene_index in moves:
            self.view.scroll_view(direction, "Session", False)
            selected = self.song.view
            self.assertEqual(selected.selected_track, self.song.tracks[track_index])
            self.assertEqual(selected.selected_scene, self.song.scenes[scene_index])
        for _ in range(9):
            self.view.zoom_view(RIGHT, "", False)
        self.assertEqual(self.song.view.selected_track, self.song.master_track)

    def test_scrolling_the_devices_selects_the_neighbour(self):
        for name in ("Operator", "Reverb"):
            load(self.live, name)
        selected = self.song.tracks[0].view
        for direction, name in ((LEFT, "Operator"), (LEFT, "Operator"), (RIGHT, "Reverb"), (UP, "Reverb")):
            self.view.scroll_view(direction, "Detail/DeviceChain", False)
            self.assertEqual(selected.selected_device.name, name)

    def test_view_listeners_are_notified_of_showing_and_hiding(self):
        notified = []
        self.view.add_is_view_visible_listener("Session", lambda: notified.append(self.view.is_view_visible("Session")))
        self.view.add_view_focus_changed_listener(lambda: notified.append("focus"))
        self.view.show_view("Session")
        self.view.show_view("Arranger")
        self.view.focus_view("Session")
        self.view.hide_view("Browser")
        self.assertEqual(notified, [False, True, "focus"])

    def test_scrolling_other_views_has_no_visible_effect(self):
        for name in ("Browser", "Arranger", "Detail/Clip"):
            for direction in (UP, DOWN, LEFT, RIGHT):
                self.view.scroll_view(direction, name, True)
                self.view.zoom_view(direction, name, False)
        self.assertEqual(self.song.view.selected_track, self.song.tracks[0])
        with self.assertRaises(RuntimeError):
            self.view.scroll_view(4, "Session", False)

    def test_showing_is_no_step_of_the_undo_history(self):
        self.view.show_view("Arranger")
        self.assertFalse(self.song.can_undo)


class ViewsInLive11(Views):
    version = "11"


class Dialogs(ApplicationCase):
    def test_a_message_box_returns_the_pressed_button(self):
        self.live.person.press = lambda message, count: count - 1
        self.assertEqual(self.application.show_on_the_fly_message("Save?", 3), 2)
        self.assertEqual(self.application.show_on_the_fly_message("Done"), 0)

    def test_a_message_box_blocks_the_loop(self):
        seen = []

        def press(message, count):
            self.live.stall(5)
            seen.append((self.application.open_dialog_count, self.application.current_dialog_message))
            return 0

        notified = []
        self.live.person.press = press
        self.application.add_open_dialog_count_listener(lambda: notified.append(self.application.open_dialog_count))
        self.application.show_on_the_fly_message("Hello", 1)
        self.assertEqual((seen, notified), ([(1, "Hello")], [1, 0]))
        self.assertEqual((self.application.current_dialog_message, self.application.open_dialog_count), ("", 0))
        self.assertEqual(self.live.clock.now(), 5)

    def test_a_message_may_be_one_of_lives_texts(self):
        import Live

        text = Live.Base.get_text("LiveStrings", "Saved %1 of %2")
        self.assertEqual(Live.Base.subst_args(text, "3", "4"), "Saved 3 of 4")
        self.assertEqual(self.application.show_message(text, buttons=1), 0)
        self.assertEqual(self.live.person.messages_read, ["Saved %1 of %2"])
        with self.assertRaises(TypeError):
            self.application.show_message("a plain string")

    def test_unknown_buttons_are_refused(self):
        with self.assertRaises(RuntimeError):
            self.application.show_on_the_fly_message("Hello", 17)


class Facts(ApplicationCase):
    def test_the_document_is_the_set(self):
        self.assertEqual(self.application.get_document(), self.song)
        self.assertIsNone(self.application.canonical_parent)

    def test_a_button_closes_lives_own_dialog(self):
        notified = []
        self.application.add_open_dialog_count_listener(lambda: notified.append(self.application.open_dialog_count))
        self.live.application_model.open_dialog("A file is missing", 2)
        self.assertEqual(self.application.current_dialog_message, "A file is missing")
        self.assertEqual(self.application.current_dialog_button_count, 2)
        with self.assertRaises(RuntimeError):
            self.application.press_current_dialog_button(2)
        self.application.press_current_dialog_button(1)
        self.assertEqual(notified, [1, 0])
        with self.assertRaises(RuntimeError):
            self.application.press_current_dialog_button(0)

    def test_processor_load_listeners_are_notified(self):
        application, notified = self.application, []
        application.add_average_process_usage_listener(lambda: notified.append(application.average_process_usage))
        self.live.application_model.average_process_usage = 42.0
        self.live.run(0.1)
        self.assertEqual(notified, [42.0])
        with self.assertRaises(AttributeError):
            self.application.average_process_usage = 0.0

    def test_the_edition_has_everything_and_no_options(self):
        self.assertEqual(list(self.application.unavailable_features), [])
        self.assertFalse(self.application.has_option("-Anything"))

    def test_only_live_12_has_build_edition_and_messages(self):
        for name in ("get_build_id", "get_variant", "show_message", "show_on_the_fly_message"):
            self.assertEqual(hasattr(self.application, name), self.version == "12")
        if self.version == "12":
            self.assertEqual(self.application.get_variant(), "Suite")
            self.assertIn(self.live.version, self.application.get_build_id())

    def test_hosted_scripts_are_listed_in_their_order(self):
        scripts = [self.live.host(lambda c_instance, name=name: _Script(name)) for name in "ab"]
        self.assertEqual(list(self.application.control_surfaces), scripts)


class FactsInLive11(Facts):
    version = "11"


class Selection(ApplicationCase):
    def test_track_and_scene_highlight_their_slot(self):
        view = self.song.view
        view.highlighted_clip_slot = self.song.tracks[1].clip_slots[2]
        self.assertEqual((view.selected_track, view.selected_scene), (self.song.tracks[1], self.song.scenes[2]))
        view.selected_track = self.song.return_tracks[0]
        self.assertIsNone(view.highlighted_clip_slot)

    def test_deleting_the_detail_clip_clears_it(self):
        view, slot = self.song.view, self.song.tracks[0].clip_slots[0]
        view.detail_clip = slot.clip
        self.assertEqual(view.detail_clip, slot.clip)
        slot.delete_clip()
        self.assertIsNone(view.detail_clip)
        view.detail_clip = None

    def test_a_parameter_is_selected_by_the_person_alone(self):
        view, notified = self.song.view, []
        volume = self.song.tracks[0].mixer_device.volume
        view.add_selected_parameter_listener(lambda: notified.append(view.selected_parameter))
        self.live.set.view.click(self.live.set.tracks[0].mixer_device.volume)
        self.assertEqual(notified, [volume])
        with self.assertRaises(AttributeError):
            view.selected_parameter = volume

    def test_no_chain_is_selected_until_one_is(self):
        self.assertIsNone(self.song.view.selected_chain)
        with self.assertRaises(ArgumentError):
            self.song.view.selected_chain = self.song.tracks[0]
        self.song.view.selected_chain = None

    def test_drawing_and_following_are_switches(self):
        for name in ("draw_mode", "follow_song"):
            setattr(self.song.view, name, not getattr(self.song.view, name))
        self.assertEqual((self.song.view.draw_mode, self.song.view.follow_song), (True, False))
        self.assertFalse(self.song.can_undo)


class SelectionInLive11(Selection):
    version = "11"


def load(live, name):
    """Puts a device onto the selected track."""
    live.set.view.selected_track.insert_device(name)
    live.set.view.select_device(live.set.view.selected_track.devices[-1])


class _Script:
    def __init__(self, name):
        self.name = name

    def disconnect(self):
        pass


if __name__ == "__main__":
    unittest.main()
