"""Experiments on Python, clocks and threads inside Live."""

import importlib
import threading
import time

from ..registry import experiment

MODULES = "hmac hashlib ssl asyncio sqlite3 ctypes unicodedata select socket threading queue zlib".split()


@experiment("python-modules", "which modules of Python's library can be imported", "hmac and hashlib, among others")
def python_modules(lab):
    found = {}
    for name in MODULES:
        try:
            importlib.import_module(name)
            found[name] = True
        except Exception as error:
            found[name] = "%s: %s" % (type(error).__name__, error)
    return found


@experiment("sha256", "whether hashlib has sha256", "yes", True)
def sha256(lab):
    import hashlib

    return len(hashlib.sha256(b"").hexdigest()) == 64


@experiment("timer-period", "the period of Live.Base.Timer with an interval of 1 ms", "about 17 ms on each system")
def timer_period(lab):
    times = []
    timer = lab.live.Base.Timer(callback=lambda: times.append(time.perf_counter()), interval=1, repeat=True, start=True)
    for _ in range(10):
        yield
    timer.stop()
    return _statistics(times)


@experiment("display-period", "the period of update_display", "100 ms")
def display_period(lab):
    times = [time.perf_counter()]
    for _ in range(20):
        yield
        times.append(time.perf_counter())
    return _statistics(times)


@experiment("clock-steps", "the steps of time.monotonic", "15.6 ms on Windows, less than 1 ms elsewhere")
def clock_steps(lab):
    steps, last, end = [], time.monotonic(), time.perf_counter() + 0.05
    while len(steps) < 3 and time.perf_counter() < end:
        now = time.monotonic()
        if now != last:
            steps.append(now - last)
        last = now
    return [round(step * 1000, 4) for step in steps]


@experiment("thread-wakes", "how often a thread that waits 1 ms runs in a second", "about ten times: it starves")
def thread_wakes(lab):
    wakes, ended = [], threading.Event()

    def wake():
        while not ended.wait(0.001) and len(wakes) < 10000:
            wakes.append(1)

    threading.Thread(target=wake).start()
    for _ in range(10):
        yield
    ended.set()
    return len(wakes)


@experiment(
    "thread-write",
    "the effect of a change by a thread of the script",
    "not known: livesim raises NotSimulated",
)
def thread_write(lab):
    lab.keep("metronome")
    value, outcome = not lab.song.metronome, []
    thread = threading.Thread(target=lambda: outcome.append(lab.error(lambda: setattr(lab.song, "metronome", value))))
    thread.start()
    for _ in range(20):
        yield
        if outcome:
            break
    return {"error": outcome[0] if outcome else "it did not end", "changed": lab.song.metronome == value}


@experiment("thread-read", "whether a thread of the script may read", "yes", {"error": "", "read": True})
def thread_read(lab):
    outcome, read = [], []
    tempo = lab.song.tempo
    threading.Thread(target=lambda: outcome.append(lab.error(lambda: read.append(lab.song.tempo == tempo)))).start()
    for _ in range(20):
        yield
        if outcome:
            break
    return {"error": outcome[0] if outcome else "it did not end", "read": read == [True]}


def _statistics(times):
    periods = sorted(after - before for before, after in zip(times, times[1:]))
    if not periods:
        return {"count": 0}
    middle = periods[len(periods) // 2]
    return {"count": len(periods), "p50_ms": round(middle * 1000, 2), "max_ms": round(periods[-1] * 1000, 2)}
