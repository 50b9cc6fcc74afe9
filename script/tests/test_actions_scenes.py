"""Actions on scenes and on the settings of the set: copies, colours, tempo, groove, and the folder of the set."""

from unittest import mock

from livesim import Limits
from tests.actions_case import PLAN, ActionsCase
from tests.studio import Studio


class Copies(ActionsCase):
    def test_a_scene_is_copied_below_with_its_clips(self):
        self.song.scenes[0].name = "Verse"
        answer = self.done("duplicate_scene", scene_index=0)
        self.assertEqual((answer["new_index"], answer["name"]), (1, "Verse"))
        self.assertEqual([scene.name for scene in self.song.scenes], ["Verse", "Verse", "", "", ""])
        self.assertEqual([slot.has_clip for slot in self.song.scenes[1].clip_slots], [True, False, True])
        self.assertTrue(self.slot(1, 2).has_clip)

    def test_copying_the_last_scene_is_one_undo_step(self):
        self.assertEqual(self.done("duplicate_scene", scene_index=3)["new_index"], 4)
        self.done("undo")
        self.assertEqual(len(self.song.scenes), 4)

    def test_the_limit_of_the_edition_is_named(self):
        self.studio = Studio(self.version, PLAN, edition=Limits(scenes=4))
        self.addCleanup(self.studio.close)
        self.client, self.song = self.studio.connect(), self.studio.song
        self.refused("duplicate_scene", "limit of 4", scene_index=0)

    def test_a_copy_deleted_at_once_is_an_error(self):
        self.song.add_scenes_listener(lambda: self.studio.live.set.delete_scene(0))
        answer = self.client.ask("duplicate_scene", scene_index=3)
        self.assertEqual(answer["code"], "live_error")

    def test_a_refused_copy_is_retried_once(self):
        self.studio.live.notifications.refuse_next(1)
        self.done("duplicate_scene", scene_index=0)
        self.assertEqual(len(self.song.scenes), 5)


class Looks(ActionsCase):
    def test_colours_are_those_of_the_palette(self):
        self.assertEqual(self.done("get_scene_color", scene_index=1)["color_index"], -1)
        for color_index, color in ((0, 0xFF94A6), (69, 0x3C3C3C)):
            answer = self.done("set_scene_color", scene_index=1, color_index=color_index)
            self.assertEqual((answer["color_index"], answer["color"]), (color_index, color))
            self.assertEqual(self.done("get_scene_color", scene_index=1), answer)
        self.assertEqual([scene.color_index for scene in self.song.scenes], [None, 69, None, None])

    def test_a_colour_that_live_ignores_is_an_error(self):
        stuck = property(lambda scene: 7, lambda scene, color_index: None)
        with mock.patch.object(type(self.studio.live.set.scenes[0]), "color_index", stuck):
            self.refused("set_scene_color", "did not change the color", scene_index=1, color_index=3)

    def test_a_scenes_tempo_is_reported(self):
        self.assertEqual(
            self.done("get_scene_tempo", scene_index=2), {"scene_index": 2, "has_tempo": False, "tempo": -1.0}
        )
        self.song.scenes[2].tempo = 93.5
        self.assertEqual(
            self.done("get_scene_tempo", scene_index=2), {"scene_index": 2, "has_tempo": True, "tempo": 93.5}
        )

    def test_a_scene_without_clips_is_empty(self):
        self.assertFalse(self.done("get_scene_is_empty", scene_index=0)["is_empty"])
        self.assertTrue(self.done("get_scene_is_empty", scene_index=3)["is_empty"])


class Settings(ActionsCase):
    def test_the_groove_is_set_to_its_ends(self):
        for amount in (0, 1.3, 0.5):
            self.assertAlmostEqual(self.done("set_groove_amount", amount=amount)["groove_amount"], amount)
            self.assertAlmostEqual(self.song.groove_amount, amount)
        self.assertAlmostEqual(self.done("get_groove_amount")["groove_amount"], 0.5)

    def test_an_amount_that_live_ignores_is_an_error(self):
        stuck = property(lambda song: 1.0, lambda song, amount: None)
        with mock.patch.object(type(self.studio.live.set), "groove_amount", stuck):
            self.refused("set_groove_amount", "the groove amount 0.5", amount=0.5)

    def test_an_unsaved_set_has_no_folder(self):
        self.refused("get_project_root_folder", "not been saved")

    def test_the_signature_is_reported_in_parts(self):
        self.song.signature_numerator, self.song.signature_denominator = 7, 8
        self.assertEqual(self.done("get_signature_numerator"), {"signature_numerator": 7})
        self.assertEqual(self.done("get_signature_denominator"), {"signature_denominator": 8})


class InLive11(Copies, Looks, Settings):
    version = "11"
