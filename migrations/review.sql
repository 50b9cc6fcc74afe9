-- review.db: what people look for in the trail, and where it is. It is built from trail.db beside the path, holds nothing that is not
-- there, and may be deleted at any time. It is no evidence: rows that are shown are read from the trail itself.

-- A decision or an event of the trail, with what is counted about it. `time` is Unix time in microseconds.
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

-- By an entry's seq: the words of its texts, and one word for each property that a filter can ask for. Both are looked up by
-- intersecting lists, so rare or common, one filter or five, an answer takes about the same time.
CREATE VIRTUAL TABLE word USING fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- Between which numbers the entries of a minute (since 1970) lie. Clocks are set back, so numbers and times are not in one order.
CREATE TABLE minute (
    minute    INTEGER PRIMARY KEY NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL
) STRICT;

-- How far this index has come, and in which trail: the digest is that of the trail's row with this number. What retention took away up
-- to `pruned_seq` is forgotten.
CREATE TABLE built (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    seq        INTEGER NOT NULL,
    row        TEXT    NOT NULL,
    pruned_seq INTEGER NOT NULL
) STRICT;
INSERT INTO built VALUES (1, 0, '', 0);
