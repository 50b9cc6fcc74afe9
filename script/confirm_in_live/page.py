"""The page livesim/UNCONFIRMED.md: every assumption about Live, with the experiment that settles it."""

from .by_hand import BY_HAND

_HEAD = """# What is assumed about Live

livesim is built from published dumps of Live's API and from what others have measured. The following has not been
compared with a real Live. Each line has the experiment that would settle it. `python3 -m confirm_in_live >
livesim/UNCONFIRMED.md` (in `script/`) writes this page.

## Settled by a script

`script/confirm_in_live` is a Remote Script that runs these experiments and writes a report. Copy the folder into the
User Library's `Remote Scripts`, start Live with a **new, empty set**, and choose `confirm_in_live` as a control surface
(Settings, Link, Tempo & MIDI). It takes about a minute, works on tracks of its own and deletes them. It does nothing in
a set that has a file, clips or locators. The report, `livegate-live-report.json` in your home folder, holds versions,
the system's name and the findings; send it in with an issue.

| experiment | question | assumed |
|---|---|---|
"""
_BY_HAND = """
## Settled by hand

| question | assumed | what to do |
|---|---|---|
"""


def text():
    import sys
    import types

    sys.modules.setdefault("Live", types.ModuleType("Live"))  # the experiments are listed, not run
    from .experiments import ALL

    rows = ["| `%s` | %s | %s |\n" % (one.name, one.question, one.assumed) for one in ALL]
    by_hand = ["| %s | %s | %s |\n" % (question, assumed, act) for question, assumed, act in BY_HAND]
    return _HEAD + "".join(rows) + _BY_HAND + "".join(by_hand)
