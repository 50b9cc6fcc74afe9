"""Prints catalog.json (`python3 -m LiveGate`) or the reference page (`python3 -m LiveGate reference`)."""

import sys

from . import catalog, reference

PAGES = {(): catalog.text, ("reference",): reference.text}

if tuple(sys.argv[1:]) not in PAGES:
    sys.exit("usage: python3 -m LiveGate [reference]")
sys.stdout.buffer.write(PAGES[tuple(sys.argv[1:])]().encode("ascii"))
