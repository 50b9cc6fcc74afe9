-- Retention prunes the oldest rows, up to a checkpoint, and retains what proofs of the other rows need.

-- One act of retention. The first `size` rows, up to seq `last_seq`, are pruned, except those in `kept`; the checkpoint of `size` rows
-- stays, and its frontier replaces them. The event `pruned` at `act`, a row like any other, says the same, and is signed with all rows.
CREATE TABLE pruned (
    size     INTEGER PRIMARY KEY NOT NULL,
    last_seq INTEGER NOT NULL UNIQUE,
    act      INTEGER NOT NULL UNIQUE
) STRICT;

-- Retained rows among the pruned: those that others refer to (the session and the policy of a decision, the decision of an outcome), and
-- the last event `listening`, and each `log_begun`. `leaf` is the row's place in the tree, counted from 0.
CREATE TABLE kept (
    seq  INTEGER PRIMARY KEY NOT NULL,
    leaf INTEGER NOT NULL UNIQUE
) STRICT;

-- Hashes of complete subtrees of pruned rows: the `size` leaves from `start` on.
CREATE TABLE subtree (
    start INTEGER NOT NULL,
    size  INTEGER NOT NULL,
    hash  BLOB    NOT NULL,
    PRIMARY KEY (start, size)
) STRICT, WITHOUT ROWID;

-- Sizes of pruned checkpoints. A client that remembers one gets a proof that the trail began with it.
CREATE TABLE pruned_checkpoint (size INTEGER PRIMARY KEY NOT NULL) STRICT;

CREATE TRIGGER pruned_appends BEFORE INSERT ON pruned WHEN new.size <= (SELECT coalesce(max(size), 0) FROM pruned)
BEGIN SELECT raise(ABORT, 'the trail only grows'); END;
CREATE TRIGGER pruned_stays BEFORE UPDATE ON pruned BEGIN SELECT raise(ABORT, 'the trail is not rewritten'); END;
CREATE TRIGGER pruned_kept BEFORE DELETE ON pruned BEGIN SELECT raise(ABORT, 'the trail is kept'); END;

-- Rows beyond the last act of retention cannot be deleted.
DROP TRIGGER decision_kept;
DROP TRIGGER outcome_kept;
DROP TRIGGER event_kept;
DROP TRIGGER checkpoint_kept;
CREATE TRIGGER decision_kept BEFORE DELETE ON decision WHEN old.seq > (SELECT coalesce(max(last_seq), 0) FROM pruned)
BEGIN SELECT raise(ABORT, 'the trail is kept'); END;
CREATE TRIGGER outcome_kept BEFORE DELETE ON outcome WHEN old.seq > (SELECT coalesce(max(last_seq), 0) FROM pruned)
BEGIN SELECT raise(ABORT, 'the trail is kept'); END;
CREATE TRIGGER event_kept BEFORE DELETE ON event WHEN old.seq > (SELECT coalesce(max(last_seq), 0) FROM pruned)
BEGIN SELECT raise(ABORT, 'the trail is kept'); END;
CREATE TRIGGER checkpoint_kept BEFORE DELETE ON checkpoint WHEN old.size >= (SELECT coalesce(max(size), 0) FROM pruned)
BEGIN SELECT raise(ABORT, 'the trail is kept'); END;
