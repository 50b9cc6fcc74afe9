"""How much memory a large answer takes."""

import json
import pathlib
import subprocess
import sys
import unittest

from studio import ClientTest, ScriptedGateway

NOTES = 100000

# Peak memory beyond the start, in KiB.
PEAK = """
import json, sys, livegate

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))

before = peak()
"""
BY_JSON = "answer = json.loads(open(sys.argv[1], 'rb').read())"
BY_CLIENT = """
with livegate.connect(sys.argv[1], state_dir=sys.argv[2]) as live:
    answer = live.get_notes_extended(track_index=0, clip_index=0)
assert answer["notes"][0] == {"pitch": 60, "start_time": 0.25, "mute": False}, answer["notes"][0]
"""
REPORT = """
print(len(answer["notes"]), peak() - before)
"""


class LargeAnswersTest(ClientTest):
    @unittest.skipUnless(sys.platform == "linux", "/proc/self/status is a Linux feature")
    def test_an_answer_takes_the_memory_of_pythons_values(self):
        answer = {"ok": True, "notes": [{"pitch": 60, "start_time": 0.25, "mute": False}] * NOTES}
        path = pathlib.Path(self.state_dir.parent) / "answer.json"
        path.write_text(json.dumps(answer))
        gateway = ScriptedGateway(lambda request: answer)
        self.addCleanup(gateway.close)
        by_json = self.measure(BY_JSON, str(path))
        by_client = self.measure(BY_CLIENT, gateway.address, str(self.state_dir))
        self.assertLess(by_client, 1.5 * by_json)

    def measure(self, work, *arguments):
        done = subprocess.run([sys.executable, "-c", PEAK + work + REPORT, *arguments], capture_output=True, check=True)
        count, kib = done.stdout.split()
        self.assertEqual(int(count), NOTES)
        return int(kib)
