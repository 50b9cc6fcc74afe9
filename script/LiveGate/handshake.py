"""Proves to both sides that script and gateway hold the same key (mutual authentication by HMAC)."""

import hashlib
import os
import re

try:
    import hmac
except ImportError:  # `hmac` may be missing inside Live
    hmac = None

from . import lines
from .errors import Refusal, Violation

LINE_BYTES_MAX = 512
NONCE_BYTES = 32
GATEWAY_LABEL = b"livegate-bridge-1 gateway"
SCRIPT_LABEL = b"livegate-bridge-1 script"

_BLOCK_BYTES = 64
_HEX = re.compile("[0-9a-f]{64}")


class Handshake:
    """One connection's exchange: sends `challenge`, then takes the peer's line and returns `answer`."""

    def __init__(self, key, address, nonce=None):
        self._key = key
        self._address = address.encode("ascii")
        self._nonce = os.urandom(NONCE_BYTES) if nonce is None else nonce

    def challenge(self):
        return lines.encode({"livegate": 1, "nonce": self._nonce.hex()})

    def answer(self, line, facts):
        """The script's proof and `facts`, as a line; raises Violation unless `line` holds the peer's proof."""
        nonce, mac = _proof(line)
        # Reflection attack: a peer without the key sends our own nonce back, so that we compute its proof for it.
        if nonce == self._nonce:
            raise Violation("it sent our own nonce back")
        if not same(mac, self._mac(GATEWAY_LABEL, nonce)):
            raise Violation("it does not hold the key")
        proof = {"ok": True, "mac": self._mac(SCRIPT_LABEL, nonce).hex()}
        proof.update(facts)
        return lines.encode(proof)

    def _mac(self, label, nonce):
        return hmac_sha256(self._key, label + self._address + self._nonce + nonce)


def hmac_sha256(key, message):
    if hmac is not None:
        return hmac.new(key, message, hashlib.sha256).digest()
    if len(key) > _BLOCK_BYTES:
        key = hashlib.sha256(key).digest()
    block = key.ljust(_BLOCK_BYTES, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()


def same(left, right):
    """Whether two digests are equal; the time does not depend on where they differ."""
    if hmac is not None:
        return hmac.compare_digest(left, right)
    difference = len(left) ^ len(right)
    for one, other in zip(left, right):
        difference |= one ^ other
    return difference == 0


def _proof(line):
    try:
        message = lines.parse(line)
    except Refusal:
        raise Violation("its line is not JSON") from None
    if set(message) != {"nonce", "mac"}:
        raise Violation("its line is not a nonce and a mac")
    for value in message.values():
        if type(value) is not str or _HEX.fullmatch(value) is None:
            raise Violation("its nonce or mac is not 64 hexadecimal digits")
    return bytes.fromhex(message["nonce"]), bytes.fromhex(message["mac"])

