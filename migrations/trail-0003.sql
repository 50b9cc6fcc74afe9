-- The trail is the tree of RFC 6962: its leaves are the rows of all three tables in the order of seq. A leaf is
--   1 (format) | table (1 decision, 2 outcome, 3 event) | seq (8 bytes, big-endian) | the row's canonical bytes.

-- Signed states of the tree. A checkpoint is written in the transaction of the rows that it covers.
--   size      how many leaves it covers: the first `size` rows
--   last_seq  seq of the last of them
--   note      C2SP tlog-checkpoint: origin, size and root, signed with the key in keys/checkpoint.key
--   frontier  the hashes of the tree's complete subtrees, the largest first, 32 bytes each, so that a reader need
--             not hash earlier rows again. Together they hash to the root, so the signature covers them too
CREATE TABLE checkpoint (
    size     INTEGER PRIMARY KEY NOT NULL,
    last_seq INTEGER NOT NULL UNIQUE,
    note     TEXT    NOT NULL,
    frontier BLOB    NOT NULL
) STRICT;

CREATE TRIGGER checkpoint_appends BEFORE INSERT ON checkpoint
WHEN new.size <= (SELECT coalesce(max(size), 0) FROM checkpoint)
BEGIN SELECT raise(ABORT, 'the trail only grows'); END;
CREATE TRIGGER checkpoint_stays BEFORE UPDATE ON checkpoint BEGIN SELECT raise(ABORT, 'the trail is not rewritten'); END;
CREATE TRIGGER checkpoint_kept BEFORE DELETE ON checkpoint BEGIN SELECT raise(ABORT, 'the trail is kept'); END;
