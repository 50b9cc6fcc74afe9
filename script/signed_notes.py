"""Reads signed notes and the checkpoints of logs in them: C2SP signed-note and tlog-checkpoint, Ed25519 by RFC 8032."""

import base64
import binascii
import hashlib

# --- Ed25519, RFC 8032, section 5.1; verifying only, so nothing here is secret and nothing need be constant in time.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z."""
    first = (a[1] - a[0]) * (b[1] - b[0]) % P
    second = (a[1] + a[0]) * (b[1] + b[0]) % P
    third = 2 * a[3] * b[3] * D % P
    fourth = 2 * a[2] * b[2] % P
    e, f, g, h = second - first, fourth - third, fourth + third, second + first
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def is_equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decompress(encoded):
    """The point that 32 bytes stand for, or None."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = decompress(BASE_Y.to_bytes(32, "little"))


def is_signed(public, message, signature):
    """Whether the signature over the message is the key's."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = decompress(public), decompress(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return is_equal(multiply(scalar, BASE), add(commitment, multiply(challenge, key)))


# --- Signed notes and checkpoints


class Bad(Exception):
    """Something that is not as it has to be, in a sentence."""


def decode(text):
    try:
        data = base64.b64decode(text, validate=True)
        # Of several ways to write the same bytes one is right.
        return data if base64.b64encode(data).decode() == text else b""
    except (binascii.Error, ValueError):
        return b""


class Key:
    """A log's public key: NAME+ID+KEY."""

    def __init__(self, text):
        parts = text.strip().split("+", 2)
        key = decode(parts[2]) if len(parts) == 3 else b""
        if len(key) != 33 or key[0] != 1:
            raise Bad("a log's key has the form NAME+ID+KEY")
        self.origin, self.public = parts[0], key[1:]
        if self.id_for(self.origin).hex() != parts[1]:
            raise Bad("the key does not fit its own name; copy it whole")

    def id_for(self, origin):
        return hashlib.sha256(origin.encode() + b"\n\x01" + self.public).digest()[:4]

    def open(self, note):
        """(origin, size, root) of a checkpoint that this key has signed, whichever log of the key's it is of."""
        if any(character < " " and character != "\n" for character in note):
            raise Bad("this is no signed note")
        text, found, signatures = note.rpartition("\n\n")
        lines = text.split("\n")
        if not found or len(lines) < 3:
            raise Bad("this is no signed note")
        origin, size, root = lines[0], lines[1], decode(lines[2])
        if not origin or not size.isdigit() or str(int(size)) != size or len(root) != 32:
            raise Bad("this is no checkpoint")
        start = "\u2014 %s " % origin
        own = [decode(line[len(start):]) for line in signatures.split("\n") if line.startswith(start)]
        own = [signature[4:] for signature in own if signature[:4] == self.id_for(origin)]
        if not own:
            raise Bad("it is not signed by the log's key")
        if not all(is_signed(self.public, (text + "\n").encode(), signature) for signature in own):
            raise Bad("its signature is wrong")
        return origin, int(size), root


def notes(text):
    """The notes in a text that holds one after the other."""
    found, note, in_signatures = [], "", False
    for line in text.lstrip().splitlines(keepends=True):
        if in_signatures and not line.startswith("\u2014 "):
            found.append(note)
            note, in_signatures = "", False
        if note or line.strip():
            note += line
        in_signatures = in_signatures or (note.endswith("\n\n" + line) and line.startswith("\u2014 "))
    return found + [note] if note.strip() else found
