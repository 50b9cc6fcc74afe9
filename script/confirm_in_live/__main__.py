"""Prints livesim/UNCONFIRMED.md: `python3 -m confirm_in_live > livesim/UNCONFIRMED.md`."""

import sys

from . import page

if __name__ == "__main__":
    sys.stdout.write(page.text())
