"""Verifies a livegate trail with nothing but Python: an implementation of its own, to hold the gateway's against.

    python3 script/verify_trail.py trail.db --key trail.vkey [--since-checkpoint FILE]...

The format is what migrations/trail-0003.sql and those after it say: the tree of RFC 6962 over all rows, and the checkpoints that
signed_notes.py reads. Exit code 0: all is as it was signed; 1: something does not fit; 2: wrong usage.
"""

import argparse
import contextlib
import hashlib
import json
import pathlib
import sqlite3
import sys

from signed_notes import Bad, Key, notes

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


def rows(db, which=""):
    """(table, seq, bytes) of all rows, or of some, in the order of seq."""
    parts = ["SELECT seq, %d, CAST(bytes AS BLOB) FROM %s %s" % (number, name, which) for name, number in TABLES.items()]
    before = None
    for seq, table, data in db.execute(" UNION ALL ".join(parts) + " ORDER BY 1"):
        if seq == before:
            raise Bad("two rows have the seq %d" % seq)
        if data is None:
            raise Bad("row %d is empty" % seq)
        before = seq
        yield table, seq, data


ANALYZED = {("table", "sqlite_stat1"), ("table", "sqlite_stat4")}


def described(db):
    """Everything but the tables that ANALYZE makes."""
    found = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return sorted((row for row in found if row[:2] not in ANALYZED), key=repr)


def form(db):
    """Whether tables, indexes and triggers are those that the migrations make."""
    fresh = sqlite3.connect(":memory:")
    migrations = sorted((pathlib.Path(__file__).parent.parent / "migrations").glob("trail-*.sql"))
    for path in migrations:
        fresh.executescript(path.read_text(encoding="utf-8"))
    if db.execute("PRAGMA user_version").fetchone()[0] != len(migrations):
        yield "the file has the format of another livegate"
    if described(fresh) != described(db):
        yield "the tables, indexes or triggers are not those that livegate creates"


def copies(db):
    """Checks the columns beside the bytes, which indexes need: they repeat fields of the bytes."""
    for table, columns in (("decision", ("once",)), ("outcome", ("decision", "item"))):
        differs = " OR ".join("%s IS NOT bytes ->> '%s'" % (column, column) for column in columns)
        for seq, in db.execute("SELECT seq FROM %s WHERE %s ORDER BY seq LIMIT 1" % (table, differs)):
            yield "the columns of row %d do not match its bytes" % seq


def structure(db):
    """Checks that the file is intact. Free pages are not checked: nothing is read from them."""
    for table in ["sqlite_schema"] + [name for kind, name, _, _ in described(db) if kind == "table"]:
        found = db.execute("PRAGMA integrity_check(%s)" % table).fetchone()[0]
        if found != "ok":
            yield "the file is damaged: " + found


# --- What retention has taken away


class PrunedPart:
    """The first `size` leaves, most of whose rows were pruned; `subtrees` has the hashes that replace them."""

    def __init__(self, size, last_seq, act, tree, db):
        self.size, self.last_seq, self.act, self.tree = size, last_seq, act, tree
        self.kept = dict(db.execute("SELECT seq, leaf FROM kept"))
        self.subtrees = {(start, start + size): hash for start, size, hash in db.execute("SELECT * FROM subtree")}
        self.stored = dict(self.subtrees)
        start = 0
        for hash, size in zip(tree.hashes, (1 << bit for bit in range(63, -1, -1) if tree.size >> bit & 1)):
            self.subtrees[start, start + size] = hash
            start += size

    def hash_of(self, start, end):
        """The hash of these leaves."""
        if (start, end) in self.subtrees:
            return self.subtrees[start, end]
        if end - start < 2 or (end != self.size and end - start & end - start - 1 == 0):
            raise Bad("the hashes of pruned rows are incomplete")
        middle = start + left_size(end - start)
        return node(self.hash_of(start, middle), self.hash_of(middle, end))

    def root_with(self, index, leaf, start, end):
        """The hash of these leaves if the leaf at `index` has this hash."""
        if end - start == 1:
            return leaf
        middle = start + left_size(end - start)
        if index < middle:
            return node(self.root_with(index, leaf, start, middle), self.hash_of(middle, end))
        return node(self.hash_of(start, middle), self.root_with(index, leaf, middle, end))

    def roots_with(self, older_size, start, end):
        """Two hashes of these leaves: of those before `older_size`, and of all."""
        if end <= older_size:
            return self.hash_of(start, end), self.hash_of(start, end)
        middle = start + left_size(end - start)
        if older_size <= middle:
            older, left = self.roots_with(older_size, start, middle)
            return older, node(left, self.hash_of(middle, end))
        left = self.hash_of(start, middle)
        older, right = self.roots_with(older_size, middle, end)
        return node(left, older), node(left, right)

    def put_together(self, leaves):
        """The root over all leaves, from every stored hash and these; Bad if a stored hash cannot be verified."""
        within = {}
        for start, end in list(self.stored) + [(leaf, leaf + 1) for leaf in leaves]:
            # Every node above it, on the way down from the whole.
            whole = (0, self.size)
            while whole != (start, end):
                if not (whole[0] <= start and end <= whole[1]) or whole[1] - whole[0] < 2:
                    raise Bad("a stored hash is not part of the tree")
                within[whole] = True
                middle = whole[0] + left_size(whole[1] - whole[0])
                whole = (whole[0], middle) if start < middle else (middle, whole[1])

        def known(start, end):
            stored = self.stored.get((start, end))
            below = leaves.get(start) if end - start == 1 else None
            if (start, end) in within:
                middle = start + left_size(end - start)
                left, right = known(start, middle), known(middle, end)
                if (left is None) != (right is None):
                    raise Bad("the hashes of pruned rows are incomplete")
                below = None if left is None else node(left, right)
            if None not in (stored, below) and stored != below:
                raise Bad("the hashes of pruned rows do not match")
            return stored if below is None else below

        return known(0, self.size)

    def is_stated(self, db):
        """Whether an event of the trail records that exactly these rows were pruned."""
        found = db.execute("SELECT bytes FROM event WHERE seq = ?", (self.act,)).fetchone()
        stated = json.loads(found[0]) if found else {}
        stated = stated if isinstance(stated, dict) else {}
        kept = b"".join(number.to_bytes(8, "big", signed=True) for pair in sorted(self.kept.items()) for number in pair)
        expected = ("pruned", self.size, self.last_seq, hashlib.sha256(kept).hexdigest())
        said = tuple(stated.get(key) for key in ("kind", "size", "last_seq", "kept_sha256"))
        return self.act > self.last_seq and said == expected


def left_size(size):
    """The number of leaves in the left half of a tree: the largest power of two below its size."""
    return 1 << (size - 1).bit_length() - 1


def gone_of(db):
    act = db.execute("SELECT size, last_seq, act FROM pruned ORDER BY size DESC LIMIT 1").fetchone()
    if act is None:
        return None
    found = db.execute("SELECT frontier FROM checkpoint WHERE size = ?", act[:1]).fetchone()
    tree = Tree()
    tree.size = act[0]
    if found is None or len(found[0]) != 32 * bin(tree.size).count("1"):
        raise Bad("the checkpoint up to which rows were pruned is missing")
    tree.hashes = [found[0][start:start + 32] for start in range(0, len(found[0]), 32)]
    return PrunedPart(*act, tree, db)


def hold_gone(db, gone, claims, report):
    """Verifies the claims about pruned rows by the stored hashes; leaves the claims about other rows."""
    if not any(stored for _, _, stored in claims.get(gone.size, ())) or not gone.is_stated(db):
        yield "rows are missing at the beginning, and no act of retention explains it"
    root, kept, leaves = gone.tree.root(), dict(gone.kept), {}
    for size in [size for size in claims if size < gone.size]:
        for whose, claimed, stored in claims.pop(size):
            try:
                fits = gone.roots_with(size, 0, gone.size) == (claimed, root) if size else claimed == Tree().root()
            except Bad:
                fits = False
            if stored is not None or not fits:
                yield "%s does not match the hashes of pruned rows" % whose
    for table, seq, data in rows(db, "WHERE seq <= %d" % gone.last_seq):
        index = kept.pop(seq, None)
        try:
            fits = index is not None and index < gone.size
            fits = fits and gone.root_with(index, leaf(table, seq, data), 0, gone.size) == root
        except Bad:
            fits = False
        if fits:
            report.removed -= 1
            leaves[index] = leaf(table, seq, data)
        else:
            yield "row %d differs from the signed row, or was not retained" % seq
    report.removed += gone.size
    for seq in kept:
        yield "the retained row %d is missing" % seq
    if gone.put_together(leaves) != root:
        yield "the hashes of pruned rows do not match the signed root"


def hold_nothing_gone(db):
    """Checks that no table has entries about pruned rows if none were pruned."""
    for table in ("kept", "subtree", "pruned_checkpoint"):
        if db.execute("SELECT EXISTS (SELECT 1 FROM %s)" % table).fetchone()[0]:
            yield "no row was pruned, but %s has entries" % table


# What reading a manipulated file may raise.
UNREADABLE = (Bad, sqlite3.Error, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


class Report:
    def __init__(self):
        self.rows = self.removed = self.checkpoints = self.covered = 0
        self.problems = []

    def collect(self, check, *arguments):
        """Adds the problems that a check finds; unreadable data is a problem too."""
        try:
            self.problems.extend(check(*arguments))
        except UNREADABLE as error:
            self.problems.append(str(error))


def is_begun(db, before, after):
    """Whether a row between two checkpoints records that the log of the second follows that of the first."""
    found = db.execute("SELECT bytes FROM events WHERE seq > ? AND seq <= ? AND kind = 'log_begun'", (before[1], after[1]))
    begun = [row for row in (json.loads(data) for data, in found) if isinstance(row, dict)]
    return any(row.get("origin") == after[0] and str(row.get("previous")).startswith(before[0] + "\n") for row in begun)


def claims_of(db, key, anchors, report):
    """The claims of checkpoints by their size: {size: [(whose, root, (last_seq, frontier) or None)]}."""
    claims, newest, origins = {}, None, set()  # newest: the origin of the last good checkpoint, and the last row that it covers
    for size, last_seq, note, frontier in db.execute("SELECT size, last_seq, note, frontier FROM checkpoint ORDER BY size"):
        report.checkpoints += 1
        whose = "the checkpoint of %d rows" % size
        try:
            origin, signed_size, root = key.open(note)
            if signed_size != size:
                raise Bad("it is signed for another size")
            if newest and newest[0] != origin and not is_begun(db, newest, (origin, last_seq)):
                report.problems.append("no row records that %s follows %s" % (origin, newest[0]))
            newest = (origin, last_seq)
            origins.add(origin)
            claims.setdefault(size, []).append((whose, root, (last_seq, frontier)))
        except Bad as bad:
            report.problems.append("%s is not valid: %s" % (whose, bad))
    if newest is None:
        report.problems.append("there is no valid checkpoint, so the rows cannot be verified")
    elif key.origin not in origins:
        report.problems.append("this is the log %s, but the key is that of %s" % (newest[0], key.origin))
    for note in anchors:
        try:
            _, size, root = key.open(note)
            claims.setdefault(size, []).append(("the given checkpoint of %d rows" % size, root, None))
        except Bad as bad:
            report.problems.append("a given checkpoint is not valid: %s" % bad)
    return claims


def hash_all(db, claims, report):
    gone = gone_of(db)
    tree, last_seq, which = Tree(), 0, ""
    for table in TABLES:
        if db.execute("SELECT EXISTS (SELECT 1 FROM %s WHERE seq < 1)" % table).fetchone()[0]:
            yield "%s has a row before the first" % table
    if gone is None:
        yield from hold_nothing_gone(db)
    else:
        yield from hold_gone(db, gone, claims, report)
        tree, last_seq, which = gone.tree, gone.last_seq, "WHERE seq > %d" % gone.last_seq

    def compare():
        for whose, root, stored in claims.pop(tree.size, ()):
            if root != tree.root():
                yield "%s does not match: rows up to it were changed, added or removed" % whose
            elif stored is not None:
                report.covered = tree.size
                if stored != (last_seq, b"".join(tree.hashes)):
                    yield "the stored fields of %s do not match its note" % whose

    yield from compare()
    for table, seq, data in rows(db, which):
        tree.push(leaf(table, seq, data))
        last_seq = seq
        yield from compare()
    report.rows = tree.size
    for of_size in claims.values():
        for whose, _, _ in of_size:
            yield "the trail has only %d rows, fewer than %s" % (tree.size, whose)


def opened(path):
    """A read-only connection. On a read-only medium SQLite needs the flag that no process writes the file."""
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
        raise Bad("its last rows are in %s, and its folder is not writable; copy both files to a writable folder" % log)
    return sqlite3.connect(uri + "?immutable=1", uri=True, isolation_level=None)


def verify(path, key, anchors):
    report = Report()
    try:
        with contextlib.closing(opened(path)) as db:
            db.execute("BEGIN")
            report.collect(form, db)
            if report.problems:
                # Whatever stands there instead may have no end.
                return report
            claims = {}
            try:
                claims = claims_of(db, key, anchors, report)
            except UNREADABLE as error:
                report.problems.append(str(error))
            report.collect(hash_all, db, claims, report)
            report.collect(copies, db)
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
            print("PROBLEM: %s" % ascii(problem)[1:-1])
        verdict = "does NOT match its signatures" if report.problems else "matches its signatures"
        removed = ", %d of them pruned by retention" % report.removed if report.removed else ""
        print("the trail %s: %d rows%s, %d checkpoints; %d rows after the last checkpoint are not signed yet"
              % (verdict, report.rows, removed, report.checkpoints, report.rows - report.covered))
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
