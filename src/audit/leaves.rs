//! Iterates over all rows in the order of seq, which is the order of the tree's leaves.

use std::ops::{ControlFlow, Range};

use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::{Connection, Rows, Statement};

use super::error::{Result, invalid};
use super::row::Table;
use super::tree::{self, Frontier, Hash};

/// A position in the trail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Seq of the last row, 0 if there is none.
    pub last_seq: i64,
    pub frontier: Frontier,
}

impl Position {
    pub fn push(&mut self, table: Table, seq: i64, bytes: &[u8]) {
        self.push_noting(table, seq, bytes, |_, _| ());
    }

    /// As [`Frontier::push_noting`].
    pub fn push_noting(&mut self, table: Table, seq: i64, bytes: &[u8], note: impl FnMut(Range<u64>, &Hash)) {
        self.frontier.push_noting(tree::leaf(table, seq, bytes), note);
        self.last_seq = seq;
    }

    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Advance over all further rows in the database.
    pub fn catch_up(&mut self, db: &Connection) -> Result<()> {
        let after_seq = self.last_seq;
        each_row(db, after_seq, |table, seq, bytes| {
            self.push(table, seq, bytes);
            Ok(ControlFlow::Continue(()))
        })
    }
}

/// A cursor over one table's rows: the first row is read but not consumed.
struct Head<'s> {
    table: Table,
    rows: Rows<'s>,
    seq: Option<i64>,
}

impl<'s> Head<'s> {
    fn new(table: Table, statement: &'s mut Statement<'_>, after_seq: i64) -> Result<Head<'s>> {
        let mut head = Head { table, rows: statement.query([after_seq])?, seq: None };
        head.advance()?;
        Ok(head)
    }

    fn advance(&mut self) -> Result<()> {
        self.seq = self.rows.next()?.map(|row| row.get(0)).transpose()?;
        Ok(())
    }
}

/// Pass the rows after a seq to `take`, until it breaks. Two rows with the same seq are an error.
pub fn each_row(
    db: &Connection,
    after_seq: i64,
    mut take: impl FnMut(Table, i64, &[u8]) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let select = |table: Table| {
        db.prepare(&format!("SELECT seq, bytes FROM {} NOT INDEXED WHERE seq > ?1 ORDER BY seq", table.name()))
    };
    let [mut decisions, mut outcomes, mut events] =
        [select(Table::ALL[0])?, select(Table::ALL[1])?, select(Table::ALL[2])?];
    let mut heads = [
        Head::new(Table::Decision, &mut decisions, after_seq)?,
        Head::new(Table::Outcome, &mut outcomes, after_seq)?,
        Head::new(Table::Event, &mut events, after_seq)?,
    ];
    let mut before = after_seq;
    while let Some(head) = heads.iter_mut().filter(|head| head.seq.is_some()).min_by_key(|head| head.seq) {
        let seq = head.seq.expect("this one has a row");
        if seq <= before {
            return Err(invalid(format!("two rows have the seq {seq}")));
        }
        before = seq;
        let Some(row) = head.rows.get() else {
            return Err(invalid(format!("row {seq} disappeared while it was read")));
        };
        if take(head.table, seq, row.get_ref(1)?.as_bytes()?)?.is_break() {
            return Ok(());
        }
        head.advance()?;
    }
    Ok(())
}
