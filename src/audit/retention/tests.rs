//! After any pruning, the trail verifies, retained rows have proofs, and earlier signed tree heads are consistent with the current one.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};
use tempfile::TempDir;

use super::*;
use crate::audit::tree::proof::Head;
use crate::audit::{self, Decision, Detail, Event, Outcome, OutcomeKind, Prover, Row, Sign, Trail, Verdict};
use crate::config;
use crate::platform::clock;

/// Pseudo-random numbers, the same in each run.
struct PseudoRandom(u64);

impl PseudoRandom {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A trail in use.
struct Used {
    dir: TempDir,
    trail: Trail,
    dice: PseudoRandom,
    sessions: Vec<i64>,
    /// Decisions without an outcome yet.
    running: Vec<i64>,
    /// Every row ever written.
    rows: BTreeMap<i64, String>,
    /// Every checkpoint ever signed.
    signed: BTreeMap<u64, Signed>,
    seq: i64,
    begun_us: i64,
}

impl Used {
    fn new(seed: u64) -> Used {
        let dir = TempDir::new().expect("a temporary folder");
        let trail = open(dir.path());
        let seq = trail.last_seq();
        let mut used = Used {
            dir,
            trail,
            dice: PseudoRandom(seed),
            sessions: Vec::new(),
            running: Vec::new(),
            rows: BTreeMap::new(),
            signed: BTreeMap::new(),
            seq,
            begun_us: clock::unix_micros(),
        };
        used.note_checkpoint();
        used
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join(audit::FILE)
    }

    fn note_checkpoint(&mut self) {
        let signed = self.trail.checkpoint().expect("a checkpoint");
        self.signed.insert(signed.size(), Signed::clone(signed));
    }

    /// Write some groups of rows, as a gateway does.
    fn go_on(&mut self, groups: u64) {
        for _ in 0..groups {
            let rows: Vec<Row> = (0..=self.dice.below(5)).map(|_| self.row()).collect();
            self.rows.extend(rows.iter().map(|row| (row.seq, row.bytes.clone())));
            self.trail.append(&rows, Sign::WhenDue).expect("a commit");
            self.note_checkpoint();
        }
    }

    fn row(&mut self) -> Row {
        self.seq += 1 + i64::try_from(self.dice.below(2)).expect("a small number");
        let seq = self.seq;
        let time_us = self.begun_us + self.seq;
        match self.dice.below(4) {
            0 if !self.running.is_empty() => {
                let decision = self.running.swap_remove(0);
                let kind = OutcomeKind::Ok;
                let detail = Detail::default();
                let item = None;
                let code = None;
                let rule = None;
                let duration_us = None;
                let delivered = None;
                let caller = None;
                Outcome { time_us, decision, item, kind, code, rule, duration_us, delivered, detail, caller }.row(seq)
            }
            1.. if !self.sessions.is_empty() => {
                let session = self.sessions[self.dice.below(self.sessions.len() as u64) as usize];
                let refused = self.dice.below(3) == 0;
                let verdict = if refused { Verdict::Refuse("forbidden") } else { Verdict::Allow };
                if !refused {
                    self.running.push(seq);
                }
                Decision { time_us, session, verdict, ..Decision::default() }.row(seq)
            }
            _ => {
                self.sessions.push(seq);
                Event::new("session").at(time_us).row(seq)
            }
        }
    }

    /// Rewrite open sessions whose row was pruned, as a gateway does.
    fn forget_sessions(&mut self) {
        let gone = self.trail.pruned_seq();
        self.sessions.retain(|&session| session > gone);
    }

    fn prune(&mut self, until: PruneUntil) -> u64 {
        let key = audit::verifier(self.dir.path()).expect("a key");
        let mut planner = Planner::new(&self.path(), key, 20, 0);
        let mut removed = 0;
        while let Some(plan) = planner.plan(until).expect("a plan") {
            self.seq += 1;
            let act = self.trail.prune(&plan, PruneReason::Asked, self.seq).expect("an act");
            self.note_checkpoint();
            self.rows.retain(|seq, _| *seq > act.pruned.last_seq || act.kept.0.contains_key(seq));
            removed += act.rows;
        }
        self.forget_sessions();
        removed
    }

    fn check(&self) {
        let key = audit::verifier(self.dir.path()).expect("a key");
        let anchors: Vec<Signed> = self.signed.values().cloned().collect();
        let report = audit::verify(&self.path(), &key, &anchors).expect("a report");
        assert!(report.is_valid(), "{report:#?}");
        let prover = Prover::open(&self.path()).expect("a trail");
        let newest = self.trail.checkpoint().expect("a checkpoint");
        let last_signed = prover.prove(self.seq).err().map_or(self.seq, |_| self.seq - 1);
        for (seq, bytes) in &self.rows {
            match prover.prove(*seq) {
                Ok(proof) => assert_eq!(proof.check(&key).expect("a good proof").2, bytes),
                Err(error) => assert!(error.to_string().contains("not covered"), "{seq} {last_signed} {error:#}"),
            }
        }
        let newer = newest.checkpoint.head;
        for older in self.signed.values().map(|signed| signed.checkpoint.head) {
            assert!(prover.had_signed(older.size).expect("an answer"));
            let hashes = prover.prove_consistency(older.size, newer.size).expect("a proof");
            assert!(proof::is_consistent(&older, &newer, &hashes), "{older:?} {newer:?}");
        }
        self.check_references();
    }

    /// Retained rows refer to no pruned row.
    fn check_references(&self) {
        for bytes in self.rows.values() {
            let row: Map<String, Value> = serde_json::from_str(bytes).expect("JSON");
            for to in ["session", "decision"].into_iter().filter_map(|key| row.get(key)?.as_i64()) {
                assert!(self.rows.contains_key(&to), "{bytes}");
            }
        }
    }
}

fn open(dir: &Path) -> Trail {
    let config = config::Trail { checkpoint_rows: 4, ..config::Trail::default() };
    Trail::open(dir, &config).expect("a trail")
}

/// Promise: Retention prunes only old rows
#[test]
fn retained_rows_verify_and_have_proofs_after_pruning() {
    for seed in 0..12 {
        let mut used = Used::new(seed);
        for _ in 0..6 {
            let groups = used.dice.below(20);
            used.go_on(groups);
            let last = used.trail.checkpoint().expect("a checkpoint").size();
            let until = used.dice.below(last + 1);
            used.prune(PruneUntil::Size { size: until, before_us: i64::MAX });
            used.check();
        }
        let dir = used.dir.path().to_owned();
        drop(used.trail);
        used.trail = open(&dir);
        used.seq = used.trail.last_seq();
        used.note_checkpoint();
        let key = audit::verifier(&dir).expect("a key");
        assert!(audit::verify(&dir.join(audit::FILE), &key, &[]).expect("a report").is_valid());
    }
}

/// Promise: Retention prunes only old rows
#[test]
fn only_old_rows_are_pruned_with_an_event() {
    let mut used = Used::new(7);
    used.go_on(60);
    let middle = used.seq / 2;
    let there: Vec<i64> = used.rows.keys().copied().filter(|&seq| seq >= middle).collect();
    let before_us = used.begun_us + middle;
    assert!(used.prune(PruneUntil::Time(before_us)) > 20);
    assert!(there.iter().all(|seq| used.rows.contains_key(seq)));
    used.check();
    let removed = used.prune(PruneUntil::Time(before_us));
    assert_eq!(removed, 0, "there is nothing more");
    let mut fresh = Used::new(7);
    let begun = fresh.trail.last_seq();
    assert_eq!(
        (fresh.prune(PruneUntil::Size { size: 1, before_us: i64::MAX }), fresh.trail.last_seq()),
        (0, begun),
        "what stays needs no act"
    );
    let db = snapshot(&used.path()).expect("a trail");
    let acts: i64 =
        db.query_row("SELECT count(*) FROM pruned JOIN event ON seq = act", [], |row| row.get(0)).expect("acts");
    assert!(acts > 1, "each lets a bounded number go");
}

/// Promise: Retention prunes only old rows
#[test]
fn rows_that_were_tampered_with_are_not_pruned() {
    let mut used = Used::new(3);
    used.go_on(40);
    let db = Connection::open(used.path()).expect("the trail");
    db.execute_batch(
        "DROP TRIGGER event_stays; UPDATE event SET bytes = replace(bytes, 'session', 'sessiom') WHERE seq < 20",
    )
    .expect("an edit");
    let key = audit::verifier(used.dir.path()).expect("a key");
    let mut planner = Planner::new(&used.path(), key, 1_000, 0);
    let error = planner.plan(PruneUntil::Size { size: u64::MAX, before_us: i64::MAX }).expect_err("a refusal");
    assert!(format!("{error:#}").contains("no row is pruned"), "{error:#}");
}

/// Promise: Retention prunes only old rows
#[test]
fn a_stale_plan_is_refused() {
    let mut used = Used::new(5);
    used.go_on(40);
    let key = audit::verifier(used.dir.path()).expect("a key");
    let plan = |used: &Used| {
        let mut planner = Planner::new(&used.path(), key.clone(), 20, 0);
        planner
            .plan(PruneUntil::Size { size: u64::MAX, before_us: i64::MAX })
            .expect("a plan")
            .expect("something to do")
    };
    let first = plan(&used);
    let second = plan(&used);
    used.seq += 1;
    used.trail.prune(&first, PruneReason::Asked, used.seq).expect("an act");
    let error = used.trail.prune(&second, PruneReason::Asked, used.seq + 1).expect_err("a refusal");
    assert!(error.to_string().contains("retry"), "{error:#}");
    let head: Head = used.trail.checkpoint().expect("a checkpoint").checkpoint.head;
    used.go_on(3);
    assert!(used.trail.checkpoint().expect("a checkpoint").size() > head.size, "the trail continues");
}

/// Edit the database as an attacker would: drop the triggers and restore them afterwards.
fn edit(path: &Path, sql: &str) {
    let db = Connection::open(path).expect("the trail");
    let mut statement = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").expect("triggers");
    let triggers = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("triggers");
    let triggers: Vec<(String, String)> = triggers.collect::<Result<_, _>>().expect("triggers");
    triggers.iter().for_each(|(name, _)| db.execute_batch(&format!("DROP TRIGGER {name}")).expect("no trigger"));
    db.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    triggers.iter().for_each(|(_, sql)| db.execute_batch(sql).expect("a trigger"));
}

fn refusal(used: &Used) -> String {
    let key = audit::verifier(used.dir.path()).expect("a key");
    let error = Planner::new(&used.path(), key, 20, 0)
        .plan(PruneUntil::Size { size: u64::MAX, before_us: i64::MAX })
        .expect_err("a refusal");
    format!("{error:#}")
}

/// Promise: Retention prunes only old rows
#[test]
fn a_trail_with_foreign_changes_is_not_pruned() {
    let fresh = || {
        let mut used = Used::new(11);
        used.go_on(40);
        used
    };
    let mut used = fresh();
    let first = "(SELECT min(size) FROM checkpoint WHERE size > 20)";
    let by_hand = format!(
        "INSERT INTO pruned SELECT size, last_seq, 1000000 FROM checkpoint WHERE size = {first};
         DELETE FROM decision WHERE seq <= (SELECT last_seq FROM pruned);
         DELETE FROM outcome WHERE seq <= (SELECT last_seq FROM pruned);
         DELETE FROM event WHERE seq <= (SELECT last_seq FROM pruned);
         DELETE FROM checkpoint WHERE size < (SELECT size FROM pruned)"
    );
    edit(&used.path(), &by_hand);
    assert!(refusal(&used).contains("no act of retention"), "{}", refusal(&used));

    used = fresh();
    edit(&used.path(), "INSERT INTO subtree VALUES (0, 8, zeroblob(32))");
    assert!(refusal(&used).contains("no row was pruned"), "{}", refusal(&used));

    for sql in [
        "UPDATE event SET bytes = replace(bytes, 'session', 'sessiom')
         WHERE seq = (SELECT min(event.seq) FROM events AS event JOIN kept USING (seq) WHERE kind = 'session')",
        "DELETE FROM event WHERE seq = (SELECT min(seq) FROM kept)",
        "UPDATE subtree SET hash = zeroblob(32) WHERE start = (SELECT max(start) FROM subtree)",
        "DELETE FROM subtree WHERE start = (SELECT min(start) FROM subtree)",
    ] {
        used = fresh();
        assert!(used.prune(PruneUntil::Size { size: 60, before_us: i64::MAX }) > 0);
        used.go_on(20);
        edit(&used.path(), sql);
        assert!(refusal(&used).contains("so no row is pruned"), "{sql}: {}", refusal(&used));
    }
}

/// Promise: Retention prunes only old rows
#[test]
fn stored_subtree_hashes_are_verified_against_the_root() {
    let mut used = Used::new(13);
    used.go_on(40);
    used.prune(PruneUntil::Size { size: 50, before_us: i64::MAX });
    used.go_on(20);
    used.prune(PruneUntil::Size { size: 110, before_us: i64::MAX });
    let key = audit::verifier(used.dir.path()).expect("a key");
    let db = Connection::open(used.path()).expect("the trail");
    let starts: Vec<(i64, i64)> = db
        .prepare("SELECT start, size FROM subtree")
        .expect("SQL")
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("rows");
    assert!(starts.len() > 20);
    for (start, size) in starts {
        let change = "UPDATE subtree SET hash = zeroblob(32) WHERE start = ?1 AND size = ?2";
        db.execute_batch("SAVEPOINT edit").expect("a savepoint");
        db.execute(change, (start, size)).expect("an edit");
        let gone = PrunedTree::read(&db).expect("an answer").expect("something is gone");
        let left = pruned_check::check(&db, Some(&gone)).expect("an answer");
        assert!(!left.problems.is_empty(), "{start} {size}");
        db.execute_batch("ROLLBACK TO edit; RELEASE edit").expect("as before");
    }
    assert!(audit::verify(&used.path(), &key, &[]).expect("a report").is_valid());
}

/// Promise: Retention prunes only old rows
#[test]
fn rows_from_the_future_wait_for_later_rows() {
    let mut used = Used::new(17);
    used.go_on(20);
    let now_us = clock::unix_micros();
    // The current clock is before all rows: none is old.
    used.begun_us = now_us + 86_400_000_000;
    used.go_on(40);
    let future = used.trail.checkpoint().expect("a checkpoint").size();
    let removed = used.prune(PruneUntil::Time(clock::unix_micros()));
    assert!(removed < future / 2, "{removed} of {future}");
    used.check();
    // The clock was wrong before and is correct now.
    used.begun_us = now_us;
    used.go_on(20);
    assert!(used.prune(PruneUntil::Time(clock::unix_micros())) > 20);
    used.check();
}

#[test]
fn pruning_by_size_keeps_young_rows() {
    for seed in 0..8 {
        let mut used = Used::new(seed);
        used.go_on(60);
        let middle = used.seq / 2;
        let young: Vec<i64> = used.rows.keys().copied().filter(|&seq| seq >= middle).collect();
        let before_us = used.begun_us + middle;
        assert!(used.prune(PruneUntil::Size { size: u64::MAX, before_us }) > 20, "{seed}");
        assert!(young.iter().all(|seq| used.rows.contains_key(seq)), "{seed}");
        used.check();
    }
}
