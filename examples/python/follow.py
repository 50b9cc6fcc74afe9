"""Prints tempo and mute changes, and continues when the gateway restarts: python3 follow.py [HOST:PORT] [COUNT]"""

import asyncio
import sys

import livegate.aio

TOPICS = [{"event": "tempo"}, {"event": "track_mute", "track_index": 0}]


async def main(address: str = "127.0.0.1:9005", count: str = "0") -> None:
    async with await livegate.aio.connect(address, reconnect=60) as live:
        await live.subscribe(topics=TOPICS)
        session, first = await asyncio.gather(live.get_session_info(), live.get_track_info(track_index=0))
        print("%(num_tracks)d tracks at %(tempo)s bpm" % session, "the first is", first["name"], flush=True)
        left = int(count)
        async for event in live.events():
            print(event["event"], event.get("value", ""), flush=True)
            left -= 1
            if left == 0:
                break


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
