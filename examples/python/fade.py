"""Fades a track to a volume, while it still has its name: python3 fade.py HOST:PORT TRACK NAME VOLUME"""

import sys

import livegate

STEPS = 20


def main(address: str, track: str, name: str, target: str) -> None:
    with livegate.connect(address, reconnect=10) as live:
        index = int(track)
        before = live.get_track_info(track_index=index)["volume"]
        for step in range(1, STEPS + 1):
            volume = before + (float(target) - before) * step / STEPS
            try:
                # `expect` is checked in the tick in which the change runs: no other track is faded.
                live.set_track_volume(track_index=index, volume=volume, expect={"track": name})
            except livegate.Refused as refused:
                sys.exit("%s: %s" % (refused.code, refused))
        print("%s is at %.2f" % (name, live.get_track_info(track_index=index)["volume"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
