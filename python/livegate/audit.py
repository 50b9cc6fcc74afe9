"""Reads a trail: filters it, iterates over it, verifies it, and hands it to pandas. Nothing is ever written.

    trail = livegate.audit.open("/home/me/.local/state/livegate")    # a state folder, or a copy of trail.db
    for row in trail.rows(caller="guest", action="*mute*", since=datetime.now(timezone.utc) - timedelta(hours=8)):
        print(row.time, row.action, row.parameters, row.outcome)
    trail.verify()["ok"], trail.rows().to_pandas()
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import fnmatch
import itertools
import json
import os
import pathlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Optional, Union

from . import _livegate

FILE, KEY_FILE = "trail.db", "trail.vkey"
PAGE_ROWS = 1000
Path = Union[str, "os.PathLike[str]"]
_UTC = datetime.timezone.utc
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=_UTC)
_FILTERS = ("caller", "role", "action", "verdict", "code", "outcome", "kind")
_ROWS = """
    SELECT d.seq, d.bytes AS bytes, 'decision' AS kind, s.bytes AS session, o.seq AS outcome_seq, o.bytes AS outcome
    FROM decision d LEFT JOIN event s ON s.seq = json_extract(d.bytes, '$.session')
    LEFT JOIN outcome o ON o.decision = d.seq AND o.item IS NULL
    UNION ALL SELECT e.seq, e.bytes, json_extract(e.bytes, '$.kind'), NULL, NULL, NULL FROM event e
"""


class Unreadable(Exception):
    """The file cannot be read as a trail."""


@dataclasses.dataclass(frozen=True)
class Row:
    """A request with its decision and outcome, or an event. `fields` and `result` are all that the trail has on both.

    `outcome` is "running" for an allowed request without one, and None for a refused request and for an event.
    """

    seq: int
    time: datetime.datetime
    kind: str
    caller: Optional[str]
    role: Optional[str]
    action: Optional[str]
    parameters: Optional[dict[str, Any]]
    verdict: Optional[str]
    outcome: Optional[str]
    code: Optional[str]
    fields: dict[str, Any]
    result: dict[str, Any]


def open(path: Path) -> Trail:
    """Opens the trail of a state folder, or a file such as a copy of trail.db. Raises Unreadable."""
    path = pathlib.Path(path)
    return Trail(path / FILE if path.is_dir() else path)


class Trail:
    """A trail's file. A gateway may write meanwhile; an iteration ends with the row that was the last when it began."""

    def __init__(self, path: Path) -> None:
        self.path = pathlib.Path(path)
        with contextlib.closing(self._opened()) as db:
            list(_ask(db, "SELECT seq FROM last_seq"))

    def rows(
        self,
        *,
        since: Optional[datetime.datetime] = None,
        until: Optional[datetime.datetime] = None,
        newest_first: bool = False,
        limit: Optional[int] = None,
        **filters: Optional[str],
    ) -> Rows:
        """The rows that fit: caller, role, action, verdict, code, outcome and kind are values or patterns ("*mute*").

        `since` and `until` are datetimes with a time zone; the first is included, the second is not.
        """
        unknown = sorted(set(filters) - set(_FILTERS))
        if unknown:
            raise TypeError("%s is not a filter; known are: since, until, %s" % (unknown[0], ", ".join(_FILTERS)))
        wanted = {name: pattern for name, pattern in filters.items() if pattern is not None}
        return Rows(self, wanted, _micros("since", since), _micros("until", until), newest_first, limit)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows())

    def row(self, seq: int) -> Row:
        """The row of a number; raises KeyError if it is not there."""
        with contextlib.closing(self._opened()) as db:
            for found in _ask(db, "SELECT * FROM (%s) WHERE seq = ?" % _ROWS, seq):
                return _row(found)
        raise KeyError(seq)

    def outcomes(self, seq: int) -> list[dict[str, Any]]:
        """All outcomes of a request, those of a batch's commands with their `item`."""
        query = "SELECT bytes FROM outcome WHERE decision = ? ORDER BY seq"
        with contextlib.closing(self._opened()) as db:
            return [json.loads(one[0]) for one in _ask(db, query, seq)]

    def last_seq(self) -> int:
        """The number of the last row."""
        with contextlib.closing(self._opened()) as db:
            return int(next(iter(_ask(db, "SELECT seq FROM last_seq")))[0])

    def verify(self, key: Optional[Path] = None, checkpoints: Sequence[Path] = ()) -> dict[str, Any]:
        """Checks every row against the signed checkpoints, as `livegate audit verify` does: ok, problems, rows ...

        `key` is a file with the log's public key (default: trail.vkey beside the trail); `checkpoints` are files with
        checkpoints that were kept elsewhere, which the trail must contain.
        """
        key = self.path.with_name(KEY_FILE) if key is None else key
        return _livegate.verify_trail(self.path, key, list(checkpoints))

    def _opened(self) -> sqlite3.Connection:
        if not self.path.is_file():
            raise Unreadable("%s is not a file" % self.path)
        uri = self.path.absolute().as_uri()
        try:
            db = sqlite3.connect(uri + "?mode=ro", uri=True, isolation_level=None)
            db.row_factory = sqlite3.Row
            return db if _can_read(db) else _opened_unchanging(self.path, uri)
        except sqlite3.Error as error:
            raise Unreadable("%s: %s" % (self.path, error)) from None


class Rows:
    """Rows that fit, read anew by each iteration; len() counts them."""

    def __init__(
        self,
        trail: Trail,
        wanted: dict[str, str],
        since: Optional[int],
        until: Optional[int],
        newest_first: bool,
        limit: Optional[int],
    ) -> None:
        self._trail, self._wanted = trail, wanted
        self._since, self._until = since, until
        self._newest_first, self._limit = newest_first, limit

    def __iter__(self) -> Iterator[Row]:
        fitting = (row for row in self._rows() if self._fits(row))
        return fitting if self._limit is None else itertools.islice(fitting, self._limit)

    def __len__(self) -> int:
        return sum(1 for _row in self)

    def to_pandas(self) -> Any:
        """A DataFrame with a column for each field of Row; needs pandas."""
        try:
            import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
        except ImportError:
            raise ImportError("to_pandas needs pandas: pip install pandas") from None
        names = [field.name for field in dataclasses.fields(Row)]
        return pandas.DataFrame([[getattr(row, name) for name in names] for row in self], columns=names)

    def _rows(self) -> Iterator[Row]:
        """Reads page by page: a transaction that stays open would keep the gateway's write-ahead log from shrinking."""
        order = "DESC" if self._newest_first else "ASC"
        query = "SELECT * FROM (%s) WHERE seq BETWEEN ? AND ? ORDER BY seq %s LIMIT %d" % (_ROWS, order, PAGE_ROWS)
        first, last = 1, self._trail.last_seq()
        with contextlib.closing(self._trail._opened()) as db:
            while first <= last:
                page = list(_ask(db, query, first, last))
                yield from map(_row, page)
                if len(page) < PAGE_ROWS:
                    return
                if self._newest_first:
                    last = page[-1]["seq"] - 1
                else:
                    first = page[-1]["seq"] + 1

    def _fits(self, row: Row) -> bool:
        micros = row.fields["time"]
        if self._since is not None and micros < self._since or self._until is not None and micros >= self._until:
            return False
        return all(_fits(getattr(row, name), pattern) for name, pattern in self._wanted.items())


def _row(found: sqlite3.Row) -> Row:
    fields = json.loads(found["bytes"])
    session = json.loads(found["session"]) if found["session"] else {}
    result = json.loads(found["outcome"]) if found["outcome"] else {}
    outcome = result.get("outcome", "running" if fields.get("verdict") == "allow" else None)
    return Row(
        seq=found["seq"],
        time=_EPOCH + datetime.timedelta(microseconds=fields["time"]),
        kind=found["kind"],
        caller=fields.get("caller", session.get("caller")),
        role=fields.get("role"),
        action=fields.get("action"),
        parameters=fields.get("parameters"),
        verdict=fields.get("verdict"),
        outcome=outcome if found["kind"] == "decision" else None,
        code=result.get("code", fields.get("code")),
        fields=fields,
        result=result,
    )


def _fits(value: object, pattern: str) -> bool:
    return value is not None and fnmatch.fnmatchcase(str(value), pattern)


def _micros(name: str, moment: Optional[datetime.datetime]) -> Optional[int]:
    if moment is None:
        return None
    if not isinstance(moment, datetime.datetime) or moment.tzinfo is None:
        raise ValueError("%s must be a datetime with a time zone, got %r" % (name, moment))
    return (moment - _EPOCH) // datetime.timedelta(microseconds=1)


def _ask(db: sqlite3.Connection, query: str, *parameters: int) -> Iterator[sqlite3.Row]:
    try:
        yield from db.execute(query, parameters)
    except sqlite3.Error as error:
        raise Unreadable("it is not a trail: %s" % error) from None


def _can_read(db: sqlite3.Connection) -> bool:
    try:
        db.execute("PRAGMA user_version").fetchone()
        return True
    except sqlite3.Error as error:
        if not str(error).startswith(("unable to open", "attempt to write")):
            return True
        db.close()
        return False


def _opened_unchanging(path: pathlib.Path, uri: str) -> sqlite3.Connection:
    """On a read-only medium SQLite needs the flag that the file does not change."""
    log = "%s-wal" % path
    if os.path.exists(log) and os.path.getsize(log) > 0:
        raise Unreadable("its last rows lie in %s; copy both files to where you may write" % log)
    db = sqlite3.connect(uri + "?immutable=1", uri=True, isolation_level=None)
    db.row_factory = sqlite3.Row
    return db
