"""The base of both frameworks: events and slots, tasks, dependencies, disconnecting, small functions."""

import unittest

from livesim import SetPlan, SimulatedLive
from livesim.frameworks import dependency, disconnectable, events, functions, slots, tasks


class Thermometer(events.EventObject):
    __events__ = ("boiling", events.Event("frozen"))

    degrees = events.listenable_property.managed(20)

    def __init__(self):
        super().__init__()
        self._place = "kitchen"

    @events.listenable_property
    def place(self):
        return self._place

    @place.setter
    def place(self, place):
        self._place = place
        self.notify_place()


class Watcher(events.EventObject):
    def __init__(self):
        super().__init__()
        self.notified = []

    @slots.listens("degrees")
    def watch(self, degrees):
        self.notified.append(degrees)

    @slots.listens_group("boiling")
    def watch_all(self, who):
        self.notified.append(who)


class Events(unittest.TestCase):
    def setUp(self):
        self.thermometer, self.watcher = Thermometer(), Watcher()

    def test_listeners_are_notified_until_removal(self):
        notified = []
        self.thermometer.add_boiling_listener(notified.append)
        self.assertTrue(self.thermometer.boiling_has_listener(notified.append))
        self.thermometer.notify_boiling(100)
        self.thermometer.remove_boiling_listener(notified.append)
        self.thermometer.notify_boiling(101)
        self.assertEqual((notified, self.thermometer.boiling_listener_count()), ([100], 0))
        with self.assertRaises(slots.EventError):
            self.thermometer.remove_boiling_listener(notified.append)

    def test_events_may_be_objects_and_inherited(self):
        class Better(Thermometer):
            __events__ = ("melting",)

        self.assertTrue(slots.has_event(Better(), "melting"))
        self.assertTrue(slots.has_event(Better(), "frozen"))
        self.assertFalse(slots.has_event(self.thermometer, "melting"))

    def test_a_property_notifies_of_real_changes_only(self):
        self.watcher.watch.subject = self.thermometer
        for degrees in (21, 21, 22):
            self.thermometer.degrees = degrees
        self.assertEqual(self.watcher.notified, [21, 22])

    def test_a_custom_property_notifies_itself(self):
        notified = []
        self.thermometer.add_place_listener(lambda: notified.append(self.thermometer.place))
        self.thermometer.place = "garden"
        self.assertEqual(notified, ["garden"])

    def test_a_slot_follows_its_subject(self):
        other = Thermometer()
        self.watcher.watch.subject = self.thermometer
        self.watcher.watch.subject = other
        self.thermometer.degrees = 1
        other.degrees = 2
        self.assertEqual(self.watcher.notified, [2])
        self.watcher.watch.subject = None
        other.degrees = 3
        self.assertEqual(self.watcher.notified, [2])

    def test_decorated_methods_are_callable_and_per_object(self):
        self.watcher.watch(5)
        self.assertEqual((self.watcher.notified, Watcher().notified), ([5], []))

    def test_a_subject_without_the_event_is_refused(self):
        with self.assertRaises(slots.EventError):
            self.watcher.watch.subject = object()

    def test_a_multi_slot_passes_its_subject(self):
        other = Thermometer()
        self.watcher.watch_all.replace_subjects([self.thermometer, other], ["one", "other"])
        other.notify_boiling()
        self.watcher.watch_all.remove_subject(other)
        other.notify_boiling()
        self.watcher.watch_all.add_subject(other)
        other.notify_boiling()
        self.assertEqual(self.watcher.notified, ["other", other])
        self.assertTrue(self.watcher.watch_all.has_subject(other))

    def test_disconnecting_releases_all_connections(self):
        self.watcher.watch.subject = self.thermometer
        self.watcher.watch_all.replace_subjects([self.thermometer])
        self.watcher.disconnect()
        self.thermometer.degrees = 99
        self.thermometer.notify_boiling()
        self.assertEqual(self.watcher.notified, [])


class LivesObjects(unittest.TestCase):
    def setUp(self):
        self.live = SimulatedLive(plan=SetPlan.of(midi=2))
        self.song = self.live.song
        self.notified = []

    def test_a_slot_survives_its_deleted_subject(self):
        slot = slots.Slot(self.song.tracks[0], lambda: self.notified.append("mute"), "mute")
        self.song.tracks[0].mute = True
        self.song.delete_track(0)
        self.assertFalse(slot.is_connected)
        slot.disconnect()
        slot.subject = self.song.tracks[0]
        self.song.tracks[0].mute = True
        self.assertEqual(self.notified, ["mute", "mute"])

    def test_a_path_follows_changing_parts(self):
        path = ["view", "selected_track", "mute"]
        slot = slots.MultiSlot(self.song, lambda: self.notified.append(self.song.view.selected_track.mute), path)
        self.song.tracks[0].mute = True
        self.song.view.selected_track = self.song.tracks[1]
        self.song.tracks[0].mute = False
        self.song.tracks[1].mute = True
        self.assertEqual(self.notified, [True, False, True])
        slot.disconnect()
        self.song.tracks[1].mute = False
        self.assertEqual(len(self.notified), 3)

    def test_deleted_objects_are_not_valid_and_have_changed(self):
        track = self.song.tracks[0]
        self.assertTrue(functions.liveobj_valid(track))
        self.assertFalse(functions.liveobj_changed(track, self.song.tracks[0]))
        self.song.delete_track(0)
        self.assertFalse(functions.liveobj_valid(track))
        self.assertTrue(functions.liveobj_changed(track, self.song.tracks[0]))


class Tasks(unittest.TestCase):
    def setUp(self):
        self.did = []
        self.group = tasks.TaskGroup(auto_kill=False)

    def pass_time(self, updates=1, seconds=0.1):
        for _ in range(updates):
            self.group.update(seconds)

    def test_a_task_function_runs_once_by_default(self):
        self.group.add(lambda seconds: self.did.append(seconds))
        self.group.add(lambda seconds: self.did.append("again") or len(self.did) < 4)
        self.pass_time(5)
        self.assertEqual(self.did, [0.1, "again", "again", "again"])

    def test_waits_count_seconds_or_updates(self):
        first, second = tasks.run(self.did.append, 1), tasks.run(self.did.append, 2)
        self.group.add(tasks.sequence(tasks.wait(0.3), first, tasks.delay(1), second))
        counts = []
        for _ in range(6):
            self.pass_time()
            counts.append(len(self.did))
        self.assertEqual(counts, [0, 0, 0, 1, 1, 2])

    def test_parallel_tasks_end_with_the_last(self):
        both = tasks.parallel(tasks.wait(0.1), tasks.wait(0.2))
        self.group.add(tasks.sequence(both, tasks.run(self.did.append, 1)))
        self.pass_time(2)
        self.assertEqual(self.did, [])
        self.pass_time()
        self.assertEqual(self.did, [1])

    def test_a_loop_begins_anew(self):
        self.group.add(tasks.loop(tasks.run(self.did.append, 1), tasks.wait(0.2)))
        self.pass_time(7)
        self.assertEqual(self.did, [1, 1, 1])

    def test_tasks_can_be_paused_resumed_killed_and_restarted(self):
        task = self.group.add(tasks.wait(0.2))
        task.pause()
        self.pass_time(9)
        self.assertTrue(task.is_paused)
        task.resume()
        self.pass_time(1)
        self.assertTrue(task.is_running)
        task.kill()
        self.assertTrue(task.is_killed)
        task.restart()
        self.group.add(task)
        self.pass_time(2)
        self.assertTrue(task.is_killed)

    def test_a_group_can_be_cleared(self):
        task = self.group.add(lambda _seconds: self.did.append(1))
        self.group.add(lambda _seconds: self.did.append(2))
        self.group.remove(task)
        self.group.clear()
        self.pass_time()
        self.assertEqual(self.did, [])


class Dependencies(unittest.TestCase):
    class Needy:
        @dependency.depends(song=None, color=functions.const(7))
        def __init__(self, song=None, color=None):
            self.song, self.color = song, color

    def test_missing_keywords_are_injected_or_defaulted(self):
        with dependency.inject(song=functions.const("song")).everywhere():
            with dependency.inject(color=functions.const(9)).everywhere():
                self.assertEqual(self.Needy().color, 9)
            self.assertEqual((self.Needy().song, self.Needy().color, self.Needy(color=1).color), ("song", 7, 1))

    def test_a_missing_dependency_is_an_error(self):
        with self.assertRaises(dependency.DependencyError):
            self.Needy()


class Parts(unittest.TestCase):
    def setUp(self):
        self.log = []
        self.live = SimulatedLive(log=self.log.append)

        from _Framework.ControlSurface import ControlSurface

        self.surface = self.live.host(ControlSurface)

    def test_parts_are_made_within_the_guard_alone(self):
        from _Framework.ButtonElement import ButtonElement
        from _Framework.ControlSurfaceComponent import ControlSurfaceComponent

        for make in (lambda: ButtonElement(True, 0, 0, 1), ControlSurfaceComponent):
            with self.assertRaises(dependency.DependencyError):
                make()
            with self.surface.component_guard():
                self.assertEqual(make().canonical_parent, self.surface)

    def test_components_in_components_are_switched_together(self):
        from _Framework.CompoundComponent import CompoundComponent
        from _Framework.ControlSurfaceComponent import ControlSurfaceComponent

        with self.surface.component_guard():
            outer, inner = CompoundComponent(), ControlSurfaceComponent()
            outer.register_component(inner)
        inner.updates = 0
        inner.on_enabled_changed = lambda: setattr(inner, "updates", inner.updates + 1)
        outer.set_enabled(False)
        self.assertFalse(inner.is_enabled())
        self.assertTrue(inner.is_enabled(explicit=True))
        self.surface.set_enabled(False)
        outer.set_enabled(True)
        self.assertFalse(inner.is_enabled())
        self.surface.set_enabled(True)
        self.assertEqual((inner.is_enabled(), inner.updates), (True, 2))

    def test_two_controls_of_one_message_are_an_error(self):
        from _Framework.ButtonElement import ButtonElement

        with self.surface.component_guard():
            for _ in range(2):
                ButtonElement(True, 0, 0, 1).add_value_listener(print)
        self.assertIn("Two controls have the message", "".join(self.log))

    def test_only_the_last_light_message_is_sent(self):
        with self.surface.component_guard():
            for value in (1, 2, 3):
                self.surface._send_midi((0x90, 5, value))
            self.surface._send_midi((0xF0, 1, 0xF7))
            self.surface._send_midi((0xF0, 1, 0xF7))
        self.assertEqual(list(self.surface._c_instance.sent_midi), [(0x90, 5, 3), (0xF0, 1, 0xF7), (0xF0, 1, 0xF7)])

    def test_unknown_messages_are_logged(self):
        lines = []
        self.surface._c_instance.log_message = lines.append
        self.surface.receive_midi((0x90, 1, 2))
        self.assertIn("no control expects this message", lines[0])
        self.surface.add_received_midi_listener(lambda *message: lines.append(message))
        self.surface.receive_midi((0x90, 1, 3))
        self.assertEqual(lines[1:], [(0x90, 1, 3)])

    def test_disconnecting_a_parent_disconnects_its_children(self):
        class Part(disconnectable.Disconnectable):
            is_disconnected = False

            def disconnect(self):
                self.is_disconnected = True

        whole, parts = disconnectable.CompoundDisconnectable(), [Part(), Part(), Part()]
        for part in parts:
            self.assertIs(whole.register_disconnectable(part), part)
        whole.unregister_disconnectable(parts[0])
        whole.disconnect_disconnectable(parts[1])
        self.assertEqual([part.is_disconnected for part in parts], [False, True, False])
        self.assertTrue(whole.has_disconnectable(parts[2]))
        whole.disconnect()
        self.assertEqual([part.is_disconnected for part in parts], [False, True, True])


class Functions(unittest.TestCase):
    def test_the_small_functions_work(self):
        self.assertIsNone(functions.nop(1, two=2))
        self.assertEqual(functions.compose(str, abs)(-3), "3")
        self.assertEqual(functions.find_if(lambda number: number > 1, [1, 2, 3]), 2)
        self.assertEqual(functions.index_if(lambda number: number > 9, [1, 2, 3]), 3)
        self.assertEqual(functions.remove_if(lambda number: number > 1, [1, 2, 3]), [1])
        self.assertEqual(functions.flatten([[1], [2, 3]]), [1, 2, 3])
        self.assertEqual(list(functions.chunks([1, 2, 3], 2)), [[1, 2], [3]])
        self.assertEqual([functions.clamp(value, 0, 1) for value in (-1, 0.5, 2)], [0, 0.5, 1])
        self.assertEqual([functions.in_range(value, 0, 2) for value in (0, 2)], [True, False])
        self.assertEqual((functions.sign(-2), functions.linear(0, 10, 0.5)), (-1, 5))
        self.assertIsNone(functions.maybe(abs)(None))
        self.assertTrue(functions.negate(bool)(0))

    def test_nested_sequences_are_mapped_and_grouped(self):
        self.assertEqual(functions.recursive_map(abs, [[-1, 2], -3]), [[1, 2], 3])
        self.assertEqual(functions.group([1, 2, 3, 4, 5], 2), [(1, 2), (3, 4)])
        self.assertEqual([functions.is_matrix(rows) for rows in ([[1], [2]], [[1], [2, 3]], [])], [True, False, False])

    def test_the_functions_of_python_2_stay(self):
        song = SimulatedLive().song
        self.assertTrue(functions.old_hasattr(song.tracks[0], "arm"))
        self.assertFalse(functions.old_hasattr(song.master_track, "arm"))
        self.assertEqual([functions.old_round(number) for number in (0.5, 1.5, -0.5)], [1.0, 2.0, -1.0])

    def test_a_boolean_context_is_true_within(self):
        busy = functions.BooleanContext()
        with busy():
            with busy():
                self.assertTrue(busy)
            self.assertTrue(busy)
        self.assertFalse(busy)

    def test_a_lazy_attribute_is_made_once(self):
        class Slow:
            made = 0

            @functions.lazy_attribute
            def value(self):
                self.made += 1
                return 5

        slow = Slow()
        self.assertEqual((slow.value, slow.value, slow.made), (5, 5, 1))

    def test_a_forwarded_property_is_that_of_another(self):
        class Front:
            def __init__(self, back):
                self._back = back

            @functions.forward_property("_back")
            def value(self):
                """The test of the other framework."""

        back = functions.NamedTuple(value=1)
        front = Front(back)
        front.value += 1
        self.assertEqual((front.value, back.value), (2, 2))


if __name__ == "__main__":
    unittest.main()
