"""Verifies a livegate trail with nothing but Python: an implementation of its own, to hold the gateway's against.

    python3 script/verify_trail.py trail.db --key trail.vkey [--since-checkpoint FILE]...

The format is what migrations/trail-0003.sql says: the tree of RFC 6962 over all rows, checkpoints by C2SP tlog-checkpoint, Ed25519 by
RFC 8032. Exit code 0: all is as it was signed; 1: something does not fit; 2: wrong usage.
"""

import argparse
import base64
import binascii
import contextlib
import hashlib
import json
import pathlib
import sqlite3
import sys

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
        return base64.b64decode(text, validate=True)
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


# --- The tree


def leaf(table, seq, data):
    return hashlib.sha256(b"\x00\x01" + bytes([table]) + seq.to_bytes(8, "big", signed=True) + data).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    def __init__(self):
        self.size, self.hashes = 0, []

    def push(self, new):
        size = self.size
        while size & 1:
            new = node(self.hashes.pop(), new)
            size >>= 1
        self.hashes.append(new)
        self.size += 1

    def root(self):
        if not self.hashes:
            return hashlib.sha256(b"").digest()
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node(left, root)
        return root


# --- The trail

TABLES = {"decision": 1, "outcome": 2, "event": 3}


def rows(db):
    """(table, seq, bytes) of all rows in the order of seq."""
    parts = ["SELECT seq, %d, CAST(bytes AS BLOB) FROM %s" % (number, name) for name, number in TABLES.items()]
    before = None
    for seq, table, data in db.execute(" UNION ALL ".join(parts) + " ORDER BY 1"):
        if seq == before:
            raise Bad("two rows have the seq %d" % seq)
        before = seq
        yield table, seq, data


ANALYZED = {("table", "sqlite_stat1"), ("table", "sqlite_stat4")}


def described(db):
    """Everything but the tables that ANALYZE makes."""
    found = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return sorted((row for row in found if row[:2] not in ANALYZED), key=repr)


def structure(db):
    """Whether tables, indexes and triggers are those that the migrations make, and the file is whole."""
    fresh = sqlite3.connect(":memory:")
    migrations = sorted((pathlib.Path(__file__).parent.parent / "migrations").glob("trail-*.sql"))
    for path in migrations:
        fresh.executescript(path.read_text(encoding="utf-8"))
    if db.execute("PRAGMA user_version").fetchone()[0] != len(migrations):
        yield "the file has the format of another livegate"
    if described(fresh) != described(db):
        yield "the tables, indexes or triggers are not those that livegate makes"
    found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        yield "the file is damaged: " + found


class Report:
    def __init__(self):
        self.rows = self.checkpoints = self.covered = 0
        self.problems = []

    def collect(self, check, *arguments):
        """Take a check's problems; what SQLite cannot read is one too."""
        try:
            self.problems.extend(check(*arguments))
        except (Bad, sqlite3.Error, UnicodeError, ValueError) as error:
            self.problems.append(str(error))


def claims_of(db, key, anchors, report):
    """What must be true when so many rows have been hashed: {size: [(whose, root, (last_seq, frontier) or None)]}."""
    claims, newest = {}, None
    for size, last_seq, note, frontier in db.execute("SELECT size, last_seq, note, frontier FROM checkpoint ORDER BY size"):
        report.checkpoints += 1
        whose = "the checkpoint of %d rows" % size
        try:
            origin, signed_size, root = key.open(note)
            if signed_size != size:
                raise Bad("it is signed for another size")
            newest = origin
            claims.setdefault(size, []).append((whose, root, (last_seq, frontier)))
        except Bad as bad:
            report.problems.append("%s is not good: %s" % (whose, bad))
    if newest is None:
        report.problems.append("there is no good checkpoint, so nothing tells whether the rows are the right ones")
    elif newest != key.origin:
        report.problems.append("this is the log %s, and the key is that of %s" % (newest, key.origin))
    for note in anchors:
        try:
            _, size, root = key.open(note)
            claims.setdefault(size, []).append(("the kept checkpoint of %d rows" % size, root, None))
        except Bad as bad:
            report.problems.append("a kept checkpoint is not good: %s" % bad)
    return claims


def hash_all(db, claims, report):
    tree, last_seq = Tree(), 0

    def compare():
        for whose, root, stored in claims.pop(tree.size, ()):
            if root != tree.root():
                yield "%s does not fit: rows up to it were changed, added or removed" % whose
            elif stored is not None:
                report.covered = tree.size
                if stored != (last_seq, b"".join(tree.hashes)):
                    yield "%s has something beside it that does not belong to it" % whose

    yield from compare()
    for table, seq, data in rows(db):
        tree.push(leaf(table, seq, data))
        last_seq = seq
        yield from compare()
    report.rows = tree.size
    for of_size in claims.values():
        for whose, _, _ in of_size:
            yield "the trail has only %d rows: %s is not reached" % (tree.size, whose)


def opened(path):
    """A connection that only reads. Where nothing can be written, SQLite has to be told that nobody writes the file."""
    uri = pathlib.Path(path).absolute().as_uri()
    db = sqlite3.connect(uri + "?mode=ro", uri=True, isolation_level=None)
    try:
        db.execute("PRAGMA user_version").fetchone()
        return db
    except sqlite3.Error as error:
        if not str(error).startswith(("unable to open", "attempt to write")):
            return db
        db.close()
    log = pathlib.Path("%s-wal" % path)
    if log.exists() and log.stat().st_size > 0:
        raise Bad("its last rows lie in %s, and nothing can be written beside it; copy both files to where you may write" % log)
    return sqlite3.connect(uri + "?immutable=1", uri=True, isolation_level=None)


def verify(path, key, anchors):
    report = Report()
    try:
        with contextlib.closing(opened(path)) as db:
            db.execute("BEGIN")
            claims = {}
            try:
                claims = claims_of(db, key, anchors, report)
            except (sqlite3.Error, UnicodeError, ValueError) as error:
                report.problems.append(str(error))
            report.collect(hash_all, db, claims, report)
            report.collect(structure, db)
    except sqlite3.Error as error:
        report.problems.append(str(error))
    return report


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trail", help="trail.db")
    parser.add_argument("--key", required=True, help="the log's public key, such as trail.vkey of the state folder")
    parser.add_argument("--since-checkpoint", action="append", default=[], help="checkpoints that were kept elsewhere")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    read = lambda path: pathlib.Path(path).read_text(encoding="utf-8")
    try:
        anchors = [note for path in options.since_checkpoint for note in notes(read(path))]
        report = verify(options.trail, Key(read(options.key)), anchors)
    except (Bad, OSError) as error:
        parser.error(str(error))
    if options.json:
        print(json.dumps(dict(vars(report), ok=not report.problems)))
    else:
        for problem in report.problems:
            print("DOES NOT FIT: %s" % ascii(problem)[1:-1])
        verdict = "NOT as it was signed" if report.problems else "as it was signed"
        print("the trail is %s: %d rows, %d checkpoints; %d rows behind the last checkpoint are not signed yet"
              % (verdict, report.rows, report.checkpoints, report.rows - report.covered))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
