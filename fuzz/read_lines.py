"""Reads lines as the Remote Script does, for the differential fuzz target.

Each line of standard input is `json` or `request` and bytes in hex. The answer is a line of JSON: what was read, or null if the line was refused.
A `request` is read as the script reads a command of the gateway, and its parameters are checked.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "script"))

from LiveGate import lines
from LiveGate.actions import ACTIONS
from LiveGate.errors import Refusal


def read(kind, line):
    try:
        message = lines.parse(line)
        if kind == "request":
            params = {key: value for key, value in message.items() if key != "action"}
            ACTIONS[message["action"]].check(params)
        return message
    except Refusal:
        return None


for text in sys.stdin:
    kind, encoded = text.split()
    print(json.dumps(read(kind, bytes.fromhex(encoded))))
