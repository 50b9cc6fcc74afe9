-- review.db: the search index of the trail. It is built from trail.db in the background, holds nothing else, and may be deleted at any
-- time. It is no evidence: rows that are shown are read from the trail itself.

-- A decision or an event of the trail, with the columns that statistics count. `time` is Unix time in microseconds.
CREATE TABLE entry (
    seq     INTEGER PRIMARY KEY NOT NULL,
    time    INTEGER NOT NULL,
    kind    TEXT    NOT NULL, -- `decision`, or an event's kind
    caller  TEXT,
    action  TEXT,
    verdict TEXT,
    outcome TEXT,             -- of an allowed decision; `running` while there is none
    code    TEXT
) STRICT;

-- For each entry's seq: the words of its texts, and one word for each property that a filter can name. A query intersects their lists,
-- so its time hardly depends on how common a word is or how many filters there are.
CREATE VIRTUAL TABLE word USING fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- The range of seq of each minute (since 1970). Clocks may be set back, so the order of seq and that of time can differ.
CREATE TABLE minute (
    minute    INTEGER PRIMARY KEY NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL
) STRICT;

-- The names of tracks and returns, folded, for filters with a pattern; each with the last row that has it.
CREATE TABLE track (
    name     TEXT PRIMARY KEY NOT NULL,
    last_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far the index goes, and of which trail: `row` is the digest of the trail's row `seq`. Rows pruned by retention, up to `pruned_seq`,
-- have been removed.
CREATE TABLE built (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    seq        INTEGER NOT NULL,
    row        TEXT    NOT NULL,
    pruned_seq INTEGER NOT NULL
) STRICT;
INSERT INTO built VALUES (1, 0, '', 0);
