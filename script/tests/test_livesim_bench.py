"""The benchmark of the script, in short: it prints its table, and ends its processes in every case."""

import contextlib
import io
import os
import subprocess
import tempfile
import unittest
from unittest import mock

from livesim import bench

ROWS = (
    "idle tick, us",
    "round trip, 1 client, ms",
    "round trip, 16 clients, ms",
    "ping, pipelined",
    "set_tempo, pipelined",
    "batch of 1000 changes",
    "snapshot of a large set",
)


class Bench(unittest.TestCase):
    def setUp(self):
        self.started = []
        start = subprocess.Popen

        def popen(*arguments, **options):
            self.started.append(start(*arguments, **options))
            return self.started[-1]

        patches = (
            mock.patch.multiple(bench, IDLE_S=0.5, LATENCY_S=0.3, PIPELINE_S=0.2),
            mock.patch.object(bench.subprocess, "Popen", popen),
        )
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)

    def assert_all_ended(self):
        self.assertTrue(self.started)
        self.assertNotIn(None, [process.poll() for process in self.started])

    def test_the_benchmark_prints_its_table(self):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            bench.main()
        figures = {line[:32].strip(): line[32:].split() for line in out.getvalue().splitlines()}
        for row in ROWS:
            self.assertGreater(float(figures[row][0]), 0, row)
        self.assert_all_ended()

    def test_a_script_that_does_not_listen_ends_it(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(SystemExit, "does not listen"):
                with bench.Hosted(os.path.join(folder, "nothing"), folder):
                    self.fail("nothing is there")
        self.assert_all_ended()

    def test_a_command_that_fails_ends_it(self):
        with mock.patch.object(bench, "PING", b'{"action": "pong"}\n'):
            with self.assertRaisesRegex(SystemExit, "a command failed"):
                bench.main()
        self.assert_all_ended()


if __name__ == "__main__":
    unittest.main()
