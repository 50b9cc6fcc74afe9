"""A Remote Script that settles in a real Live what livesim assumes about it, and writes a report to send in.

Copy this folder into the User Library's `Remote Scripts`, start Live with a NEW, EMPTY set, and choose
`confirm_in_live` under Settings, Link, Tempo & MIDI, Control Surface. It works for about a minute on tracks of its own,
which it deletes afterwards, and changes nothing in a set that has clips or a name. The status bar says where the report
lies: `livegate-live-report.json` in your home folder. livesim/UNCONFIRMED.md lists the experiments.
"""


def create_instance(c_instance):
    from .surface import Surface

    return Surface(c_instance)
