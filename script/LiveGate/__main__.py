"""Prints what catalog.json has to hold: `python3 -m LiveGate > LiveGate/catalog.json`."""

import sys

from . import catalog

sys.stdout.buffer.write(catalog.text().encode("ascii"))
