"""Benchmark of the LiveGate script in the simulated Live: idle ticks, round trips, throughput.

    python3 -m livesim.bench

It copies the script next to livesim, hosts it in separate processes on a free port, and prints one table in about 20
seconds. Figures that depend less on the machine are given in periods of Live's timer.
"""

import json
import os
import pathlib
import random
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
IDLE_S, LATENCY_S, PIPELINE_S = 5.0, 4.0, 3.0
DEADLINE_S, END_PATIENCE_S, ANSWER_PATIENCE_S, CLOSING_S = 25.0, 3.0, 5.0, 0.3
CLIENTS = 16
LARGE_SET = ("--tracks", "200", "--scenes", "100", "--clips", "5000")
IN_FLIGHT = 2000
RECEIVED_BYTES = 1 << 16
PING = b'{"action": "ping"}\n'
TEMPO = b'{"action": "set_tempo", "bpm": 90}\n'
TRACK_INFO = b'{"action": "get_track_info", "track_index": 150}\n'
SNAPSHOT = {"action": "get_snapshot", "depth": 3}
BATCH = {
    "action": "batch",
    "commands": [
        {"action": "set_track_volume", "track_index": number % 4, "volume": number / 1000} for number in range(1000)
    ],
}


def main():
    with tempfile.TemporaryDirectory(prefix="livesim-bench-") as folder:
        script = os.path.join(folder, "LiveGate")
        # without the settings and the key of this copy's owner
        shutil.copytree(SCRIPTS / "LiveGate", script, ignore=shutil.ignore_patterns("settings.json", "__pycache__"))
        figures = _idle_figures(script, folder)
        period_s = figures["timer_interval_ms"]["p50"] / 1000
        with Hosted(script, folder) as live:
            random.seed(1)
            latencies = {count: _round_trips(live.address, count, period_s) for count in (1, CLIENTS)}
            rates = {"ping": _pipelined(live.address, PING), "set_tempo": _pipelined(live.address, TEMPO)}
        with Hosted(script, folder) as live:
            works = {"batch of %d changes" % len(BATCH["commands"]): _work(live.address, BATCH)}
        with Hosted(script, folder, *LARGE_SET) as live:
            works["snapshot of a large set"] = _work(live.address, SNAPSHOT)
            rates["get_track_info, large set"] = _pipelined(live.address, TRACK_INFO)
        _report(live.ready["live_version"], figures, latencies, rates, works, period_s)


class Hosted:
    """The simulated Live as a process; the deadline kills it."""

    def __init__(self, script, folder, *options):
        self._log = open(os.path.join(folder, "Log.txt"), "w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "livesim", "--script", script, "--port", "0", *options],
            cwd=SCRIPTS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self._watchdog = threading.Timer(DEADLINE_S, self._process.kill)
        self._watchdog.daemon = True
        self._watchdog.start()
        self.ready = self.address = None

    def __enter__(self):
        try:
            line = self._process.stdout.readline()
            self.ready = json.loads(line) if line else {}
            if not self.ready.get("bridge"):
                self._log.seek(0)
                raise SystemExit("bench: the script does not listen:\n%s" % self._log.read())
        except BaseException:
            self.__exit__()
            raise
        host, _, port = self.ready["bridge"].rpartition(":")
        self.address = host, int(port)
        return self

    def __exit__(self, *_error):
        self._process.stdin.close()
        try:
            self._process.wait(END_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._watchdog.cancel()
        self._process.stdout.close()
        self._log.close()


class Client:
    """One connection with at most one command in flight; the next follows at a random phase of Live's ticks."""

    def __init__(self, address, period_s):
        self.socket = socket.create_connection(address, ANSWER_PATIENCE_S)
        self._period_s = period_s
        self._received = b""
        self._sent_at = None
        self.times_s = []
        self._rest()

    def _rest(self):
        self.next_at = time.perf_counter() + random.random() * self._period_s

    def send_if_due(self, now):
        if self._sent_at is None and self.next_at <= now:
            self._sent_at = time.perf_counter()
            self.socket.sendall(PING)

    def receive(self):
        self._received += _received(self.socket)
        if self._received.endswith(b"\n"):
            self.times_s.append(time.perf_counter() - self._sent_at)
            if json.loads(self._received)["ok"] is not True:
                raise SystemExit("bench: a command failed: %r" % self._received)
            self._received, self._sent_at = b"", None
            self._rest()


def _idle_figures(script, folder):
    path = os.path.join(folder, "figures.json")
    with Hosted(script, folder, "--measure", path):
        time.sleep(IDLE_S)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _round_trips(address, count, period_s):
    """Returns the duration of each command in seconds, ascending."""
    clients = [Client(address, period_s) for _ in range(count)]
    by_socket = {client.socket: client for client in clients}
    end = time.perf_counter() + LATENCY_S
    try:
        while (now := time.perf_counter()) < end:
            for client in clients:
                client.send_if_due(now)
            rest_s = min(client.next_at for client in clients) - now
            for ready in select.select(by_socket, [], [], min(max(rest_s, 0.0005), period_s))[0]:
                by_socket[ready].receive()
    finally:
        for client in clients:
            client.socket.close()
        time.sleep(CLOSING_S)  # the script accepts no more connections until it has seen these close
    return sorted(time_s for client in clients for time_s in client.times_s)


def _pipelined(address, line):
    """Returns answers per second, with enough commands in flight that the script never waits for the client."""
    answered = 0
    with socket.create_connection(address, ANSWER_PATIENCE_S) as connection:
        begun = time.perf_counter()
        connection.sendall(line * IN_FLIGHT)
        while time.perf_counter() < begun + PIPELINE_S:
            data = _received(connection)
            if b'"ok": false' in data:
                raise SystemExit("bench: a command failed: %r" % data[:200])
            count = data.count(b"\n")
            answered += count
            connection.sendall(line * count)
        return answered / (time.perf_counter() - begun)


def _work(address, command):
    """Returns the duration of one large command in seconds, and the longest tick during it in milliseconds."""
    with socket.create_connection(address, DEADLINE_S) as connection:
        begun = time.perf_counter()
        _ask(connection, command)
        took_s = time.perf_counter() - begun
        return took_s, _ask(connection, {"action": "health_check"})["tick_ms_max"]


def _ask(connection, command):
    connection.sendall(json.dumps(command).encode("ascii") + b"\n")
    received = bytearray()
    while not received.endswith(b"\n"):
        received += _received(connection)
    answer = json.loads(received)
    if answer["ok"] is not True:
        raise SystemExit("bench: a command failed: %r" % received[:200])
    return answer


def _received(connection):
    data = connection.recv(RECEIVED_BYTES)
    if not data:
        raise SystemExit("bench: the script closed the connection")
    return data


def _report(version, figures, latencies, rates, works, period_s):
    idle = figures["timer_callback_us"]
    period_us = period_s * 1e6
    print("LiveGate in a simulated Live %s, a timer period of %.1f ms\n" % (version, period_s * 1000))
    print("%-32s %10s %10s" % ("", "p50", "p99"))
    _row("idle tick, us", "%10.1f", idle["p50"], idle["p99"])
    _row("  of a period, %", "%10.3f", 100 * idle["p50"] / period_us, 100 * idle["p99"] / period_us)
    for count, times_s in latencies.items():
        p50, p99 = (times_s[int((len(times_s) - 1) * share)] for share in (0.5, 0.99))
        _row("round trip, %d client%s, ms" % (count, "" if count == 1 else "s"), "%10.1f", p50 * 1000, p99 * 1000)
        _row("  in periods", "%10.2f", p50 / period_s, p99 / period_s)
    for name, rate in rates.items():
        print("%-32s %10.0f  a second, %.0f in a period" % (name + ", pipelined", rate, rate * period_s))
    for name, (took_s, tick_ms) in works.items():
        periods = took_s / period_s
        print("%-32s %10.1f  ms, %.1f periods, the longest tick %.1f ms" % (name, took_s * 1000, periods, tick_ms))


def _row(label, form, *values):
    print("%-32s %s" % (label, " ".join(form % value for value in values)))


if __name__ == "__main__":
    main()
