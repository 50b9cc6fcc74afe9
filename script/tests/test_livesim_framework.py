"""The stand-ins for Ableton's frameworks run third-party scripts without hardware."""

import unittest

from livesim import SimulatedLive


class Framework(unittest.TestCase):
    def setUp(self):
        self.log = []
        self.live = SimulatedLive(log=self.log.append)

    def test_scheduled_messages_run_at_their_display_update(self):
        from _Framework.ControlSurface import ControlSurface

        notified = []
        script = self.live.host(ControlSurface)
        script.schedule_message(1, lambda: notified.append("first"))
        script.schedule_message(3, notified.append, "third")
        self.live.run(0.11)
        self.assertEqual(["first"], notified)
        self.live.run(0.11)
        self.assertEqual(["first"], notified)
        self.live.run(0.11)
        self.assertEqual(["first", "third"], notified)

    def test_a_rescheduled_message_runs_once_a_display(self):
        from ableton.v2.control_surface import ControlSurface

        notified = []
        script = self.live.host(ControlSurface)

        def again():
            notified.append(script.in_component_guard)
            script.schedule_message(1, again)

        again()
        self.live.run(0.55)
        self.assertEqual([False] + [True] * 5, notified)

    def test_a_zero_delay_waits_for_the_next_update(self):
        from _Framework.ControlSurface import ControlSurface

        notified = []
        script = self.live.host(ControlSurface)
        script.schedule_message(0, lambda: script.schedule_message(0, notified.append, "again") or notified.append(1))
        self.assertEqual([], notified)
        self.live.run(0.11)
        self.assertEqual([1], notified)
        self.live.run(0.1)
        self.assertEqual([1, "again"], notified)

    def test_a_failing_message_does_not_stop_others(self):
        from _Framework.ControlSurface import ControlSurface

        notified = []
        script = self.live.host(ControlSurface)
        script.schedule_message(1, lambda: 1 / 0)
        script.schedule_message(1, lambda: notified.append("second"))
        self.live.run(0.11)
        self.assertEqual(["second"], notified)
        self.assertIn("ZeroDivisionError", "".join(self.log))

    def test_the_song_is_method_or_property_by_framework(self):
        from _Framework.ControlSurface import ControlSurface as Old
        from ableton.v2.control_surface import ControlSurface as New

        self.assertEqual(self.live.song, self.live.host(Old).song())
        self.assertEqual(self.live.song, self.live.host(New).song)
        self.assertEqual(self.live.application, self.live.host(Old).application())
        self.assertEqual(self.live.application, self.live.host(New).application)

    def test_a_subclass_logs_under_its_own_name(self):
        from ableton.v2.control_surface import ControlSurface

        class Mine(ControlSurface):
            def __init__(self, c_instance):
                super().__init__(c_instance)
                with self.component_guard():
                    self.log_message("ready", 1)

        self.live.host(Mine)
        self.assertEqual(["RemoteScriptMessage: (Mine) ready 1"], self.log)

    def test_disconnecting_drops_scheduled_messages(self):
        from ableton.v2.control_surface import ControlSurface

        notified = []
        script = self.live.host(ControlSurface)
        script.schedule_message(1, lambda: notified.append("late"))
        script.disconnect()
        self.live.run(0.22)
        self.assertEqual([], notified)


if __name__ == "__main__":
    unittest.main()
