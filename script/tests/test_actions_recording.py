"""Actions on recording: the switches they set, their preconditions, and recordings they end."""

from unittest import mock

from tests.actions_case import ActionsCase

A_BEAT_S = 0.5  # at 120 beats per minute


class Switches(ActionsCase):
    SWITCHES = (
        ("set_arrangement_overdub", "arrangement_overdub"),
        ("set_punch_in", "punch_in"),
        ("set_punch_out", "punch_out"),
        ("set_session_record", "session_record"),
        ("set_session_automation_record", "session_automation_record"),
    )

    def test_switches_default_to_on(self):
        for action, member in self.SWITCHES:
            self.assertEqual(self.done(action), {member: True})
            self.assertTrue(getattr(self.song, member))
            self.assertEqual(self.done(action, enabled=False), {member: False})
            self.assertFalse(getattr(self.song, member))

    def test_a_switch_that_live_ignores_is_an_error(self):
        stuck = property(lambda song: False, lambda song, on: None)
        with mock.patch.object(type(self.studio.live.set), "punch_in", stuck):
            self.refused("set_punch_in", "did not switch punch_in")

    def test_the_record_button_is_pressed_by_number(self):
        self.assertEqual(self.done("set_record_mode", mode=1), {"record_mode": True})
        self.assertTrue(self.song.record_mode)
        self.assertEqual(self.done("set_record_mode", mode=0), {"record_mode": False})
        self.assertFalse(self.song.record_mode)


class SessionClips(ActionsCase):
    def arm(self):
        self.song.tracks[0].arm = True

    def test_armed_tracks_start_and_stop_recording(self):
        self.arm()
        self.assertIn("begins", self.done("trigger_session_record")["message"])
        self.studio.live.run(A_BEAT_S)
        self.assertTrue(self.slot(0, 1).is_recording)
        answer = self.done("trigger_session_record")
        self.assertIn("ends", answer["message"])
        self.assertEqual(answer["session_record_status"], 2)
        self.studio.live.run(4 * A_BEAT_S)
        self.assertFalse(self.slot(0, 1).is_recording)
        self.assertTrue(self.slot(0, 1).is_playing)

    def test_a_recording_that_never_starts_is_an_error(self):
        self.arm()
        with mock.patch.object(type(self.studio.live.set.tracks[0]), "record_into", lambda track, slot, length: None):
            self.refused("trigger_session_record", "neither started nor ended")

    def test_recording_requires_an_armed_track(self):
        self.refused("trigger_session_record", "no track is armed", "arm_track")

    def test_stopping_the_recording_ends_session_clips_too(self):
        self.arm()
        self.done("trigger_session_record")
        self.studio.live.run(A_BEAT_S)
        answer = self.done("stop_recording")
        self.assertEqual(answer["session_record_status"], 2)
        self.assertIn("launch quantization", answer["message"])
        self.studio.live.run(4 * A_BEAT_S)
        self.assertEqual(int(self.song.session_record_status), 0)
        self.assertEqual(self.done("stop_recording")["message"], "recording is off")

    def test_stopping_twice_does_not_begin_anew(self):
        self.arm()
        self.done("trigger_session_record")
        self.studio.live.run(A_BEAT_S)
        self.done("stop_recording")
        self.done("stop_recording")
        self.studio.live.run(4 * A_BEAT_S)
        self.assertEqual([slot.has_clip for slot in self.song.tracks[0].clip_slots], [True, True, False, False])
        self.assertEqual(int(self.song.session_record_status), 0)

    def test_a_refused_capture_is_retried_once(self):
        self.arm()
        self.studio.live.notifications.refuse_next(1)
        self.done("trigger_session_record")
        self.studio.live.run(A_BEAT_S)
        self.assertTrue(self.slot(0, 1).is_recording)


class Capturing(ActionsCase):
    def test_played_notes_are_captured_once(self):
        self.song.tracks[1].arm = True
        self.studio.live.play_note(1, 48)
        self.done("capture_midi")
        self.assertEqual(self.notes(1, 0), [48])
        self.refused("capture_midi", "nothing to capture")

    def test_a_capture_without_effect_is_an_error(self):
        self.song.tracks[1].arm = True
        self.studio.live.play_note(1, 48)
        with mock.patch.object(type(self.studio.live.set.tracks[1]), "capture_into", lambda track, slot: None):
            self.refused("capture_midi", "did not capture")


class Automation(ActionsCase):
    def test_overridden_automation_is_enabled_again(self):
        clip, fader = self.slot(0, 0).clip, self.song.tracks[0].mixer_device.volume
        clip.create_automation_envelope(fader)
        clip.fire()
        self.studio.live.run(A_BEAT_S)
        fader.value = 0.25
        self.assertIn("enabled again", self.done("re_enable_automation")["message"])
        self.assertEqual(fader.automation_state, 1)

    def test_restoring_unchanged_automation_succeeds(self):
        self.assertIn("no automation was overridden", self.done("re_enable_automation")["message"])


class InLive11(Switches, SessionClips, Capturing, Automation):
    version = "11"
