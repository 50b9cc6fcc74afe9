"""Reading a trail: filters, order, outcomes, copies, verification, and what is no trail."""

import contextlib
import datetime
import pathlib
import sqlite3

import livegate.audit
from studio import STUDIO, ClientTest

UTC = datetime.timezone.utc
STATE_DIR = pathlib.Path(STUDIO["state_dir"])


class AuditTest(ClientTest):
    def setUp(self):
        super().setUp()
        self.trail = livegate.audit.open(STATE_DIR)
        self.first = self.trail.last_seq()

    def own(self, **filters):
        """The rows of this test."""
        return [row for row in self.trail.rows(**filters) if row.seq > self.first]

    def test_rows_have_caller_action_and_outcome(self):
        before = datetime.datetime.now(UTC) - datetime.timedelta(seconds=60)
        mixer = self.caller("mixer")
        mixer.set_track_volume(track_index=0, volume=0.5)
        with self.assertRaises(livegate.Refused):
            mixer.set_tempo(bpm=90)
        done, refused = self.own(caller="mixer", action="set_*")
        self.assertEqual((done.action, done.role, done.verdict), ("set_track_volume", "mixer", "allow"))
        self.assertEqual(done.parameters["volume"], 0.5)
        self.assertIn(done.outcome, ("ok", "running"))
        self.assertEqual((refused.verdict, refused.code, refused.outcome), ("refuse", "forbidden", None))
        self.assertTrue(before < done.time <= refused.time)
        self.assertEqual(self.trail.row(refused.seq), refused)
        self.assertEqual([row.seq for row in self.own(verdict="refuse", code="forbidden")], [refused.seq])

    def test_rows_are_limited_ordered_and_dated(self):
        self.connect().get_session_info()
        rows = list(self.trail.rows())
        self.assertEqual([row.seq for row in rows], sorted(row.seq for row in rows))
        newest = list(self.trail.rows(newest_first=True, limit=2))
        self.assertEqual([row.seq for row in newest], [rows[-1].seq, rows[-2].seq])
        moment = rows[-1].time
        self.assertTrue(all(row.time < moment for row in self.trail.rows(until=moment)))
        self.assertIn(rows[-1].seq, [row.seq for row in self.trail.rows(since=moment)])
        self.assertEqual(len(self.trail.rows(kind="start")), 1)

    def test_pages_are_joined_in_both_directions(self):
        everything = [row.seq for row in self.trail.rows()]
        pages, livegate.audit.PAGE_ROWS = livegate.audit.PAGE_ROWS, 3
        self.addCleanup(setattr, livegate.audit, "PAGE_ROWS", pages)
        self.assertEqual([row.seq for row in self.trail.rows()], everything)
        self.assertEqual([row.seq for row in self.trail.rows(newest_first=True)], everything[::-1])

    def test_a_batch_has_an_outcome_for_each_command(self):
        commands = [{"action": "set_tempo", "bpm": 101}, {"action": "set_tempo", "bpm": 102}]
        self.connect().batch(commands=commands)
        (batch,) = self.own(action="batch")
        items = [one.get("item") for one in self.trail.outcomes(batch.seq)]
        self.assertLessEqual(set(items), {None, 0, 1})

    def copy(self):
        path = self.state_dir.parent / "copy.db"
        with contextlib.closing(sqlite3.connect(STATE_DIR / "trail.db")) as source:
            with contextlib.closing(sqlite3.connect(path)) as target:
                source.backup(target)
        return path

    def test_a_copy_is_verified_and_a_forgery_found(self):
        path = self.copy()
        key = STATE_DIR / "trail.vkey"
        report = livegate.audit.open(path).verify(key)
        self.assertEqual((report["ok"], report["problems"]), (True, []))
        self.assertGreater(report["rows"], 0)
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("DROP TRIGGER event_stays")
            db.execute("UPDATE event SET bytes = replace(bytes, 'start', 'stop!') WHERE json_extract(bytes, '$.kind') = 'start'")
            db.commit()
        self.assertFalse(livegate.audit.open(path).verify(key)["ok"])
        self.assertTrue(self.trail.verify()["ok"])

    def test_nothing_is_written(self):
        with contextlib.closing(self.trail._opened()) as db, self.assertRaises(sqlite3.OperationalError):
            db.execute("CREATE TABLE mine (one)")

    def test_what_is_no_trail_is_refused(self):
        path = self.state_dir.parent / "no.db"
        with self.assertRaisesRegex(livegate.audit.Unreadable, "is not a file"):
            livegate.audit.open(path)
        for content in (b"", b"text" * 1000):
            path.write_bytes(content)
            with self.assertRaises(livegate.audit.Unreadable):
                livegate.audit.open(path)

    def test_wrong_filters_are_named(self):
        with self.assertRaisesRegex(TypeError, "calling is not a filter; known are: since, until, caller"):
            self.trail.rows(calling="mixer")
        with self.assertRaisesRegex(ValueError, "since must be a datetime with a time zone"):
            self.trail.rows(since=datetime.datetime(2026, 1, 1))
        with self.assertRaises(KeyError):
            self.trail.row(10**12)

    def test_pandas_is_used_if_it_is_there(self):
        rows = self.trail.rows(limit=3)
        try:
            import pandas  # noqa: F401
        except ImportError:
            with self.assertRaisesRegex(ImportError, "pip install pandas"):
                rows.to_pandas()
        else:
            frame = rows.to_pandas()
            self.assertEqual((len(frame), list(frame.columns)[:3]), (3, ["seq", "time", "kind"]))
