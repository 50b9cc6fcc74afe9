"""The simulated Live as a process: ready line, end of stdin, orders, effects, and starving threads."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import unittest

WATCHDOG_S = 30

SCRIPT = '''
import os
import threading
import time
import Live


class Surface:
    """Says on the log what happens to it."""

    def __init__(self, c_instance):
        self._c_instance = c_instance
        self._displays = 0
        self._wakes = 0
        self._ended = threading.Event()
        self._last_tick = time.perf_counter()
        self.bridge_address = None
        self.say("made %s" % Live.Application.get_application().get_version_string())
        print("a script's print")
        if os.environ.get("WITH_THREAD"):
            threading.Thread(target=self._wake, daemon=True).start()
        else:
            self._timer = Live.Base.Timer(self._tick, 1, True, True)
        self._application = Live.Application.get_application()
        self._application.add_open_dialog_count_listener(self._log_dialogs)

    def _log_dialogs(self):
        self.say("dialogs %d %s" % (self._application.open_dialog_count, self._application.current_dialog_message))

    def say(self, text):
        self._c_instance.log_message(text)

    def _tick(self):
        now = time.perf_counter()
        if now - self._last_tick > 0.25:
            self.say("stalled")
        self._last_tick = now
        if self.bridge_address is None:
            self._c_instance.song().tempo = 99
            self.bridge_address = "127.0.0.1:" + os.environ.get("LIVEGATE_PORT", "none")

    def _wake(self):
        self._wakes = 1  # starting a thread waits until it runs
        while not self._ended.wait(0.001):
            self._wakes += 1

    def update_display(self):
        self._displays += 1
        if self._displays == 5:
            self.say("wakes %d" % self._wakes)

    def disconnect(self):
        self._timer = None
        self._ended.set()
        self.say("disconnected")


def create_instance(c_instance):
    return Surface(c_instance)
'''


class Process(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(os.path.join(self.folder, "Quiet"))
        with open(os.path.join(self.folder, "Quiet", "__init__.py"), "w", encoding="utf-8") as script:
            script.write(textwrap.dedent(SCRIPT))

    def start(self, *options, **environment):
        return self.spawn("--script", os.path.join(self.folder, "Quiet"), *options, **environment)

    def spawn(self, *options, **environment):
        process = subprocess.Popen(
            [sys.executable, "-m", "livesim", *options],
            cwd=os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        watchdog = threading.Timer(WATCHDOG_S, process.kill)
        watchdog.start()
        for cleanup in (
            watchdog.cancel,
            process.stdout.close,
            process.stderr.close,
            process.wait,
            process.kill,
            process.stdin.close,
        ):
            self.addCleanup(cleanup)
        return process

    def test_alone_it_hosts_livegate(self):
        process = self.spawn("--port", "0")
        host, port = json.loads(process.stdout.readline())["bridge"].split(":")
        with socket.create_connection((host, int(port)), WATCHDOG_S) as client, client.makefile("rb") as answers:
            client.sendall(b'{"action": "get_track_info", "track_index": 0}\n')
            self.assertIn(b'"Drums"', answers.readline())

    def test_a_wrong_set_ends_with_its_place(self):
        path = os.path.join(self.folder, "set.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"tracks": [{"kind": "video"}]}, file)
        process = self.spawn("--port", "0", "--set", path)
        self.assertEqual(("", 1), (process.stdout.read(), process.wait()))
        log = process.stderr.read()
        self.assertIn("tracks[0].kind must be one of midi, audio, group, got 'video'", log)
        self.assertNotIn("Traceback", log)

    def test_a_frozen_track_is_the_users_order(self):
        process = self.start("--set", "plain")
        process.stdout.readline()
        self.order(process, '{"freeze": 0}')
        self.order(process, '{"hand": "tracks.0.insert_device", "call": ["Reverb"]}')
        self.order(process, '{"freeze": 9}')
        log = "".join(self.read_log_until(process, "cannot freeze track 9"))
        self.assertIn("cannot change tracks.0.insert_device: The track is frozen", log)

    def order(self, process, line):
        process.stdin.write(line + "\n")
        process.stdin.flush()

    def read_log_until(self, process, text):
        lines = []
        for line in process.stderr:
            lines.append(line)
            if text in line:
                return lines
        self.fail("the log ended without %r: %s" % (text, "".join(lines)))

    def test_the_process_reports_ready_and_ends_with_stdin(self):
        process = self.start("--port", "4711")
        ready = json.loads(process.stdout.readline())
        expected = {"ready": True, "live_version": "12.3.6", "bridge": "127.0.0.1:4711", "pid": process.pid}
        self.assertEqual(expected, ready)
        process.stdin.close()
        self.assertEqual("", process.stdout.read())
        self.assertIn("disconnected", process.stderr.read())
        self.assertEqual(0, process.wait())

    @unittest.skipUnless(os.name == "posix", "these signals cannot be sent elsewhere")
    def test_a_signal_ends_the_process(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process = self.start()
            process.stdout.readline()
            process.send_signal(number)
            self.read_log_until(process, "disconnected")
            self.assertEqual(0, process.wait())

    def test_the_older_version_is_selectable(self):
        process = self.start("--live", "11")
        self.assertEqual("11.3.43", json.loads(process.stdout.readline())["live_version"])
        self.read_log_until(process, "made 11.3.43")

    def test_effects_are_in_the_file_at_once(self):
        path = os.path.join(self.folder, "effects.jsonl")
        process = self.start("--effects", path)
        process.stdout.readline()
        with open(path, encoding="utf-8") as lines:
            effect = json.loads(lines.readline())
        self.assertEqual(("live_set", "tempo", 99.0), (effect["path"], effect["member"], effect["value"]))

    def test_loading_a_set_restarts_the_script(self):
        process = self.start()
        process.stdout.readline()
        self.read_log_until(process, "made")
        self.order(process, '{"reload": true}')
        self.assertIn("disconnected", "".join(self.read_log_until(process, "made")))

    def test_a_stall_stops_the_ticks(self):
        process = self.start()
        process.stdout.readline()
        self.order(process, '{"stall_ms": 300}')
        self.read_log_until(process, "stalled")

    def test_stalls_repeat_at_their_interval(self):
        process = self.start("--stall", "300ms", "--every", "500ms")
        process.stdout.readline()
        for _ in range(2):
            self.read_log_until(process, "stalled")
            self.assertEqual({"order": "stall"}, json.loads(process.stdout.readline()))

    def test_a_stall_needs_an_interval_that_is_longer(self):
        for options in (("--stall", "1s"), ("--every", "1s"), ("--stall", "1s", "--every", "1s"), ("--stall", "soon")):
            process = self.start(*options)
            self.assertEqual(2, process.wait())
            self.assertIn("usage", process.stderr.read())

    def test_a_dialog_stops_ticks_and_shows_its_message(self):
        process = self.start()
        process.stdout.readline()
        self.order(process, '{"dialog_ms": 300, "message": "Replace the file?"}')
        self.assertEqual({"order": "dialog"}, json.loads(process.stdout.readline()))
        log = self.read_log_until(process, "stalled")
        dialogs = [line.split("dialogs ")[1].strip() for line in log if "dialogs " in line]
        self.assertEqual(["1 Replace the file?", "0"], dialogs)

    def test_the_end_of_stdin_ends_a_stall(self):
        process = self.start()
        process.stdout.readline()
        self.order(process, '{"stall_ms": 1000000}')
        process.stdin.close()
        self.assertEqual(0, process.wait())

    def test_an_unknown_order_is_logged_and_ignored(self):
        process = self.start()
        process.stdout.readline()
        for line in ("noise", '{"stall_ms": "long"}', '{"stall_ms": true}', "[1]"):
            self.order(process, line)
            self.assertIn(line, self.read_log_until(process, "unknown order")[-1])
        self.order(process, '{"reload": true}')
        self.read_log_until(process, "made")

    def test_a_folder_without_script_is_a_usage_error(self):
        process = self.start("--script", self.folder)
        self.assertEqual(2, process.wait())
        self.assertIn("not a Remote Script", process.stderr.read())

    @unittest.skipUnless(os.name == "posix", "the lock is counted on where usleep keeps it")
    def test_a_background_thread_starves_between_the_turns(self):
        """A host that releases the lock while it sleeps would let the thread wake some hundreds of times."""
        process = self.start(WITH_THREAD="1")
        wakes = int(self.read_log_until(process, "wakes")[-1].split()[-1])
        self.assertLess(wakes, 50)
        self.assertGreater(wakes, 0)


if __name__ == "__main__":
    unittest.main()
