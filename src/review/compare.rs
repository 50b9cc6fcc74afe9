//! Compares the index with the trail: the columns and words of every entry, and the rows of every minute.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use rusqlite::Connection;

use super::build::{Found, fingerprint, minute};
use super::entry::{Entry, Session};
use super::error::Result;
use super::{FILE, FORMAT, SCHEMA};
use crate::audit::{self, Reader};
use crate::failure::Context;
use crate::platform;
use crate::storage::schema;

/// Result of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// There is no index of this trail, or it is of an older format. The next search builds it.
    NoIndex,
    /// The index matches the trail.
    Same {
        /// The last row of both.
        last_seq: i64,
    },
    /// One sentence for each kind of difference.
    Differs(Vec<String>),
}

/// Compare the index of a state folder with its trail, as both are now. Neither is changed. An error means that the trail cannot be read.
pub fn compare(state_dir: &Path) -> Result<Comparison> {
    let path = state_dir.join(FILE);
    if !platform::is_there(&path) {
        return Ok(Comparison::NoIndex);
    }
    match open(&path) {
        Ok(Some(index)) => compare_with(&index, &state_dir.join(audit::FILE)),
        Ok(None) => Ok(Comparison::NoIndex),
        Err(error) => Ok(Comparison::Differs(vec![format!("review.db cannot be read: {error:#}")])),
    }
}

/// The index as it is now; `None` if it is of another format.
fn open(path: &Path) -> Result<Option<Index>> {
    let (db, format) = schema::open_any_format(path)?;
    if u32::try_from(format) != Ok(FORMAT) {
        return Ok(None);
    }
    db.execute_batch("BEGIN")?;
    let (last_seq, row) = db.query_row("SELECT seq, row FROM built", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Some(Index { db, last_seq, row }))
}

struct Index {
    db: Connection,
    /// The last indexed row and its fingerprint.
    last_seq: i64,
    row: String,
}

fn compare_with(index: &Index, trail: &Path) -> Result<Comparison> {
    // Opened after the index, so that it has all rows that the index has.
    let trail = Reader::snapshot(trail)?;
    let last_seq = index.last_seq;
    let is_of_trail = last_seq == 0 || trail.row(last_seq)?.is_some_and(|row| fingerprint(&row) == index.row);
    if !is_of_trail {
        return Ok(Comparison::NoIndex);
    }
    let mut expected = Expected::read(&trail, last_seq)?;
    let found = index.differences(&mut expected);
    let differences = found.unwrap_or_else(|error| vec![format!("review.db is damaged: {error:#}")]);
    Ok(if differences.is_empty() { Comparison::Same { last_seq } } else { Comparison::Differs(differences) })
}

/// The expected contents of the index, computed from the trail's rows.
struct Expected {
    /// Randomly keyed, so that an attacker cannot craft an edit with the same hash.
    hash: RandomState,
    entries: HashMap<i64, Hashes>,
    minutes: BTreeMap<i64, (i64, i64)>,
    /// For each track name its last row.
    tracks: BTreeMap<String, i64>,
    pruned_seq: i64,
    retained: BTreeSet<i64>,
}

/// The remaining difference between the expected and the indexed entry: all zero if they match.
#[derive(Debug, Default, PartialEq, Eq)]
struct Hashes {
    columns: u64,
    /// Sum over its words.
    words: u64,
}

/// An entry's time, kind, caller, action, verdict, outcome and code.
type Columns<'a> = (i64, &'a str, [Option<&'a str>; 5]);

impl Expected {
    fn read(trail: &Reader, last_seq: i64) -> Result<Expected> {
        let mut expected = Expected {
            hash: RandomState::new(),
            entries: HashMap::new(),
            minutes: BTreeMap::new(),
            tracks: BTreeMap::new(),
            pruned_seq: trail.pruned_seq()?,
            retained: trail.kept()?,
        };
        let mut seq = 0;
        let mut sessions = HashMap::<i64, Session>::new();
        while seq < last_seq {
            let found = Found::behind(trail, seq, last_seq)?;
            found.each_entry(trail, &mut sessions, |entry| {
                expected.add(entry);
                Ok(())
            })?;
            seq = found.last_seq();
        }
        Ok(expected)
    }

    /// Add an entry. It replaces an earlier one of its decision with fewer outcomes.
    fn add(&mut self, entry: &Entry<'_>) {
        let Entry { seq, time_us, kind, caller, action, verdict, outcome, code, words, tracks } = entry;
        for name in tracks {
            let last_seq = self.tracks.entry(name.clone()).or_insert(*seq);
            *last_seq = (*seq).max(*last_seq);
        }
        let words: BTreeSet<&str> = words.split_ascii_whitespace().collect();
        let words = words.into_iter().fold(0, |sum: u64, word| sum.wrapping_add(self.hash.hash_one(word)));
        let columns: Columns<'_> = (*time_us, &**kind, [caller, action, verdict, outcome, code].map(Option::as_deref));
        self.entries.insert(*seq, Hashes { columns: self.hash.hash_one(columns), words });
        let seqs = self.minutes.entry(minute(*time_us)).or_insert((*seq, *seq));
        *seqs = (seqs.0.min(*seq), seqs.1.max(*seq));
    }

    /// Whether retention pruned the row; the index may still have its entry.
    fn is_pruned(&self, seq: i64) -> bool {
        seq <= self.pruned_seq && !self.retained.contains(&seq)
    }

    /// Whether a query finds a minute's rows. Retention prunes rows and leaves the minute's bounds unchanged.
    fn is_found(&self, expected: (i64, i64), indexed: Option<&(i64, i64)>) -> bool {
        match indexed {
            Some(&indexed) if self.pruned_seq == 0 => indexed == expected,
            Some(&(first_seq, last_seq)) => first_seq <= expected.0 && last_seq >= expected.1,
            None => false,
        }
    }
}

impl Index {
    fn differences(&self, expected: &mut Expected) -> Result<Vec<String>> {
        let mut differences = Vec::new();
        if !schema::is_as_made_by(&self.db, &[SCHEMA])? {
            differences
                .push("the tables, indexes or triggers of review.db are not those that livegate creates".to_owned());
            // A view in place of a table may return rows without end.
            return Ok(differences);
        }
        let checked: String = self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if checked != "ok" {
            differences.push(format!("review.db is damaged: {}", checked.trim()));
        }
        let mut unknown = BTreeSet::new();
        self.subtract_columns(expected, &mut unknown)?;
        self.subtract_words(expected, &mut unknown)?;
        let differing = expected.entries.iter().filter(|(_, rest)| **rest != Hashes::default());
        let differing: BTreeSet<i64> = differing.map(|(&seq, _)| seq).collect();
        if let Some(first) = differing.first() {
            let count = differing.len();
            differences
                .push(format!("rows of review.db that differ from the trail: {count}, the first is row {first}"));
        }
        if let Some(first) = unknown.first() {
            let count = unknown.len();
            differences.push(format!("rows of review.db that are not in the trail: {count}, the first is row {first}"));
        }
        let minutes = self.minutes()?;
        let is_hidden = |(minute, seqs): &(&i64, &(i64, i64))| !expected.is_found(**seqs, minutes.get(minute));
        let hidden = expected.minutes.iter().filter(is_hidden).count();
        if hidden > 0 {
            differences.push(format!("minutes of review.db with other bounds than the trail: {hidden}"));
        }
        let tracks = self.tracks()?;
        let is_hidden = |(name, last_seq): &(&String, &i64)| tracks.get(*name) != Some(*last_seq);
        let retained = expected.tracks.iter().filter(|(_, last_seq)| **last_seq > expected.pruned_seq);
        let hidden = retained.filter(is_hidden).count();
        if hidden > 0 {
            differences.push(format!("track names of review.db that differ from the trail: {hidden}"));
        }
        Ok(differences)
    }

    fn subtract_columns(&self, expected: &mut Expected, unknown: &mut BTreeSet<i64>) -> Result<()> {
        let sql = "SELECT seq, time, kind, caller, action, verdict, outcome, code FROM entry";
        let mut statement = self.db.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let text = |index: usize| row.get_ref(index)?.as_str_or_null().map_err(rusqlite::Error::from);
            let texts = [text(3)?, text(4)?, text(5)?, text(6)?, text(7)?];
            let columns: Columns<'_> = (row.get(1)?, text(2)?.unwrap_or_default(), texts);
            let seq = row.get(0)?;
            let hash = expected.hash.hash_one(columns);
            if let Some(rest) = expected.entries.get_mut(&seq) {
                rest.columns = rest.columns.wrapping_sub(hash);
            } else if !expected.is_pruned(seq) {
                unknown.insert(seq);
            }
        }
        Ok(())
    }

    /// Subtract each word from the entries that it finds.
    fn subtract_words(&self, expected: &mut Expected, unknown: &mut BTreeSet<i64>) -> Result<()> {
        self.db.execute_batch("CREATE VIRTUAL TABLE temp.instance USING fts5vocab(main, word, instance)")?;
        let mut statement = self.db.prepare("SELECT term, doc FROM temp.instance")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let word = row.get_ref(0)?.as_str().context("a word is no text")?;
            let seq = row.get(1)?;
            let hash = expected.hash.hash_one(word);
            if let Some(rest) = expected.entries.get_mut(&seq) {
                rest.words = rest.words.wrapping_sub(hash);
            } else if !expected.is_pruned(seq) {
                unknown.insert(seq);
            }
        }
        Ok(())
    }

    fn tracks(&self) -> Result<BTreeMap<String, i64>> {
        let mut statement = self.db.prepare("SELECT name, last_seq FROM track")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first and last row of each minute.
    fn minutes(&self) -> Result<BTreeMap<i64, (i64, i64)>> {
        let mut statement = self.db.prepare("SELECT minute, first_seq, last_seq FROM minute")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
