"""Actions on the loop and the markers of clips: which edges move, and in which order."""

from tests.actions_case import ActionsCase

PLACE = {"track_index": 0, "clip_index": 0}


class Loops(ActionsCase):
    def setUp(self):
        super().setUp()
        self.clip = self.slot(0, 0).clip

    def snapshot(self):
        return super().snapshot(), self.region()

    def region(self):
        clip = self.slot(0, 0).clip
        return clip.looping, clip.loop_start, clip.loop_end, clip.start_marker, clip.end_marker

    def test_loop_and_markers_move_independently(self):
        for member, value in (("loop_start", 2), ("loop_end", 6), ("start_marker", 1), ("end_marker", 7)):
            self.assertEqual(self.done("set_clip_" + member, **PLACE, **{member: value})[member], float(value))
        self.assertEqual(self.region(), (True, 2.0, 6.0, 1.0, 7.0))

    def test_a_start_after_the_end_is_refused(self):
        for start, sentence in (
            (8, "loop_start 8.0 must be before loop_end 8.0; to move both, call set_clip_loop_end first"),
            (12, "loop_start 12.0 must be before loop_end 8.0"),
        ):
            self.refused("set_clip_loop_start", sentence, loop_start=start, **PLACE)
        self.refused("set_clip_start_marker", "start_marker 8.0", "end_marker 8.0", start_marker=8, **PLACE)
        self.done("set_clip_loop_end", loop_end=16, **PLACE)
        self.done("set_clip_loop_start", loop_start=12, **PLACE)
        self.assertEqual(self.region()[1:3], (12.0, 16.0))

    def test_an_end_before_the_start_is_refused(self):
        self.done("set_clip_loop_start", loop_start=4, **PLACE)
        self.refused(
            "set_clip_loop_end", "loop_start 4.0", "loop_end 4.0", "set_clip_loop_start first", loop_end=4, **PLACE
        )
        self.refused(
            "set_clip_end_marker", "start_marker 0.0", "end_marker 0.0", "set_clip_start_marker", end_marker=0, **PLACE
        )
        self.done("set_clip_loop_start", loop_start=-4, **PLACE)
        self.done("set_clip_loop_end", loop_end=-2, **PLACE)
        self.assertEqual(self.region()[1:3], (-4.0, -2.0))

    def test_without_looping_markers_move_and_loop_stays(self):
        self.done("set_clip_looping", looping=False, **PLACE)
        self.done("set_clip_start_marker", start_marker=1, **PLACE)
        self.done("set_clip_end_marker", end_marker=5, **PLACE)
        self.assertEqual(self.region(), (False, 1.0, 5.0, 1.0, 5.0))
        self.done("set_clip_looping", **PLACE)
        self.assertEqual(self.region(), (True, 0.0, 8.0, 1.0, 5.0))

    def test_without_looping_loop_edges_are_the_markers(self):
        self.done("set_clip_looping", looping=False, **PLACE)
        self.done("set_clip_loop_end", loop_end=6, **PLACE)
        self.assertEqual(self.clip.end_marker, 6.0)
        self.refused("set_clip_loop_start", "loop_start 6.0 must be before loop_end 6.0", loop_start=6, **PLACE)


class InLive11(Loops):
    version = "11"
