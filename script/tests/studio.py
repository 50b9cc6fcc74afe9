"""Test studio: the simulated Live with the Remote Script, under a manual clock, and clients that connect to it."""

import hashlib
import hmac
import json
import select
import socket
import struct
import time

from LiveGate.settings import Settings
from LiveGate.surface import Surface
from livesim import SimulatedLive

TICK_S = 0.017
PATIENCE_S = 10.0
BUFFERED_BYTES_MAX = 16384
KEY = bytes(range(32))
LINGER_OFF_AT_ONCE = struct.pack("ii", 1, 0)


class Studio:
    """Time is `live.clock`, which only moves when a test ticks; the script uses the same clock."""

    def __init__(self, version="12", plan=None, edition=None, key=None, port=0, **limits):
        self.logged = []
        self.live = SimulatedLive(version=version, plan=plan, limits=edition, log=self.logged.append)
        self._settings = Settings(port, key, limits)
        self._clients = []
        self.surface = self.live.host(self._create_instance)
        self.tick()

    def _create_instance(self, c_instance):
        return Surface(c_instance, lambda: self._settings, self.live.clock.now)

    @property
    def song(self):
        return self.live.song

    @property
    def bridge(self):
        return self.surface._bridge

    def tick(self, count=1):
        for _ in range(count):
            self.live.run(TICK_S)

    def connect(self):
        """Returns a client whose connection the script has accepted."""
        client = Client(self)
        self._clients.append(client)
        client.await_admission()
        return client

    def knock(self):
        """Returns a client whose connection the script has not seen yet."""
        client = Client(self)
        self._clients.append(client)
        listener = self.bridge._clients._listener.socket
        _wait(lambda: listener in select.select([listener], [], [], 0)[0])
        return client

    def connect_keyed(self, key=KEY):
        client = self.connect()
        client.prove(key)
        return client

    def take_time(self, seconds):
        """From now on each change of the tempo takes Live that many seconds, like a slow command."""
        self.song.add_tempo_listener(lambda: self.live.clock.move_to(self.live.clock.now() + seconds))

    def refuse_for_a_moment(self, member):
        """The next write to a member of this name fails as within a notification."""
        require = self.live.notifications.require_no_notification

        def refuse(written):
            if written == member:
                self.live.notifications.require_no_notification = require
                raise RuntimeError("Changes cannot be triggered by notifications. You will need to defer your response.")
            require(written)

        self.live.notifications.require_no_notification = refuse

    def log_text(self):
        return "\n".join(self.logged)

    def close(self):
        for client in self._clients:
            client.close()
        self.live.close()


class Client:
    """`send` returns when the script's socket has received all bytes, so one tick suffices to read them."""

    def __init__(self, studio):
        host, port = studio.surface.bridge_address.split(":")
        self._studio = studio
        self._socket = socket.create_connection((host, int(port)), PATIENCE_S)
        self._received = b""
        self._next_id = 0
        self.challenge = None

    def await_admission(self):
        _wait(lambda: self._studio.tick() or self._peer() is not None or self._has_input())

    def send(self, data):
        """Sends bytes; those beyond the system's buffers are sent while the script reads."""
        if len(data) > BUFFERED_BYTES_MAX:
            self._send_ticking(data)
            return
        peer = self._peer()
        expected = len(_peek(peer)) + len(data)
        self._socket.sendall(data)
        _wait(lambda: len(_peek(peer)) >= expected)

    def say(self, *messages):
        """Sends messages in one segment, each a dict or the text of a line."""
        lines = [message if isinstance(message, str) else json.dumps(message) for message in messages]
        self.send("".join(line + "\n" for line in lines).encode("utf-8"))

    def ask(self, action, **parameters):
        """Returns the answer to one command."""
        self.say(dict(parameters, action=action))
        return self.answer()

    def ask_keyed(self, action, **parameters):
        self._next_id += 1
        envelope = {"action": action, "id": self._next_id, "expires_at_ms": self.now_ms() + 10000}
        self.say(dict(envelope, **parameters))
        return self.answer()

    def say_without_listeners(self, message):
        """Sends before the script has a socket for this connection."""
        self._socket.sendall(json.dumps(message).encode("ascii") + b"\n")

    def flood(self, message, bytes_max):
        """Repeats a message without reading, until the script closes the connection."""
        lines = (json.dumps(message).encode("ascii") + b"\n") * 100
        self._socket.setblocking(False)
        sent = 0
        while self._peer() is not None and sent < bytes_max:
            try:
                sent += self._socket.send(lines)
            except BlockingIOError:
                pass
            except ConnectionError:
                return
            self._studio.bridge.tick()

    def lines_that_came(self):
        """Waits for the bytes written in the last tick."""
        _wait(self._has_input)
        return self._receive().splitlines()

    def answer(self):
        """Returns the next answer; ticks until it arrives."""
        line = self.line()
        if line is None:
            raise AssertionError("the script closed the connection without an answer")
        return json.loads(line)

    def answers(self, count):
        return [self.answer() for _ in range(count)]

    def line(self):
        """Returns the next line, or None at the end of the stream."""
        while b"\n" not in self._received:
            _wait(lambda: self._studio.tick() or self._has_input())
            data = self._receive()
            if not data:
                return None
            self._received += data
        line, self._received = self._received.split(b"\n", 1)
        return line

    def is_closed(self):
        """Whether the script has closed the connection without sending more."""
        return self.line() is None

    def has_answer(self):
        return b"\n" in self._received or self._has_input()

    def prove(self, key, **changes):
        """Does the gateway's part of the handshake, with `changes` in its line; returns the answer, or None."""
        self.challenge = self.answer()
        self.say(dict(self.proof(key), **changes))
        line = self.line()
        return None if line is None else json.loads(line)

    def proof(self, key, nonce=b"\x07" * 32):
        return {"nonce": nonce.hex(), "mac": self.mac(key, b"livegate-bridge-1 gateway", nonce)}

    def mac(self, key, label, nonce):
        host, port = self._socket.getpeername()
        address = ("%s:%d" % (host, port)).encode("ascii")
        message = label + address + bytes.fromhex(self.challenge["nonce"]) + nonce
        return hmac.new(key, message, hashlib.sha256).hexdigest()

    def now_ms(self):
        return int(self._studio.live.clock.now() * 1000)

    def end_input(self):
        """Half-closes: sends no more."""
        peer = self._peer()
        self._socket.shutdown(socket.SHUT_WR)
        _wait(lambda: peer in select.select([peer], [], [], 0)[0])

    def abort(self):
        """The program dies: the connection is reset."""
        peer = self._peer()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF_AT_ONCE)
        self._socket.close()
        _wait(lambda: peer in select.select([peer], [], [], 0)[0])

    def close(self):
        self._socket.close()

    def _send_ticking(self, data):
        self._socket.setblocking(False)
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                self._studio.tick()
        self._socket.settimeout(PATIENCE_S)

    def _peer(self):
        """The script's socket of this connection."""
        address = self._socket.getsockname()
        for connection in self._studio.bridge._clients.all:
            if connection.socket.fileno() >= 0 and _peer_name(connection.socket) == address:
                return connection.socket
        return None

    def _has_input(self):
        return bool(select.select([self._socket], [], [], 0)[0])

    def _receive(self):
        try:
            return self._socket.recv(1 << 20)
        except ConnectionResetError:
            return b""


def _peer_name(accepted):
    try:
        return accepted.getpeername()
    except OSError:
        return None


def _peek(accepted):
    try:
        return accepted.recv(1 << 20, socket.MSG_PEEK)
    except BlockingIOError:
        return b""


def _wait(condition):
    """Waits until the system has done its part; bounded, so a failure does not hang."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
