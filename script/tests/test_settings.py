"""Settings and the key file: accepted values, and errors that keep the script from listening."""

import json
import os
import tempfile
import unittest
from unittest import mock

from LiveGate import settings
from LiveGate.surface import Surface
from livesim import SimulatedLive

DIGITS = "00ff" * 16


class SettingsCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "settings.json")

    def write(self, name, content, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        os.chmod(path, mode)
        return path

    def read(self, content=None, environ=None):
        if content is not None:
            self.write("settings.json", content if isinstance(content, str) else json.dumps(content))
        return settings.read(self.path, environ or {})

    def assert_unusable(self, content, reason="", environ=None):
        with self.assertRaises(settings.Unusable) as caught:
            self.read(content, environ)
        self.assertIn(reason, str(caught.exception))
        self.assert_script_does_not_listen()

    def assert_script_does_not_listen(self):
        logged = []
        live = SimulatedLive(log=logged.append)
        self.addCleanup(live.close)
        surface = live.host(lambda c: Surface(c, lambda: settings.read(self.path, {"LIVEGATE_PORT": "0"}), live.clock.now))
        live.run(10)
        self.assertIsNone(surface.bridge_address)
        self.assertEqual(sum("not listening" in line for line in logged), 1)


class Settings(SettingsCase):
    def test_without_a_file_the_defaults_hold(self):
        settings = self.read()
        self.assertEqual((settings.port, settings.key, settings.line_bytes_max, settings.queue_max), (9004, None, 1048576, 256))
        self.assertEqual((settings.tick_budget_ms, settings.handshake_ms, settings.deadline_ms), (5, 2000, 10000))

    def test_settings_of_the_file_apply(self):
        settings = self.read({"port": 9100, "limits": {"queue_max": 3}})
        self.assertEqual((settings.port, settings.queue_max, settings.connections_max), (9100, 3, 64))

    def test_the_environment_overrides_the_port(self):
        self.assertEqual(self.read({"port": 9100}, {"LIVEGATE_PORT": "0"}).port, 0)
        self.assertEqual(self.read({"port": 9100}, {"LIVEGATE_PORT": ""}).port, 9100)

    def test_an_invalid_port_in_the_environment_is_refused(self):
        for text in ("x", "-1", "65536", "1.5", " 1", "\u0661", "9" * 5000):
            with self.assertRaises(settings.Unusable):
                self.read({}, {"LIVEGATE_PORT": text})

    def test_an_unknown_key_keeps_the_script_from_listening(self):
        self.assert_unusable({"keyfile": "/k"}, "keyfile")
        self.assert_unusable({"limits": {"queue": 3}}, "queue")
        self.assert_unusable({"host": "0.0.0.0"}, "host")

    def test_a_value_of_another_kind_does_too(self):
        for port in ("9004", True, 9004.0, None, -1, 65536):
            self.assert_unusable({"port": port}, "port")
        for value in ("1", True, 1.0, None, 0, -1, 2 ** 31):
            self.assert_unusable({"limits": {"queue_max": value}}, "queue_max")
        self.assert_unusable({"limits": []}, "limits")

    def test_a_file_that_is_no_settings_does_too(self):
        for content in ("", "[]", "{", "7", "null", '{"port": 1, "port": 2}', "[" * 100000):
            self.assert_unusable(content, "settings.json")

    def test_an_unreadable_settings_file_is_refused(self):
        os.mkdir(self.path)
        self.assert_unusable(None, "settings.json")


class KeyFile(SettingsCase):
    def test_its_64_digits_are_the_key(self):
        for content in (DIGITS, DIGITS + "\n", DIGITS.upper() + "\r\n"):
            self.assertEqual(self.read({"key_file": self.write("key", content)}).key, bytes.fromhex(DIGITS))

    def test_a_missing_one_keeps_the_script_from_listening(self):
        self.assert_unusable({"key_file": os.path.join(self.folder, "none")}, "does not exist")

    def test_a_malformed_one_does_too(self):
        for content in ("", DIGITS[:-1], DIGITS + "0", DIGITS + "\n\n", " " + DIGITS, "g" * 64, DIGITS + "\n" + "x" * 500):
            self.assert_unusable({"key_file": self.write("key", content)}, "64 hexadecimal digits")

    def test_a_relative_or_missing_path_is_refused(self):
        for path in ("key", "", None, 7, ["/k"]):
            self.assert_unusable({"key_file": path}, "absolute path")

    def test_a_folder_in_its_place_does_too(self):
        self.assert_unusable({"key_file": self.folder})

    # Promise: Gateway and script authenticate each other
    @unittest.skipUnless(os.name == "posix", "elsewhere the profile folder keeps others out")
    def test_one_that_others_can_read_does_too(self):
        for mode in (0o640, 0o604, 0o620, 0o644, 0o660):
            self.assert_unusable({"key_file": self.write("key", DIGITS, mode)}, "chmod 600")

    @unittest.skipUnless(os.name == "posix", "files have owners on POSIX")
    def test_one_of_another_user_does_too(self):
        path = self.write("key", DIGITS)
        with mock.patch("os.geteuid", return_value=os.geteuid() + 1):
            self.assert_unusable({"key_file": path}, "another user")

    @unittest.skipUnless(os.name == "posix", "named pipes in folders are POSIX")
    def test_a_named_pipe_does_not_hang_live(self):
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe, 0o600)
        self.assert_unusable({"key_file": pipe})


if __name__ == "__main__":
    unittest.main()
